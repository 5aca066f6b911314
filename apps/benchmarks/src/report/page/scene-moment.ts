/** Reads a moment of a scene track, between two frames as well. */
import type { SceneTrack, TrackSegment, TrackShape } from './scene-track.js';

/** Where a moment lies in a track. */
export interface TrackMoment {
  readonly segment: TrackSegment;
  /** The place in the segment, in frames: at most that of its last one. */
  readonly at: number;
  /** The segment that follows, where the moment lies between the last frame of this one and its first. */
  readonly next: TrackSegment | undefined;
  /** How far it is towards the first frame of `next`, in [0, 1). */
  readonly part: number;
}

/** Frames in a track. */
export function frameCount(track: SceneTrack): number {
  return track.reduce((sum, segment) => sum + segment.count, 0);
}

/** Finds a moment, in frames; before the first frame is the first, after the last is the last. */
export function locateMoment(track: SceneTrack, moment: number): TrackMoment {
  let at = Math.max(0, moment);
  for (const [index, segment] of track.entries()) {
    const next = track[index + 1];
    const last = segment.count - 1;
    if (at <= last || !next) return { segment, at: Math.min(at, last), next: undefined, part: 0 };
    if (at < segment.count) return { segment, at: last, next, part: at - last };
    at -= segment.count;
  }
  throw new Error('the track holds no frames');
}

/** Numbers of a shape at a place in its segment. A number that leaps by more than `leap` is a new episode, not a motion. */
export function valuesAt(shape: TrackShape, at: number, leap: number): number[] {
  const low = Math.floor(at);
  const from = shape.values.map((value) => (typeof value === 'number' ? value : value[low]!));
  const to = shape.values.map((value) => (typeof value === 'number' ? value : (value[low + 1] ?? value[low]!)));
  return between(from, to, at - low, leap);
}

/** Numbers between two lists; the first where one of them leaps. */
export function between(from: readonly number[], to: readonly number[], part: number, leap: number): number[] {
  if (part === 0 || from.some((value, index) => Math.abs(to[index]! - value) > leap)) return [...from];
  return from.map((value, index) => value + part * (to[index]! - value));
}

const alike = (a: TrackShape | undefined, b: TrackShape | undefined): boolean =>
  a !== undefined && b !== undefined && a.kind === b.kind && a.role === b.role && a.values.length === b.values.length;

/**
 * The shapes of the next segment that go on those of one, by their place: counted from the front as far as they are
 * alike, and from the back, so that one which comes or goes between them disturbs no other.
 */
export function followers({ shapes }: TrackSegment, next: TrackSegment): (TrackShape | undefined)[] {
  const count = shapes.length;
  const shorter = Math.min(count, next.shapes.length);
  let front = 0;
  while (front < shorter && alike(shapes[front], next.shapes[front])) front++;
  let back = 0;
  while (back < shorter - front && alike(shapes[count - 1 - back], next.shapes[next.shapes.length - 1 - back])) back++;
  return shapes.map((_, index) => {
    if (index < front) return next.shapes[index];
    return index >= count - back ? next.shapes[next.shapes.length - (count - index)] : undefined;
  });
}
