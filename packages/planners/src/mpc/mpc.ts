/**
 * Model-predictive control: plans from what is observed, acts on the first `replanEvery` actions of the plan without
 * looking again, shifts the plan by as many steps and plans anew from there.
 *
 * What it carries from step to step is explicit: the planner's state, the last plan, how many of its actions were
 * taken, and the actions that a delay still holds back. Saved and loaded, it goes on bit for bit (with a generator that
 * does the same).
 *
 * - Action delay: where an action takes effect d steps after it was decided, the d actions under way are simulated
 *   first, and the plan starts from where they lead.
 * - Open loop: the observation counts at the first step of an episode alone. Each later plan starts from where the one
 *   before was expected to lead.
 * - Deadline: a plan takes what time there is (see `PlanRequest`), measured from the call of `act`.
 */
import {
  type Checkpoint,
  checkInteger,
  checkNumber,
  checkOneOf,
  LifecycleError,
  NumericalError,
  OptionError,
  type Plan,
  type Planner,
  type Policy,
  type Rng,
  type SequenceEvaluator,
  ShapeError,
} from '@mbrl/core';
import { checkFlag } from '../search/check-flag.js';
import { decodeMpc, encodeMpc, type MpcShape, type MpcState } from './mpc-checkpoint.js';
import { predictFrom, predictionOf, type PredictObservation } from './predict-observation.js';

/** What to plan with, and when. */
export interface MpcOptions {
  readonly planner: Planner;
  /** What plans are scored by; may change its mind between plans, as a model that is fitted anew does. */
  readonly evaluator: SequenceEvaluator;
  /** Actions taken of each plan, in [1, horizon]. Default 1. */
  readonly replanEvery?: number;
  /** Whether plans start from what is observed, or from what was expected. Default 'closed'. */
  readonly loop?: 'closed' | 'open';
  /** Whether a search starts from the last plan, moved up, or anew. Default true. */
  readonly warmStart?: boolean;
  /** Steps from the decision for an action to its effect, in [0, horizon]. Default 0. */
  readonly delaySteps?: number;
  /** What is applied until the first decision takes effect, `[A]`. Default zeros. */
  readonly idleAction?: ArrayLike<number>;
  /** Where decided actions lead; a delay and an open loop need it. Default: the mean of the evaluator's predicted trajectories. */
  readonly predict?: PredictObservation;
  /** Gives the time in milliseconds, for deadlines and for times in the diagnostics. */
  readonly clock?: () => number;
  /** Milliseconds for each call of `act`, above 0; needs `clock`. Default: no limit. */
  readonly deadlineMs?: number;
  /** Whether the diagnostics hold the elites of each iteration. Default false. */
  readonly recordElites?: boolean;
}

/** A policy that plans. */
export interface Mpc extends Policy {
  /** The plan in use, read-only; undefined before the first action of an episode. */
  readonly plan: Plan | undefined;
  /** How many of that plan's actions were taken. */
  readonly position: number;
  /** All that it carries. @throws LifecycleError while it acts. */
  save(): Checkpoint;
  /** Takes over what `save` gave. @throws CheckpointError when it does not fit this planner; LifecycleError while it acts. */
  load(checkpoint: Checkpoint): void;
}

const CALLER = 'createMpc';
/** What is left for a plan when a prediction used the time up: one iteration is done all the same. */
const LEAST_MILLISECONDS = 1e-6;

function idleActions(delaySteps: number, actionSize: number, idleAction: ArrayLike<number> | undefined): Float32Array {
  if (idleAction && idleAction.length !== actionSize) {
    throw new ShapeError(`${CALLER}: idleAction must have ${actionSize} components, got ${idleAction.length}`);
  }
  const committed = new Float32Array(delaySteps * actionSize);
  for (let i = 0; i < committed.length; i++) committed[i] = checkNumber(CALLER, 'idleAction', idleAction?.[i % actionSize] ?? 0);
  return committed;
}

/**
 * Makes a policy that plans with `planner` through `evaluator`. `act` takes all its randomness from the generator that
 * it is given; it throws ShapeError or NumericalError on an observation of the wrong size or that is not finite, and
 * LifecycleError while an earlier call is under way. After an error it stands where it stood before.
 * @throws ShapeError when evaluator and planner differ in horizon or action size, or `idleAction` has another size;
 *   OptionError on any other option out of bounds, a deadline without a clock, and a delay or open loop without a prediction.
 * @example
 * const mpc = createMpc({ planner, evaluator });
 * mpc.reset();
 * const action = await mpc.act(observation, rng);
 */
