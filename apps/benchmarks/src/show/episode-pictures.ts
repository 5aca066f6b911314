/** Pictures of an episode through the software rasteriser: one frame, a strip of several, or a moving picture. */
import { OptionError } from '@mbrl/core';
import { darkPalette, lightPalette, renderScene, renderSolidScene, type ScenePalette } from '@mbrl/envs';
import { encode } from 'fast-png';
import { gifLibrary, type GifPalette } from './gif-library.js';
import type { EpisodeFrames } from './play-episode.js';

/** Columns and rows of one frame. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** How pictures look. */
export interface PictureStyle extends PictureSize {
  readonly theme: 'light' | 'dark';
}

/** Frames of a strip at most, and how many stand side by side. */
const STRIP_FRAMES = 8;
const STRIP_COLUMNS = 4;
/** Pixels between the frames of a strip. */
const STRIP_GAP = 4;
/** A moving picture has at most this many frames a second, and in all: with more its file is large and slow to write. */
const GIF_FRAMES_PER_SECOND = 25;
const GIF_FRAMES = 300;
/** Frames that the colours of a moving picture are chosen from. */
const GIF_PALETTE_FRAMES = 4;
/** A frame is shown for this many seconds at most. */
const GIF_LONGEST_SECONDS = 0.25;

/** The longer side of a frame, where nobody asks for a size, and its shorter one at least. */
const LONG_SIDE = 400;
const SHORT_SIDE = 100;

/** A size that fits an environment: the proportions of its view, and four to three for solids. */
export function sizeOf(frames: EpisodeFrames): PictureSize {
  if (frames.kind !== 'flat') return { width: LONG_SIDE, height: (3 * LONG_SIDE) / 4 };
  const { left, right, bottom, top } = frames.scenes[0]!.view;
  const scale = LONG_SIDE / Math.max(right - left, top - bottom);
  const side = (length: number): number => Math.max(SHORT_SIDE, Math.round(length * scale));
  return { width: side(right - left), height: side(top - bottom) };
}

const paletteOf = ({ theme }: PictureStyle): ScenePalette => (theme === 'dark' ? darkPalette : lightPalette);

/** Draws one frame, `[height, width, 3]`. @throws OptionError where the environment describes no frames. */
export function drawFrame(frames: EpisodeFrames, index: number, style: PictureStyle): Uint8Array {
  const { width, height } = style;
  const options = { width, height, palette: paletteOf(style) };
  if (frames.kind === 'solid') return renderSolidScene(frames.scenes[index]!, options);
  if (frames.kind === 'flat') return renderScene(frames.scenes[index]!, options);
  throw new OptionError('--gif and --png need an environment that describes its frames, and this one does not');
}

const countOf = (frames: EpisodeFrames): number => (frames.kind === 'none' ? 0 : frames.scenes.length);

/** One frame as the bytes of a PNG file. @throws OptionError on a frame that is not there. */
export function framePng(frames: EpisodeFrames, index: number, style: PictureStyle): Uint8Array {
  const count = countOf(frames);
  if (count > 0 && index >= count) throw new OptionError(`--frame must be in [0, ${count - 1}] in this episode, got ${index}`);
  const data = drawFrame(frames, index, style);
  return encode({ width: style.width, height: style.height, data, channels: 3, depth: 8 });
}

/** Frames spread over the episode, the first and the last among them, side by side and in rows, as the bytes of a PNG file. */
export function stripPng(frames: EpisodeFrames, style: PictureStyle): Uint8Array {
  const count = Math.max(1, countOf(frames));
  const shown = Math.min(STRIP_FRAMES, count);
  const columns = Math.min(STRIP_COLUMNS, shown);
  const rows = Math.ceil(shown / columns);
  const width = columns * style.width + (columns - 1) * STRIP_GAP;
  const height = rows * style.height + (rows - 1) * STRIP_GAP;
  const sheet = new Uint8Array(width * height * 3);
  const gap = paletteOf(style).faint;
  for (let i = 0; i < sheet.length; i++) sheet[i] = gap[i % 3]!;
  for (let place = 0; place < shown; place++) {
    const frame = drawFrame(frames, Math.round((place * (count - 1)) / Math.max(1, shown - 1)), style);
    const left = (place % columns) * (style.width + STRIP_GAP);
    const top = Math.floor(place / columns) * (style.height + STRIP_GAP);
    for (let row = 0; row < style.height; row++) {
      sheet.set(frame.subarray(row * style.width * 3, (row + 1) * style.width * 3), ((top + row) * width + left) * 3);
    }
  }
  return encode({ width, height, data: sheet, channels: 3, depth: 8 });
}

/** Which frames a moving picture shows, and for how many milliseconds each. */
export function gifTiming(count: number, timeStep: number): { readonly stride: number; readonly delay: number } {
  const smooth = Math.max(1, Math.round(1 / (GIF_FRAMES_PER_SECOND * timeStep)));
  const stride = Math.max(smooth, Math.ceil(count / GIF_FRAMES));
  // The format counts in hundredths of a second; viewers slow down what asks for less than two.
  const delay = Math.max(20, Math.round(stride * Math.min(timeStep, GIF_LONGEST_SECONDS) * 100) * 10);
  return { stride, delay };
}

function withAlpha(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) rgba.set(rgb.subarray(from, from + 3), to);
  return rgba;
}

/** Colours for all frames: chosen once, from a few of them, so that nothing flickers. */
function choosePalette(frames: EpisodeFrames, shown: readonly number[], style: PictureStyle): GifPalette {
  const looked = Math.min(GIF_PALETTE_FRAMES, shown.length);
  const parts = Array.from({ length: looked }, (_, place) => {
    const index = shown[Math.round((place * (shown.length - 1)) / Math.max(1, looked - 1))]!;
    return withAlpha(drawFrame(frames, index, style));
  });
  const together = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.forEach((part, place) => together.set(part, place * part.length));
  return gifLibrary.quantize(together, 256);
}

/** The episode as the bytes of a GIF file that goes round, at the pace of the task. */
export function episodeGif(frames: EpisodeFrames, timeStep: number, style: PictureStyle): Uint8Array {
  const count = Math.max(1, countOf(frames));
  const { stride, delay } = gifTiming(count, timeStep);
  const { width, height } = style;
  const last = count - 1;
  const shown = [...Array.from({ length: Math.ceil(last / stride) }, (_, index) => index * stride), last];
  const palette = choosePalette(frames, shown, style);
  const stream = gifLibrary.GIFEncoder();
  for (const index of shown) {
    const colours = gifLibrary.applyPalette(withAlpha(drawFrame(frames, index, style)), palette);
    // The last frame stays a while, so that one sees how it ended.
    stream.writeFrame(colours, width, height, { palette, delay: index === last ? 1000 : delay, repeat: 0 });
  }
  stream.finish();
  return stream.bytes();
}
