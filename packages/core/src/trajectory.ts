/** The record of one episode in columns. Shapes: `T` steps, `O` observation size, `A` action size. */
import { type Checkpoint } from './checkpoint.js';
import { checkpointArray, expectCheckpoint } from './checkpoint-parts.js';
import { CheckpointError, LifecycleError, NumericalError, ShapeError } from './errors.js';
import { bool, float32 } from './nd-array.js';
import { checkInteger } from './options.js';
import { createTransitionColumns, type TransitionColumns } from './transition.js';

const KIND = 'Trajectory';
const VERSION = 1;

/** What happened in one step. Arrays are read, not kept. */
export interface TrajectoryStep {
  /** `[A]` */
  readonly action: ArrayLike<number>;
  readonly reward: number;
  /** `[O]` */
  readonly nextObservation: ArrayLike<number>;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** A growing record of one episode. The arrays are views of what is recorded so far; appending may replace them. */
export interface Trajectory {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Number of steps T. */
  readonly stepCount: number;
  /** Whether the last step terminated or truncated the episode; nothing can be appended then. */
  readonly ended: boolean;
  readonly terminated: boolean;
  readonly truncated: boolean;
  /** Sum of the rewards, undiscounted. */
  readonly totalReward: number;
  /** `[T + 1, O]`, the first being where the episode began. */
  readonly observations: Float32Array;
  /** `[T, A]` */
  readonly actions: Float32Array;
  /** `[T]`, as the environment gave them. */
  readonly rewards: Float64Array;
  /**
   * Records a step.
   * @throws LifecycleError after the end; ShapeError on a wrong size; NumericalError on a value that is not finite.
   */
  append(step: TrajectoryStep): void;
  /** The steps as rows of transitions; copies. */
  toTransitions(): TransitionColumns;
  /** Everything, for {@link loadTrajectory}. */
  save(): Checkpoint;
}

function checkVector(caller: string, name: string, values: ArrayLike<number>, size: number): void {
  if (values.length !== size) throw new ShapeError(`${caller}: ${name} must have ${size} components, got ${values.length}`);
  for (let i = 0; i < size; i++) {
    if (!Number.isFinite(values[i])) throw new NumericalError(`${caller}: ${name} must be finite, got ${values[i]} at component ${i}`);
  }
}

const grown = <T extends Float32Array | Float64Array>(array: T, length: number, make: (length: number) => T): T => {
  if (length <= array.length) return array;
  const larger = make(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
};

class ColumnarTrajectory implements Trajectory {
  readonly observationSize: number;
  readonly actionSize: number;
  stepCount = 0;
  terminated = false;
  truncated = false;
  totalReward = 0;
  #observations: Float32Array;
  #actions: Float32Array;
  #rewards: Float64Array;

  constructor(firstObservation: ArrayLike<number>, actionSize: number) {
    this.observationSize = firstObservation.length;
    this.actionSize = actionSize;
    this.#observations = Float32Array.from(firstObservation);
    this.#actions = new Float32Array(0);
    this.#rewards = new Float64Array(0);
  }

  get ended(): boolean {
    return this.terminated || this.truncated;
  }

  get observations(): Float32Array {
    return this.#observations.subarray(0, (this.stepCount + 1) * this.observationSize);
  }

  get actions(): Float32Array {
    return this.#actions.subarray(0, this.stepCount * this.actionSize);
  }

  get rewards(): Float64Array {
    return this.#rewards.subarray(0, this.stepCount);
  }

  append(step: TrajectoryStep): void {
    const caller = 'Trajectory.append';
    if (this.ended) throw new LifecycleError(`${caller}: the episode must not have ended, got a step after ${this.stepCount} steps`);
    checkVector(caller, 'action', step.action, this.actionSize);
    checkVector(caller, 'nextObservation', step.nextObservation, this.observationSize);
    if (!Number.isFinite(step.reward)) throw new NumericalError(`${caller}: reward must be finite, got ${step.reward}`);
    const t = this.stepCount;
    this.#observations = grown(this.#observations, (t + 2) * this.observationSize, (length) => new Float32Array(length));
    this.#actions = grown(this.#actions, (t + 1) * this.actionSize, (length) => new Float32Array(length));
    this.#rewards = grown(this.#rewards, t + 1, (length) => new Float64Array(length));
    this.#observations.set(step.nextObservation, (t + 1) * this.observationSize);
    this.#actions.set(step.action, t * this.actionSize);
    this.#rewards[t] = step.reward;
    this.totalReward += step.reward;
    this.terminated = step.terminated;
    this.truncated = step.truncated;
    this.stepCount = t + 1;
  }

  toTransitions(): TransitionColumns {
    const count = this.stepCount;
    const columns = createTransitionColumns(count, this.observationSize, this.actionSize);
    const { observations } = this;
    columns.observations.set(observations.subarray(0, count * this.observationSize));
    columns.nextObservations.set(observations.subarray(this.observationSize));
    columns.actions.set(this.actions);
    columns.rewards.set(this.rewards);
    if (count > 0) {
      columns.terminated[count - 1] = this.terminated ? 1 : 0;
      columns.truncated[count - 1] = this.truncated ? 1 : 0;
    }
    return columns;
  }

  save(): Checkpoint {
    return {
      kind: KIND,
      version: VERSION,
      json: null,
      arrays: {
        observations: float32([this.stepCount + 1, this.observationSize], this.observations.slice()),
        actions: float32([this.stepCount, this.actionSize], this.actions.slice()),
        rewards: { dtype: 'float64', shape: [this.stepCount], data: this.rewards.slice() },
        ends: bool([2], [this.terminated ? 1 : 0, this.truncated ? 1 : 0]),
      },
    };
  }
}

/**
 * Begins the record of an episode.
 * @param options.firstObservation what `reset` gave, `[O]`; copied
 * @param options.actionSize A, at least 1
 * @throws ShapeError when the observation is empty; NumericalError when it is not finite.
 */
export function createTrajectory(options: { readonly firstObservation: ArrayLike<number>; readonly actionSize: number }): Trajectory {
  const { firstObservation, actionSize } = options;
  checkInteger('createTrajectory', 'actionSize', actionSize, { min: 1 });
  checkVector('createTrajectory', 'firstObservation', firstObservation, Math.max(1, firstObservation.length));
  return new ColumnarTrajectory(firstObservation, actionSize);
}

/** Makes the trajectory that was saved. @throws CheckpointError when the checkpoint holds none. */
export function loadTrajectory(checkpoint: Checkpoint): Trajectory {
  const caller = 'loadTrajectory';
  expectCheckpoint(checkpoint, { kind: KIND, version: VERSION, caller });
  const rewards = checkpointArray(checkpoint, 'rewards', { dtype: 'float64', shape: [null], caller }).data;
  const count = rewards.length;
  const observations = checkpointArray(checkpoint, 'observations', { dtype: 'float32', shape: [count + 1, null], caller });
  const actions = checkpointArray(checkpoint, 'actions', { dtype: 'float32', shape: [count, null], caller });
  const [terminated, truncated] = checkpointArray(checkpoint, 'ends', { dtype: 'bool', shape: [2], caller }).data;
  const [observationSize, actionSize] = [observations.shape[1]!, actions.shape[1]!];
  try {
    const trajectory = createTrajectory({ firstObservation: observations.data.subarray(0, observationSize), actionSize });
    for (let t = 0; t < count; t++) {
      trajectory.append({
        action: actions.data.subarray(t * actionSize, (t + 1) * actionSize),
        reward: rewards[t]!,
        nextObservation: observations.data.subarray((t + 1) * observationSize, (t + 2) * observationSize),
        terminated: t === count - 1 && terminated === 1,
        truncated: t === count - 1 && truncated === 1,
      });
    }
    return trajectory;
  } catch (cause) {
    throw new CheckpointError(`${caller}: the checkpoint must hold a finite episode`, { cause });
  }
}