export function createMpc(options: MpcOptions): Mpc {
  const { planner, evaluator, replanEvery = 1, delaySteps = 0, clock, deadlineMs, recordElites = false } = options;
  const { horizon, actionSize } = planner;
  checkInteger(CALLER, 'replanEvery', replanEvery, { min: 1, max: horizon });
  checkInteger(CALLER, 'delaySteps', delaySteps, { min: 0, max: horizon });
  checkFlag(CALLER, 'recordElites', recordElites);
  const isOpenLoop = checkOneOf(CALLER, 'loop', options.loop ?? 'closed', ['closed', 'open']) === 'open';
  const isWarm = checkFlag(CALLER, 'warmStart', options.warmStart ?? true);
  if (evaluator.horizon !== horizon || evaluator.actionSize !== actionSize) {
    throw new ShapeError(
      `${CALLER}: evaluator must score sequences of shape [${horizon}, ${actionSize}], got one for [${evaluator.horizon}, ${evaluator.actionSize}]`,
    );
  }
  if (deadlineMs !== undefined) {
    checkNumber(CALLER, 'deadlineMs', deadlineMs, { above: 0 });
    if (!clock) throw new OptionError(`${CALLER}: clock must be given with a deadline, got deadlineMs ${deadlineMs} alone`);
  }
  const predict = options.predict ?? predictionOf(evaluator);
  const idle = idleActions(delaySteps, actionSize, options.idleAction);
  if (!predict && (isOpenLoop || delaySteps > 0)) {
    throw new OptionError(
      `${CALLER}: predict must be given for ${isOpenLoop ? 'an open loop' : `delaySteps ${delaySteps}`}, since the evaluator predicts no trajectories`,
    );
  }
  const fresh = (): MpcState => ({ plan: undefined, position: 0, committed: idle });
  const shape: MpcShape = { planner, observationSize: evaluator.observationSize, delaySteps, isOpenLoop, fresh };
  let current = fresh();
  let acting = false;
  const checkIdle = (caller: string): void => {
    if (acting) throw new LifecycleError(`${caller}: must wait for the call of act that is under way`);
  };

  /** Where the next plan starts. */
  const startOf = async (observation: Float32Array, rng: Rng): Promise<Float32Array> => {
    const { plan, position, start, committed } = current;
    if (plan && start) return predictFrom(predict!, start, plan.actions.slice(0, position * actionSize), rng);
    return delaySteps > 0 ? predictFrom(predict!, observation, committed.slice(), rng) : observation;
  };
  const makePlan = async (observation: Float32Array, rng: Rng): Promise<MpcState> => {
    const { plan, position, committed } = current;
    const began = clock?.() ?? 0;
    const start = await startOf(observation, rng);
    const state = plan && isWarm ? planner.shift(plan.state, position) : planner.initialState();
    const next = await planner.plan({
      observation: start,
      evaluator,
      state,
      rng,
      ...(clock && { clock }),
      ...(clock && deadlineMs !== undefined && { deadlineMs: Math.max(deadlineMs - (clock() - began), LEAST_MILLISECONDS) }),
      ...(recordElites && { recordElites }),
    });
    return { plan: next, position: 0, committed, ...(isOpenLoop && { start: start.slice() }) };
  };
  /** Takes the next action of the plan; what a delay held back the longest makes room for it. */
  const takeAction = (state: MpcState): MpcState => {
    const position = state.position + 1;
    if (delaySteps === 0) return { ...state, position };
    const committed = new Float32Array(state.committed.length);
    committed.set(state.committed.subarray(actionSize));
    committed.set(state.plan!.actions.subarray((position - 1) * actionSize, position * actionSize), committed.length - actionSize);
    return { ...state, position, committed };
  };

  return {
    get plan() {
      return current.plan;
    },
    get position() {
      return current.position;
    },
    reset() {
      checkIdle('reset');
      current = fresh();
    },
    async act(observation, rng) {
      checkIdle('act');
      checkObservation(observation, evaluator.observationSize);
      acting = true;
      try {
        const isDue = !current.plan || current.position >= replanEvery;
        current = takeAction(isDue ? await makePlan(observation, rng) : current);
      } finally {
        acting = false;
      }
      const start = (current.position - 1) * actionSize;
      return current.plan!.actions.slice(start, start + actionSize);
    },
    save() {
      checkIdle('save');
      return encodeMpc(current, shape);
    },
    load(checkpoint) {
      checkIdle('load');
      current = decodeMpc(checkpoint, shape);
    },
  };
}

function checkObservation(observation: Float32Array, size: number): void {
  if (observation.length !== size) throw new ShapeError(`act: observation must have ${size} components, got ${observation.length}`);
  for (let i = 0; i < size; i++) {
    if (!Number.isFinite(observation[i]!))
      throw new NumericalError(`act: observation must be finite, got ${observation[i]} at component ${i}`);
  }
}
