/** Which rows each member of an ensemble trains on, and in which order. */
import type { Rng } from '@mbrl/core';

/** Rows split into those to train on and those held out. */
export interface HoldoutSplit {
  readonly train: Int32Array;
  readonly holdout: Int32Array;
}

/** Splits `count` rows at random; at least one row stays to train on, and a positive ratio holds at least one out where there are two. */
export function splitHoldout(count: number, ratio: number, rng: Rng): HoldoutSplit {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  if (ratio === 0) return { train: order, holdout: new Int32Array(0) };
  rng.shuffle(order);
  const held = Math.min(count - 1, Math.max(1, Math.round(count * ratio)));
  return { train: order.slice(held), holdout: order.slice(0, held) };
}

/** The rows of each member, `[E][n]`. With `bootstrap`, n draws with replacement; else all rows for everyone. */
export function memberRows(train: Int32Array, ensembleSize: number, bootstrap: boolean, rng: Rng): Int32Array[] {
  return Array.from({ length: ensembleSize }, (_, member) => {
    if (!bootstrap) return train.slice();
    const draws = rng.split(member);
    return Int32Array.from(train, () => train[draws.integer(train.length)]!);
  });
}

/** Steps in an epoch over `count` rows: the last batch is filled up from the epoch's beginning. */
export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/** Copies the rows of one batch: `out[e, b] = source[rows[e][(step·B + b) mod n]]`, with rows of `size` values. */
export function fillBatch(
  out: Float32Array,
  source: Float32Array,
  size: number,
  rows: readonly Int32Array[],
  step: number,
  batchSize: number,
): void {
  let at = 0;
  for (const order of rows) {
    let position = (step * batchSize) % order.length;
    for (let b = 0; b < batchSize; b++) {
      const from = order[position]! * size;
      for (let i = 0; i < size; i++) out[at++] = source[from + i]!;
      position = position + 1 === order.length ? 0 : position + 1;
    }
  }
}
