/**
 * Which epoch's parameters were best on held-out rows: the last one in which some member fell below its own least
 * squared error so far by more than a threshold (the rule of mbrl-lib, Pineda et al. 2021, arXiv 2104.10159). All
 * members are kept from one epoch. Each member's own least squared error comes earlier, while its variance is far from
 * learned: on toy systems with noise that predicts held-out rows worse, by up to a nat.
 */
import type { NdArray } from '@mbrl/core';
import { copyTree, type TrainedParameters } from './ensemble-parameters.js';

type Float32 = NdArray<'float32'>;

/** The best so far on held-out rows. */
export interface BestEpoch {
  readonly params: TrainedParameters<Float32>;
  /** Held-out error by member with those parameters. */
  readonly errors: readonly number[];
  /** Least held-out error of each member up to that epoch. */
  readonly least: readonly number[];
  /** Epoch of the parameters; 0 for those before the fit. */
  readonly epoch: number;
}

/** Whether the fall from `before` to `now` is more than `threshold` of `before`; anything finite improves on what is not. */
function isBetter(now: number, before: number, threshold: number): boolean {
  return Number.isFinite(before) ? (before - now) / before > threshold : Number.isFinite(now);
}

/** The best of `best` and this epoch, whose parameters are copied when it is taken. Errors that are not all finite never are. */
export function keepBetter(
  best: BestEpoch,
  params: TrainedParameters<Float32>,
  errors: readonly number[],
  threshold: number,
  epoch: number,
): BestEpoch {
  const improved = errors.every(Number.isFinite) && errors.some((error, member) => isBetter(error, best.least[member]!, threshold));
  if (!improved) return best;
  const least = errors.map((error, member) => (best.least[member]! < error ? best.least[member]! : error));
  return { params: copyTree(params), errors, least, epoch };
}

/** The first member with a parameter that is not finite, or −1. */
export function brokenMember({ layers }: TrainedParameters<Float32>, ensembleSize: number): number {
  const isBroken = ({ data }: Float32, member: number): boolean => {
    const stride = data.length / ensembleSize;
    return data.subarray(member * stride, (member + 1) * stride).some((value) => !Number.isFinite(value));
  };
  for (let member = 0; member < ensembleSize; member++) {
    if (layers.some(({ kernel, bias }) => isBroken(kernel, member) || isBroken(bias, member))) return member;
  }
  return -1;
}
