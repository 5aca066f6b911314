/** The contract of a planner as a check: it plans on problems whose optimum is known. */
import type { Plan, Planner, PlannerState } from '../planner.js';
import { createRng } from '../rng.js';
import { allFinite, type Contract, contract, firstDifference, show } from './contract.js';
import { checkPlannerTime } from './check-planner-time.js';
import { type ProblemOptions, quadraticProblem } from './quadratic-problem.js';

/** The clauses of {@link checkPlanner}. */
export type PlannerClause =
  | 'description'
  | 'initial-state'
  | 'plan-form'
  | 'bounds'
  | 'plan-determinism'
  | 'rng-matters'
  | 'state-untouched'
  | 'own-copy'
  | 'no-hidden-state'
  | 'improves'
  | 'warm-start'
  | 'evaluator-arguments'
  | 'diagnostics'
  | 'non-finite'
  | 'all-non-finite'
  | 'shift'
  | 'sizes'
  | 'observation-finite'
  | 'clock'
  | 'deadline'
  | 'record-elites';

/** How to check a planner. */
export interface PlannerCheckOptions {
  /** Size of the observations of the test problems; 3 when absent. */
  readonly observationSize?: number;
  /** Bounds of the planner's actions, if it has any: candidates and plans must respect them. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** How many values the planner's one action has, if actions are discrete: then all of them must be whole numbers from 0 on. */
  readonly discreteCount?: number;
  /** 0 when absent. */
  readonly seed?: number;
  /** Whether the generator matters; true when absent. Give false for a planner that draws nothing. */
  readonly stochastic?: boolean;
  /** Share of the way from the first plan's return to the optimum that one search must go; 0.5 when absent. */
  readonly improvement?: number;
}

const copyOf = ({ actions, kept, spread }: PlannerState): PlannerState => ({
  actions: actions.slice(),
  kept: kept.slice(),
  ...(spread && { spread: spread.slice() }),
});
const sameState = (a: PlannerState, b: PlannerState): boolean =>
  firstDifference(a.actions, b.actions) === -1 &&
  firstDifference(a.kept, b.kept) === -1 &&
  firstDifference(a.spread ?? [], b.spread ?? []) === -1;

/** What the parts of the check work with. */
interface PlannerCheck {
  readonly planner: Planner;
  readonly contract: Contract<PlannerClause>;
  readonly problem: ProblemOptions;
  readonly observation: Float32Array;
  readonly seed: number;
  /** Plans on a problem from a state. */
  readonly planOn: (planner: Planner, problem: ProblemOptions, state: PlannerState, seed: number) => Promise<Plan>;
}

function checkState(
  { require }: Contract<PlannerClause>,
  clause: 'initial-state' | 'shift' | 'plan-form',
  planner: Planner,
  state: PlannerState,
  what: string,
): void {
  const length = planner.horizon * planner.actionSize;
  require(clause, state.actions instanceof Float32Array &&
    state.kept instanceof Float32Array, `${what} must have actions and kept as Float32Arrays`);
  require(clause, state.actions.length ===
    length, `actions of ${what} must have horizon × actionSize = ${length} elements, got ${state.actions.length}`);
  require(clause, state.kept.length % length ===
    0, `kept of ${what} must hold whole sequences of ${length} elements, got ${state.kept.length}`);
  require(clause, allFinite(state.actions) && allFinite(state.kept), `${what} must be finite`);
  const { spread } = state;
  require(clause, spread === undefined ||
    (spread instanceof Float32Array &&
      spread.length > 0 &&
      spread.length % planner.horizon === 0 &&
      allFinite(spread)), `spread of ${what} must hold ${planner.horizon} rows of finite numbers, got ${spread?.length} numbers`);
}

