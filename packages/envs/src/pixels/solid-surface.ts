/** The colours of solids as light, and the squares of planes. Light here is the square of a colour's part in [0, 1]. */
import type { SolidCamera, SolidShape } from '@mbrl/core';
import type { Rgb, ScenePalette } from './palette.js';

/** The two colours of a surface as light, `[3]` each; the same one twice where it has no pattern. */
export interface SurfaceColours {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

const partsOf = (colour: Rgb): number[] => colour.map((part) => part / 255);
const squares = (parts: readonly number[]): Float64Array => Float64Array.from(parts, (part) => part * part);
const between = (from: readonly number[], to: readonly number[], share: number): number[] =>
  from.map((part, index) => part + share * (to[index]! - part));

/** How far the two kinds of squares of a plane are from the background towards the role's colour. */
const LIGHT_SQUARE = 0.2;
const DARK_SQUARE = 0.36;

/** A colour as light. */
export function lightOf(colour: Rgb): Float64Array {
  return squares(partsOf(colour));
}

/** Chooses the colours of a solid: its own, else its role's. A plane has squares in two shades. */
export function surfaceColours({ form, role, colour }: SolidShape, palette: ScenePalette): SurfaceColours {
  const own = colour ?? partsOf(palette[role]);
  const behind = partsOf(palette.background);
  if (form.kind !== 'plane') return { first: squares(own), second: squares(own) };
  if (colour) return { first: squares(between(own, behind, 0.15)), second: squares(own) };
  return { first: squares(between(behind, own, LIGHT_SQUARE)), second: squares(between(behind, own, DARK_SQUARE)) };
}

/**
 * The side of a plane's squares in metres: 1, 2 or 5 times a power of ten, about a quarter of the way from the camera to
 * what it looks at, so that the squares are neither one flat colour nor a shimmer.
 */
export function planeSquareSize({ position, target }: SolidCamera): number {
  const squared = position.reduce((sum, from, axis) => sum + (target[axis]! - from) * (target[axis]! - from), 0);
  const wanted = Math.sqrt(squared) / 4;
  if (!(wanted > 0 && wanted < Infinity)) return 1;
  let unit = 1;
  while (unit * 10 <= wanted) unit *= 10;
  while (unit > wanted) unit /= 10;
  const times = wanted / unit;
  return unit * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
}
