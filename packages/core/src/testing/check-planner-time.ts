/** The part of the check of planners that is about what a request may ask beside the plan: times, a deadline, elites. */
import type { Plan, PlanDiagnostics, Planner, PlanRequest } from '../planner.js';
import { createRng } from '../rng.js';
import type { SequenceEvaluator } from '../sequence-evaluator.js';
import { allFinite, type Contract, firstDifference } from './contract.js';
import { type ProblemOptions, quadraticProblem } from './quadratic-problem.js';

/** The clauses of this part. */
export type PlannerTimeClause = 'clock' | 'deadline' | 'record-elites' | 'sizes';

/** What this part works with. */
export interface PlannerTimeCheck {
  readonly planner: Planner;
  readonly contract: Contract<PlannerTimeClause>;
  readonly problem: ProblemOptions;
  readonly observation: Float32Array;
  readonly seed: number;
}

/** Milliseconds that the clock of the check moves at each call of the evaluator. */
const CALL_MILLISECONDS = 10;

/** A clock that moves when the evaluator is called, and at no other time. */
function timed(evaluator: SequenceEvaluator): { readonly evaluator: SequenceEvaluator; readonly clock: () => number } {
  let now = 1000;
  const { evaluateWithGradient } = evaluator;
  return {
    clock: () => now,
    evaluator: {
      ...evaluator,
      evaluate: (...given) => {
        now += CALL_MILLISECONDS;
        return evaluator.evaluate(...given);
      },
      ...(evaluateWithGradient && {
        evaluateWithGradient: (...given) => {
          now += CALL_MILLISECONDS;
          return evaluateWithGradient(...given);
        },
      }),
    },
  };
}

const iterationsOf = ({ bestReturnByIteration }: PlanDiagnostics): number => bestReturnByIteration.length;

/** Checks the clauses `clock`, `deadline` and `record-elites`, and that a short answer of the evaluator is seen. */
export async function checkPlannerTime({ planner, contract, problem, observation, seed }: PlannerTimeCheck): Promise<void> {
  const { require, requireError, allowAsync } = contract;
  const planWith = (changes: Partial<PlanRequest>, clause: PlannerTimeClause): Promise<Plan> =>
    allowAsync(clause, 'plan', () =>
      planner.plan({
        observation: observation.slice(),
        evaluator: quadraticProblem(problem).evaluator,
        state: planner.initialState(),
        rng: createRng(seed),
        ...changes,
      }),
    );

  const plain = await planWith({}, 'clock');
  require('clock', plain.diagnostics.phaseMilliseconds === undefined, 'without a clock there must be no phaseMilliseconds');
  const { evaluator, clock } = timed(quadraticProblem(problem).evaluator);
  const before = clock();
  const clocked = await planWith({ evaluator, clock }, 'clock');
  require('clock', firstDifference(clocked.actions, plain.actions) === -1, 'a clock must not change the plan');
  const phases = clocked.diagnostics.phaseMilliseconds;
  if (phases) {
    const times = [phases.sampling, phases.evaluation, phases.update];
    require('clock', allFinite(times) && times.every((time) => time >= 0), () =>
      `phaseMilliseconds must be at least 0, got ${times.join(', ')}`);
    const sum = times.reduce((total, time) => total + time, 0);
    require('clock', sum <= clock() - before, () =>
      `phaseMilliseconds must not exceed the time of the plan, ${clock() - before}, got ${sum}`);
  }

  const whole = iterationsOf(plain.diagnostics);
  const { iterationCount } = plain.diagnostics;
  require('deadline', iterationCount === undefined || iterationCount === whole, () =>
    `iterationCount must be ${whole}, got ${iterationCount}`);
  for (const deadlineMs of [1, 2.5 * CALL_MILLISECONDS, 1e9]) {
    const hasty = timed(quadraticProblem(problem).evaluator);
    const start = hasty.clock();
    const { diagnostics, actions } = await planWith({ ...hasty, deadlineMs }, 'deadline');
    const done = iterationsOf(diagnostics);
    const took = hasty.clock() - start;
    require('deadline', done === 1 || took <= deadlineMs, () =>
      `with a deadline of ${deadlineMs} ms a plan of more than one iteration must end in time, but ${done} iterations took ${took} ms`);
    require('deadline', allFinite(actions), 'a plan that ends early must be finite');
    require('deadline', done === whole || diagnostics.status === 'deadline', () =>
      `status must be "deadline" where ${done} of ${whole} iterations were done, got ${JSON.stringify(diagnostics.status)}`);
    if (deadlineMs === 1e9) {
      require('deadline', done === whole &&
        firstDifference(actions, plain.actions) === -1, 'a deadline that is far away must not change the plan');
    }
  }
  for (const deadlineMs of [0, NaN]) {
    await requireError('deadline', 'OPTION', `a deadline of ${deadlineMs} ms`, () =>
      planner.plan({ observation, evaluator, state: planner.initialState(), rng: createRng(seed), clock, deadlineMs }),
    );
  }
  await requireError('deadline', 'OPTION', 'a deadline without a clock', () =>
    planner.plan({ observation, evaluator, state: planner.initialState(), rng: createRng(seed), deadlineMs: 5 }),
  );

  require('record-elites', plain.diagnostics.elitesByIteration === undefined, 'elites must be recorded on request only');
  const recorded = await planWith({ recordElites: true }, 'record-elites');
  require('record-elites', firstDifference(recorded.actions, plain.actions) === -1, 'recording elites must not change the plan');
  const { elitesByIteration, bestReturnByIteration } = recorded.diagnostics;
  if (elitesByIteration) {
    const length = planner.horizon * planner.actionSize;
    const { returnOf } = quadraticProblem(problem);
    require('record-elites', elitesByIteration.length === bestReturnByIteration.length, 'there must be elites for each iteration');
    for (const [i, elites] of elitesByIteration.entries()) {
      require('record-elites', elites.length >= length &&
        elites.length % length === 0 &&
        allFinite(elites), `elites of iteration ${i} must be whole finite sequences`);
      const [best, wanted] = [returnOf(elites.subarray(0, length)), bestReturnByIteration[i]!];
      require('record-elites', Math.abs(best - wanted) <= 1e-4 * (1 + Math.abs(wanted)), () =>
        `the first elite of iteration ${i} must have the best return ${wanted}, got ${best}`);
    }
  }

  const taking: SequenceEvaluator = {
    ...quadraticProblem(problem).evaluator,
    evaluate: async (_, __, returns) => {
      // As a worker does that keeps the array it was sent.
      structuredClone(returns, { transfer: [returns.buffer as ArrayBuffer] });
    },
  };
  await requireError('sizes', 'SHAPE', 'an evaluator that leaves no returns', () =>
    planner.plan({ observation, evaluator: taking, state: planner.initialState(), rng: createRng(seed) }),
  );
}