async function checkSearch(check: PlannerCheck, options: PlannerCheckOptions): Promise<Plan> {
  const { planner, contract: clauses, seed, observation } = check;
  const { require, allowAsync } = clauses;
  const { improvement = 0.5, stochastic = true } = options;
  const { low, high } = check.problem;
  const length = planner.horizon * planner.actionSize;
  const initial = planner.initialState();
  checkState(clauses, 'initial-state', planner, initial, 'initialState()');
  require('initial-state', planner.initialState().actions.buffer !==
    initial.actions.buffer, 'initialState() must give new arrays at each call');
  const kept = copyOf(initial);
  const problem = quadraticProblem(check.problem);
  const plan = await allowAsync('plan-form', 'plan', () =>
    planner.plan({ observation, evaluator: problem.evaluator, state: initial, rng: createRng(seed) }),
  );
  require('plan-form', plan.actions instanceof Float32Array &&
    plan.actions.length === length, `plan.actions must be a Float32Array of ${length} elements, got ${plan.actions?.length}`);
  require('plan-form', allFinite(plan.actions), () => `plan.actions must be finite, got ${show(plan.actions)}`);
  checkState(clauses, 'plan-form', planner, plan.state, 'plan.state');
  require('evaluator-arguments', problem.fault() === undefined, () => problem.fault()!);
  const outside = (actions: Float32Array): number =>
    actions.findIndex(
      (value, i) =>
        (options.discreteCount !== undefined && !Number.isInteger(value)) ||
        value < Math.fround(low?.[i % planner.actionSize] ?? -Infinity) ||
        value > Math.fround(high?.[i % planner.actionSize] ?? Infinity),
    );
  require('bounds', outside(plan.actions) === -1, () => `plan.actions must respect the bounds, got ${plan.actions[outside(plan.actions)]}`);
  for (const candidate of problem.candidates)
    require('bounds', outside(candidate) === -1, () => `candidates must respect the bounds, got ${candidate[outside(candidate)]}`);
  require('state-untouched', sameState(initial, kept), 'plan must not write to the state it is given');
  require('state-untouched', firstDifference(observation, check.problem.observation) === -1, 'plan must not write to the observation');

  const { diagnostics } = plan;
  require('diagnostics', diagnostics.evaluationCount === problem.evaluationCount(), () =>
    `evaluationCount must be the ${problem.evaluationCount()} sequences scored, got ${diagnostics.evaluationCount}`);
  require('diagnostics', diagnostics.nonFiniteCount === 0, `nonFiniteCount must be 0, got ${diagnostics.nonFiniteCount}`);
  const { bestReturnByIteration, eliteReturnByIteration, spreadByIteration } = diagnostics;
  const counts = [bestReturnByIteration, eliteReturnByIteration, spreadByIteration].map((list) => list.length);
  require('diagnostics', counts[0]! >= 1 &&
    new Set(counts).size === 1, `the lists by iteration must have equal lengths of at least 1, got ${counts.join(', ')}`);
  for (const list of [bestReturnByIteration, eliteReturnByIteration, spreadByIteration])
    require('diagnostics', allFinite(list), () => `the lists by iteration must be finite, got ${show(list)}`);
  const best = Math.max(...bestReturnByIteration);
  require('diagnostics', Math.abs(best - problem.bestReturn()) <= 1e-4 * (1 + Math.abs(best)), () =>
    `bestReturnByIteration must reach the best return that was given, ${problem.bestReturn()}, got ${best}`);

  const [before, after] = [problem.returnOf(kept.actions), problem.returnOf(plan.actions)];
  require('improves', after >=
    before +
      improvement *
        (problem.optimum -
          before), `a search must raise the return from ${before} by ${improvement} of the way to the optimum ${problem.optimum}, got ${after}`);

  const repeated = await check.planOn(planner, check.problem, copyOf(kept), seed);
  require('plan-determinism', firstDifference(plan.actions, repeated.actions) === -1, () =>
    `equal inputs must give equal plans, got ${show(plan.actions)} and ${show(repeated.actions)}`);
  require('plan-determinism', sameState(plan.state, repeated.state), 'equal inputs must give equal states');
  if (stochastic) {
    // Where actions are few, two searches may well find the same plan; what they tried tells them apart.
    const other = quadraticProblem(check.problem);
    await planner.plan({ observation: observation.slice(), evaluator: other.evaluator, state: copyOf(kept), rng: createRng(seed + 1) });
    const isEqual = other.candidates.every((candidate, i) => firstDifference(candidate, problem.candidates[i] ?? []) === -1);
    require('rng-matters', !isEqual, 'another generator must give another search');
  }
  return plan;
}

/** A plan is a function of its request, also on a used or another instance, and belongs to the caller. */
async function checkPurity(check: PlannerCheck, factory: () => Planner, plan: Plan): Promise<void> {
  const {
    planner,
    seed,
    contract: { require },
  } = check;
  const state = copyOf(plan.state);
  const next = await check.planOn(planner, check.problem, plan.state, seed + 2);
  plan.actions.fill(777);
  require('own-copy', sameState(plan.state, state), 'writing to plan.actions must not change plan.state');
  for (const [what, each] of [
    ['the same instance', planner],
    ['a new instance', factory()],
  ] as const) {
    const again = await check.planOn(each, check.problem, copyOf(state), seed + 2);
    require('no-hidden-state', firstDifference(next.actions, again.actions) === -1 &&
      sameState(next.state, again.state), `equal requests must give equal plans on ${what}`);
  }
  const problem = quadraticProblem(check.problem);
  const cold = await check.planOn(planner, check.problem, planner.initialState(), seed + 3);
  let warm = cold;
  for (let i = 0; i < 4; i++) warm = await check.planOn(planner, check.problem, warm.state, seed + 3);
  const [first, last] = [problem.returnOf(cold.actions), problem.returnOf(warm.actions)];
  const slack = 1e-3 * (1 + Math.abs(problem.optimum - first));
  require('warm-start', last >=
    first -
      slack -
      0.05 *
        Math.abs(problem.optimum - first), `searches from the last state must not lose the plan, got returns ${first} and then ${last}`);
}

