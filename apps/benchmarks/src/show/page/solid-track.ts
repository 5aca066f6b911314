/** The frames of an episode of solids in little space: shapes once, and of each number its constant value or one value per frame. */
import type { SolidForm, SceneRole } from '@mbrl/core';
import type { TrackValue } from '../../report/page/scene-track.js';

/** A solid over time. */
export interface SolidTrackShape {
  readonly form: SolidForm;
  readonly role: SceneRole;
  /** Red, green and blue in [0, 1]; null for the role's. */
  readonly colour: readonly [number, number, number] | null;
  /** x, y, z of the position, and w, x, y, z of the turn. */
  readonly pose: readonly TrackValue[];
}

/** All frames of an episode. */
export interface SolidTrack {
  /** Number of frames. */
  readonly count: number;
  readonly shapes: readonly SolidTrackShape[];
  /** x, y, z of the camera, x, y, z of what it looks at, and its vertical angle of view in degrees. */
  readonly camera: readonly TrackValue[];
}
