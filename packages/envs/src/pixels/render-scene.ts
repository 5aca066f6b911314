/**
 * Draws a scene of flat shapes into pixels, without a GPU or a canvas. A pixel takes of a shape's colour the share that
 * the shape covers: exactly for polygons; for round forms and boxes by the distance of the pixel's centre to the
 * outline, which is exact where the outline is straight along the grid. Only IEEE-exact operations decide a byte, so a
 * picture is the same in every engine.
 */
import { OptionError, type Scene, type SceneBox, type ScenePolygon, type SceneShape } from '@mbrl/core';
import { exactSineCosine } from './exact-turn.js';
import type { Rgb } from './palette.js';
import { checkPicture, type PictureOptions } from './picture-options.js';
import { type PixelBounds, polygonCoverage } from './polygon-coverage.js';

/** How to draw a scene of flat shapes. */
export interface ScenePictureOptions extends PictureOptions {
  /** The rectangle of the world to show, m; the scene's own view when absent. */
  readonly view?: Scene['view'];
}

/** From metres to pixels. */
interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly out: Uint8Array;
  /** Pixels a metre. */
  readonly scale: number;
  /** Column of x = 0. */
  readonly originX: number;
  /** Row of y = 0. */
  readonly originY: number;
}

/** Corners of a box are round by this share of its shorter side. */
const BOX_ROUNDING = 0.18;

function paint(out: Uint8Array, at: number, [red, green, blue]: Rgb, cover: number): void {
  if (cover >= 1) {
    out[at] = red;
    out[at + 1] = green;
    out[at + 2] = blue;
    return;
  }
  out[at] = out[at]! + (red - out[at]!) * cover + 0.5;
  out[at + 1] = out[at + 1]! + (green - out[at + 1]!) * cover + 0.5;
  out[at + 2] = out[at + 2]! + (blue - out[at + 2]!) * cover + 0.5;
}

/** The pixels that a rectangle in pixels may touch. */
function touched({ width, height }: Viewport, left: number, right: number, top: number, bottom: number): PixelBounds {
  return {
    left: Math.max(0, Math.floor(left)),
    right: Math.min(width, Math.ceil(right)),
    top: Math.max(0, Math.floor(top)),
    bottom: Math.min(height, Math.ceil(bottom)),
  };
}

/** Draws all points within `reach` pixels of a segment, which may be a point. A reach below half a pixel is drawn as that. */
function drawCapsule(port: Viewport, x1: number, y1: number, x2: number, y2: number, reach: number, colour: Rgb): void {
  const radius = Math.max(reach, 0.5);
  const outer = radius + 0.5;
  const bounds = touched(port, Math.min(x1, x2) - outer, Math.max(x1, x2) + outer, Math.min(y1, y2) - outer, Math.max(y1, y2) + outer);
  const dx = x2 - x1;
  const dy = y2 - y1;
  const squared = dx * dx + dy * dy;
  const perLength = squared > 0 ? 1 / squared : 0;
  const inner = (radius - 0.5) * (radius - 0.5);
  for (let row = bounds.top; row < bounds.bottom; row++) {
    const y = row + 0.5 - y1;
    for (let column = bounds.left; column < bounds.right; column++) {
      const x = column + 0.5 - x1;
      let t = (x * dx + y * dy) * perLength;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      const ex = x - t * dx;
      const ey = y - t * dy;
      const distance = ex * ex + ey * ey;
      if (distance >= outer * outer) continue;
      paint(port.out, (row * port.width + column) * 3, colour, distance <= inner ? 1 : outer - Math.sqrt(distance));
    }
  }
}

