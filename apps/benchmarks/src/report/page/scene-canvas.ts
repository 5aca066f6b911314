/** Draws frames of a scene track on a canvas. */
import { faded, themeColour } from './page-theme.js';
import type { SceneTrack, TrackSegment, TrackShape } from './scene-track.js';

/** Frames in a track. */
export function frameCount(track: SceneTrack): number {
  return track.reduce((sum, segment) => sum + segment.count, 0);
}

/** The segment that holds a frame, and the frame's place in it. */
function locate(track: SceneTrack, frame: number): { segment: TrackSegment; at: number } {
  let at = frame;
  for (const segment of track) {
    if (at <= segment.count - 1 || segment === track[track.length - 1])
      return { segment, at: Math.max(0, Math.min(at, segment.count - 1)) };
    at = Math.max(0, at - segment.count);
  }
  throw new Error('the track holds no frames');
}

/** Numbers of a shape at a moment between two frames. A jump of more than half the view is a new episode, not a motion. */
function valuesAt(shape: TrackShape, at: number, jump: number): number[] {
  const low = Math.floor(at);
  const part = at - low;
  const moved = shape.values.some((value) => typeof value !== 'number' && Math.abs((value[low + 1] ?? value[low]!) - value[low]!) > jump);
  return shape.values.map((value) => {
    if (typeof value === 'number') return value;
    const from = value[low]!;
    return part === 0 || moved ? from : from + part * ((value[low + 1] ?? from) - from);
  });
}

function trace(context: CanvasRenderingContext2D, shape: TrackShape, v: number[]): void {
  context.beginPath();
  switch (shape.kind) {
    case 'line':
      context.moveTo(v[0]!, v[1]!);
      context.lineTo(v[2]!, v[3]!);
      break;
    case 'circle':
      context.arc(v[0]!, v[1]!, v[2]!, 0, 2 * Math.PI);
      break;
    case 'box': {
      const [x, y, width, height, angle] = v as [number, number, number, number, number];
      const radius = Math.min(width, height) * 0.18;
      context.save();
      context.translate(x, y);
      context.rotate(angle);
      context.roundRect(-width / 2, -height / 2, width, height, radius);
      context.restore();
      break;
    }
    case 'polygon':
      for (let i = 0; i + 1 < v.length; i += 2) context.lineTo(v[i]!, v[i + 1]!);
      context.closePath();
      break;
  }
}

function drawShape(context: CanvasRenderingContext2D, shape: TrackShape, values: number[], colour: string, pixel: number): void {
  trace(context, shape, values);
  if (shape.kind === 'line') {
    context.lineWidth = Math.max(values[4]!, 1.5 * pixel);
    context.lineCap = 'round';
    context.strokeStyle = colour;
    context.stroke();
  } else {
    context.fillStyle = colour;
    context.fill();
  }
}

/** Height of a drawing of the track, as a share of its width. */
export function aspectOf(track: SceneTrack): number {
  const { left, right, bottom, top } = track[0]!.view;
  return (top - bottom) / (right - left);
}

/**
 * Draws a moment of a track, filling the canvas.
 * @param moment in frames; between two of them shapes are in between
 */
export function drawMoment(canvas: HTMLCanvasElement, track: SceneTrack, moment: number): void {
  const context = canvas.getContext('2d')!;
  const { segment, at } = locate(track, moment);
  const { left, right, bottom, top } = segment.view;
  const scale = Math.min(canvas.width / (right - left), canvas.height / (top - bottom));
  const pixel = devicePixelRatio / scale;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(
    scale,
    0,
    0,
    -scale,
    canvas.width / 2 - (scale * (left + right)) / 2,
    canvas.height / 2 + (scale * (bottom + top)) / 2,
  );
  const jump = (right - left) / 2;
  for (const shape of segment.shapes) {
    const colour = themeColour(`scene-${shape.role}`);
    // What moves fast leaves a shadow of where it was.
    if (shape.role === 'accent') {
      for (const [back, alpha] of [
        [8, 0.06],
        [6, 0.09],
        [4, 0.13],
        [2, 0.18],
      ] as const) {
        if (at - back >= 0) drawShape(context, shape, valuesAt(shape, at - back, jump), faded(colour, alpha), pixel);
      }
    }
    drawShape(context, shape, valuesAt(shape, at, jump), colour, pixel);
  }
}
