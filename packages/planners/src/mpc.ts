/**
 * Model-predictive control: plans from what is observed, acts on the first `replanEvery` actions of the plan without
 * looking again, shifts the plan by as many steps and plans anew from there.
 *
 * What it carries from step to step is explicit: the planner's state, the last plan, and how many of its actions were
 * taken. Saved and loaded, it goes on bit for bit (with a generator that does the same).
 */
import {
  type Checkpoint,
  checkInteger,
  LifecycleError,
  NumericalError,
  type Plan,
  type Planner,
  type Policy,
  type SequenceEvaluator,
  ShapeError,
} from '@mbrl/core';
import { decodeMpc, encodeMpc, type MpcState } from './mpc-checkpoint.js';

/** What to plan with, and when. */
export interface MpcOptions {
  readonly planner: Planner;
  /** What plans are scored by; may change its mind between plans, as a model that is fitted anew does. */
  readonly evaluator: SequenceEvaluator;
  /** Actions taken of each plan, in [1, horizon]. Default 1. */
  readonly replanEvery?: number;
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

/**
 * Makes a policy that plans with `planner` through `evaluator`. `act` takes all its randomness from the generator that
 * it is given; it throws ShapeError or NumericalError on an observation of the wrong size or that is not finite, and
 * LifecycleError while an earlier call is under way. After an error it stands where it stood before.
 * @throws ShapeError when evaluator and planner differ in horizon or action size; OptionError on `replanEvery`.
 * @example
 * const mpc = createMpc({ planner, evaluator });
 * mpc.reset();
 * const action = await mpc.act(observation, rng);
 */
export function createMpc({ planner, evaluator, replanEvery = 1 }: MpcOptions): Mpc {
  const { horizon, actionSize } = planner;
  checkInteger('createMpc', 'replanEvery', replanEvery, { min: 1, max: horizon });
  if (evaluator.horizon !== horizon || evaluator.actionSize !== actionSize) {
    throw new ShapeError(
      `createMpc: evaluator must score sequences of shape [${horizon}, ${actionSize}], got one for [${evaluator.horizon}, ${evaluator.actionSize}]`,
    );
  }
  const fresh = (): MpcState => ({ plan: undefined, position: 0 });
  let current = fresh();
  let acting = false;
  const checkIdle = (caller: string): void => {
    if (acting) throw new LifecycleError(`${caller}: must wait for the call of act that is under way`);
  };
  const nextState = async (observation: Float32Array, rng: Parameters<Policy['act']>[1]): Promise<MpcState> => {
    const { plan, position } = current;
    if (plan && position < replanEvery) return { plan, position: position + 1 };
    const state = plan ? planner.shift(plan.state, position) : planner.initialState();
    return { plan: await planner.plan({ observation, evaluator, state, rng }), position: 1 };
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
        current = await nextState(observation, rng);
      } finally {
        acting = false;
      }
      const start = (current.position - 1) * actionSize;
      return current.plan!.actions.slice(start, start + actionSize);
    },
    save() {
      checkIdle('save');
      return encodeMpc(current, planner);
    },
    load(checkpoint) {
      checkIdle('load');
      current = decodeMpc(checkpoint, planner);
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
