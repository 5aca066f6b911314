/** What a bench gives: figures, each beside what was measured in the same run. */
import type { Quantity } from './time-together.js';

/** A bound that a figure or ratio is held to. */
export interface Target {
  readonly kind: 'atLeast' | 'atMost';
  readonly limit: number;
  /** Unit of the limit where it bounds the figure itself; absent where it bounds a ratio. */
  readonly unit?: string;
}

/** One figure beside another. */
export interface Comparison {
  /** What it is compared with. */
  readonly with: string;
  /** The other's figure. */
  readonly figure?: Quantity;
  /** The figure by the other's; see `ratioOf`. */
  readonly ratio?: number;
  /** What the ratio is of: times (less is faster) or rates (more is faster). */
  readonly ratioOf?: 'time' | 'rate';
  readonly target?: Target;
  /** Whether the target is reached. */
  readonly reached?: boolean;
  /** Why there is nothing to compare with. */
  readonly skipped?: string;
}

/** One figure. */
export interface BenchFigure {
  /** The bench that it belongs to. */
  readonly bench: string;
  /** What was measured, with its size. */
  readonly size: string;
  readonly figure: Quantity;
  /** Arithmetic rate, where the work is mostly matrix products. */
  readonly gigaflops?: number;
  /** Parts of the figure, in its unit. */
  readonly parts?: { readonly [name: string]: number };
  readonly comparisons: readonly Comparison[];
}

/** How a bench is to run. */
export interface BenchContext {
  /** Few repetitions: for tests of the bench itself. */
  readonly quick: boolean;
}

/** One bench. */
export interface Bench {
  readonly name: string;
  readonly description: string;
  run(context: BenchContext): Promise<readonly BenchFigure[]>;
}

/** Says whether a value keeps to a target. */
export function reaches(value: number, { kind, limit }: Target): boolean {
  return kind === 'atLeast' ? value >= limit : value <= limit;
}

/** A ratio, held to a target or to none. */
export function compareRatio(name: string, figure: Quantity, ratio: number, ratioOf: 'time' | 'rate', target?: Target): Comparison {
  return { with: name, figure, ratio, ratioOf, ...(target && { target, reached: reaches(ratio, target) }) };
}

/** A comparison where not the ratio but the figure itself has a target. */
export function withFigureTarget(comparison: Comparison, figure: Quantity, target: Target & { readonly unit: string }): Comparison {
  return { ...comparison, target, reached: reaches(figure.value, target) };
}
