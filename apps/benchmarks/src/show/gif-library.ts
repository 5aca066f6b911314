/** The part of gifenc that is used here: the package has no types, and names its exports in a way that Node's modules do not see. */
import { createRequire } from 'node:module';

/** Colours as red, green and blue, whole numbers in [0, 255]. */
export type GifPalette = readonly (readonly number[])[];

/** An encoder of one animation. */
export interface GifStream {
  /** Adds a frame; delay in milliseconds, repeat 0 for ever. */
  writeFrame(
    index: Uint8Array,
    width: number,
    height: number,
    options: { readonly palette: GifPalette; readonly delay: number; readonly repeat: number },
  ): void;
  finish(): void;
  bytes(): Uint8Array;
}

interface GifLibrary {
  GIFEncoder(): GifStream;
  quantize(rgba: Uint8Array, maxColors: number): GifPalette;
  applyPalette(rgba: Uint8Array, palette: GifPalette): Uint8Array;
}

/** gifenc. */
export const gifLibrary: GifLibrary = createRequire(import.meta.url)('gifenc') as GifLibrary;
