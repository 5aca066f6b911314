/**
 * Draws a scene of solids into pixels, without a GPU: a ray for each sample of a pixel, row by row, tested against the
 * solids whose rectangle in the picture it lies in. Solids have shadows on each other and on planes, so that one sees
 * what stands on the ground and what is above it; planes end in the colour of the background.
 *
 * A picture depends on nothing but the scene and the options, and only IEEE-exact operations decide a byte.
 */
import { checkInteger, type SolidScene } from '@mbrl/core';
import { checkPicture, type PictureOptions } from './picture-options.js';
import { createLight } from './solid-light.js';
import { enterSolid, prepareSolid, type PreparedSolid, toOwnAxes } from './solid-ray.js';
import { createShading, type SampleRow, type ShadedSolid } from './solid-shading.js';
import { lightOf, planeSquareSize, type SurfaceColours, surfaceColours } from './solid-surface.js';
import { boundsOf, createView, type SolidView } from './solid-view.js';

/** How to draw a scene of solids. */
export interface SolidPictureOptions extends PictureOptions {
  /** Rays of a pixel along each of its sides, in [1, 4]: 1 is fast and leaves stairs, 2 makes edges smooth. 2 when absent. */
  readonly samplesPerSide?: number;
  /** Whether solids throw shadows; true when absent. */
  readonly shadows?: boolean;
}

/** The grid of samples: (u, v) of column i and row j are (i + 0.5 − columns / 2) step and (rows / 2 − j − 0.5) step. */
interface SampleGrid {
  readonly columns: number;
  readonly rows: number;
  readonly step: number;
}

/** A solid and what the rays of one picture need of it. */
interface Drawn extends ShadedSolid {
  /** The camera's point and axes in the solid's own axes. */
  readonly origin: Float64Array;
  readonly right: Float64Array;
  readonly up: Float64Array;
  readonly forward: Float64Array;
  /** Samples that it may touch: columns [first, last), rows [top, bottom). */
  readonly first: number;
  readonly last: number;
  readonly top: number;
  readonly bottom: number;
}

function prepare(solid: PreparedSolid, colours: SurfaceColours, view: SolidView, { columns, rows, step }: SampleGrid): Drawn | undefined {
  const bounds = boundsOf(solid, view);
  if (!bounds) return undefined;
  const column = (u: number): number => Math.max(0, Math.min(columns, u / step + columns / 2));
  const row = (v: number): number => Math.max(0, Math.min(rows, rows / 2 - v / step));
  const own = (vector: Float64Array): Float64Array => {
    const turned = new Float64Array(3);
    toOwnAxes(solid, vector, turned);
    return turned;
  };
  const x = view.position[0]!;
  const y = view.position[1]!;
  const z = view.position[2]!;
  return {
    solid,
    colours,
    origin: own(Float64Array.of(x - solid.x, y - solid.y, z - solid.z)),
    right: own(view.right),
    up: own(view.up),
    forward: own(view.forward),
    first: Math.floor(column(bounds.left)),
    last: Math.ceil(column(bounds.right)),
    top: Math.floor(row(bounds.top)),
    bottom: Math.ceil(row(bounds.bottom)),
  };
}

/** Finds what each sample of a row sees. */
function castRow(row: number, drawn: readonly Drawn[], { v, firstU, step, depths, seen }: SampleRow): void {
  depths.fill(Infinity);
  seen.fill(-1);
  for (let index = 0; index < drawn.length; index++) {
    const { solid, origin, right, up, forward, first, last, top, bottom } = drawn[index]!;
    if (row < top || row >= bottom) continue;
    const ox = origin[0]!;
    const oy = origin[1]!;
    const oz = origin[2]!;
    const rx = right[0]!;
    const ry = right[1]!;
    const rz = right[2]!;
    const x = forward[0]! + v * up[0]!;
    const y = forward[1]! + v * up[1]!;
    const z = forward[2]! + v * up[2]!;
    for (let column = first; column < last; column++) {
      const u = firstU + column * step;
      const t = enterSolid(solid, ox, oy, oz, x + u * rx, y + u * ry, z + u * rz);
      if (t > 0 && t < depths[column]!) {
        depths[column] = t;
        seen[column] = index;
      }
    }
  }
}

/** Checks the rays of a pixel along each side. @throws OptionError outside of [1, 4]. */
export function checkSamples(caller: string, samplesPerSide = 2): number {
  return checkInteger(caller, 'samplesPerSide', samplesPerSide, { min: 1, max: 4 });
}

/**
 * Draws a scene of solids as its camera sees it.
 * @returns red, green and blue of each pixel, `[height, width, 3]`, rows from top to bottom; `options.out` when given.
 * @throws OptionError on a size outside of its bounds or a palette that is none; ShapeError on an `out` of another size.
 */
export function renderSolidScene(scene: SolidScene, options: SolidPictureOptions): Uint8Array {
  const { width, height, palette, out } = checkPicture('renderSolidScene', options);
  const { shadows = true } = options;
  const samplesPerSide = checkSamples('renderSolidScene', options.samplesPerSide);
  const view = createView(scene.camera, height);
  const grid: SampleGrid = { columns: width * samplesPerSide, rows: height * samplesPerSide, step: view.pixel / samplesPerSide };
  const solids = scene.shapes.map((shape) => prepareSolid(shape));
  const drawn = solids
    .map((solid, index) => prepare(solid, surfaceColours(scene.shapes[index]!, palette), view, grid))
    .filter((one) => one !== undefined);
  const behind = lightOf(palette.background);
  const light = createLight(view, solids, shadows);
  const shadeRow = createShading({ view, light, behind, squareSize: planeSquareSize(scene.camera) });
  const firstU = (0.5 - grid.columns / 2) * grid.step;
  const depths = new Float64Array(grid.columns);
  const seen = new Int32Array(grid.columns);
  const sums = new Float64Array(width * 3);
  const perSample = 1 / (samplesPerSide * samplesPerSide);
  for (let pixelRow = 0; pixelRow < height; pixelRow++) {
    sums.fill(0);
    for (let row = pixelRow * samplesPerSide; row < (pixelRow + 1) * samplesPerSide; row++) {
      const v = (grid.rows / 2 - row - 0.5) * grid.step;
      const samples: SampleRow = { v, firstU, step: grid.step, depths, seen };
      castRow(row, drawn, samples);
      shadeRow(samples, drawn, sums, samplesPerSide);
    }
    const from = pixelRow * width * 3;
    for (let i = 0; i < sums.length; i++) out[from + i] = Math.sqrt(sums[i]! * perSample) * 255 + 0.5;
  }
  return out;
}
