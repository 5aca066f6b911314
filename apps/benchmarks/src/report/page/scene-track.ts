/**
 * The frames of a trial in little space: shapes once, and of each number either its constant value or one value per
 * frame. A new segment starts where the number, kind or role of the shapes changes.
 */
import type { Scene, SceneRole } from '@mbrl/core';

/** A number that stays, or one value per frame of the segment. */
export type TrackValue = number | readonly number[];

/**
 * A shape over time. Values by kind: line `x1 y1 x2 y2 width`; circle `x y radius`; box `x y width height angle`;
 * polygon `x y` of each point.
 */
export interface TrackShape {
  readonly kind: 'line' | 'circle' | 'box' | 'polygon';
  readonly role: SceneRole;
  readonly values: readonly TrackValue[];
}

/** Frames with the same shapes. */
export interface TrackSegment {
  /** Number of frames. */
  readonly count: number;
  readonly view: Scene['view'];
  readonly shapes: readonly TrackShape[];
}

/** All frames of a trial. */
export type SceneTrack = readonly TrackSegment[];
