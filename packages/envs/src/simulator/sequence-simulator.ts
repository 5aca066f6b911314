/**
 * Scoring an action sequence in a true environment: go back to the start, act, add up what is earned. After an ending
 * of either kind a sequence earns nothing more. The noise of an environment whose steps draw any is a function of a
 * seed, so that it is not the very noise that the acting environment is about to draw.
 */
import { checkInteger, checkNumber, type Environment, type EnvironmentState } from '@mbrl/core';

/** How sequences are scored. */
export interface SimulationSettings {
  /** Steps in a sequence H, at least 1. */
  readonly horizon: number;
  /** Discount γ in [0, 1]. Default 1. */
  readonly discount?: number;
  /** Simulations of each sequence, whose returns are averaged, at least 1; more than 1 is of use only with noise. Default 1. */
  readonly particleCount?: number;
  /** Whether all sequences of an evaluation meet the same noise, which compares them better. Default false. */
  readonly commonNoise?: boolean;
}

/** Where sequences start: a snapshot, or a saved state of an environment that offers none. */
export type SimulationStart = Float64Array | { readonly state: EnvironmentState };

/** The checked settings. */
export type CompleteSettings = Required<SimulationSettings>;

/** Checks settings and fills in the defaults. @throws OptionError on a value outside of its bounds. */
export function completeSettings(caller: string, settings: SimulationSettings): CompleteSettings {
  const { horizon, discount = 1, particleCount = 1, commonNoise = false } = settings;
  checkInteger(caller, 'horizon', horizon, { min: 1 });
  checkNumber(caller, 'discount', discount, { min: 0, max: 1 });
  checkInteger(caller, 'particleCount', particleCount, { min: 1, max: 2 ** 20 });
  return { horizon, discount, particleCount, commonNoise };
}

/** A seed for simulation `index` of those with `base`: distinct for distinct indices (MurmurHash3's finaliser, a permutation). */
function mixSeed(base: number, index: number): number {
  let h = (base ^ Math.imul(index + 1, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Simulates in an environment of its own. */
export class SequenceSimulator {
  readonly settings: CompleteSettings;
  private readonly environment: Environment;
  private readonly action: Float32Array;
  /** Where the environment writes its observations. */
  private readonly seen: Float32Array;

  constructor(environment: Environment, settings: CompleteSettings) {
    this.environment = environment;
    this.settings = settings;
    this.action = new Float32Array(environment.actionSpace.size);
    this.seen = new Float32Array(environment.observationSpace.size);
  }

  /**
   * Returns the mean return of sequence number `index`, `[H, A]` at `offset` of `sequences`; NaN where the simulation
   * breaks down by a NumericalError.
   * @param base with the index, the seed of the noise
   */
  score(start: SimulationStart, sequences: Float32Array, offset: number, index: number, base: number): number {
    const { particleCount } = this.settings;
    if (particleCount === 1) return this.simulate(start, sequences, offset, this.seedOf(index, 0, base));
    let sum = 0;
    for (let particle = 0; particle < particleCount; particle++)
      sum += this.simulate(start, sequences, offset, this.seedOf(index, particle, base));
    return sum / particleCount;
  }

  /** Observations after each step of each particle, `[P, H, O]`; after an ending the last one stays. */
  predict(start: SimulationStart, sequence: Float32Array, base: number): Float32Array {
    const { particleCount, horizon } = this.settings;
    const { size } = this.environment.observationSpace;
    const observations = new Float32Array(particleCount * horizon * size);
    for (let particle = 0; particle < particleCount; particle++) {
      const at = particle * horizon * size;
      this.simulate(start, sequence, 0, this.seedOf(0, particle, base), observations.subarray(at, at + horizon * size));
    }
    return observations;
  }

  private seedOf(index: number, particle: number, base: number): number {
    const { commonNoise, particleCount } = this.settings;
    return mixSeed(base, commonNoise ? particle : index * particleCount + particle);
  }

  private simulate(start: SimulationStart, sequences: Float32Array, offset: number, seed: number, observations?: Float32Array): number {
    const { environment, action, seen } = this;
    const { horizon, discount } = this.settings;
    const size = action.length;
    if (start instanceof Float64Array) environment.restoreSnapshot!(start);
    else environment.restoreState(start.state);
    environment.reseed?.(seed);
    let total = 0;
    let weight = 1;
    let at = offset;
    try {
      for (let t = 0; t < horizon; t++) {
        for (let i = 0; i < size; i++) action[i] = sequences[at++]!;
        const { observation, reward, terminated, truncated } = environment.step(action, seen);
        total += weight * reward;
        weight *= discount;
        observations?.set(observation, t * observation.length);
        if (!terminated && !truncated) continue;
        if (observations) for (let later = t + 1; later < horizon; later++) observations.set(observation, later * observation.length);
        break;
      }
    } catch (error) {
      // By its code: a module that is loaded on its own may have another copy of the class.
      if ((error as { readonly code?: unknown } | null)?.code !== 'NUMERICAL') throw error;
      return NaN;
    }
    return total;
  }
}
