/** Short ways to plan in tests. */
import { createRng, type Plan, type Planner, type PlannerState, type PlanRequest, type SequenceEvaluator } from '@mbrl/core';

/** Plans once from the initial state. */
export function planOnce(
  planner: Planner,
  evaluator: SequenceEvaluator,
  { seed = 1, ...changes }: Partial<PlanRequest> & { readonly seed?: number } = {},
): Promise<Plan> {
  return planner.plan({
    observation: new Float32Array(evaluator.observationSize),
    evaluator,
    state: planner.initialState(),
    rng: createRng(seed),
    ...changes,
  });
}

/** An evaluator that keeps copies of what it is given and gives. */
export function recording(evaluator: SequenceEvaluator): {
  readonly evaluator: SequenceEvaluator;
  /** Candidates by call, `[N, H, A]`. */
  readonly candidates: Float32Array[];
  readonly returns: Float32Array[];
} {
  const candidates: Float32Array[] = [];
  const returnsSeen: Float32Array[] = [];
  return {
    candidates,
    returns: returnsSeen,
    evaluator: {
      ...evaluator,
      evaluate: async (observation, sequences, returns, rng) => {
        candidates.push(sequences.slice());
        await evaluator.evaluate(observation, sequences, returns, rng);
        returnsSeen.push(returns.slice());
      },
    },
  };
}

/** A state that starts from these actions. */
export const stateOf = (actions: readonly number[]): PlannerState => ({ actions: Float32Array.from(actions), kept: new Float32Array(0) });

/** The return of one plan. */
export async function returnOf(evaluator: SequenceEvaluator, observation: Float32Array, actions: Float32Array): Promise<number> {
  const returns = new Float32Array(1);
  await evaluator.evaluate(observation, actions, returns, createRng(0));
  return returns[0]!;
}

/** Greatest distance from a target. */
export const greatestError = (actions: Float32Array, target: ArrayLike<number>): number =>
  Math.max(...Array.from(actions, (action, i) => Math.abs(action - target[i]!)));
