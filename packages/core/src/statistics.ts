/**
 * Summaries of few numbers, such as the returns of ten seeds. Medians, interquartile means and bootstrap intervals
 * are what the field reports for few runs (Agarwal et al., 2021, "Deep reinforcement learning at the edge of the
 * statistical precipice"). Nothing here changes its input; each refuses an empty list and values that are not finite.
 */
import { NumericalError, ShapeError } from './errors.js';
import { checkInteger, checkNumber } from './options.js';
import type { Rng } from './rng.js';

/** Maps values to one number. */
export type Statistic = (values: Float64Array) => number;

function checkValues(caller: string, values: ArrayLike<number>, least = 1): void {
  if (values.length < least) throw new ShapeError(`${caller}: values must have at least ${least} entries, got ${values.length}`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new NumericalError(`${caller}: values must be finite, got ${values[i]} at index ${i}`);
  }
}

const sortedCopy = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

/** Mean of part of an array, about its first value; where the sum would overflow, each term is divided first. */
function meanOf(values: ArrayLike<number>, start: number, end: number): number {
  const shift = values[start]!;
  const count = end - start;
  let sum = 0;
  for (let i = start; i < end; i++) sum += values[i]! - shift;
  if (Number.isFinite(sum)) return shift + sum / count;
  sum = 0;
  for (let i = start; i < end; i++) sum += values[i]! / count;
  return sum;
}

function quantileOfSorted(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const index = Math.floor(position);
  const low = sorted[index]!;
  const high = sorted[Math.min(index + 1, sorted.length - 1)]!;
  const part = position - index;
  // Kept between its neighbours: rounding could lead past them.
  return Math.min(high, Math.max(low, low * (1 - part) + high * part));
}

/** Arithmetic mean. @throws ShapeError when empty, NumericalError when not finite. */
export function mean(values: ArrayLike<number>): number {
  checkValues('mean', values);
  return meanOf(values, 0, values.length);
}

/**
 * Standard deviation.
 * @param options.kind `sample` (the default) divides by n − 1 and needs two values; `population` divides by n
 */
export function standardDeviation(values: ArrayLike<number>, options: { readonly kind?: 'sample' | 'population' } = {}): number {
  const { kind = 'sample' } = options;
  checkValues('standardDeviation', values, kind === 'sample' ? 2 : 1);
  const centre = meanOf(values, 0, values.length);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return Math.sqrt(squares / (values.length - (kind === 'sample' ? 1 : 0)));
}

/**
 * The value below which a share `probability` of the values lies, by linear interpolation between order statistics
 * (Hyndman and Fan's type 7, the default of NumPy and R).
 * @param probability in [0, 1]
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  checkValues('quantile', values);
  checkNumber('quantile', 'probability', probability, { min: 0, max: 1 });
  return quantileOfSorted(sortedCopy(values), probability);
}

/** The middle value, or the mean of the middle two. */
export function median(values: ArrayLike<number>): number {
  checkValues('median', values);
  return quantileOfSorted(sortedCopy(values), 0.5);
}

/** Mean without the ⌊n/4⌋ least and the ⌊n/4⌋ greatest values, as rliable and SciPy's `trim_mean(0.25)` have it. */
export function interquartileMean(values: ArrayLike<number>): number {
  checkValues('interquartileMean', values);
  const cut = Math.floor(values.length / 4);
  return meanOf(sortedCopy(values), cut, values.length - cut);
}

/** An estimate with the interval around it. */
export interface Interval {
  /** The statistic of the values themselves. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** How to bootstrap. */
export interface BootstrapOptions {
  /** All randomness: equal generators give equal intervals. */
  readonly rng: Rng;
  /** What to estimate; the mean when absent. It must not keep or change the array it is given. */
  readonly statistic?: Statistic;
  /** Share of the resampled estimates within the interval, in (0, 1); 0.95 when absent. */
  readonly confidence?: number;
  /** Number of resamples, at least 1; 2,000 when absent. */
  readonly resampleCount?: number;
}

/**
 * Bootstrap interval by percentiles (Efron, 1979): the statistic over resamples with replacement, cut at both ends.
 * @throws NumericalError when the statistic of a resample is not finite.
 */
export function bootstrapInterval(values: ArrayLike<number>, options: BootstrapOptions): Interval {
  const { rng, statistic = mean, confidence = 0.95, resampleCount = 2000 } = options;
  checkValues('bootstrapInterval', values);
  checkNumber('bootstrapInterval', 'confidence', confidence, { above: 0, below: 1 });
  checkInteger('bootstrapInterval', 'resampleCount', resampleCount, { min: 1 });
  const resample = new Float64Array(values.length);
  const estimates = new Float64Array(resampleCount);
  for (let i = 0; i < resampleCount; i++) {
    for (let j = 0; j < resample.length; j++) resample[j] = values[rng.integer(values.length)]!;
    estimates[i] = statistic(resample);
  }
  checkValues('bootstrapInterval: statistic', estimates);
  estimates.sort();
  return {
    estimate: statistic(Float64Array.from(values)),
    low: quantileOfSorted(estimates, (1 - confidence) / 2),
    high: quantileOfSorted(estimates, (1 + confidence) / 2),
  };
}

/** Figures that describe a list of numbers. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; 0 for a single value. */
  readonly standardDeviation: number;
  readonly min: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly max: number;
  readonly interquartileMean: number;
  /** Bootstrap intervals; only when a generator is given. */
  readonly intervals?: { readonly mean: Interval; readonly median: Interval; readonly interquartileMean: Interval };
}

/**
 * Describes a list of numbers.
 * @param options.rng when given, bootstrap intervals are added; each statistic draws from a split of it
 */
export function summarize(values: ArrayLike<number>, options: Partial<Omit<BootstrapOptions, 'statistic'>> = {}): Summary {
  checkValues('summarize', values);
  const { rng, ...bootstrap } = options;
  const sorted = sortedCopy(values);
  const summary: Summary = {
    count: values.length,
    mean: mean(values),
    standardDeviation: values.length > 1 ? standardDeviation(values) : 0,
    min: sorted[0]!,
    lowerQuartile: quantileOfSorted(sorted, 0.25),
    median: quantileOfSorted(sorted, 0.5),
    upperQuartile: quantileOfSorted(sorted, 0.75),
    max: sorted[sorted.length - 1]!,
    interquartileMean: interquartileMean(values),
  };
  if (!rng) return summary;
  const interval = (name: string, statistic: Statistic): Interval =>
    bootstrapInterval(values, { ...bootstrap, rng: rng.split(name), statistic });
  return {
    ...summary,
    intervals: {
      mean: interval('mean', mean),
      median: interval('median', median),
      interquartileMean: interval('interquartileMean', interquartileMean),
    },
  };
}
