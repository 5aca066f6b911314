/** Gaussian noise on what is observed and on what is done. The reward and the ends are those of the state without noise. */
import {
  type Action,
  type BoxSpace,
  boxSpace,
  checkNumber,
  createRng,
  type Environment,
  OptionError,
  type Rng,
  ShapeError,
  type Space,
  type StepResult,
} from '@mbrl/core';
import { generatorSize, readGenerator, writeGenerator } from '../generator-snapshot.js';
import { EnvironmentWrapper } from './environment-wrapper.js';

/** Options of {@link withNoise}. */
export interface NoiseOptions {
  /** Standard deviation added to each component of an observation, for all or by component, at least 0. Default 0. */
  readonly observationNoise?: number | ArrayLike<number>;
  /** Standard deviation added to each component of an action, for all or by component, at least 0. Default 0. */
  readonly actionNoise?: number | ArrayLike<number>;
  /** Seed of the noise before a reset that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

class Noise extends EnvironmentWrapper {
  private readonly observationNoise: Float64Array;
  private readonly actionNoise: Float64Array;
  private readonly disturbed: Float64Array;
  private rng: Rng;

  constructor(inner: Environment, observationNoise: Float64Array, actionNoise: Float64Array, seed: number) {
    const isSeenTrue = observationNoise.every((deviation) => deviation === 0);
    super(inner, {
      kind: 'Noise',
      observationSpace: noisySpace(inner.observationSpace, observationNoise),
      sceneOf: isSeenTrue ? inner.sceneOf && ((observation) => inner.sceneOf!(observation)) : undefined,
      memorySize: generatorSize,
      isNoisy: true,
    });
    this.observationNoise = observationNoise;
    this.actionNoise = actionNoise;
    this.disturbed = new Float64Array(inner.actionSpace.size);
    this.rng = noiseGenerator(seed);
  }

  protected begin(observation: Float32Array): Float32Array {
    return this.blurred(observation);
  }

  protected advance(action: Action, into?: Float32Array): StepResult {
    const { disturbed, actionNoise } = this;
    this.readAction(action, disturbed);
    const space = this.actionSpace;
    for (let i = 0; i < disturbed.length; i++) {
      const deviation = actionNoise[i]!;
      if (deviation === 0) continue;
      const value = disturbed[i]! + deviation * this.rng.normal();
      disturbed[i] = space.kind === 'box' ? Math.min(space.high[i]!, Math.max(space.low[i]!, value)) : value;
    }
    const result = this.inner.step(disturbed, into);
    return { ...result, observation: this.blurred(result.observation) };
  }

  protected override seedMemory(seed: number): void {
    this.rng = noiseGenerator(seed);
  }

  protected override writeMemory(out: Float64Array): void {
    writeGenerator(this.rng, out, 0);
  }

  protected override checkMemory(_caller: string, memory: Float64Array): void {
    readGenerator(createRng(0), memory, 0);
  }

  protected override readMemory(memory: Float64Array): void {
    readGenerator(this.rng, memory, 0);
  }

  private blurred(observation: Float32Array): Float32Array {
    for (let i = 0; i < observation.length; i++) {
      const deviation = this.observationNoise[i]!;
      if (deviation !== 0) observation[i]! += deviation * this.rng.normal();
    }
    return observation;
  }
}

/** A generator that shares no draw with the environment's own, which the same seed makes. */
const noiseGenerator = (seed: number): Rng => createRng(seed).split('noise');

/** Without bounds where noise leads beyond any. */
function noisySpace(space: Space, noise: Float64Array): Space {
  if (space.kind === 'discrete') return space;
  const { low, high, labels }: BoxSpace = space;
  return boxSpace({
    low: low.map((value, i) => (noise[i]! > 0 ? -Infinity : value)),
    high: high.map((value, i) => (noise[i]! > 0 ? Infinity : value)),
    ...(labels ? { labels } : {}),
  });
}

/**
 * Adds noise to observations (all of them, the first included) and to actions, whose sum is kept within the bounds. The
 * generator is part of the saved state. `batched` and `tabularModel` are gone, and `sceneOf` where observations are
 * noisy. The environment given is used, not copied: step it through the result only.
 * @throws OptionError on a deviation that is negative, or noise on a discrete space; ShapeError on deviations of a wrong
 * size.
 */
export function withNoise(environment: Environment, options: NoiseOptions): Environment {
  const caller = 'withNoise';
  const { observationNoise = 0, actionNoise = 0, seed = 0 } = options;
  checkNumber(caller, 'seed', seed, { min: 0, max: 2 ** 32 - 1 });
  const listOf = (name: string, value: number | ArrayLike<number>, space: Space): Float64Array => {
    const list = typeof value === 'number' ? new Float64Array(space.size).fill(value) : Float64Array.from(value);
    if (list.length !== space.size) throw new ShapeError(`${caller}: ${name} must have ${space.size} entries, got ${list.length}`);
    for (const deviation of list) checkNumber(caller, name, deviation, { min: 0 });
    if (space.kind === 'discrete' && list[0]! > 0)
      throw new OptionError(`${caller}: ${name} must be 0 for a discrete space, got ${list[0]}`);
    return list;
  };
  return new Noise(
    environment,
    listOf('observationNoise', observationNoise, environment.observationSpace),
    listOf('actionNoise', actionNoise, environment.actionSpace),
    seed,
  );
}
