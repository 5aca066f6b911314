import { createHash } from 'node:crypto';
import { OptionError, type Scene, type SceneShape, ShapeError } from '@mbrl/core';
import { createEnvironment, darkPalette, lightPalette, renderScene, type Rgb } from '@mbrl/envs';
import { describe, expect, test } from 'vitest';

/** A view of 10 m by 10 m, so that a picture of 100 by 100 has ten pixels a metre. */
const view: Scene['view'] = { left: 0, right: 10, bottom: 0, top: 10 };
const draw = (shapes: readonly SceneShape[], width = 100, height = 100): Uint8Array => renderScene({ view, shapes }, { width, height });
const pixel = (picture: Uint8Array, column: number, row: number, width = 100): number[] => [
  ...picture.subarray((row * width + column) * 3, (row * width + column) * 3 + 3),
];

/** How much is covered in all, in pixels, of black on white. */
function covered(shapes: readonly SceneShape[]): number {
  const palette = { background: [255, 255, 255] as Rgb, joint: [0, 0, 0] as Rgb };
  const picture = renderScene({ view, shapes }, { width: 100, height: 100, palette });
  let sum = 0;
  for (let i = 0; i < picture.length; i += 3) sum += 1 - picture[i]! / 255;
  return sum;
}

describe('a flat shape', () => {
  test('covers its area', () => {
    expect(covered([{ kind: 'circle', center: [4.03, 5.21], radius: 2, role: 'joint' }])).toBeCloseTo(Math.PI * 400, -1);
    // A line has round ends: its length times its width, and a circle.
    expect(covered([{ kind: 'line', from: [2, 2], to: [6, 5], width: 1, role: 'joint' }])).toBeCloseTo(500 + Math.PI * 25, -1);
    const corners = (4 - Math.PI) * (0.18 * 20) ** 2;
    for (const angle of [0, 0.4, 1.2])
      expect(covered([{ kind: 'box', center: [5, 5], width: 4, height: 2, angle, role: 'joint' }])).toBeCloseTo(800 - corners, -1);
    expect(
      covered([
        {
          kind: 'polygon',
          points: [
            [1, 1],
            [8, 2],
            [3, 7],
          ],
          role: 'joint',
        },
      ]),
    ).toBeCloseTo(0.5 * (7 * 6 - 2 * 1) * 100, -1);
  });

  test('stands where it should, y upwards', () => {
    const picture = draw([{ kind: 'circle', center: [2, 9], radius: 0.5, role: 'accent' }]);
    expect(pixel(picture, 20, 10)).toEqual([...lightPalette.accent]);
    expect(pixel(picture, 20, 89)).toEqual([...lightPalette.background]);
    expect(pixel(picture, 10, 20)).toEqual([...lightPalette.background]);
  });

  test('is turned counter-clockwise', () => {
    const picture = draw([{ kind: 'box', center: [5, 5], width: 8, height: 0.6, angle: Math.PI / 4, role: 'body' }]);
    expect(pixel(picture, 70, 29)).toEqual([...lightPalette.body]);
    expect(pixel(picture, 70, 70)).toEqual([...lightPalette.background]);
  });

  test('lies over those before it', () => {
    const shapes: SceneShape[] = [
      { kind: 'circle', center: [5, 5], radius: 2, role: 'body' },
      { kind: 'circle', center: [5, 5], radius: 1, role: 'target' },
    ];
    expect(pixel(draw(shapes), 50, 50)).toEqual([...lightPalette.target]);
    expect(pixel(draw(shapes.toReversed()), 50, 50)).toEqual([...lightPalette.body]);
  });

  test('shades a pixel by the share of it that it covers', () => {
    const right = 3.25 / 10;
    const half: SceneShape = {
      kind: 'polygon',
      points: [
        [0, 0],
        [right * 10, 0],
        [right * 10, 10],
        [0, 10],
      ],
      role: 'joint',
    };
    const [red = 0] = pixel(draw([half]), 32, 50);
    expect(red).toBe(Math.round((lightPalette.background[0] + lightPalette.joint[0]) / 2));
  });

  test('is at least a pixel wide, so that nothing vanishes in a small picture', () => {
    const thin: SceneShape = { kind: 'line', from: [0.05, 5.05], to: [9.95, 5.05], width: 0.001, role: 'joint' };
    const picture = draw([thin]);
    expect(pixel(picture, 50, 49)).toEqual([...lightPalette.joint]);
  });

  test.each<SceneShape>([
    { kind: 'line', from: [-90, -40], to: [80, 70], width: 3, role: 'body' },
    { kind: 'circle', center: [-1, 11], radius: 3, role: 'body' },
    { kind: 'box', center: [10, 0], width: 6, height: 5, angle: 1, role: 'body' },
    {
      kind: 'polygon',
      points: [
        [-5, -5],
        [15, 4],
        [3, 30],
      ],
      role: 'body',
    },
    { kind: 'circle', center: [200, 200], radius: 1, role: 'body' },
  ])('that leaves the picture is cut at its border: $kind', (shape) => {
    // A picture of twice the view holds the small one in its middle.
    const wide: Scene = { view: { left: -5, right: 15, bottom: -5, top: 15 }, shapes: [shape] };
    const large = renderScene(wide, { width: 200, height: 200 });
    const small = draw([shape]);
    for (let row = 0; row < 100; row++) {
      const inLarge = large.subarray(((row + 50) * 200 + 50) * 3, ((row + 50) * 200 + 150) * 3);
      const inSmall = small.subarray(row * 300, (row + 1) * 300);
      const furthest = Math.max(...inSmall.map((value, i) => Math.abs(value - inLarge[i]!)));
      expect(furthest).toBeLessThanOrEqual(1);
    }
  });
});

