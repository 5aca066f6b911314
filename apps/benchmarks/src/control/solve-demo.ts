/** Solves a demo and gathers what its page shows: iterates on the way, checks of the solution, and rollouts under pushes. */
import { createDdp, createIlqr, type IlqrResult } from '@mbrl/control';
import type { Rng } from '@mbrl/core';
import { checkSolution, type SolutionCheck } from './check-solution.js';
import type { ControlDemo, ControlMethod } from './demo.js';
import { drawPush, type Push, rollPushed } from './push-rollouts.js';
import { type Iterate, recordIterates, sizesOf, type Trajectory } from './record-iterates.js';

/** A push, and what became of it. */
export interface PushedPair {
  readonly push: Push;
  readonly withFeedback: Trajectory;
  readonly without: Trajectory;
}

/** A demo that was solved. */
export interface SolvedDemo {
  readonly demo: ControlDemo;
  readonly method: ControlMethod;
  readonly seed: number;
  readonly result: IlqrResult;
  /** Milliseconds that the search took, the recording of its iterates included. */
  readonly milliseconds: number;
  readonly check: SolutionCheck;
  /** The start, and every iterate that could be told. */
  readonly iterates: readonly Iterate[];
  readonly pushed: readonly PushedPair[];
}

/** How to solve. */
export interface SolveRequest {
  readonly method: ControlMethod;
  readonly maxIterations: number;
  readonly pushCount: number;
  readonly seed: number;
  readonly rng: Rng;
  /** Milliseconds from any origin. */
  readonly clock: () => number;
}

/** Solves a demo. */
export function solveDemo(demo: ControlDemo, { method, maxIterations, pushCount, seed, rng, clock }: SolveRequest): SolvedDemo {
  const { problem, initialState, startAction } = demo;
  const recorded = recordIterates(problem, initialState);
  const solver = (method === 'ddp' ? createDdp : createIlqr)(recorded.problem, { maxIterations });
  const [, m] = sizesOf(problem.dynamics);
  const actions = Float64Array.from({ length: problem.horizon * m }, (_, i) => startAction?.[i % m] ?? 0);
  const start = clock();
  const result = solver.solve({ initialState, actions });
  const milliseconds = clock() - start;
  const pushed = Array.from({ length: pushCount }, (_, i) => {
    const push = drawPush(demo.push, problem.horizon, rng.split(i));
    return { push, withFeedback: rollPushed(problem, result, push, true), without: rollPushed(problem, result, push, false) };
  });
  return {
    demo,
    method,
    seed,
    result,
    milliseconds,
    check: checkSolution(problem, result, result.multipliers),
    iterates: recorded.iterates(result.log),
    pushed,
  };
}
