/**
 * What the classic tasks share: a physical state in float64, an action of one or more components, a seeded generator
 * for starts, the order of calls, exact save and restore, and snapshots. A task adds its equations, its observation and its picture.
 */
import {
  type Action,
  type BatchedFunctions,
  checkInteger,
  createRng,
  type Environment,
  type EnvironmentState,
  type Info,
  type Json,
  LifecycleError,
  NumericalError,
  OptionError,
  type ResetResult,
  type Rng,
  type Scene,
  ShapeError,
  type Space,
  type StepResult,
} from '@mbrl/core';
import { generatorSize, readGenerator, writeGenerator } from '../generator-snapshot.js';

/** How to start an episode of a classic task. */
export interface ClassicResetOptions {
  /** Unsigned 32-bit integer that this and all later episodes are a function of. */
  readonly seed?: number;
  /** Physical state to start from, in the order of the task's `stateLabels`; nothing is drawn then. */
  readonly state?: ArrayLike<number>;
}

/** An environment with all the optional parts of the contract, that can also start from a given physical state. */
export interface ClassicEnvironment extends Environment {
  /** What each component of the physical state means, with its unit. */
  readonly stateLabels: readonly string[];
  readonly batched: BatchedFunctions;
  /** @throws OptionError on a seed that is not an unsigned 32-bit integer or a state that is not finite; ShapeError on one of the wrong size. */
  reset(options?: ClassicResetOptions): ResetResult;
  scene(): Scene;
  sceneOf(observation: ArrayLike<number>): Scene;
  snapshot(into?: Float64Array): Float64Array;
  restoreSnapshot(buffer: Float64Array): void;
}

/** The info of every step and reset: nothing. One frozen object, so that a step allocates none. */
const noInfo: Info = Object.freeze({});

/** A result that is written anew by each step that is lent an array. */
interface StepRecord extends StepResult {
  observation: Float32Array;
  reward: number;
  terminated: boolean;
  truncated: boolean;
}

/** Makes the result of a step; those of every task come from here. */
function stepRecord(observation: Float32Array, reward: number, terminated: boolean, truncated: boolean): StepRecord {
  return { observation, reward, terminated, truncated, info: noInfo };
}

// The first result has a fractional reward, and is kept for good. Where all were whole at first, and another task then
// gave a fraction, V8 went on to make the former's results in a layout it had retired, and every read of them cost a
// microsecond; and V8 forgets a layout in a garbage collection when no object has it.
Object.assign(stepRecord, { first: stepRecord(new Float32Array(1), 0.5, false, false) });

/** How episodes of a task go. */
export interface EpisodeOptions {
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. */
  readonly seed: number;
  /** Steps after which an episode is truncated, at least 1. */
  readonly maxSteps: number;
}

const phases: readonly ['new', 'running', 'ended'] = ['new', 'running', 'ended'];

/** Where an episode stands. */
export type EpisodePhase = (typeof phases)[number];

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Numbers at the front of a snapshot: the phase and the steps taken. */
const headerSize = 2;

/** Base of the classic tasks. A subclass writes its own `step`, so that each stays a small function with one kind of receiver. */
export abstract class ClassicTask implements ClassicEnvironment {
  abstract readonly observationSpace: Space;
  abstract readonly actionSpace: Space;
  abstract readonly timeStep: number;
  abstract readonly batched: BatchedFunctions;
  readonly name: string;
  readonly stateLabels: readonly string[];
  /** The physical state; its identity never changes. */
  protected readonly state: Float64Array;
  protected phase: EpisodePhase = 'new';
  /** The last action as applied, for pictures only; 0 at the start. */
  protected readonly lastAction: Float64Array;
  /** Draws starts; a task whose steps are noisy draws from it too, and says so by `drawsInStep`. */
  protected rng: Rng;
  /** Whether `step` draws from the generator, so that a snapshot must hold it. */
  private readonly drawsInStep: boolean;
  private readonly maxSteps: number;
  private elapsedSteps = 0;
  /** The result of every step that is lent an array. */
  private readonly record: StepRecord = stepRecord(new Float32Array(0), 0.5, false, false);

