/** What is wrong with an action that a policy or an agent chose. */
import { type Space, whyOutside } from '../space.js';

/** Says what is wrong, or returns undefined when nothing is. Bounds hold to float32 rounding. */
export function faultOfAction(space: Space, action: unknown): string | undefined {
  if (!(action instanceof Float32Array)) return 'must be a Float32Array';
  const rounded: Space = space.kind === 'box' ? { ...space, low: space.low.map(Math.fround), high: space.high.map(Math.fround) } : space;
  if (!action.every(Number.isFinite)) return `must be finite, got ${action.join(', ')}`;
  return whyOutside(rounded, action);
}
