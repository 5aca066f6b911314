/** Draws frames of a scene track on a canvas. */
import { faded, themeColour } from './page-theme.js';
import { between, followers, locateMoment, valuesAt } from './scene-moment.js';
import type { SceneTrack, TrackSegment, TrackShape } from './scene-track.js';

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
  const { segment, at, next, part } = locateMoment(track, moment);
  const leap = (segment.view.right - segment.view.left) / 2;
  const edges = ({ left, right, bottom, top }: TrackSegment['view']): number[] => [left, right, bottom, top];
  const [left, right, bottom, top] = between(edges(segment.view), edges((next ?? segment).view), part, leap) as [
    number,
    number,
    number,
    number,
  ];
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
  const following = next ? followers(segment, next) : [];
  segment.shapes.forEach((shape, index) => {
    const colour = themeColour(`scene-${shape.role}`);
    // What moves fast leaves a shadow of where it was.
    if (shape.role === 'accent') {
      for (const [back, alpha] of [
        [8, 0.06],
        [6, 0.09],
        [4, 0.13],
        [2, 0.18],
      ] as const) {
        if (at - back >= 0) drawShape(context, shape, valuesAt(shape, at - back, leap), faded(colour, alpha), pixel);
      }
    }
    const now = valuesAt(shape, at, leap);
    const follower = following[index];
    drawShape(context, shape, follower ? between(now, valuesAt(follower, 0, leap), part, leap) : now, colour, pixel);
  });
}
