import { expect, test } from 'vitest';
import { between, followers, frameCount, locateMoment, valuesAt } from './page/scene-moment.js';
import type { SceneTrack, TrackSegment, TrackShape } from './page/scene-track.js';

const circle = (x: TrackShape['values'][number], role: TrackShape['role'] = 'body'): TrackShape => ({
  kind: 'circle',
  role,
  values: [x, 0, 1],
});
const line: TrackShape = { kind: 'line', role: 'target', values: [0, 0, 1, 1, 0.1] };
const view = { left: 0, right: 10, bottom: 0, top: 5 };
const segment = (count: number, ...shapes: readonly TrackShape[]): TrackSegment => ({ count, view, shapes });
const track: SceneTrack = [segment(3, circle([0, 1, 3])), segment(1, circle(4), line), segment(2, circle([5, 6]))];

test('a moment is found in its segment, or between the last frame of one and the first of the next', () => {
  expect(frameCount(track)).toBe(6);
  const found = (moment: number): unknown[] => {
    const { segment: one, at, next, part } = locateMoment(track, moment);
    return [track.indexOf(one), at, next && track.indexOf(next), Number(part.toFixed(9))];
  };
  expect(found(-1)).toEqual([0, 0, undefined, 0]);
  expect(found(1.5)).toEqual([0, 1.5, undefined, 0]);
  expect(found(2)).toEqual([0, 2, undefined, 0]);
  expect(found(2.25)).toEqual([0, 2, 1, 0.25]);
  expect(found(3)).toEqual([1, 0, undefined, 0]);
  expect(found(3.75)).toEqual([1, 0, 2, 0.75]);
  expect(found(4.5)).toEqual([2, 0.5, undefined, 0]);
  expect(found(99)).toEqual([2, 1, undefined, 0]);
  expect(() => locateMoment([], 0)).toThrow('no frames');
});

test('between two frames a shape is between, unless it leaps', () => {
  expect(valuesAt(circle([0, 1, 3]), 1.5, 5)).toEqual([2, 0, 1]);
  expect(valuesAt(circle([0, 1, 3]), 1.5, 1.5)).toEqual([1, 0, 1]);
  expect(valuesAt(circle([0, 1, 3]), 2, 5)).toEqual([3, 0, 1]);
  expect(between([0, 2], [1, 4], 0.5, 5)).toEqual([0.5, 3]);
  expect(between([0, 2], [1, 4], 0.5, 1)).toEqual([0, 2]);
});

test('shapes go on in the next segment, whichever come or go between them', () => {
  const [first, last] = [circle(1), circle(2, 'joint')];
  const [firstNext, lastNext] = [circle(5), circle(6, 'joint')];
  expect(followers(segment(1, first, line, last), segment(1, firstNext, lastNext))).toEqual([firstNext, undefined, lastNext]);
  expect(followers(segment(1, first, last), segment(1, firstNext, line, lastNext))).toEqual([firstNext, lastNext]);
  expect(followers(segment(1, line), segment(1, firstNext))).toEqual([undefined]);
  // As many as there are, and none twice.
  expect(followers(segment(1, first, first, first), segment(1, firstNext, firstNext))).toEqual([firstNext, firstNext, undefined]);
});
