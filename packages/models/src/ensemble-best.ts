/** Which parameters of which member were best on held-out rows. Members learn apart, so each is kept on its own. */
import type { NdArray } from '@mbrl/core';
import type { TrainedParameters } from './ensemble-parameters.js';

type Float32 = NdArray<'float32'>;

/** The best of each member so far on held-out rows. */
export interface BestMembers {
  readonly params: TrainedParameters<Float32>;
  /** Held-out error by member with those parameters. */
  readonly errors: number[];
  /** Last epoch from which a member was kept; 0 for the parameters before the fit. */
  readonly epoch: number;
}

/** The part of a `[E, …]` array that belongs to one member. */
function memberPart({ data, shape }: Float32, member: number): Float32Array {
  const stride = data.length / shape[0]!;
  return data.subarray(member * stride, (member + 1) * stride);
}

/** Whether the fall from `before` to `now` is more than `threshold` of `before`; anything finite improves on what is not. */
function isBetter(now: number, before: number, threshold: number): boolean {
  return Number.isFinite(before) ? (before - now) / before > threshold : Number.isFinite(now);
}

/** Takes over those members that improved; the bounds of the variance, which members share, come along with them. */
export function keepBetter(kept: BestMembers, params: TrainedParameters<Float32>, errors: readonly number[], threshold: number, epoch: number): BestMembers {
  const better = errors.flatMap((error, member) => (isBetter(error, kept.errors[member]!, threshold) ? [member] : []));
  if (better.length === 0) return kept;
  for (const member of better) {
    kept.errors[member] = errors[member]!;
    kept.params.layers.forEach((layer, i) => {
      memberPart(layer.kernel, member).set(memberPart(params.layers[i]!.kernel, member));
      memberPart(layer.bias, member).set(memberPart(params.layers[i]!.bias, member));
    });
  }
  for (const bound of ['minimum', 'maximum'] as const) kept.params.logVariance[bound].data.set(params.logVariance[bound].data);
  return { ...kept, epoch };
}

/** The first member with a parameter that is not finite, or −1. */
export function brokenMember({ layers }: TrainedParameters<Float32>, ensembleSize: number): number {
  const isBroken = (array: Float32, member: number): boolean => memberPart(array, member).some((value) => !Number.isFinite(value));
  for (let member = 0; member < ensembleSize; member++) {
    if (layers.some(({ kernel, bias }) => isBroken(kernel, member) || isBroken(bias, member))) return member;
  }
  return -1;
}
