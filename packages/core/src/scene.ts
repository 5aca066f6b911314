/**
 * A frame as 2-D shapes, in metres with y up. The report, the documentation and the terminal draw it; an
 * environment describes it and knows nothing of pixels. Colours are roles, so that each medium and theme picks its own.
 */

/** What a shape stands for; the medium that draws it picks the colour. */
export type SceneRole = 'body' | 'accent' | 'joint' | 'ground' | 'target' | 'faint';

/** A straight line of a given width, with round ends. */
export interface SceneLine {
  readonly kind: 'line';
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** Width in metres. */
  readonly width: number;
  readonly role: SceneRole;
}

/** A filled circle. */
export interface SceneCircle {
  readonly kind: 'circle';
  readonly center: readonly [x: number, y: number];
  /** Radius in metres. */
  readonly radius: number;
  readonly role: SceneRole;
}

/** A filled rectangle about its centre, turned by `angle` radians counter-clockwise. */
export interface SceneBox {
  readonly kind: 'box';
  readonly center: readonly [x: number, y: number];
  readonly width: number;
  readonly height: number;
  readonly angle?: number;
  readonly role: SceneRole;
}

/** A filled polygon. */
export interface ScenePolygon {
  readonly kind: 'polygon';
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly role: SceneRole;
}

/** One shape of a scene. */
export type SceneShape = SceneLine | SceneCircle | SceneBox | ScenePolygon;

/** A frame: the part of the world that is in view, and the shapes in it from back to front. */
export interface Scene {
  /** The rectangle in view, in metres: the least and greatest x and y. */
  readonly view: { readonly left: number; readonly right: number; readonly bottom: number; readonly top: number };
  readonly shapes: readonly SceneShape[];
}
