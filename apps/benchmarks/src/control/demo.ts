/**
 * A demonstration of optimal control: the problem, where it starts, and how to look at a trajectory of it. States x `[T+1, n]` and
 * actions u `[T, m]` are flat, step by step.
 */
import type { OptimalControlProblem } from '@mbrl/control';
import type { Scene, SolidScene } from '@mbrl/core';

/** Which solver. */
export type ControlMethod = 'ilqr' | 'ddp';

/** All of them. */
export const controlMethods: readonly ControlMethod[] = ['ilqr', 'ddp'];

/** A point of a path, m: two or three components. */
export type PathPoint = readonly number[];

/** A moment that is drawn. */
export interface DemoFrame {
  /** The state `[n]`. */
  readonly state: Float64Array;
  /** The action taken there `[m]`; at the end the last one. */
  readonly action: Float64Array;
  /** The whole path of what is shown. */
  readonly path: readonly PathPoint[];
  /** The path of the solution. */
  readonly solution: readonly PathPoint[];
  /** Paths of iterations on the way there. */
  readonly earlier: readonly (readonly PathPoint[])[];
}

/** A number over time beside the picture, with the limits that it has to keep. */
export interface DemoQuantity {
  readonly label: string;
  readonly of: (state: Float64Array) => number;
  readonly low?: number;
  readonly high?: number;
}

/** A component of the action. */
export interface DemoAction {
  readonly label: string;
  /** Bounds as the problem has them; infinite where there are none. */
  readonly low: number;
  readonly high: number;
}

/** How it is drawn; a solid scene keeps its shapes through all frames of all trajectories. */
export type DemoPicture =
  | {
      readonly kind: 'flat';
      /** Length that the widths of paths go by, m; paths lie under all shapes. */
      readonly pathSize: number;
      scene(frame: DemoFrame): Scene;
    }
  | { readonly kind: 'solid'; scene(frame: DemoFrame): SolidScene };

/** A demonstration. */
export interface ControlDemo {
  /** What the command calls it. */
  readonly name: string;
  readonly title: string;
  /** One sentence on the task. */
  readonly words: string;
  /** What the constraints are, in words; absent where there are none but dynamics. */
  readonly limits?: string;
  readonly problem: OptimalControlProblem;
  readonly initialState: readonly number[];
  /** Action of every step that the search starts from `[m]`. Default: zeros. */
  readonly startAction?: readonly number[];
  /** Seconds a step. */
  readonly timeStep: number;
  /** Steps from one drawn frame to the next. */
  readonly frameStride: number;
  /** How much slower than in truth it is shown. */
  readonly slowdown: number;
  /** The solver that is used unless another is asked for. */
  readonly method: ControlMethod;
  readonly actions: readonly DemoAction[];
  readonly quantities: readonly DemoQuantity[];
  /** What the pushes change: the deviation of a normal draw for each component of the state `[n]`. */
  readonly push: readonly number[];
  /** The push, in words. */
  readonly pushWords: string;
  /** How far a last state is from where it was to be, at least 0. */
  readonly miss: (state: Float64Array) => number;
  /** What `miss` measures, with its unit. */
  readonly missLabel: string;
  /** A point that draws the path, m. */
  readonly trace: (state: Float64Array) => PathPoint;
  readonly picture: DemoPicture;
}