async function checkNonFinite(check: PlannerCheck): Promise<void> {
  const {
    planner,
    seed,
    contract: { require, allowAsync },
  } = check;
  for (const value of [NaN, Infinity, -Infinity]) {
    // Half of the space is poisoned, and the optimum lies in the other half: what is not finite must lose.
    const problem = quadraticProblem({ ...check.problem, poison: value });
    const plan = await allowAsync('non-finite', `plan with returns of ${value}`, () =>
      planner.plan({ observation: check.observation, evaluator: problem.evaluator, state: planner.initialState(), rng: createRng(seed) }),
    );
    require('non-finite', allFinite(plan.actions) &&
      allFinite(plan.state.actions) &&
      allFinite(plan.state.kept), `returns of ${value} must not make the plan non-finite`);
    require('non-finite', plan.diagnostics.nonFiniteCount === problem.poisonedCount(), () =>
      `nonFiniteCount must be the ${problem.poisonedCount()} returns of ${value}, got ${plan.diagnostics.nonFiniteCount}`);
    require('non-finite', allFinite(plan.diagnostics.bestReturnByIteration), () =>
      `bestReturnByIteration must be finite with some returns of ${value}, got ${show(plan.diagnostics.bestReturnByIteration)}`);
    require('non-finite', problem.poisonedCount() === 0 ||
      !problem.isPoisoned(plan.actions), `sequences with a return of ${value} must rank last, but the plan is one of them`);
  }
  for (const value of [NaN, Infinity, -Infinity]) {
    const problem = quadraticProblem({ ...check.problem, poison: value, poisonAll: true });
    const plan = await allowAsync('all-non-finite', `plan with all returns ${value}`, () =>
      planner.plan({ observation: check.observation, evaluator: problem.evaluator, state: planner.initialState(), rng: createRng(seed) }),
    );
    require('all-non-finite', allFinite(plan.actions) &&
      allFinite(plan.state.actions) &&
      allFinite(plan.state.kept), `all returns ${value} must not make the plan non-finite`);
    require('all-non-finite', plan.diagnostics.nonFiniteCount ===
      plan.diagnostics
        .evaluationCount, `nonFiniteCount must count all ${plan.diagnostics.evaluationCount} sequences, got ${plan.diagnostics.nonFiniteCount}`);
  }
}

async function checkShift(check: PlannerCheck): Promise<void> {
  const { planner, seed, contract: clauses } = check;
  const { require, allow, requireThrow } = clauses;
  const { horizon, actionSize } = planner;
  const { state } = await check.planOn(planner, check.problem, planner.initialState(), seed);
  const kept = copyOf(state);
  for (const steps of [undefined, 1, 2, horizon, horizon + 3]) {
    const shifted = allow('shift', `shift(state, ${steps})`, () =>
      steps === undefined ? planner.shift(state) : planner.shift(state, steps),
    );
    checkState(clauses, 'shift', planner, shifted, `shift(state, ${steps})`);
    require('shift', sameState(state, kept), 'shift must not write to the state it is given');
    require('shift', shifted.actions.buffer !== state.actions.buffer, 'shift must give arrays of its own');
    const moved = Math.max(0, horizon - (steps ?? 1)) * actionSize;
    const same = firstDifference(shifted.actions.subarray(0, moved), state.actions.subarray(horizon * actionSize - moved)) === -1;
    require('shift', same, `shift(state, ${steps}) must move the plan up by ${steps ?? 1}, got ${show(shifted.actions)} from ${show(state.actions)}`);
    const sequenceLength = horizon * actionSize;
    for (let start = 0; start < Math.min(shifted.kept.length, state.kept.length); start += sequenceLength) {
      const keptSame =
        firstDifference(
          shifted.kept.subarray(start, start + moved),
          state.kept.subarray(start + sequenceLength - moved, start + sequenceLength),
        ) === -1;
      require('shift', keptSame, `shift(state, ${steps}) must move the kept sequences up by ${steps ?? 1}`);
    }
    if (state.spread) {
      const row = state.spread.length / horizon;
      const movedRows = Math.max(0, horizon - (steps ?? 1)) * row;
      const spreadSame =
        shifted.spread?.length === state.spread.length &&
        firstDifference(shifted.spread.subarray(0, movedRows), state.spread.subarray(horizon * row - movedRows)) === -1;
      require('shift', spreadSame, `shift(state, ${steps}) must move the spread up by ${steps ?? 1}`);
    }
  }
  for (const steps of [-1, 0.5, NaN]) requireThrow('shift', 'OPTION', `shift(state, ${steps})`, () => planner.shift(state, steps));
}

