/** A store of transitions with a capacity: the oldest make room for the newest. Shapes: `N` rows, `O` and `A` sizes. */
import type { Checkpoint } from './checkpoint.js';
import { checkpointArray, expectCheckpoint } from './checkpoint-parts.js';
import { CheckpointError, LifecycleError, NumericalError, ShapeError } from './errors.js';
import { bool, float32 } from './nd-array.js';
import { checkInteger } from './options.js';
import type { Rng } from './rng.js';
import type { Trajectory } from './trajectory.js';
import { createTransitionColumns, type Transition, type TransitionColumns } from './transition.js';

const KIND = 'ReplayBuffer';
const VERSION = 1;
const INITIAL_ROWS = 256;

/** A store of transitions. Rows count from 0, the oldest. */
export interface ReplayBuffer {
  readonly capacity: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Rows held now. */
  readonly count: number;
  /** Rows ever added, those that were overwritten included. */
  readonly addedCount: number;
  /** Copies a transition in. @throws ShapeError on a wrong size; NumericalError on a value that is not finite. */
  add(transition: Transition): void;
  /** Copies all rows in, in order. @throws as `add`; then nothing was added. */
  addColumns(columns: TransitionColumns): void;
  /** Copies an episode's steps in, in order. */
  addTrajectory(trajectory: Trajectory): void;
  /**
   * Draws rows uniformly, with replacement.
   * @param batchSize number of rows, at least 1
   * @param out filled and returned when given, and nothing is allocated; it must have `batchSize` rows
   * @throws LifecycleError when the buffer is empty; ShapeError when `out` does not fit.
   */
  sample(batchSize: number, rng: Rng, out?: TransitionColumns): TransitionColumns;
  /** Copies of all rows, oldest first. */
  columns(): TransitionColumns;
  /** Forgets all rows. */
  clear(): void;
  /** Everything; `sample` goes on equally after `load`. */
  save(): Checkpoint;
  /** Takes over what `save` gave. @throws CheckpointError when it is foreign or of other sizes or capacity. */
  load(checkpoint: Checkpoint): void;
}

/** How to make a replay buffer. */
export interface ReplayBufferOptions {
  /** Rows to hold at most, at least 1. Memory grows with use up to it. */
  readonly capacity: number;
  /** O, at least 1. */
  readonly observationSize: number;
  /** A, at least 1. */
  readonly actionSize: number;
}

function checkColumn(caller: string, name: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length) throw new ShapeError(`${caller}: ${name} must have ${length} elements, got ${values.length}`);
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(values[i])) throw new NumericalError(`${caller}: ${name} must be finite, got ${values[i]} at index ${i}`);
  }
}

/** Copies rows of `size` numbers: row `places[i]` of `source` becomes row `i` of `target`. */
function gather<T extends Float32Array | Uint8Array>(source: T, places: Int32Array, count: number, size: number, target: T): void {
  let t = 0;
  for (let i = 0; i < count; i++) {
    const from = places[i]! * size;
    for (let s = from; s < from + size; s++) target[t++] = source[s]!;
  }
}

/** Copies rows of all columns: row `places[i]` of `source` becomes row `i` of `target`. */
function gatherRows(source: TransitionColumns, places: Int32Array, count: number, target: TransitionColumns): void {
  gather(source.observations, places, count, source.observationSize, target.observations);
  gather(source.actions, places, count, source.actionSize, target.actions);
  gather(source.rewards, places, count, 1, target.rewards);
  gather(source.nextObservations, places, count, source.observationSize, target.nextObservations);
  gather(source.terminated, places, count, 1, target.terminated);
  gather(source.truncated, places, count, 1, target.truncated);
}

class RingBuffer implements ReplayBuffer {
  readonly capacity: number;
  readonly observationSize: number;
  readonly actionSize: number;
  count = 0;
  addedCount = 0;
  /** Place of the oldest row; 0 until the ring is full. */
  #start = 0;
  #rows: TransitionColumns;
  /** Places of the rows of a batch; kept, so that sampling allocates nothing. */
  #places: Int32Array = new Int32Array(0);

