/**
 * What the wrappers share. A wrapper has an environment of its own and a memory of some numbers beside it (a queue, a
 * generator, statistics), which are saved and restored with that environment's state. It keeps the parts of the
 * contract that a wrapper of its kind leaves true: pictures always, the rest as it says.
 */
import {
  type Action,
  type BatchedFunctions,
  type Environment,
  type EnvironmentState,
  type Json,
  LifecycleError,
  OptionError,
  type ResetResult,
  type Scene,
  ShapeError,
  type SolidScene,
  type Space,
  type StepResult,
} from '@mbrl/core';

/** How to start an episode: what the environment within takes. */
export interface WrapperResetOptions {
  readonly seed?: number;
}

/** What a wrapper changes of the environment's face; what is not named stays. */
export interface WrapperFace {
  /** Which wrapper this is, in saved states and messages. */
  readonly kind: string;
  readonly observationSpace?: Space;
  readonly actionSpace?: Space;
  readonly timeStep?: number;
  /** Absent: the functions no longer hold. */
  readonly batched?: BatchedFunctions | undefined;
  /** Absent: an observation no longer determines a frame. */
  readonly sceneOf?: ((observation: ArrayLike<number>) => Scene) | undefined;
  /** Numbers that the wrapper remembers. */
  readonly memorySize: number;
  /** Whether steps draw from a generator of the wrapper's. */
  readonly isNoisy?: boolean;
}

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Base of the wrappers. A subclass gives `begin`, `advance` and, where it remembers anything, the three of its memory. */
export abstract class EnvironmentWrapper implements Environment {
  readonly name: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly timeStep: number;
  readonly stateLabels?: readonly string[];
  readonly batched?: BatchedFunctions;
  readonly scene?: () => Scene;
  readonly sceneOf?: (observation: ArrayLike<number>) => Scene;
  readonly solidScene?: () => SolidScene;
  readonly snapshot?: (into?: Float64Array) => Float64Array;
  readonly restoreSnapshot?: (buffer: Float64Array) => void;
  readonly reseed?: (seed: number) => void;
  readonly dispose?: () => void;
  protected readonly inner: Environment;
  private readonly kind: string;
  private readonly memorySize: number;
  private isRunning = false;

  protected constructor(inner: Environment & { readonly stateLabels?: readonly string[] }, face: WrapperFace) {
    this.inner = inner;
    this.kind = face.kind;
    this.memorySize = face.memorySize;
    this.name = inner.name;
    this.observationSpace = face.observationSpace ?? inner.observationSpace;
    this.actionSpace = face.actionSpace ?? inner.actionSpace;
    this.timeStep = face.timeStep ?? inner.timeStep;
    if (inner.stateLabels) this.stateLabels = inner.stateLabels;
    if (face.batched) this.batched = face.batched;
    if (face.sceneOf) this.sceneOf = face.sceneOf;
    if (inner.scene) this.scene = () => inner.scene!();
    if (inner.solidScene) this.solidScene = () => inner.solidScene!();
    if (inner.dispose) this.dispose = () => inner.dispose!();
    if (inner.reseed || face.isNoisy) {
      this.reseed = (seed) => {
        checkSeed(`${this.name}.reseed`, seed);
        inner.reseed?.(seed);
        this.seedMemory(seed);
      };
    }
    if (inner.snapshot && inner.restoreSnapshot) {
      const own = inner.snapshot();
      this.snapshot = (into) => this.takeSnapshot(own, into);
      this.restoreSnapshot = (buffer) => this.takeBack(own, buffer);
    }
  }

  reset(options: WrapperResetOptions = {}): ResetResult {
    const { observation, info } = this.inner.reset(options);
    if (options.seed !== undefined) this.seedMemory(options.seed);
    this.isRunning = true;
    return { observation: this.begin(observation), info };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (!this.isRunning) throw new LifecycleError(`${this.name}.step: reset must be called before the first step and after an end`);
    if (into !== undefined && into.length !== this.observationSpace.size)
      throw new ShapeError(`${this.name}.step: into must have ${this.observationSpace.size} components, got ${into.length}`);
    const result = this.advance(action, into);
    if (result.terminated || result.truncated) this.isRunning = false;
    return result;
  }