function drawBox(port: Viewport, { center, width, height, angle = 0 }: SceneBox, colour: Rgb): void {
  const { scale, originX, originY, out } = port;
  const halfWidth = Math.max((width / 2) * scale, 0.5);
  const halfHeight = Math.max((height / 2) * scale, 0.5);
  const rounding = BOX_ROUNDING * 2 * Math.min(halfWidth, halfHeight);
  const [sine, cosine] = angle === 0 ? [0, 1] : exactSineCosine(angle);
  const x0 = originX + center[0] * scale;
  const y0 = originY - center[1] * scale;
  const reachX = Math.abs(cosine) * halfWidth + Math.abs(sine) * halfHeight + 0.5;
  const reachY = Math.abs(sine) * halfWidth + Math.abs(cosine) * halfHeight + 0.5;
  const bounds = touched(port, x0 - reachX, x0 + reachX, y0 - reachY, y0 + reachY);
  for (let row = bounds.top; row < bounds.bottom; row++) {
    const y = row + 0.5 - y0;
    for (let column = bounds.left; column < bounds.right; column++) {
      const x = column + 0.5 - x0;
      // Rows run downwards, so a turn counter-clockwise in metres is one clockwise here.
      const qx = Math.abs(x * cosine - y * sine) - halfWidth + rounding;
      const qy = Math.abs(x * sine + y * cosine) - halfHeight + rounding;
      const distance = qx > 0 && qy > 0 ? Math.sqrt(qx * qx + qy * qy) : qx > qy ? qx : qy;
      const cover = rounding + 0.5 - distance;
      if (cover > 0) paint(out, (row * port.width + column) * 3, colour, cover);
    }
  }
}

function drawPolygon(port: Viewport, { points }: ScenePolygon, colour: Rgb): void {
  const xs = points.map(([x]) => port.originX + x * port.scale);
  const ys = points.map(([, y]) => port.originY - y * port.scale);
  const bounds = touched(port, Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys));
  if (!(bounds.left < bounds.right && bounds.top < bounds.bottom)) return;
  const cover = polygonCoverage(xs, ys, bounds);
  const columns = bounds.right - bounds.left;
  for (let row = bounds.top; row < bounds.bottom; row++) {
    const from = (row - bounds.top) * (columns + 2);
    for (let column = 0; column < columns; column++) {
      const share = cover[from + column]!;
      if (share > 0) paint(port.out, (row * port.width + bounds.left + column) * 3, colour, share);
    }
  }
}

function draw(port: Viewport, shape: SceneShape, colour: Rgb): void {
  const { scale, originX, originY } = port;
  switch (shape.kind) {
    case 'line': {
      const [x1, y1] = shape.from;
      const [x2, y2] = shape.to;
      const reach = (shape.width * scale) / 2;
      drawCapsule(port, originX + x1 * scale, originY - y1 * scale, originX + x2 * scale, originY - y2 * scale, reach, colour);
      break;
    }
    case 'circle': {
      const x = originX + shape.center[0] * scale;
      const y = originY - shape.center[1] * scale;
      drawCapsule(port, x, y, x, y, shape.radius * scale, colour);
      break;
    }
    case 'box':
      drawBox(port, shape, colour);
      break;
    case 'polygon':
      drawPolygon(port, shape, colour);
      break;
  }
}

/** Fills a picture with one colour. */
export function fillPicture(out: Uint8Array, [red, green, blue]: Rgb): void {
  if (red === green && green === blue) {
    out.fill(red);
    return;
  }
  out[0] = red;
  out[1] = green;
  out[2] = blue;
  for (let done = 3; done < out.length; done *= 2) out.copyWithin(done, 0, Math.min(done, out.length - done));
}

/** Checks a view. @throws OptionError on one that is not a rectangle of positive size. */
export function checkView(caller: string, view: Scene['view']): Scene['view'] {
  const { left, right, bottom, top } = view;
  if (![left, right, bottom, top].every(Number.isFinite) || left >= right || bottom >= top) {
    throw new OptionError(`${caller}: view must be a rectangle of positive size, got ${JSON.stringify(view)}`);
  }
  return view;
}

/**
 * Draws a scene; the whole of its view is in the picture, in its middle, as large as it fits. Lines and circles are at
 * least a pixel wide.
 * @returns red, green and blue of each pixel, `[height, width, 3]`, rows from top to bottom; `options.out` when given.
 * @throws OptionError on a size outside of its bounds, a palette or view that is none; ShapeError on an `out` of another size.
 */
export function renderScene(scene: Scene, options: ScenePictureOptions): Uint8Array {
  const { width, height, palette, out } = checkPicture('renderScene', options);
  const { left, right, bottom, top } = options.view ? checkView('renderScene', options.view) : scene.view;
  const scale = Math.min(width / (right - left), height / (top - bottom));
  const originX = width / 2 - (scale * (left + right)) / 2;
  const originY = height / 2 + (scale * (bottom + top)) / 2;
  const port: Viewport = { width, height, out, scale, originX, originY };
  fillPicture(out, palette.background);
  for (const shape of scene.shapes) draw(port, shape, palette[shape.role]);
  return out;
}
