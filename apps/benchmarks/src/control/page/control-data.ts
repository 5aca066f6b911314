/** What the page of a control problem is given. */
import type { SceneTrack } from '../../report/page/scene-track.js';
import type { SolidTrack } from '../../show/page/solid-track.js';

/** A trajectory to look at. */
export interface ShownTrajectory {
  /** On its button. */
  readonly label: string;
  /** Under the picture. */
  readonly words: string;
  /** The iteration that it stands for; null for one that was pushed. */
  readonly iteration: number | null;
  /** Step at which it is pushed; null for one that is not. */
  readonly pushStep: number | null;
  /** One of the two. */
  readonly flat: SceneTrack | null;
  readonly solid: SolidTrack | null;
  /** Cost of each frame that is left, `[frames − 1]`. */
  readonly costs: readonly number[];
  /** `[m][T]` */
  readonly actions: readonly (readonly number[])[];
  /** `[quantities][T+1]` */
  readonly quantities: readonly (readonly number[])[];
}

/** A number over time, with its limits; null where there are none. */
export interface LimitedColumn {
  readonly label: string;
  readonly low: number | null;
  readonly high: number | null;
}

/** How the solver went, by iteration; the first entry is that of the first iteration. */
export interface SearchColumns {
  readonly iteration: readonly number[];
  readonly cost: readonly number[];
  readonly gradient: readonly number[];
  readonly violation: readonly number[];
  /** 0 where no step was taken. */
  readonly stepLength: readonly number[];
  readonly regularization: readonly number[];
  /** Penalty of the augmented Lagrangian. */
  readonly penalty: readonly number[];
}

/** The whole page. */
export interface ControlData {
  readonly name: string;
  readonly timeStep: number;
  /** Steps between two frames. */
  readonly frameStride: number;
  /** How much slower than in truth it is shown. */
  readonly slowdown: number;
  readonly horizon: number;
  /** Iterates, then the solution, then the pushed ones. */
  readonly shown: readonly ShownTrajectory[];
  /** Which of them is the solution. */
  readonly solution: number;
  readonly actions: readonly LimitedColumn[];
  readonly quantities: readonly LimitedColumn[];
  /** Cost and violation of the start, and of the solution after the last iteration. */
  readonly start: { readonly cost: number; readonly violation: number };
  readonly end: { readonly cost: number; readonly violation: number; readonly gradient: number };
  readonly search: SearchColumns;
  /** Whether the problem has constraints. */
  readonly constrained: boolean;
  /** Distance from the solution's path by step, for each push, m. */
  readonly away: { readonly withFeedback: readonly (readonly number[])[]; readonly without: readonly (readonly number[])[] };
}
