/** What the page of an episode is given. */
import type { SceneTrack } from '../../report/page/scene-track.js';
import type { SolidTrack } from './solid-track.js';

/** A vector over time, by component: its name, and a value for each step or frame. */
export interface NumberColumn {
  readonly label: string;
  readonly values: readonly number[];
  /** What each value is called, where there are names for them. */
  readonly names: readonly string[] | null;
  /** Whether the values are whole numbers that stand for something. */
  readonly whole: boolean;
}

/** An episode, small enough to lie in one file. */
export interface ShowData {
  /** Seconds of simulated time in a step. */
  readonly timeStep: number;
  /** Seconds that a step is shown. */
  readonly secondsPerStep: number;
  readonly name: string;
  readonly rewards: readonly number[];
  readonly flat: SceneTrack | null;
  readonly solid: SolidTrack | null;
  /** What was seen at each frame; empty where it is too much to show. */
  readonly observations: readonly NumberColumn[];
  /** What was done in each step. */
  readonly actions: readonly NumberColumn[];
}
