/** The part of gifenc that is used here; the package has no types of its own. */
declare module 'gifenc' {
  /** Colours as red, green and blue, whole numbers in [0, 255]. */
  export type GifPalette = number[][];

  /** An encoder of one animation. */
  export interface GifStream {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { readonly palette?: GifPalette; readonly delay?: number; readonly repeat?: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  const gifenc: {
    GIFEncoder(): GifStream;
    quantize(rgba: Uint8Array, maxColors: number): GifPalette;
    applyPalette(rgba: Uint8Array, palette: GifPalette): Uint8Array;
  };
  export default gifenc;
}
