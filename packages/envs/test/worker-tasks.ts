/** Environments that workers make by this module: a noisy point, with and without snapshots, and ones that go wrong. */
import {
  type Action,
  boxSpace,
  checkInteger,
  checkNumber,
  createRng,
  type Environment,
  type EnvironmentState,
  LifecycleError,
  NumericalError,
  OptionError,
  type Rng,
  ShapeError,
  type StepResult,
} from '@mbrl/core';
import { generatorSize, readGenerator, writeGenerator } from '../src/generator-snapshot.js';
import { createFrozenLake } from '../src/tabular/frozen-lake.js';

export { createFrozenLake };

export interface NoisyPointOptions {
  /** Standard deviation of the push that each step adds. Default 0.1. */
  readonly noise?: number;
  readonly withSnapshots?: boolean;
  /** Steps after which a step throws. */
  readonly failsAt?: number;
  /** Steps after which the simulation breaks down. */
  readonly divergesAt?: number;
  /** Steps after which a step ends the thread. */
  readonly exitsAt?: number;
  /** Steps after which a step takes half a second. */
  readonly hangsAt?: number;
}

/** A point in the plane that actions push: reward −|point|², ends beyond 3, truncated after 40 steps. */
class NoisyPoint implements Environment {
  readonly name = 'NoisyPoint';
  readonly observationSpace = boxSpace({ low: [-100, -100], high: [100, 100] });
  readonly actionSpace = boxSpace({ low: [-1, -1], high: [1, 1] });
  readonly timeStep = 1;
  readonly snapshot?: (into?: Float64Array) => Float64Array;
  readonly restoreSnapshot?: (buffer: Float64Array) => void;
  private readonly options: NoisyPointOptions;
  private rng: Rng = createRng(0);
  private x = 0;
  private y = 0;
  private steps = -1;

  constructor(options: NoisyPointOptions) {
    this.options = options;
    if (options.withSnapshots === false) return;
    this.snapshot = (into = new Float64Array(3 + generatorSize)) => {
      if (into.length !== 3 + generatorSize) throw new ShapeError('NoisyPoint.snapshot: wrong size');
      into.set([this.x, this.y, this.steps]);
      writeGenerator(this.rng, into, 3);
      return into;
    };
    this.restoreSnapshot = (buffer) => {
      if (buffer.length !== 3 + generatorSize) throw new ShapeError('NoisyPoint.restoreSnapshot: wrong size');
      readGenerator(this.rng, buffer, 3);
      [this.x, this.y, this.steps] = [buffer[0]!, buffer[1]!, buffer[2]!];
    };
  }

  reset({ seed }: { readonly seed?: number } = {}): { observation: Float32Array; info: {} } {
    if (seed !== undefined) this.reseed(seed);
    [this.x, this.y, this.steps] = [0.4 * this.rng.normal(), 0.4 * this.rng.normal(), 0];
    return { observation: this.observe(), info: {} };
  }

  step(action: Action, into: Float32Array = new Float32Array(2)): StepResult {
    const { noise = 0.1, failsAt = Infinity, divergesAt = Infinity, exitsAt = Infinity, hangsAt = Infinity } = this.options;
    if (this.steps < 0 || this.steps >= 40 || this.isOut()) throw new LifecycleError('NoisyPoint.step: reset must be called before');
    if (typeof action === 'number' || action.length !== 2) throw new ShapeError('NoisyPoint.step: action must have 2 components');
    const [a, b] = [checkNumber('NoisyPoint', 'action', action[0]!), checkNumber('NoisyPoint', 'action', action[1]!)];
    if (into.length !== 2) throw new ShapeError('NoisyPoint.step: into must have 2 components');
    if (this.steps >= failsAt) throw new OptionError(`NoisyPoint.step: it must not go on for ${failsAt} steps`);
    if (this.steps >= divergesAt && a > 0) throw new NumericalError('NoisyPoint.step: it broke down');
    if (this.steps >= exitsAt) process.exit(3);
    if (this.steps >= hangsAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    this.x += a + noise * this.rng.normal();
    this.y += b + noise * this.rng.normal();
    this.steps += 1;
    const reward = -(this.x ** 2 + this.y ** 2);
    into.set([this.x, this.y]);
    return { observation: into, reward, terminated: this.isOut(), truncated: this.steps === 40, info: {} };
  }

  reseed(seed: number): void {
    checkInteger('NoisyPoint', 'seed', seed, { min: 0, max: 2 ** 32 - 1 });
    this.rng = createRng(seed);
  }

  saveState(): EnvironmentState {
    return { x: this.x, y: this.y, steps: this.steps, rng: this.rng.save() };
  }

  restoreState(state: EnvironmentState): void {
    const { x, y, steps, rng } = (state ?? {}) as { x: number; y: number; steps: number; rng: EnvironmentState };
    for (const value of [x, y, steps]) checkNumber('NoisyPoint.restoreState', 'number', value);
    this.rng.restore(rng ?? null);
    [this.x, this.y, this.steps] = [x, y, steps];
  }

  private isOut(): boolean {
    return Math.hypot(this.x, this.y) > 3;
  }

  private observe(): Float32Array {
    return Float32Array.of(this.x, this.y);
  }
}

/** Makes a noisy point, after a while, as a module that loads something would. */
export async function createNoisyPoint(options: NoisyPointOptions = {}): Promise<Environment> {
  await Promise.resolve();
  return makeNoisyPoint(options);
}

/** Makes it at once. */
export const makeNoisyPoint = (options: NoisyPointOptions = {}): Environment => new NoisyPoint(options);

/** Ends its thread when it is made. */
export function endThread(): never {
  process.exit(3);
}

/** Waits for ever. */
export const notAFactory = 7;
