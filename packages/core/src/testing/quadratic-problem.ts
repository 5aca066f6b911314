/**
 * A planning problem whose optimum is known: the return of a sequence is −Σ ((aₜᵢ − targetₜᵢ) / scaleᵢ)², so the best
 * sequence is the target and the best return is 0. The evaluator notes what it is given.
 */
import type { SequenceEvaluator } from '../sequence-evaluator.js';
import { allFinite, firstDifference, show } from './contract.js';

/** A problem. */
export interface ProblemOptions {
  /** What the planner must pass on, `[O]`. */
  readonly observation: Float32Array;
  readonly horizon: number;
  readonly actionSize: number;
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** Whether actions are whole numbers: then the target lies on the bounds. */
  readonly isDiscrete?: boolean;
  /** The return of every sequence whose first action is at or below the middle, where the optimum is not. */
  readonly poison?: number;
  /** Whether all sequences have that return. */
  readonly poisonAll?: boolean;
}

/** A problem and what was seen of its solver. */
export interface QuadraticProblem {
  readonly evaluator: SequenceEvaluator;
  /** The best return. */
  readonly optimum: number;
  /** Copies of all sequences scored. */
  readonly candidates: readonly Float32Array[];
  returnOf(sequence: Float32Array): number;
  isPoisoned(sequence: Float32Array): boolean;
  evaluationCount(): number;
  poisonedCount(): number;
  /** The best finite return given so far. */
  bestReturn(): number;
  /** What was wrong with an argument of `evaluate`, if anything was. */
  fault(): string | undefined;
}

/** Makes a problem; the target lies a third of the way from the middle to the upper bounds, alternating in later steps. */
export function quadraticProblem(options: ProblemOptions): QuadraticProblem {
  const { observation, horizon, actionSize, low, high, poison, poisonAll = false, isDiscrete = false } = options;
  const length = horizon * actionSize;
  const bounded = (i: number): boolean => Number.isFinite(low?.[i]) && Number.isFinite(high?.[i]);
  const middle = (i: number): number => (bounded(i) ? (low![i]! + high![i]!) / 2 : 0);
  const reach = (i: number): number => (bounded(i) ? (high![i]! - low![i]!) / 2 : 1);
  const target = Float64Array.from({ length }, (_, k) => {
    const i = k % actionSize;
    const sign = Math.floor(k / actionSize) % 2 === 0 ? 1 : -1;
    return middle(i) + (sign * reach(i)) / (isDiscrete ? 1 : 3);
  });
  const candidates: Float32Array[] = [];
  let poisoned = 0;
  let best = -Infinity;
  let fault: string | undefined;

  const returnOf = (sequence: Float32Array): number => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum -= ((sequence[k]! - target[k]!) / reach(k % actionSize)) ** 2;
    return sum;
  };
  const isPoisoned = (sequence: Float32Array): boolean => poison !== undefined && (poisonAll || sequence[0]! <= middle(0));

  const evaluator: SequenceEvaluator = {
    observationSize: observation.length,
    actionSize,
    horizon,
    async evaluate(from, sequences, returns, rng) {
      if (firstDifference(from, observation) !== -1)
        fault ??= `evaluate must be given the observation ${show(observation)}, got ${show(from)}`;
      if (sequences.length % length !== 0)
        fault ??= `evaluate must be given whole sequences of ${length} elements, got ${sequences.length}`;
      if (returns.length !== sequences.length / length)
        fault ??= `evaluate must be given one return a sequence, got ${returns.length} for ${sequences.length / length}`;
      if (!allFinite(sequences)) fault ??= 'evaluate must be given finite sequences';
      if (typeof rng?.uniform !== 'function') fault ??= 'evaluate must be given a generator';
      for (let n = 0; n < returns.length; n++) {
        const sequence = sequences.slice(n * length, (n + 1) * length);
        candidates.push(sequence);
        if (isPoisoned(sequence)) {
          poisoned++;
          returns[n] = poison!;
        } else {
          returns[n] = returnOf(sequence);
          best = Math.max(best, returns[n]!);
        }
      }
    },
  };
  evaluator.evaluateWithGradient = async (from, sequences, returns, gradients, rng) => {
    await evaluator.evaluate(from, sequences, returns, rng);
    if (gradients.length !== sequences.length)
      fault ??= `evaluateWithGradient must be given ${sequences.length} derivatives, got ${gradients.length}`;
    for (let i = 0; i < sequences.length; i++) {
      const isFinite = Number.isFinite(returns[Math.floor(i / length)]);
      gradients[i] = isFinite ? (-2 * (sequences[i]! - target[i % length]!)) / reach(i % actionSize) ** 2 : NaN;
    }
  };
  return {
    evaluator,
    optimum: 0,
    candidates,
    returnOf,
    isPoisoned,
    evaluationCount: () => candidates.length,
    poisonedCount: () => poisoned,
    bestReturn: () => best,
    fault: () => fault,
  };
}
