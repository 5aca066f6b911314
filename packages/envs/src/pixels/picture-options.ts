/** What every picture is told: its size, its colours, and the buffer that it goes to. */
import { checkInteger, OptionError, ShapeError } from '@mbrl/core';
import { completePalette, type ScenePalette } from './palette.js';

/** How to draw a picture. */
export interface PictureOptions {
  /** Columns, in [1, 4096]. */
  readonly width: number;
  /** Rows, in [1, 4096]. */
  readonly height: number;
  /** Colours in place of those of {@link lightPalette}. */
  readonly palette?: Partial<ScenePalette>;
  /** Buffer to fill and return, `[height · width · 3]`; a new one when absent. */
  readonly out?: Uint8Array;
}

/** The same, complete. */
export interface CheckedPicture {
  readonly width: number;
  readonly height: number;
  readonly palette: ScenePalette;
  readonly out: Uint8Array;
}

/** Checks the options of a picture. @throws OptionError on a value out of bounds; ShapeError on a buffer of another size. */
export function checkPicture(caller: string, { width, height, palette, out }: PictureOptions): CheckedPicture {
  checkInteger(caller, 'width', width, { min: 1, max: 4096 });
  checkInteger(caller, 'height', height, { min: 1, max: 4096 });
  const size = width * height * 3;
  if (out !== undefined && !(out instanceof Uint8Array)) throw new OptionError(`${caller}: out must be a Uint8Array, got ${typeof out}`);
  if (out !== undefined && out.length !== size) {
    throw new ShapeError(`${caller}: out must have ${size} = ${height} · ${width} · 3 components, got ${out.length}`);
  }
  return { width, height, palette: completePalette(caller, palette), out: out ?? new Uint8Array(size) };
}