  /** @throws OptionError on a seed or a number of steps outside of its bounds. */
  protected constructor(
    name: string,
    stateLabels: readonly string[],
    { seed, maxSteps }: EpisodeOptions,
    actionSize = 1,
    drawsInStep = false,
  ) {
    this.name = name;
    this.maxSteps = checkInteger(name, 'maxSteps', maxSteps, { min: 1 });
    this.stateLabels = stateLabels;
    this.state = new Float64Array(stateLabels.length);
    this.lastAction = new Float64Array(actionSize);
    this.drawsInStep = drawsInStep;
    this.rng = createRng(checkSeed(name, seed));
  }

  abstract step(action: Action, into?: Float32Array): StepResult;
  abstract scene(): Scene;
  abstract sceneOf(observation: ArrayLike<number>): Scene;
  /** Draws a start into `this.state`. */
  protected abstract drawStart(rng: Rng): void;
  /** Takes a given physical state, already checked to be finite; a task whose states have a form brings it into that. */
  protected takeState(state: ArrayLike<number>): void {
    this.state.set(state);
  }
  /** Writes the observation of `this.state` to an array of its size, and returns that. */
  protected abstract observe(into: Float32Array): Float32Array;

  reset(options: ClassicResetOptions = {}): ResetResult {
    const { seed, state } = options;
    if (state !== undefined) checkState(this.name, 'reset', state, this.state.length);
    if (seed !== undefined) this.rng = createRng(checkSeed(this.name, seed));
    if (state !== undefined) this.takeState(state);
    else this.drawStart(this.rng);
    this.phase = 'running';
    this.elapsedSteps = 0;
    this.lastAction.fill(0);
    return { observation: this.observe(new Float32Array(this.observationSpace.size)), info: noInfo };
  }

  saveState(): EnvironmentState {
    return {
      environment: this.name,
      phase: this.phase,
      elapsedSteps: this.elapsedSteps,
      physics: listOf(this.state),
      lastAction: listOf(this.lastAction),
      rng: this.rng.save(),
    };
  }

  restoreState(saved: EnvironmentState): void {
    const caller = `${this.name}.restoreState`;
    if (!isRecord(saved) || saved.environment !== this.name) {
      const got = isRecord(saved) ? saved.environment : saved;
      throw new OptionError(`${caller}: state must be one that ${this.name} saved, got ${JSON.stringify(got)?.slice(0, 80)}`);
    }
    const phase = phases.find((candidate) => candidate === saved.phase);
    if (phase === undefined)
      throw new OptionError(`${caller}: phase must be one of ${phases.join(', ')}, got ${JSON.stringify(saved.phase)}`);
    const elapsedSteps = checkInteger(caller, 'elapsedSteps', saved.elapsedSteps as number, { min: 0, max: this.maxSteps });
    const physics = checkNumbers(caller, 'physics', saved.physics, this.state.length);
    const lastAction = checkNumbers(caller, 'lastAction', saved.lastAction, this.lastAction.length);
    // The generator refuses before it changes anything; it comes last, so that a refused state changes nothing at all.
    try {
      this.rng.restore(saved.rng ?? null);
    } catch (cause) {
      throw new OptionError(`${caller}: rng must be a generator's saved state, got ${JSON.stringify(saved.rng)?.slice(0, 80)}`, { cause });
    }
    this.state.set(physics);
    this.phase = phaseAt(phase, elapsedSteps, this.maxSteps);
    this.elapsedSteps = elapsedSteps;
    this.lastAction.set(lastAction);
  }

