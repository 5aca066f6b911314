/** What the page of a planned episode is given. */
import type { ShowData } from '../../show/page/show-data.js';

/** One plan, small enough to lie in a file with hundreds of others. */
export interface PlanRecord {
  readonly step: number;
  readonly milliseconds: number;
  /** By iteration. */
  readonly best: readonly (number | null)[];
  readonly elite: readonly (number | null)[];
  readonly spread: readonly number[];
  readonly eliteSpread: readonly number[] | null;
  readonly effective: readonly number[] | null;
  readonly evaluations: number;
  readonly nonFinite: number;
  /** Milliseconds of drawing, scoring and learning. */
  readonly phases: readonly [number, number, number] | null;
  /** The plan's actions by component, `[A][H]`. */
  readonly actions: readonly (readonly number[])[];
  /** Elites by iteration, best first: `[iterations][k][A][H]`. */
  readonly elites: readonly (readonly (readonly (readonly number[])[])[])[];
  /** Expected observations by component, `[O][H]` each; null where nobody can tell. */
  readonly mean: readonly (readonly number[])[] | null;
  readonly low: readonly (readonly number[])[] | null;
  readonly high: readonly (readonly number[])[] | null;
}

/** A planned episode. */
export interface PlanData extends ShowData {
  readonly horizon: number;
  readonly plans: readonly PlanRecord[];
  /** Names and bounds of the action's components, and whether they are whole numbers. */
  readonly actionBounds: readonly { readonly label: string; readonly low: number; readonly high: number; readonly whole: boolean }[];
}
