import { expect, test } from 'vitest';
import { quantityOf, timeRatio, timeTogether } from './time-together.js';

test('variants take turns within a round, and each round starts with another one', async () => {
  const order: string[] = [];
  const note = (name: string) => ({ run: async () => void order.push(name) });
  const samples = await timeTogether({ a: note('a'), b: note('b'), c: note('c') }, { rounds: 3, warmUp: 0, settle: false });
  expect(order.join('')).toBe('abcbcacab');
  expect(samples.b).toHaveLength(3);
});

test('calls before the first sample, before each sample and in each sample are as many as asked for', async () => {
  const counts = { few: 0, many: 0 };
  const variants = { few: { run: () => counts.few++ }, many: { run: () => counts.many++, calls: 10 } };
  await timeTogether(variants, { rounds: 4, warmUp: 3, settle: true });
  expect(counts).toEqual({ few: 3 + 4 * (1 + 1), many: 3 + 4 * (1 + 10) });
  await timeTogether(variants, { rounds: 2, warmUp: 0, settle: false });
  expect(counts).toEqual({ few: 11 + 2, many: 47 + 20 });
});

test('a sample is the time of one call', async () => {
  const busy = (milliseconds: number) => (): void => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };
  const { short, long } = await timeTogether(
    { short: { run: busy(1), calls: 4 }, long: { run: busy(10) } },
    { rounds: 5, warmUp: 1, settle: false },
  );
  expect(Math.min(...short)).toBeGreaterThanOrEqual(1);
  expect(Math.min(...long)).toBeGreaterThanOrEqual(10);
  expect(Math.min(...short)).toBeLessThan(10);
});

test('a ratio is the median within the rounds, so drift that meets both leaves it alone', () => {
  expect(timeRatio([1, 20, 3], [2, 40, 6])).toBe(0.5);
  expect(timeRatio([1, 2, 90], [1, 1, 30])).toBe(2);
});

test('a quantity is the median with its quartiles, in its unit', () => {
  expect(quantityOf([5, 1, 3, 2, 4], 'ms')).toEqual({ value: 3, lower: 2, upper: 4, unit: 'ms' });
  expect(quantityOf([1, 2, 4], '/s', (time) => 1 / time)).toMatchObject({ value: 0.5, unit: '/s' });
});