describe('renderScene', () => {
  const dot: SceneShape = { kind: 'circle', center: [5, 5], radius: 1, role: 'accent' };

  test('keeps the proportions and centres the view in a picture of another shape', () => {
    const picture = draw([dot], 200, 100);
    expect(pixel(picture, 100, 50, 200)).toEqual([...lightPalette.accent]);
    expect(pixel(picture, 100 + 8, 50, 200)).toEqual([...lightPalette.accent]);
    expect(pixel(picture, 100 + 11, 50, 200)).toEqual([...lightPalette.background]);
    expect(pixel(draw([dot], 100, 300), 50, 150)).toEqual([...lightPalette.accent]);
  });

  test('shows another part of the world on request', () => {
    const options = { width: 50, height: 50, view: { left: 4, right: 6, bottom: 4, top: 6 } };
    const picture = renderScene({ view, shapes: [dot] }, options);
    expect(pixel(picture, 1, 25, 50)).toEqual([...lightPalette.accent]);
    expect(pixel(picture, 0, 0, 50)).toEqual([...lightPalette.background]);
  });

  test('takes colours from the palette, and those that are not given from the light one', () => {
    const shapes: SceneShape[] = [dot, { kind: 'circle', center: [1, 1], radius: 0.5, role: 'body' }];
    const picture = renderScene({ view, shapes }, { width: 100, height: 100, palette: { accent: [1, 2, 3] } });
    expect(pixel(picture, 50, 50)).toEqual([1, 2, 3]);
    expect(pixel(picture, 10, 89)).toEqual([...lightPalette.body]);
    const dark = renderScene({ view, shapes }, { width: 100, height: 100, palette: darkPalette });
    expect(pixel(dark, 0, 0)).toEqual([...darkPalette.background]);
    expect(pixel(dark, 50, 50)).toEqual([...darkPalette.accent]);
  });

  test('fills the buffer that it is given, whatever was in it', () => {
    const out = new Uint8Array(100 * 100 * 3).fill(77);
    expect(renderScene({ view, shapes: [dot] }, { width: 100, height: 100, out })).toBe(out);
    expect(out).toEqual(draw([dot]));
  });

  test.each([
    [{ width: 0, height: 10 }, OptionError, /renderScene: width must be an integer in \[1, 4096\], got 0/],
    [{ width: 10, height: 10.5 }, OptionError, /renderScene: height must be an integer/],
    [{ width: 10, height: 5000 }, OptionError, /renderScene: height must be an integer/],
    [{ width: 4, height: 4, palette: { sky: [0, 0, 0] } }, OptionError, /palette must have parts among background, body, .* got "sky"/],
    [{ width: 4, height: 4, palette: { body: [0, 256, 0] } }, OptionError, /palette.body must be three whole numbers in \[0, 255\], got/],
    [{ width: 4, height: 4, palette: { body: '#123456' } }, OptionError, /palette.body must be three whole numbers/],
    [{ width: 4, height: 4, view: { left: 0, right: 0, bottom: 0, top: 1 } }, OptionError, /view must be a rectangle of positive size/],
    [{ width: 4, height: 4, out: new Uint8Array(47) }, ShapeError, /out must have 48 = 4 · 4 · 3 components, got 47/],
    [{ width: 4, height: 4, out: new Uint8ClampedArray(48) }, OptionError, /out must be a Uint8Array/],
  ])('refuses %j', (options, kind, message) => {
    const act = (): unknown => renderScene({ view, shapes: [dot] }, options as never);
    expect(act).toThrow(kind);
    expect(act).toThrow(message);
  });
});

