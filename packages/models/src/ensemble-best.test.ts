import { float32 } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import { type BestEpoch, brokenMember, keepBetter } from './ensemble-best.js';
import type { TrainedParameters } from './ensemble-parameters.js';

/** Parameters of two members, all of one member's equal to `values[member]`. */
const parameters = (values: readonly [number, number], bound = 0): TrainedParameters<ReturnType<typeof float32>> => ({
  layers: [3, 1].map((outputs) => ({
    kernel: float32(
      [2, 2, outputs],
      values.flatMap((value) => new Array<number>(2 * outputs).fill(value)),
    ),
    bias: float32(
      [2, 1, outputs],
      values.flatMap((value) => new Array<number>(outputs).fill(value)),
    ),
  })),
  logVariance: { minimum: float32([1], [bound - 1]), maximum: float32([1], [bound]) },
});

const start = (errors: [number, number], least = errors): BestEpoch => ({ params: parameters([1, 2]), errors, least, epoch: 0 });

describe('keepBetter', () => {
  it('takes an epoch over, copied, when one member improved, and remembers the least error of each', () => {
    const params = parameters([5, 6], 3);
    const kept = keepBetter(start([1, 1]), params, [2, 0.5], 0.01, 4);
    expect(kept).toEqual({ params: parameters([5, 6], 3), errors: [2, 0.5], least: [1, 0.5], epoch: 4 });
    params.layers[0]!.kernel.data.fill(9);
    expect(kept.params).toEqual(parameters([5, 6], 3));
  });

  it('does not take falling back to where a member was before for improvement', () => {
    const worse = keepBetter(start([1, 1]), parameters([5, 6]), [2, 0.5], 0.01, 4);
    expect(keepBetter(worse, parameters([7, 8]), [1.2, 0.6], 0.01, 5)).toBe(worse);
    expect(keepBetter(worse, parameters([7, 8]), [0.9, 0.6], 0.01, 5)).toMatchObject({ errors: [0.9, 0.6], least: [0.9, 0.5], epoch: 5 });
  });

  it('keeps the earlier ones where nobody improved by more than the threshold', () => {
    const before = start([1, 1]);
    expect(keepBetter(before, parameters([5, 6]), [0.9, 0.95], 0.1, 4)).toBe(before);
    expect(keepBetter(before, parameters([5, 6]), [0.89, 0.95], 0.1, 4).epoch).toBe(4);
  });

  it('prefers finite errors to others, and never takes others', () => {
    expect(keepBetter(start([Infinity, NaN]), parameters([5, 6]), [100, 200], 0.5, 1)).toMatchObject({ least: [100, 200], epoch: 1 });
    const before = start([1, 1]);
    expect(keepBetter(before, parameters([5, 6]), [NaN, 0.1], 0, 1)).toBe(before);
    expect(keepBetter(before, parameters([5, 6]), [0.1, Infinity], 0, 1)).toBe(before);
  });
});

it('brokenMember finds the first member with a parameter that is not finite', () => {
  expect(brokenMember(parameters([1, 2]), 2)).toBe(-1);
  expect(brokenMember(parameters([1, NaN]), 2)).toBe(1);
  const params = parameters([1, 2]);
  params.layers[1]!.bias.data[0] = Infinity;
  expect(brokenMember(params, 2)).toBe(0);
});