  /** The phase, the steps taken, the physical state, the last action (for the picture), and the generator where steps draw from it. */
  snapshot(into: Float64Array = new Float64Array(this.snapshotSize())): Float64Array {
    const { state, lastAction } = this;
    if (into.length !== this.snapshotSize()) this.refuseSnapshot('snapshot', into.length);
    into[0] = phases.indexOf(this.phase);
    into[1] = this.elapsedSteps;
    let at = headerSize;
    for (let i = 0; i < state.length; i++) into[at++] = state[i]!;
    for (let i = 0; i < lastAction.length; i++) into[at++] = lastAction[i]!;
    if (this.drawsInStep) writeGenerator(this.rng, into, at);
    return into;
  }

  /** Goes on with another generator: starts, and the noise of the tasks that have any, are a function of the seed then. */
  reseed(seed: number): void {
    this.rng = createRng(checkSeed(`${this.name}.reseed`, seed));
  }

  restoreSnapshot(buffer: Float64Array): void {
    const { state, lastAction } = this;
    if (buffer.length !== this.snapshotSize()) this.refuseSnapshot('restoreSnapshot', buffer.length);
    const phase = phases[buffer[0]!];
    if (phase === undefined)
      throw new OptionError(`${this.name}.restoreSnapshot: buffer must begin with a phase in [0, 2], got ${buffer[0]}`);
    const elapsedSteps = buffer[1]!;
    if (!(elapsedSteps >= 0 && elapsedSteps <= this.maxSteps && Number.isInteger(elapsedSteps)))
      throw new OptionError(`${this.name}.restoreSnapshot: steps taken must be an integer in [0, ${this.maxSteps}], got ${elapsedSteps}`);
    if (this.drawsInStep) readGenerator(this.rng, buffer, headerSize + state.length + lastAction.length);
    let at = headerSize;
    for (let i = 0; i < state.length; i++) state[i] = buffer[at++]!;
    for (let i = 0; i < lastAction.length; i++) lastAction[i] = buffer[at++]!;
    this.phase = phaseAt(phase, elapsedSteps, this.maxSteps);
    this.elapsedSteps = elapsedSteps;
  }

  private snapshotSize(): number {
    return headerSize + this.state.length + this.lastAction.length + (this.drawsInStep ? generatorSize : 0);
  }

  private refuseSnapshot(method: string, got: number): never {
    throw new ShapeError(`${this.name}.${method}: a snapshot must have ${this.snapshotSize()} components, got ${got}`);
  }

  // What every step calls is small, with its errors made elsewhere: V8 then builds it into the step.

  /** Where a step writes its observation of `size` numbers: the array that it was given, or a new one. */
  protected arrayFor(into: Float32Array | undefined, size: number): Float32Array {
    if (into === undefined) return new Float32Array(size);
    if (into.length !== size) this.refuseInto(into, size);
    return into;
  }

  private refuseInto(into: Float32Array, size: number): never {
    throw new ShapeError(`${this.name}.step: into must have ${size} components, got ${into.length}`);
  }

  /** Throws the error of a step at the wrong time. */
  protected refuseStep(): never {
    if (this.phase === 'new') throw new LifecycleError(`${this.name}.step: reset must be called before the first step`);
    const what = this.elapsedSteps >= this.maxSteps ? `was truncated after ${this.maxSteps} steps` : 'has ended';
    throw new LifecycleError(`${this.name}.step: the episode ${what}; reset must be called before the next step`);
  }

  /** Counts a step and gives its result: a new one, or the same each time where the step was lent an array. */
  protected finish(observation: Float32Array, reward: number, terminated: boolean, into: Float32Array | undefined): StepResult {
    const elapsedSteps = this.elapsedSteps + 1;
    this.elapsedSteps = elapsedSteps;
    const truncated = elapsedSteps >= this.maxSteps;
    if (terminated || truncated) this.phase = 'ended';
    if (into === undefined) return stepRecord(observation, reward, terminated, truncated);
    const { record } = this;
    // A reference to a young object from an old one costs the garbage collector's book-keeping.
    if (record.observation !== into) record.observation = into;
    record.reward = reward;
    record.terminated = terminated;
    record.truncated = truncated;
    return record;
  }

