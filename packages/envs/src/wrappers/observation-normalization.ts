/**
 * Observations of mean 0 and variance 1, by component, as Gymnasium's `NormalizeObservation` gives them: with the mean
 * and variance of all that was observed so far, this observation included (Welford's recurrence, in float64, from a
 * prior of mean 0 and variance 1 that weighs 10⁻⁴ of an observation).
 */
import { type Action, boxSpace, checkNumber, type Environment, NumericalError, OptionError, ShapeError, type StepResult } from '@mbrl/core';
import { EnvironmentWrapper } from './environment-wrapper.js';

/** What is known of the observations. */
export interface ObservationStatistics {
  /** Observations counted, the prior's 10⁻⁴ included. */
  readonly count: number;
  /** `[O]` */
  readonly mean: Float64Array;
  /** `[O]` */
  readonly variance: Float64Array;
}

/** Options of {@link withNormalizedObservations}. */
export interface NormalizedObservationOptions {
  /** Added to the variance before the root, above 0. Default 10⁻⁸. */
  readonly epsilon?: number;
  /** Normalised components are cut to ±clip, above 0. Default Infinity. */
  readonly clip?: number;
  /** What to begin with; a reset with a seed goes back to it, unless frozen. Default the prior. */
  readonly statistics?: ObservationStatistics;
  /** Whether the statistics stay as they are. Default false. */
  readonly isFrozen?: boolean;
}

/** An environment whose observations are normalised. */
export interface NormalizedObservationEnvironment extends Environment {
  /** Whether the statistics stay as they are; may be set at any time, such as for evaluation, and is part of the state. */
  isFrozen: boolean;
  /** The present statistics; copies. */
  readonly statistics: ObservationStatistics;
}

const priorCount = 1e-4;

class NormalizedObservations extends EnvironmentWrapper implements NormalizedObservationEnvironment {
  isFrozen: boolean;
  private readonly epsilon: number;
  private readonly clip: number;
  private readonly first: ObservationStatistics;
  private readonly mean: Float64Array;
  private readonly variance: Float64Array;
  private count: number;

  constructor(inner: Environment, epsilon: number, clip: number, first: ObservationStatistics, isFrozen: boolean) {
    const { size } = inner.observationSpace;
    const labels = inner.observationSpace.kind === 'box' ? inner.observationSpace.labels : undefined;
    const high = new Float64Array(size).fill(clip);
    super(inner, {
      kind: 'NormalizedObservations',
      observationSpace: boxSpace({ low: high.map((value) => -value), high, ...(labels ? { labels } : {}) }),
      memorySize: 2 + 2 * size,
    });
    this.isFrozen = isFrozen;
    this.epsilon = epsilon;
    this.clip = clip;
    this.first = first;
    this.mean = first.mean.slice();
    this.variance = first.variance.slice();
    this.count = first.count;
  }

  get statistics(): ObservationStatistics {
    return { count: this.count, mean: this.mean.slice(), variance: this.variance.slice() };
  }

  protected begin(observation: Float32Array): Float32Array {
    return this.normalized(observation);
  }

  protected advance(action: Action, into?: Float32Array): StepResult {
    const result = this.inner.step(action, into);
    return { ...result, observation: this.normalized(result.observation) };
  }

  protected override seedMemory(): void {
    if (this.isFrozen) return;
    this.count = this.first.count;
    this.mean.set(this.first.mean);
    this.variance.set(this.first.variance);
  }

  protected override writeMemory(out: Float64Array): void {
    out[0] = this.isFrozen ? 1 : 0;
    out[1] = this.count;
    out.set(this.mean, 2);
    out.set(this.variance, 2 + this.mean.length);
  }

  protected override checkMemory(caller: string, memory: Float64Array): void {
    if ((memory[0] !== 0 && memory[0] !== 1) || !(memory[1]! > 0))
      throw new OptionError(`${caller}: memory must begin with 0 or 1 and a positive count, got ${memory[0]} and ${memory[1]}`);
  }

  protected override readMemory(memory: Float64Array): void {
    const size = this.mean.length;
    this.isFrozen = memory[0] === 1;
    this.count = memory[1]!;
    this.mean.set(memory.subarray(2, 2 + size));
    this.variance.set(memory.subarray(2 + size));
  }

  private normalized(observation: Float32Array): Float32Array {
    const { mean, variance, epsilon, clip } = this;
    if (!this.isFrozen) this.learn(observation);
    for (let i = 0; i < observation.length; i++) {
      const value = (observation[i]! - mean[i]!) / Math.sqrt(variance[i]! + epsilon);
      observation[i] = Math.min(clip, Math.max(-clip, value));
    }
    return observation;
  }

  private learn(observation: Float32Array): void {
    const { mean, variance, count } = this;
    const total = count + 1;
    for (let i = 0; i < observation.length; i++) {
      const difference = observation[i]! - mean[i]!;
      mean[i]! += difference / total;
      variance[i] = (variance[i]! * count + (difference * difference * count) / total) / total;
    }
    this.count = total;
  }
}

/**
 * Normalises observations by running statistics, which are part of the saved state. A reset with a seed starts them
 * anew, so that all that follows is a function of the seed; freeze them to keep what was learned. `batched`, `sceneOf`
 * and `tabularModel` are gone. The environment given is used, not copied: step it through the result only.
 * @throws OptionError on an option outside of its bounds; ShapeError on statistics of a wrong size; NumericalError on
 * statistics that are not finite.
 */
export function withNormalizedObservations(
  environment: Environment,
  options: NormalizedObservationOptions = {},
): NormalizedObservationEnvironment {
  const caller = 'withNormalizedObservations';
  const { epsilon = 1e-8, clip = Infinity, isFrozen = false, statistics } = options;
  const { size } = environment.observationSpace;
  checkNumber(caller, 'epsilon', epsilon, { above: 0 });
  if (clip !== Infinity) checkNumber(caller, 'clip', clip, { above: 0 });
  const first: ObservationStatistics = statistics
    ? {
        count: checkNumber(caller, 'count', statistics.count, { above: 0 }),
        mean: Float64Array.from(statistics.mean),
        variance: Float64Array.from(statistics.variance),
      }
    : { count: priorCount, mean: new Float64Array(size), variance: new Float64Array(size).fill(1) };
  for (const [name, list] of Object.entries({ mean: first.mean, variance: first.variance })) {
    if (list.length !== size) throw new ShapeError(`${caller}: ${name} must have ${size} components, got ${list.length}`);
    if (!list.every((value) => Number.isFinite(value) && (name === 'mean' || value >= 0)))
      throw new NumericalError(`${caller}: ${name} must be finite${name === 'mean' ? '' : ' and not negative'}`);
  }
  return new NormalizedObservations(environment, epsilon, clip, first, isFrozen);
}
