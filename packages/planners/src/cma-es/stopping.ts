/** When a run of the evolution strategy has nothing left to gain (Hansen 2016, arXiv 1604.00772, appendix B.3). */
import type { CmaEsRun } from './cma-es.js';

/**
 * Why a run stops:
 * - `functionTolerance`: the best costs of the last 10 + ⌈30 n / λ⌉ generations, and all of this one, lie within it
 * - `stepTolerance`: steps along every coordinate are shorter than it
 * - `stepDivergence`: σ grew by 10⁴: the start was far from any optimum, or there is none
 * - `conditionNumber`: C spreads over more than 10¹⁴, or could not be decomposed
 * - `noEffect`: a tenth of a deviation along an axis, or a fifth along a coordinate, no longer changes the mean
 * - `stagnation`: neither best nor median cost fell over a long time
 */
export type CmaEsStop = 'functionTolerance' | 'stepTolerance' | 'stepDivergence' | 'conditionNumber' | 'noEffect' | 'stagnation';

/** Bounds under which a run counts as converged; 0 switches one off. */
export interface StopTolerances {
  /** Range of costs. */
  readonly functionTolerance: number;
  /** Length of a step. */
  readonly stepTolerance: number;
}

/** What a run remembers for its end. */
export interface RunHistory {
  /** Best costs of the last generations, a ring. */
  readonly recent: Float64Array;
  /** Best and median cost of each generation, as far back as stagnation looks, rings of one length. */
  readonly best: Float64Array;
  readonly median: Float64Array;
  /** Generations recorded. */
  count: number;
  initialStepSize: number;
  /** Scratch of `best`'s length. */
  readonly sorted: Float64Array;
}

/** Generations that stagnation looks back at most. */
const LONGEST_MEMORY = 20_000;
const GREATEST_CONDITION = 1e14;
const GREATEST_GROWTH = 1e4;
/** Share of the past on each side that stagnation compares. */
const STAGNATION_SHARE = 0.3;

/** Generations over which stagnation is looked for, before it grows to a fifth of the run. */
const stagnationLength = (dimension: number, populationSize: number): number => 120 + Math.ceil((30 * dimension) / populationSize);

/** Makes an empty history. */
export function createRunHistory(dimension: number, populationSize: number): RunHistory {
  const length = Math.min(LONGEST_MEMORY, 4 * stagnationLength(dimension, populationSize));
  return {
    recent: new Float64Array(10 + Math.ceil((30 * dimension) / populationSize)),
    best: new Float64Array(length),
    median: new Float64Array(length),
    count: 0,
    initialStepSize: 1,
    sorted: new Float64Array(length),
  };
}

/** Empties a history. */
export function resetHistory(history: RunHistory, stepSize: number): void {
  history.count = 0;
  history.initialStepSize = stepSize;
}

/** Remembers a generation. @param order points by rising cost */
export function recordGeneration(history: RunHistory, costs: Float64Array, order: Int32Array): void {
  const { recent, best, median, count } = history;
  recent[count % recent.length] = costs[order[0]!]!;
  best[count % best.length] = costs[order[0]!]!;
  median[count % median.length] = costs[order[order.length >> 1]!]!;
  history.count++;
}

/** Median of a part of a ring that ends `back` entries before the newest. */
function ringMedian({ sorted, count }: RunHistory, ring: Float64Array, back: number, length: number): number {
  for (let i = 0; i < length; i++) sorted[i] = ring[(count - 1 - back - i) % ring.length]!;
  return sorted.subarray(0, length).sort()[length >> 1]!;
}

function isStagnant(history: RunHistory, least: number): boolean {
  const { best, median, count } = history;
  const window = Math.min(best.length, Math.max(least, Math.floor(0.2 * count)));
  // Looked at now and then: sorting costs more than a generation.
  if (count < window || count % 10 !== 0) return false;
  const part = Math.floor(STAGNATION_SHARE * window);
  const old = window - part;
  return (
    ringMedian(history, best, 0, part) >= ringMedian(history, best, old, part) &&
    ringMedian(history, median, 0, part) >= ringMedian(history, median, old, part)
  );
}

/** Whether a step of usual length along an axis or a coordinate is lost in the digits of the mean. */
function hasNoEffect({ dimension: n, mean, stepSize, scales, eigen, covariance, generation }: CmaEsRun): boolean {
  // One axis a generation.
  const axis = generation % n;
  let moves = false;
  for (let i = 0; i < n; i++) {
    const direction = eigen ? eigen.vectors[i * n + axis]! : i === axis ? 1 : 0;
    if (mean[i]! !== mean[i]! + 0.1 * stepSize * scales[axis]! * direction) moves = true;
    const deviation = Math.sqrt(covariance[eigen ? i * n + i : i]!);
    if (mean[i]! === mean[i]! + 0.2 * stepSize * deviation) return true;
  }
  return !moves;
}

/** Says why a run should stop, after a generation was recorded. @param costs of that generation, `[λ]` */
export function whyStop(run: CmaEsRun, costs: Float64Array): CmaEsStop | undefined {
  const { dimension: n, populationSize, covariance, separable, stepSize, scales, covariancePath, order, history, tolerances } = run;
  const { recent, count } = history;
  if (count >= recent.length && tolerances.functionTolerance > 0) {
    let [least, greatest] = [costs[order[0]!]!, costs[order[populationSize - 1]!]!];
    for (let i = 0; i < recent.length; i++) {
      least = Math.min(least, recent[i]!);
      greatest = Math.max(greatest, recent[i]!);
    }
    if (greatest - least < tolerances.functionTolerance) return 'functionTolerance';
  }
  let longest = 0;
  let greatestScale = 0;
  let leastScale = Infinity;
  for (let i = 0; i < n; i++) {
    const variance = covariance[separable ? i : i * n + i]!;
    longest = Math.max(longest, Math.sqrt(variance), Math.abs(covariancePath[i]!));
    greatestScale = Math.max(greatestScale, scales[i]!);
    leastScale = Math.min(leastScale, scales[i]!);
  }
  if (stepSize * longest < tolerances.stepTolerance) return 'stepTolerance';
  if (stepSize * greatestScale > GREATEST_GROWTH * history.initialStepSize) return 'stepDivergence';
  if ((greatestScale / leastScale) ** 2 > GREATEST_CONDITION) return 'conditionNumber';
  if (hasNoEffect(run)) return 'noEffect';
  return isStagnant(history, stagnationLength(n, populationSize)) ? 'stagnation' : undefined;
}
