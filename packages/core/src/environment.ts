/**
 * The contract of an environment: Gymnasium's semantics. An episode begins with `reset` and ends by either of two
 * flags, never one `done`: `terminated` (the task itself ended; no value beyond) and `truncated` (a limit outside of
 * the task, such as time; the state goes on).
 *
 * Whoever writes one calls `checkEnvironment` of `@mbrl/core/testing` in a test.
 */
import type { BatchedFunctions } from './batched-functions.js';
import type { Json } from './json.js';
import type { Scene } from './scene.js';
import type { SolidScene } from './solid-scene.js';
import type { Space } from './space.js';
import type { TabularModel } from './tabular-model.js';

/** Extra facts about a step that no algorithm may depend on. */
export type Info = { readonly [key: string]: Json };

/** What `reset` gives. */
export interface ResetResult {
  /** First observation, shape `[O]`; the caller's own copy. */
  readonly observation: Float32Array;
  readonly info: Info;
}

/** What `step` gives; see there for how long it holds. */
export interface StepResult {
  /** Next observation, shape `[O]`: the array that `step` was given for it, else the caller's own copy. */
  readonly observation: Float32Array;
  readonly reward: number;
  /** The task ended: nothing follows this observation. */
  readonly terminated: boolean;
  /** A limit outside of the task ended the episode; the state would go on. */
  readonly truncated: boolean;
  readonly info: Info;
}

/** An action: a vector of the action space's size, or a number for a space of size one. */
export type Action = number | ArrayLike<number>;

/** All that is needed to go on exactly from here, including the generator that later resets draw from. */
export type EnvironmentState = Json;

/** A task to act in. */
export interface Environment {
  /** Name in the registry, such as `CartPole-v1`. */
  readonly name: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Seconds of simulated time that a step takes. */
  readonly timeStep: number;
  /**
   * Starts an episode. With a seed (an unsigned 32-bit integer), this and all later episodes are a function of it; without, the generator
   * goes on from where it stands.
   */
  reset(options?: { readonly seed?: number }): ResetResult;
  /**
   * Advances by one step.
   * @param action only read; box actions outside of the bounds are clipped where the task's reference does so
   * @param into takes the observation and is returned as `result.observation`, which spares a new array for each step;
   * shape `[O]`, and none that `action` shares memory with. The environment keeps no hold of it, and writes nothing to
   * it when it refuses the step. Read `result.observation` all the same: an environment written before there was
   * `into`, such as a wrapper of one's own that does not pass it on, gives a new array. The result itself may then be
   * one record that every step with an `into` writes anew: read it before the next. Without `into` each result, and
   * its observation, is the caller's own and stays as it is.
   * @throws LifecycleError before the first reset and after an end.
   * @throws ShapeError on an action or an `into` of the wrong size; OptionError on an action that is not finite or, for
   * a discrete space, not one of its values. What is refused changes nothing.
   */
  step(action: Action, into?: Float32Array): StepResult;
  /** The exact state, as data that survives JSON. */
  saveState(): EnvironmentState;
  /** Goes back to a saved state: what follows is equal bit for bit. @throws OptionError on a foreign state. */
  restoreState(state: EnvironmentState): void;
  /**
   * Copies what the rest of this episode depends on into numbers: the physical state, whether the episode runs, the
   * steps taken under a limit, and the state of the generator where `step` draws from it. It is {@link saveState} made
   * quick for planners, which go back to one state thousands of times: no text, no allocation when `into` is given, and
   * without the generator that only later resets draw from. Its meaning is the environment's own; its length never
   * changes, and it is good for every environment that is made with the same options. Given with `restoreSnapshot` or
   * not at all.
   * @param into filled and returned when given; else a new array is
   * @throws ShapeError when `into` has another length.
   */
  snapshot?(into?: Float64Array): Float64Array;
  /**
   * Goes back to a snapshot, which is only read: the rest of the episode is equal bit for bit. What later resets draw
   * is left as it stands.
   * @throws ShapeError on another length; OptionError on numbers that no snapshot holds, as far as a quick look tells.
   */
  restoreSnapshot?(buffer: Float64Array): void;
  /**
   * Goes on with another generator, without a reset: from here on, everything drawn is a function of the seed. Planners
   * that simulate call it after a restore, so that they do not foresee the very noise that will be drawn. Absent only
   * where `step` draws nothing.
   * @throws OptionError on a seed that is no unsigned 32-bit integer.
   */
  reseed?(seed: number): void;
  /** Reward, ending and dynamics over batches of tensors, where known. */
  readonly batched?: BatchedFunctions;
  /** Describes the present frame. */
  scene?(): Scene;
  /** Describes the frame of a given observation, where the observation determines it. */
  sceneOf?(observation: ArrayLike<number>): Scene;
  /** Describes the present frame in space, for tasks that move in three dimensions. */
  solidScene?(): SolidScene;
  /**
   * The task as tables, where it is a finite Markov decision process that is known exactly: a state's index is the one
   * component of its observation. Of a task that changes with time, the tables of the present.
   */
  readonly tabularModel?: TabularModel | undefined;
  /** Frees what it holds outside of JavaScript's memory. Calls after it throw a LifecycleError. */
  dispose?(): void;
}
