import { float32 } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import { type BestMembers, brokenMember, keepBetter } from './ensemble-best.js';
import type { TrainedParameters } from './ensemble-parameters.js';

/** Parameters of two members, all of one member's equal to `values[member]`. */
const parameters = (values: readonly [number, number], bound = 0): TrainedParameters<ReturnType<typeof float32>> => ({
  layers: [3, 1].map((outputs) => ({
    kernel: float32([2, 2, outputs], values.flatMap((value) => new Array<number>(2 * outputs).fill(value))),
    bias: float32([2, 1, outputs], values.flatMap((value) => new Array<number>(outputs).fill(value))),
  })),
  logVariance: { minimum: float32([1], [bound - 1]), maximum: float32([1], [bound]) },
});

const start = (errors: [number, number]): BestMembers => ({ params: parameters([1, 2]), errors, epoch: 0 });

describe('keepBetter', () => {
  it('takes over the members that improved, and only those', () => {
    const kept = keepBetter(start([1, 1]), parameters([5, 6], 3), [2, 0.5], 0.01, 4);
    expect(kept).toEqual({ params: parameters([1, 6], 3), errors: [1, 0.5], epoch: 4 });
  });

  it('keeps all where nobody improved by more than the threshold', () => {
    const before = start([1, 1]);
    expect(keepBetter(before, parameters([5, 6]), [0.9, 0.95], 0.1, 4)).toBe(before);
    expect(before).toEqual(start([1, 1]));
    expect(keepBetter(start([1, 1]), parameters([5, 6]), [0.89, 0.95], 0.1, 4).errors).toEqual([0.89, 1]);
  });

  it('prefers any finite error to one that is not, and never takes one that is not', () => {
    expect(keepBetter(start([Infinity, NaN]), parameters([5, 6]), [100, 200], 0.5, 1).errors).toEqual([100, 200]);
    const before = start([1, Infinity]);
    expect(keepBetter(before, parameters([5, 6]), [NaN, Infinity], 0, 1)).toBe(before);
  });
});

it('brokenMember finds the first member with a parameter that is not finite', () => {
  expect(brokenMember(parameters([1, 2]), 2)).toBe(-1);
  expect(brokenMember(parameters([1, NaN]), 2)).toBe(1);
  const params = parameters([1, 2]);
  params.layers[1]!.bias.data[0] = Infinity;
  expect(brokenMember(params, 2)).toBe(0);
});