async function checkRefusals(check: PlannerCheck): Promise<void> {
  const {
    planner,
    seed,
    problem,
    observation,
    contract: { requireError },
  } = check;
  const attempt =
    (changes: Partial<ProblemOptions>, state: PlannerState, start = observation) =>
    () =>
      planner.plan({ observation: start, evaluator: quadraticProblem({ ...problem, ...changes }).evaluator, state, rng: createRng(seed) });
  const state = planner.initialState();
  await requireError('sizes', 'SHAPE', 'an evaluator of another horizon', attempt({ horizon: planner.horizon + 1 }, state));
  await requireError('sizes', 'SHAPE', 'an evaluator of another action size', attempt({ actionSize: planner.actionSize + 1 }, state));
  await requireError(
    'sizes',
    'SHAPE',
    'a state of another length',
    attempt({}, { ...state, actions: new Float32Array(state.actions.length + 1) }),
  );
  await requireError(
    'sizes',
    'SHAPE',
    'kept sequences of another length',
    attempt({}, { ...state, kept: new Float32Array(state.actions.length + 1) }),
  );
  await requireError('sizes', 'SHAPE', 'an observation of another size', attempt({}, state, new Float32Array(observation.length + 1)));
  for (const value of [NaN, Infinity]) {
    await requireError(
      'observation-finite',
      'NUMERICAL',
      `an observation with ${value}`,
      attempt(
        {},
        state,
        observation.map((x, i) => (i === observation.length - 1 ? value : x)),
      ),
    );
  }
}

/**
 * Checks that a planner keeps the contract, on a concave quadratic problem whose optimum is known and which lies at a
 * third of the way from the middle of the bounds to their ends. Its clauses, by name:
 *
 * - `description`: horizon and action size are whole and positive
 * - `initial-state`, `plan-form`: states and plans have the declared sizes and are finite
 * - `bounds`: candidates and plans respect the bounds given as options
 * - `plan-determinism`, `rng-matters`: a plan is a function of the generator (option `stochastic`)
 * - `state-untouched`, `own-copy`, `no-hidden-state`: what goes in is only read, what comes out belongs to the caller,
 *   and nothing else is carried from call to call
 * - `improves`: one search goes a share of the way to the optimum (option `improvement`)
 * - `warm-start`: searches that start from the last state do not lose the plan
 * - `evaluator-arguments`: the evaluator gets the observation, whole finite sequences and as many returns
 * - `diagnostics`: counts and lists are right
 * - `non-finite`, `all-non-finite`: returns that are not finite rank last, are counted, and never reach the plan
 * - `shift`: plans and kept sequences move up, and steps that are no whole number are refused with an OptionError
 * - `sizes`, `observation-finite`: what does not fit is refused with a ShapeError, also an evaluator that leaves no returns;
 *   what is not finite with a NumericalError
 * - `clock`, `deadline`: times are reported with a clock alone and do not change the plan; more than one iteration must end
 *   before the deadline, by a clock that only the evaluator moves; a deadline that is not above 0 or has no clock is refused
 * - `record-elites`: elites are there on request alone, best first, and do not change the plan
 *
 * @param factory makes a new planner at each call, all alike
 * @throws ContractError that names the clause which is broken.
 */
export async function checkPlanner(factory: () => Planner, options: PlannerCheckOptions = {}): Promise<void> {
  const { observationSize = 3, seed = 0, discreteCount } = options;
  const low = discreteCount === undefined ? options.low : [0];
  const high = discreteCount === undefined ? options.high : [discreteCount - 1];
  const planner = factory();
  const { horizon, actionSize } = planner;
  const clauses: Contract<PlannerClause> = contract('checkPlanner', 'the planner');
  for (const [name, value] of Object.entries({ horizon, actionSize })) {
    clauses.require('description', Number.isSafeInteger(value) && value >= 1, `${name} must be a positive integer, got ${value}`);
  }
  const observation = Float32Array.from({ length: observationSize }, (_, i) => 0.5 - i);
  const problem: ProblemOptions = {
    observation: observation.slice(),
    horizon,
    actionSize,
    ...(low && { low }),
    ...(high && { high }),
    isDiscrete: discreteCount !== undefined,
  };
  const planOn = (each: Planner, on: ProblemOptions, state: PlannerState, planSeed: number): Promise<Plan> =>
    each.plan({ observation: observation.slice(), evaluator: quadraticProblem(on).evaluator, state, rng: createRng(planSeed) });
  const check: PlannerCheck = { planner, contract: clauses, problem, observation, seed, planOn };
  const plan = await checkSearch(check, options);
  await checkPurity(check, factory, plan);
  await checkNonFinite(check);
  await checkShift(check);
  await checkRefusals(check);
  await checkPlannerTime(check);
}