  /** The one component of an action, finite. */
  protected scalar(action: Action): number {
    const value = typeof action === 'number' ? action : this.onlyOf(action);
    // True for NaN and the infinities only: their difference from themselves is NaN.
    if (value - value !== 0) this.refuseNumber(value);
    return value;
  }

  private onlyOf(action: ArrayLike<number>): number {
    if (action.length !== 1) throw new ShapeError(`${this.name}.step: action must have 1 component, got ${action.length}`);
    return action[0] as number;
  }

  private refuseNumber(value: number): never {
    throw new OptionError(`${this.name}.step: action must be a finite number, got ${value}`);
  }

  /** Throws the error of a step whose action is a number but none of the choices, such as `0 or 1`. */
  protected refuseChoice(choice: number, choices: string): never {
    throw new OptionError(`${this.name}.step: action must be ${choices}, got ${choice}`);
  }

  /**
   * Writes the components of an action to `this.lastAction`, each clipped to [low, high], and returns that array.
   * Nothing is written when one is refused.
   */
  protected clipped(action: Action, low: number, high: number): Float64Array {
    const { lastAction } = this;
    const size = lastAction.length;
    if (typeof action === 'number' || action.length !== size) return this.refuseSize(action);
    for (let i = 0; i < size; i++) {
      const value = action[i]!;
      if (value - value !== 0) this.refuseComponent(value, i);
    }
    for (let i = 0; i < size; i++) {
      const value = action[i]!;
      lastAction[i] = value > high ? high : value < low ? low : value;
    }
    return lastAction;
  }

  private refuseSize(action: Action): never {
    const got = typeof action === 'number' ? 'a number' : action.length;
    throw new ShapeError(`${this.name}.step: action must have ${this.lastAction.length} components, got ${got}`);
  }

  private refuseComponent(value: number, at: number): never {
    throw new OptionError(`${this.name}.step: action must be finite, got ${value} at component ${at}`);
  }

  /** Throws when the state is no longer finite; for tasks whose options may make it blow up. */
  protected requireFinite(): void {
    const { state } = this;
    let sum = 0;
    for (let i = 0; i < state.length; i++) sum += state[i]! - state[i]!;
    if (sum !== 0) this.refuseState();
  }

  /** Throws the error of a state that is no longer finite. */
  protected refuseState(): never {
    throw new NumericalError(`${this.name}.step: state must stay finite, got (${Array.from(this.state).join(', ')})`);
  }
}

/** A phase as saved; an episode that has taken all of its steps has ended, whatever was saved. */
const phaseAt = (phase: EpisodePhase, elapsedSteps: number, maxSteps: number): EpisodePhase =>
  phase === 'running' && elapsedSteps >= maxSteps ? 'ended' : phase;

/** A list of the numbers, several times as fast as `Array.from`. */
function listOf(values: Float64Array): number[] {
  const list: number[] = [];
  for (let i = 0; i < values.length; i++) list.push(values[i]!);
  return list;
}

function checkNumbers(caller: string, name: string, values: Json | undefined, count: number): readonly number[] {
  if (!Array.isArray(values) || values.length !== count || !values.every((v) => typeof v === 'number' && Number.isFinite(v)))
    throw new OptionError(`${caller}: ${name} must be ${count} finite numbers, got ${JSON.stringify(values)?.slice(0, 80)}`);
  return values as readonly number[];
}

function checkSeed(name: string, seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new OptionError(`${name}: seed must be an integer in [0, 4294967295], got ${seed}`);
  }
  return seed;
}

function checkState(name: string, method: string, state: ArrayLike<number>, size: number): void {
  if (state.length !== size) throw new ShapeError(`${name}.${method}: state must have ${size} components, got ${state.length}`);
  for (let i = 0; i < size; i++) {
    if (!Number.isFinite(state[i])) throw new OptionError(`${name}.${method}: state must be finite, got ${state[i]} at component ${i}`);
  }
}
