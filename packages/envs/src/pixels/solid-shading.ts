/**
 * The light that comes from a point of a solid: of a sun that throws shadows, of a sky that lights what looks up, and a
 * gleam. Light is summed as squares of the colours' parts: that is near to how a screen makes light of them, and needs
 * square roots only. Planes fade into the background with distance, and their squares into their mean where they become
 * smaller than pixels.
 */
import type { SolidLight } from './solid-light.js';
import { normalAt, type PreparedSolid, toOwnAxes, toWorld } from './solid-ray.js';
import type { SurfaceColours } from './solid-surface.js';
import type { SolidView } from './solid-view.js';

/** Light from all sides, and what more of it meets a surface that looks up. */
const SKY = 0.4;
const SKY_UP = 0.18;
/** Light of the sun on what it meets head-on; on level ground, with the sky's, all of the colour comes back. */
const SUN = 0.53;
/** The sun's gleam on a solid. */
const GLEAM = 0.09;
/** A plane is all there up to so many distances of the camera from its target, and gone at the second. */
const FADE_FROM = 2;
const FADE_TO = 9;

/** What all points of a picture share. */
export interface ShadingScene {
  readonly view: SolidView;
  readonly light: SolidLight;
  /** The background as light, `[3]`. */
  readonly behind: Float64Array;
  /** Side of the squares of planes, m. */
  readonly squareSize: number;
}

/** A solid and its colours. */
export interface ShadedSolid {
  readonly solid: PreparedSolid;
  readonly colours: SurfaceColours;
}

/** The samples of one row of a picture. */
export interface SampleRow {
  /** Up part of the rays by their forward part. */
  readonly v: number;
  /** Right part of the ray of the first sample by its forward part, and from one sample to the next. */
  readonly firstU: number;
  readonly step: number;
  /** What each sample sees: the depth along the camera's forward axis, and a place in the list of solids or −1. */
  readonly depths: Float64Array;
  readonly seen: Int32Array;
}

/** Adds the light of each sample of a row to the three parts of its pixel in `sums`, so many samples for each pixel. */
export type ShadeRow = (row: SampleRow, solids: readonly ShadedSolid[], sums: Float64Array, samplesPerPixel: number) => void;

/** Makes the function that lights samples. */
export function createShading({ view, light, behind, squareSize }: ShadingScene): ShadeRow {
  const { position, forward, right, up } = view;
  const { sun, isShadowed } = light;
  const offset = new Float64Array(3);
  const point = new Float64Array(3);
  const ownNormal = new Float64Array(3);
  const normal = new Float64Array(3);
  const aboveSurface = new Float64Array(3);
  // A shadow's ray starts this much above the surface, so that rounding does not make a surface shade itself.
  const lift = 1e-6 * Math.max(view.distance, 1e-3);

  return ({ v, firstU, step, depths, seen }, solids, sums, samplesPerPixel) => {
    let at = 0;
    let left = samplesPerPixel;
    for (let column = 0; column < seen.length; column++, left--) {
      if (left === 0) {
        at += 3;
        left = samplesPerPixel;
      }
      const index = seen[column]!;
      if (index < 0) {
        for (let part = 0; part < 3; part++) sums[at + part]! += behind[part]!;
        continue;
      }
      const { solid, colours } = solids[index]!;
      const { first, second } = colours;
      const t = depths[column]!;
      const u = firstU + column * step;
      const dx = forward[0]! + u * right[0]! + v * up[0]!;
      const dy = forward[1]! + u * right[1]! + v * up[1]!;
      const dz = forward[2]! + u * right[2]! + v * up[2]!;
      const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
      offset[0] = position[0]! + t * dx - solid.x;
      offset[1] = position[1]! + t * dy - solid.y;
      offset[2] = position[2]! + t * dz - solid.z;
      toOwnAxes(solid, offset, point);
      normalAt(solid, point, ownNormal);
      toWorld(solid, ownNormal, normal);
      const nx = normal[0]!;
      const ny = normal[1]!;
      const nz = normal[2]!;
      const facing = nx * sun[0]! + ny * sun[1]! + nz * sun[2]!;
      let lit = facing > 0;
      if (lit) {
        aboveSurface[0] = offset[0]! + solid.x + lift * nx;
        aboveSurface[1] = offset[1]! + solid.y + lift * ny;
        aboveSurface[2] = offset[2]! + solid.z + lift * nz;
        lit = !isShadowed(aboveSurface);
      }
      const strength = SKY + SKY_UP * nz + (lit ? SUN * facing : 0);
      if (solid.kind === 'plane') {
        const incidence = Math.max(1e-3, -(nx * dx + ny * dy + nz * dz) / length);
        const across = (t * view.pixel) / incidence;
        const contrast = Math.max(0, 0.5 - across / (1.4 * squareSize));
        const cell = Math.floor(point[0]! / squareSize) + Math.floor(point[1]! / squareSize);
        const share = (cell & 1) === 0 ? 0.5 - contrast : 0.5 + contrast;
        let fade = ((t * length) / view.distance - FADE_FROM) / (FADE_TO - FADE_FROM);
        fade = fade <= 0 ? 0 : fade >= 1 ? 1 : fade * fade * (3 - 2 * fade);
        const bright = strength < 1 ? strength : 1;
        for (let part = 0; part < 3; part++) {
          const colour = (first[part]! + share * (second[part]! - first[part]!)) * bright;
          sums[at + part]! += colour + fade * (behind[part]! - colour);
        }
        continue;
      }
      let gleam = 0;
      if (lit) {
        // Half way between the sun and the eye.
        const hx = sun[0]! - dx / length;
        const hy = sun[1]! - dy / length;
        const hz = sun[2]! - dz / length;
        const cosine = (nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz);
        if (cosine > 0) {
          gleam = cosine * cosine;
          for (let i = 0; i < 4; i++) gleam *= gleam;
        }
      }
      for (let part = 0; part < 3; part++) {
        const bright = first[part]! * strength + GLEAM * gleam;
        sums[at + part]! += bright < 1 ? bright : 1;
      }
    }
  };
}
