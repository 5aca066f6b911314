import { OptionError, type Scene } from '@mbrl/core';
import { darkPalette, lightPalette, renderScene } from '@mbrl/envs';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { episodeGif, framePng, gifTiming, type PictureStyle, sizeOf, stripPng } from './episode-pictures.js';
import type { EpisodeFrames } from './play-episode.js';

const style: PictureStyle = { width: 20, height: 16, theme: 'light' };
const scene = (x: number): Scene => ({
  view: { left: 0, right: 20, bottom: 0, top: 16 },
  shapes: [{ kind: 'circle', center: [x, 8], radius: 1.5, role: 'accent' }],
});
const framesOf = (count: number): EpisodeFrames => ({ kind: 'flat', scenes: Array.from({ length: count }, (_, index) => scene(index)) });

test('one frame is the picture of its scene, in the theme that is asked for', () => {
  const { width, height, data, channels } = decode(framePng(framesOf(9), 4, style));
  expect([width, height, channels]).toEqual([20, 16, 3]);
  expect([...data]).toEqual([...renderScene(scene(4), { width: 20, height: 16 })]);
  const dark = decode(framePng(framesOf(9), 4, { ...style, theme: 'dark' }));
  expect([...dark.data]).toEqual([...renderScene(scene(4), { width: 20, height: 16, palette: darkPalette })]);
  expect(() => framePng(framesOf(9), 9, style)).toThrow(OptionError);
  expect(() => framePng(framesOf(9), 9, style)).toThrow(/--frame must be in \[0, 8\] in this episode, got 9/);
});

test('where nobody asks for a size, a frame has the proportions of the view', () => {
  expect(sizeOf(framesOf(1))).toEqual({ width: 400, height: 320 });
  const viewed = (right: number, top: number): EpisodeFrames => ({
    kind: 'flat',
    scenes: [{ view: { left: 0, right, bottom: 0, top }, shapes: [] }],
  });
  expect(sizeOf(viewed(1, 2))).toEqual({ width: 200, height: 400 });
  expect(sizeOf(viewed(20, 1))).toEqual({ width: 400, height: 100 });
  expect(sizeOf({ kind: 'solid', scenes: [] })).toEqual({ width: 400, height: 300 });
});

test('a strip has eight frames from the first to the last, four in a row', () => {
  const { width, height, data } = decode(stripPng(framesOf(15), style));
  expect([width, height]).toEqual([4 * 20 + 3 * 4, 2 * 16 + 4]);
  const tile = (column: number, row: number): number[] => {
    const bytes: number[] = [];
    for (let y = 0; y < 16; y++) {
      const from = ((row * 20 + y) * width + column * 24) * 3;
      bytes.push(...data.slice(from, from + 60));
    }
    return bytes;
  };
  [0, 2, 4, 6, 8, 10, 12, 14].forEach((frame, place) =>
    expect(tile(place % 4, Math.floor(place / 4))).toEqual([...renderScene(scene(frame), { width: 20, height: 16 })]),
  );
  expect([...data.subarray(20 * 3, 20 * 3 + 3)]).toEqual([...lightPalette.faint]);
  const short = decode(stripPng(framesOf(2), style));
  expect([short.width, short.height]).toEqual([44, 16]);
});

test('a moving picture keeps the pace of the task within what viewers can show', () => {
  expect(gifTiming(200, 0.02)).toEqual({ stride: 2, delay: 40 });
  expect(gifTiming(200, 0.05)).toEqual({ stride: 1, delay: 50 });
  // Long episodes have fewer frames a second, steps that last long are shown quicker than they are.
  expect(gifTiming(1000, 0.05)).toEqual({ stride: 4, delay: 200 });
  expect(gifTiming(20, 1)).toEqual({ stride: 1, delay: 250 });
  expect(gifTiming(100, 0.002)).toEqual({ stride: 20, delay: 40 });
});

test('a moving picture is a GIF that goes round, with the first frame and the last', () => {
  const bytes = episodeGif(framesOf(10), 0.02, style);
  expect(String.fromCharCode(...bytes.subarray(0, 6))).toBe('GIF89a');
  expect([bytes[6]! + 256 * bytes[7]!, bytes[8]! + 256 * bytes[9]!]).toEqual([20, 16]);
  const hex = Buffer.from(bytes).toString('hex');
  expect(hex).toContain(Buffer.from('NETSCAPE2.0').toString('hex'));
  // A graphic control extension for each frame: 0, 2, 4, 6, 8 and the last, 9; the delay in hundredths of a second.
  const delays = [...hex.matchAll(/21f904..(..)(..)..00/g)].map((match) => Number.parseInt(`${match[2]}${match[1]}`, 16));
  expect(delays).toEqual([4, 4, 4, 4, 4, 100]);
});

test('there is no picture of an environment that does not describe its frames', () => {
  const act = (): unknown => stripPng({ kind: 'none' }, style);
  expect(act).toThrow(OptionError);
  expect(act).toThrow(/--gif and --png need an environment that describes its frames/);
});
