/**
 * A frame as solid shapes in space, in metres with z up, for the environments that move in three dimensions. The page
 * that plays an episode and the software rasteriser draw it; an environment describes it and knows nothing of pixels.
 */
import type { SceneRole } from './scene.js';

/** Where a shape stands: its centre, and its turn as a unit quaternion (w, x, y, z) from its own axes to the world's. */
export interface SolidPose {
  readonly position: readonly [x: number, y: number, z: number];
  readonly rotation: readonly [w: number, x: number, y: number, z: number];
}

/** The form of a solid in its own axes; round forms have their axis along z. */
export type SolidForm =
  | { readonly kind: 'sphere'; readonly radius: number }
  /** A cylinder of the given half length between two half spheres. */
  | { readonly kind: 'capsule'; readonly radius: number; readonly halfLength: number }
  | { readonly kind: 'cylinder'; readonly radius: number; readonly halfLength: number }
  | { readonly kind: 'box'; readonly halfSizes: readonly [x: number, y: number, z: number] }
  | { readonly kind: 'ellipsoid'; readonly radii: readonly [x: number, y: number, z: number] }
  /** The plane z = 0 of its own axes, without end, in a pattern of squares. */
  | { readonly kind: 'plane' };

/** One solid of a scene. */
export interface SolidShape extends SolidPose {
  readonly form: SolidForm;
  readonly role: SceneRole;
  /** Red, green and blue in [0, 1] where the task has colours of its own; else the medium picks by role. */
  readonly colour?: readonly [red: number, green: number, blue: number];
}

/** Where a scene is seen from. */
export interface SolidCamera {
  readonly position: readonly [x: number, y: number, z: number];
  /** What it looks at; up is +z. */
  readonly target: readonly [x: number, y: number, z: number];
  /** Vertical angle of view, degrees. */
  readonly fieldOfView: number;
}

/** A frame in space. The number and order of the shapes, their forms and colours stay the same through an episode; only poses and the camera move. */
export interface SolidScene {
  readonly camera: SolidCamera;
  readonly shapes: readonly SolidShape[];
}
