/**
 * Prioritised sweeping (Moore & Atkeson 1993): backs up the state whose value would change most, then ranks the states
 * that lead to it by how much of that change can reach them. Where few values change, as in a maze that was blocked
 * somewhere, it does a fraction of the backups of value iteration.
 */
import { NumericalError, ShapeError, type TabularModel } from '@mbrl/core';
import { bestValue } from './backup.js';
import { createPriorityQueue } from './priority-queue.js';
import { checkLimit, checkTabular, scaleOf, solutionOf, type TabularOptions, type TabularSolution } from './tabular-solution.js';

/** How to sweep. */
export interface PrioritizedSweepingOptions extends TabularOptions {
  /** Greatest number of backups of a state, at least 1. Default 10,000,000. */
  readonly maximumBackups?: number;
  /** Values to start from, `[S]`, such as those from before the model changed. Default zeros. */
  readonly initialValues?: Float64Array;
}

/** Which states lead to each, and with what probability at most over their actions: compressed rows. */
interface Predecessors {
  readonly offsets: Int32Array;
  readonly states: Int32Array;
  readonly weights: Float64Array;
}

function findPredecessors({ stateCount, actionCount, offsets, nextStates, probabilities, endings }: TabularModel): Predecessors {
  const weightTo: Map<number, number>[] = Array.from({ length: stateCount }, () => new Map());
  for (let s = 0; s < stateCount; s++) {
    for (let a = 0; a < actionCount; a++) {
      const pair = s * actionCount + a;
      const reach = new Map<number, number>();
      for (let k = offsets[pair]!; k < offsets[pair + 1]!; k++) {
        if (endings[k] === 0) reach.set(nextStates[k]!, (reach.get(nextStates[k]!) ?? 0) + probabilities[k]!);
      }
      for (const [next, probability] of reach) weightTo[next]!.set(s, Math.max(weightTo[next]!.get(s) ?? 0, probability));
    }
  }
  const starts = new Int32Array(stateCount + 1);
  for (let s = 0; s < stateCount; s++) starts[s + 1] = starts[s]! + weightTo[s]!.size;
  const states = new Int32Array(starts[stateCount]!);
  const weights = new Float64Array(starts[stateCount]!);
  for (let s = 0; s < stateCount; s++) {
    let at = starts[s]!;
    for (const [from, probability] of weightTo[s]!) {
      states[at] = from;
      weights[at++] = probability;
    }
  }
  return { offsets: starts, states, weights };
}

/**
 * Solves a tabular model.
 * @throws OptionError or ShapeError on a model whose tables do not fit together, and on a choice out of bounds;
 *   NumericalError on values to start from that are not finite.
 */
export function prioritizedSweeping(model: TabularModel, options: PrioritizedSweepingOptions = {}): TabularSolution {
  const caller = 'prioritizedSweeping';
  const settings = checkTabular(caller, model, options);
  const { discount, tolerance } = settings;
  const maximumBackups = checkLimit(caller, 'maximumBackups', options.maximumBackups ?? 10_000_000);
  const { stateCount } = model;
  const values = options.initialValues?.slice() ?? new Float64Array(stateCount);
  if (values.length !== stateCount) throw new ShapeError(`${caller}: initialValues must have ${stateCount} elements, got ${values.length}`);
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw new NumericalError(`${caller}: initialValues must be finite, got ${values[broken]} at state ${broken}`);
  const predecessors = findPredecessors(model);
  const queue = createPriorityQueue(stateCount);
  let backupCount = 0;
  const errorOf = (s: number): number => {
    backupCount += 1;
    return Math.abs(bestValue(model, discount, values, s) - values[s]!);
  };
  const rankAll = (): void => {
    const threshold = tolerance * scaleOf(values);
    for (let s = 0; s < stateCount; s++) {
      const error = errorOf(s);
      if (error > threshold) queue.raise(s, error);
    }
  };
  rankAll();
  while (queue.size > 0 && backupCount < maximumBackups) {
    const s = queue.take();
    const value = bestValue(model, discount, values, s);
    const change = Math.abs(value - values[s]!);
    backupCount += 1;
    values[s] = value;
    for (let k = predecessors.offsets[s]!; k < predecessors.offsets[s + 1]!; k++) {
      const priority = discount * predecessors.weights[k]! * change;
      if (priority > tolerance) queue.raise(predecessors.states[k]!, priority);
    }
    // Changes too small to be ranked may add up.
    if (queue.size === 0) rankAll();
  }
  return solutionOf(model, settings, values, backupCount);
}