  constructor({ capacity, observationSize, actionSize }: ReplayBufferOptions) {
    this.capacity = checkInteger('createReplayBuffer', 'capacity', capacity, { min: 1, max: 2 ** 31 });
    this.observationSize = checkInteger('createReplayBuffer', 'observationSize', observationSize, { min: 1 });
    this.actionSize = checkInteger('createReplayBuffer', 'actionSize', actionSize, { min: 1 });
    this.#rows = createTransitionColumns(Math.min(capacity, INITIAL_ROWS), observationSize, actionSize);
  }

  /** The place to write the next row to; the oldest row's when the ring is full. */
  #claim(): number {
    this.addedCount++;
    if (this.count === this.capacity) {
      const place = this.#start;
      this.#start = (place + 1) % this.capacity;
      return place;
    }
    if (this.count === this.#rows.count) {
      const larger = createTransitionColumns(Math.min(this.capacity, 2 * this.#rows.count), this.observationSize, this.actionSize);
      this.#copyAll(larger);
      this.#rows = larger;
    }
    return this.count++;
  }

  #copyAll(target: TransitionColumns): void {
    const places = Int32Array.from({ length: this.count }, (_, i) => (this.#start + i) % this.capacity);
    gatherRows(this.#rows, places, this.count, target);
  }

  #checkSizes(caller: string, sizes: { readonly observationSize: number; readonly actionSize: number }): void {
    if (sizes.observationSize !== this.observationSize || sizes.actionSize !== this.actionSize) {
      throw new ShapeError(
        `${caller}: observationSize and actionSize must be ${this.observationSize} and ${this.actionSize}, got ${sizes.observationSize} and ${sizes.actionSize}`,
      );
    }
  }

  add(transition: Transition): void {
    const caller = 'ReplayBuffer.add';
    checkColumn(caller, 'observation', transition.observation, this.observationSize);
    checkColumn(caller, 'action', transition.action, this.actionSize);
    checkColumn(caller, 'nextObservation', transition.nextObservation, this.observationSize);
    if (!Number.isFinite(Math.fround(transition.reward)))
      throw new NumericalError(`${caller}: reward must be finite as float32, got ${transition.reward}`);
    const place = this.#claim();
    const rows = this.#rows;
    rows.observations.set(transition.observation, place * this.observationSize);
    rows.actions.set(transition.action, place * this.actionSize);
    rows.rewards[place] = transition.reward;
    rows.nextObservations.set(transition.nextObservation, place * this.observationSize);
    rows.terminated[place] = transition.terminated ? 1 : 0;
    rows.truncated[place] = transition.truncated ? 1 : 0;
  }

  addColumns(columns: TransitionColumns): void {
    const caller = 'ReplayBuffer.addColumns';
    const { count } = columns;
    this.#checkSizes(caller, columns);
    checkColumn(caller, 'observations', columns.observations, count * this.observationSize);
    checkColumn(caller, 'actions', columns.actions, count * this.actionSize);
    checkColumn(caller, 'rewards', columns.rewards, count);
    checkColumn(caller, 'nextObservations', columns.nextObservations, count * this.observationSize);
    checkColumn(caller, 'terminated', columns.terminated, count);
    checkColumn(caller, 'truncated', columns.truncated, count);
    for (let i = 0; i < count; i++) this.#write(columns, i, this.#claim());
  }

  /** Copies one row of `columns` to a place. */
  #write(columns: TransitionColumns, row: number, place: number): void {
    const { observationSize, actionSize } = this;
    const rows = this.#rows;
    rows.observations.set(columns.observations.subarray(row * observationSize, (row + 1) * observationSize), place * observationSize);
    rows.actions.set(columns.actions.subarray(row * actionSize, (row + 1) * actionSize), place * actionSize);
    rows.rewards[place] = columns.rewards[row]!;
    rows.nextObservations.set(
      columns.nextObservations.subarray(row * observationSize, (row + 1) * observationSize),
      place * observationSize,
    );
    rows.terminated[place] = columns.terminated[row]!;
    rows.truncated[place] = columns.truncated[row]!;
  }

  addTrajectory(trajectory: Trajectory): void {
    this.#checkSizes('ReplayBuffer.addTrajectory', trajectory);
    this.addColumns(trajectory.toTransitions());
  }

  sample(batchSize: number, rng: Rng, out?: TransitionColumns): TransitionColumns {
    const caller = 'ReplayBuffer.sample';
    checkInteger(caller, 'batchSize', batchSize, { min: 1 });
    if (this.count === 0) throw new LifecycleError(`${caller}: the buffer must hold transitions, got an empty one`);
    if (out) {
      this.#checkSizes(caller, out);
      if (out.count !== batchSize) throw new ShapeError(`${caller}: out must have batchSize=${batchSize} rows, got ${out.count}`);
    }
    const batch = out ?? createTransitionColumns(batchSize, this.observationSize, this.actionSize);
    if (this.#places.length < batchSize) this.#places = new Int32Array(batchSize);
    const places = this.#places;
    for (let i = 0; i < batchSize; i++) {
      const place = this.#start + rng.integer(this.count);
      places[i] = place < this.capacity ? place : place - this.capacity;
    }
    gatherRows(this.#rows, places, batchSize, batch);
    return batch;
  }

  columns(): TransitionColumns {
    const all = createTransitionColumns(this.count, this.observationSize, this.actionSize);
    this.#copyAll(all);
    return all;
  }

  clear(): void {
    this.count = 0;
    this.#start = 0;
  }

  save(): Checkpoint {
    const { count, observationSize, actionSize } = this;
    const all = this.columns();
    return {
      kind: KIND,
      version: VERSION,
      json: { capacity: this.capacity, addedCount: this.addedCount },
      arrays: {
        observations: float32([count, observationSize], all.observations),
        actions: float32([count, actionSize], all.actions),
        rewards: float32([count], all.rewards),
        nextObservations: float32([count, observationSize], all.nextObservations),
        terminated: bool([count], all.terminated),
        truncated: bool([count], all.truncated),
      },
    };
  }

  load(checkpoint: Checkpoint): void {
    const caller = 'ReplayBuffer.load';
    const { observationSize, actionSize } = this;
    expectCheckpoint(checkpoint, { kind: KIND, version: VERSION, caller });
    const { capacity, addedCount } = (checkpoint.json ?? {}) as { readonly capacity?: unknown; readonly addedCount?: unknown };
    if (capacity !== this.capacity) throw new CheckpointError(`${caller}: capacity must be ${this.capacity}, got ${String(capacity)}`);
    const rewards = checkpointArray(checkpoint, 'rewards', { dtype: 'float32', shape: [null], caller }).data;
    const count = rewards.length;
    const matrix = (name: string, size: number): Float32Array =>
      checkpointArray(checkpoint, name, { dtype: 'float32', shape: [count, size], caller }).data;
    const flags = (name: string): Uint8Array => checkpointArray(checkpoint, name, { dtype: 'bool', shape: [count], caller }).data;
    const columns: TransitionColumns = {
      count,
      observationSize,
      actionSize,
      observations: matrix('observations', observationSize),
      actions: matrix('actions', actionSize),
      rewards,
      nextObservations: matrix('nextObservations', observationSize),
      terminated: flags('terminated'),
      truncated: flags('truncated'),
    };
    if (count > this.capacity || !Number.isSafeInteger(addedCount) || (addedCount as number) < count) {
      throw new CheckpointError(
        `${caller}: addedCount and capacity must be at least the ${count} rows, got ${String(addedCount)} and ${this.capacity}`,
      );
    }
    const loaded = new RingBuffer(this);
    try {
      loaded.addColumns(columns);
    } catch (cause) {
      throw new CheckpointError(`${caller}: the rows must be finite`, { cause });
    }
    this.#rows = loaded.#rows;
    this.#start = 0;
    this.count = count;
    this.addedCount = addedCount as number;
  }
}

/** Makes an empty replay buffer. @throws OptionError on a size out of bounds. */
export function createReplayBuffer(options: ReplayBufferOptions): ReplayBuffer {
  return new RingBuffer(options);
}