/** A cart-pole with a hill behind it: every kind of shape, cut by the border, at angles. */
const frozen: Scene = {
  view: { left: -2.85, right: 2.85, bottom: -0.54, top: 1.3 },
  shapes: [
    {
      kind: 'polygon',
      points: [
        [-4, -0.5],
        [-1.2, 0.31],
        [0.4, 0.05],
        [2.1, 0.77],
        [5, -0.9],
      ],
      role: 'faint',
    },
    { kind: 'line', from: [-2.75, -0.24], to: [2.75, -0.24], width: 0.03, role: 'ground' },
    { kind: 'circle', center: [0.21, -0.165], radius: 0.075, role: 'ground' },
    { kind: 'box', center: [0.36, 0], width: 0.5, height: 0.24, angle: 0.13, role: 'body' },
    { kind: 'line', from: [0.36, 0], to: [0.16, 0.98], width: 0.085, role: 'accent' },
    { kind: 'circle', center: [0.36, 0], radius: 0.06, role: 'joint' },
    { kind: 'box', center: [-1.7, 0.9], width: 0.3, height: 0.3, role: 'target' },
  ],
};

// Pictures that were looked at: they may differ with what is drawn, never with the machine.
test.each([
  [64, 64, '26c76917f7771885'],
  [37, 91, '8bd51adab23fad15'],
  [320, 180, 'c843cbd5b7956f20'],
])('a frozen scene has the bytes that it had, %i by %i', (width, height, digest) => {
  const picture = renderScene(frozen, { width, height });
  expect(createHash('sha256').update(picture).digest('hex').slice(0, 16)).toBe(digest);
});

// The scenes are the environments' own; here it counts that two environments that do the same look the same.
test.each(['CartPole-v1', 'Pendulum-v1', 'Acrobot-v1', 'MountainCar-v0', 'DynaMaze-v0'])('%s is drawn alike twice, and moves', (name) => {
  const play = (steps: number): Uint8Array => {
    const environment = createEnvironment(name);
    environment.reset({ seed: 1 });
    for (let t = 0; t < steps; t++) environment.step(new Float64Array(environment.actionSpace.size).fill(1));
    return renderScene(environment.scene!(), { width: 64, height: 64 });
  };
  expect(play(1)).toEqual(play(1));
  expect(play(1)).not.toEqual(play(0));
});
