/**
 * What the classic tasks share: a physical state in float64, one action component, a seeded generator for starts,
 * the order of calls, and exact save and restore. A task adds its equations, its observation and its picture.
 */
import {
  type Action,
  type BatchedFunctions,
  createRng,
  type Environment,
  type EnvironmentState,
  type Info,
  type Json,
  LifecycleError,
  OptionError,
  type ResetResult,
  type Rng,
  type Scene,
  ShapeError,
  type Space,
  type StepResult,
} from '@mbrl/core';

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
}

/** The info of every step and reset: nothing. One frozen object, so that a step allocates none. */
const noInfo: Info = Object.freeze({});

/** The result of a step that no time limit ended; every task makes its results here. */
export function stepResult(observation: Float32Array, reward: number, terminated: boolean): StepResult {
  return { observation, reward, terminated, truncated: false, info: noInfo };
}

// The first result has a fractional reward, and is kept for good. Where all were whole at first, and another task then
// gave a fraction, V8 went on to make the former's results in a layout it had retired, and every read of them cost a
// microsecond; and V8 forgets a layout in a garbage collection when no object has it.
Object.assign(stepResult, { first: stepResult(new Float32Array(1), 0.5, false) });

const phases = ['new', 'running', 'ended'] as const;

/** Where an episode stands. */
export type EpisodePhase = (typeof phases)[number];

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
  protected readonly lastAction: Float64Array = new Float64Array(1);
  private rng: Rng;

  protected constructor(name: string, stateLabels: readonly string[], seed: number) {
    this.name = name;
    this.stateLabels = stateLabels;
    this.state = new Float64Array(stateLabels.length);
    this.rng = createRng(checkSeed(name, seed));
  }

  abstract step(action: Action): StepResult;
  abstract scene(): Scene;
  abstract sceneOf(observation: ArrayLike<number>): Scene;
  /** Draws a start into `this.state`. */
  protected abstract drawStart(rng: Rng): void;
  /** The observation of `this.state`, a new array. */
  protected abstract observe(): Float32Array;

  reset(options: ClassicResetOptions = {}): ResetResult {
    const { seed, state } = options;
    if (state !== undefined) checkState(this.name, 'reset', state, this.state.length);
    if (seed !== undefined) this.rng = createRng(checkSeed(this.name, seed));
    if (state !== undefined) this.state.set(state);
    else this.drawStart(this.rng);
    this.phase = 'running';
    this.lastAction[0] = 0;
    return { observation: this.observe(), info: noInfo };
  }

  saveState(): EnvironmentState {
    return {
      environment: this.name,
      phase: this.phase,
      physics: Array.from(this.state),
      lastAction: this.lastAction[0]!,
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
    const physics = saved.physics;
    if (
      !Array.isArray(physics) ||
      physics.length !== this.state.length ||
      !physics.every((v) => typeof v === 'number' && Number.isFinite(v))
    ) {
      throw new OptionError(`${caller}: physics must be ${this.state.length} finite numbers, got ${JSON.stringify(physics)?.slice(0, 80)}`);
    }
    if (typeof saved.lastAction !== 'number')
      throw new OptionError(`${caller}: lastAction must be a number, got ${JSON.stringify(saved.lastAction)}`);
    const rng = createRng(0);
    try {
      rng.restore(saved.rng ?? null);
    } catch (cause) {
      throw new OptionError(`${caller}: rng must be a generator's saved state, got ${JSON.stringify(saved.rng)?.slice(0, 80)}`, { cause });
    }
    this.rng = rng;
    this.state.set(physics as readonly number[]);
    this.phase = phase;
    this.lastAction[0] = saved.lastAction;
  }

  /** Throws the error of a step at the wrong time. */
  protected refuseStep(): never {
    throw new LifecycleError(
      this.phase === 'new'
        ? `${this.name}.step: reset must be called before the first step`
        : `${this.name}.step: the episode has ended; reset must be called before the next step`,
    );
  }

  /** The one component of an action, finite. */
  protected scalar(action: Action): number {
    let value: number;
    if (typeof action === 'number') value = action;
    else {
      if (action.length !== 1) throw new ShapeError(`${this.name}.step: action must have 1 component, got ${action.length}`);
      value = action[0] as number;
    }
    // True for NaN and the infinities only: their difference from themselves is NaN.
    if (value - value !== 0) throw new OptionError(`${this.name}.step: action must be a finite number, got ${value}`);
    return value;
  }
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