  saveState(): EnvironmentState {
    const memory = new Float64Array(this.memorySize);
    this.writeMemory(memory);
    return { wrapper: this.kind, isRunning: this.isRunning, memory: Array.from(memory), within: this.inner.saveState() };
  }

  restoreState(state: EnvironmentState): void {
    const caller = `${this.name}.restoreState`;
    const refuse = (requirement: string, got: unknown): never => {
      throw new OptionError(`${caller}: ${requirement}, got ${JSON.stringify(got)?.slice(0, 80)}`);
    };
    if (!isRecord(state) || state['wrapper'] !== this.kind) return refuse(`state must be one that ${this.kind} saved`, state);
    const { isRunning, memory: list, within } = state;
    if (typeof isRunning !== 'boolean') return refuse('isRunning must be true or false', isRunning);
    if (
      !Array.isArray(list) ||
      list.length !== this.memorySize ||
      !list.every((value) => typeof value === 'number' && Number.isFinite(value))
    )
      return refuse(`memory must be ${this.memorySize} finite numbers`, list);
    if (within === undefined) return refuse('within must be a state', within);
    const memory = Float64Array.from(list as readonly number[]);
    this.checkMemory(caller, memory);
    this.inner.restoreState(within);
    this.readMemory(memory);
    this.isRunning = isRunning;
  }

  /** What is given out at the start of an episode. */
  protected abstract begin(observation: Float32Array): Float32Array;

  /**
   * One step, of an episode that runs. Nothing may change before the action is known to be good.
   * @param into takes the observation, whose size it has, where it is given
   */
  protected abstract advance(action: Action, into?: Float32Array): StepResult;

  /** Makes the memory a function of a seed, where it draws; called by a reset with a seed, before `begin`. */
  protected seedMemory(_seed: number): void {}

  /** Fills an array with the memory. */
  protected writeMemory(_out: Float64Array): void {}

  /** Throws an OptionError on numbers that no memory holds. */
  protected checkMemory(_caller: string, _memory: Float64Array): void {}

  /** Takes over a memory that was checked. */
  protected readMemory(_memory: Float64Array): void {}

  /** Writes an action's components to `out` (float64). @throws as `step` does on an action that is wrong. */
  protected readAction(action: Action, out: Float64Array): void {
    const space = this.actionSpace;
    const length = typeof action === 'number' ? 1 : action.length;
    if (length !== space.size) throw new ShapeError(`${this.name}.step: action must have ${space.size} components, got ${length}`);
    for (let i = 0; i < length; i++) {
      const value = typeof action === 'number' ? action : action[i]!;
      const isGood = space.kind === 'discrete' ? Number.isInteger(value) && value >= 0 && value < space.count : Number.isFinite(value);
      if (!isGood) {
        const wanted = space.kind === 'discrete' ? `a whole number in [0, ${space.count - 1}]` : 'finite';
        throw new OptionError(`${this.name}.step: action must be ${wanted}, got ${value} at component ${i}`);
      }
    }
    if (typeof action === 'number') out[0] = action;
    else for (let i = 0; i < length; i++) out[i] = action[i]!;
  }

  private takeSnapshot(own: Float64Array, into: Float64Array = new Float64Array(own.length + 1 + this.memorySize)): Float64Array {
    this.checkSnapshotSize('snapshot', own, into.length);
    this.inner.snapshot!(own);
    into.set(own);
    into[own.length] = this.isRunning ? 1 : 0;
    this.writeMemory(into.subarray(own.length + 1));
    return into;
  }

  private takeBack(own: Float64Array, buffer: Float64Array): void {
    this.checkSnapshotSize('restoreSnapshot', own, buffer.length);
    const memory = buffer.subarray(own.length + 1);
    this.checkMemory(`${this.name}.restoreSnapshot`, memory);
    own.set(buffer.subarray(0, own.length));
    this.inner.restoreSnapshot!(own);
    this.readMemory(memory);
    this.isRunning = buffer[own.length] === 1;
  }

  private checkSnapshotSize(method: string, own: Float64Array, got: number): void {
    const size = own.length + 1 + this.memorySize;
    if (got !== size) throw new ShapeError(`${this.name}.${method}: a snapshot must have ${size} components, got ${got}`);
  }
}

function checkSeed(caller: string, seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new OptionError(`${caller}: seed must be an integer in [0, 4294967295], got ${seed}`);
}
