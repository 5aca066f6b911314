/** A space in a few words. */
import type { Space } from '@mbrl/core';

const show = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace('-', '−') : value > 0 ? '∞' : '−∞';

/** Says what a space holds: `4 numbers`, `1 number in [−2, 2]`, `3 choices: left, stay, right`. */
export function describeSpace(space: Space): string {
  if (space.kind === 'discrete') {
    const { count, labels } = space;
    const names = labels && count <= 8 ? `: ${labels.join(', ')}` : '';
    return `${count} choice${count === 1 ? '' : 's'}${names}`;
  }
  const { size, low, high } = space;
  const numbers = `${size} number${size === 1 ? '' : 's'}`;
  const least = Math.min(...low);
  const greatest = Math.max(...high);
  if (least === -Infinity && greatest === Infinity) return numbers;
  const alike = low.every((value) => value === low[0]) && high.every((value) => value === high[0]);
  return `${numbers} ${alike ? 'in' : 'within'} [${show(least)}, ${show(greatest)}]`;
}
