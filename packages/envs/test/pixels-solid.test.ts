import { createHash } from 'node:crypto';
import { OptionError, type SolidForm, type SolidScene, type SolidShape } from '@mbrl/core';
import { darkPalette, lightPalette, planeSquareSize, renderSolidScene, type SolidPictureOptions } from '@mbrl/envs';
import { describe, expect, test } from 'vitest';

const upright = [1, 0, 0, 0] as const;
/** A turn about an axis of length one. */
const turned = ([x, y, z]: readonly [number, number, number], angle: number): SolidShape['rotation'] => {
  const sine = Math.sin(angle / 2);
  return [Math.cos(angle / 2), x * sine, y * sine, z * sine];
};
const solid = (form: SolidForm, position: SolidShape['position'] = [0, 0, 0], rotation: SolidShape['rotation'] = upright): SolidShape => ({
  form,
  position,
  rotation,
  role: 'body',
});
const fromSouth: SolidScene['camera'] = { position: [0, -10, 0], target: [0, 0, 0], fieldOfView: 30 };
const draw = (
  shapes: readonly SolidShape[],
  camera: SolidScene['camera'] = fromSouth,
  options: Partial<SolidPictureOptions> = {},
): Uint8Array => renderSolidScene({ camera, shapes }, { width: 100, height: 100, ...options });
const pixel = (picture: Uint8Array, column: number, row: number): number[] => [
  ...picture.subarray((row * 100 + column) * 3, (row * 100 + column) * 3 + 3),
];
const background = [...lightPalette.background];
const isBackground = (picture: Uint8Array, column: number, row: number): boolean =>
  pixel(picture, column, row).every((value, part) => value === background[part]);
const brightness = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

/** How many samples do not show the background, as a share of the picture: all are taken one by one. */
function shareOf(shapes: readonly SolidShape[], camera = fromSouth): number {
  const size = 400;
  const picture = renderSolidScene({ camera, shapes }, { width: size, height: size, samplesPerSide: 1, shadows: false });
  let count = 0;
  for (let at = 0; at < picture.length; at += 3) if (background.some((value, part) => picture[at + part] !== value)) count++;
  return count / (size * size);
}
/** Height of the picture at distance 1 from the camera. */
const frameHeight = 2 * Math.tan((15 * Math.PI) / 180);

describe('a solid', () => {
  // A ball of radius r at distance d is a disc of the tangent of asin(r / d).
  const disc = (radius: number, distance: number): number =>
    (Math.PI * (radius * radius)) / (distance * distance - radius * radius) / frameHeight ** 2;

  test('covers what it hides: a ball', () => {
    expect(shareOf([solid({ kind: 'sphere', radius: 1.3 })])).toBeCloseTo(disc(1.3, 10), 3);
    expect(shareOf([solid({ kind: 'ellipsoid', radii: [1.3, 1.3, 1.3] }, [0, 0, 0], turned([0.6, 0, 0.8], 1))])).toBeCloseTo(
      disc(1.3, 10),
      3,
    );
  });

  test('covers what it hides: a box and a cylinder, end on', () => {
    const front = (area: number, distance: number): number => area / (distance * frameHeight) ** 2;
    expect(shareOf([solid({ kind: 'box', halfSizes: [1, 2, 0.5] })])).toBeCloseTo(front(2, 8), 3);
    const lying = turned([1, 0, 0], Math.PI / 2);
    expect(shareOf([solid({ kind: 'cylinder', radius: 1, halfLength: 2 }, [0, 0, 0], lying)])).toBeCloseTo(front(Math.PI, 8), 3);
    // A capsule end on is its nearer ball.
    expect(shareOf([solid({ kind: 'capsule', radius: 1, halfLength: 2 }, [0, 0, 0], lying)])).toBeCloseTo(disc(1, 8), 3);
  });

  test('covers what it hides: from far away, its outline', () => {
    const far: SolidScene['camera'] = { position: [0, -1000, 0], target: [0, 0, 0], fieldOfView: 0.4 };
    const scale = (2 * Math.tan((0.2 * Math.PI) / 180) * 1000) ** 2;
    // A metre is 57 samples wide: a border is off by half of one.
    const expectOutline = (form: SolidForm, area: number): void =>
      expect(Math.abs(shareOf([solid(form)], far) * scale - area)).toBeLessThan(0.06);
    expectOutline({ kind: 'capsule', radius: 0.5, halfLength: 1.5 }, 3 + Math.PI * 0.25);
    expectOutline({ kind: 'cylinder', radius: 0.5, halfLength: 1.5 }, 3);
    expectOutline({ kind: 'ellipsoid', radii: [0.5, 2, 1.5] }, Math.PI * 0.75);
    // Turned by a quarter about y, what was upright lies along x.
    const lying = draw([solid({ kind: 'capsule', radius: 0.1, halfLength: 1.5 }, [0, 0, 0], turned([0, 1, 0], Math.PI / 2))], far);
    expect(isBackground(lying, 70, 50)).toBe(false);
    expect(isBackground(lying, 50, 30)).toBe(true);
  });

  test('stands where it should: x to the right and z upwards, seen from the south', () => {
    const picture = draw([solid({ kind: 'sphere', radius: 0.4 }, [1.5, 0, 1])]);
    const [column, row] = [50 + (1.5 / 10 / frameHeight) * 100, 50 - (1 / 10 / frameHeight) * 100];
    expect(isBackground(picture, Math.floor(column), Math.floor(row))).toBe(false);
    expect(isBackground(picture, Math.floor(column), Math.floor(100 - row))).toBe(true);
    expect(isBackground(picture, Math.floor(100 - column), Math.floor(row))).toBe(true);
  });

  test('stands where it should: x to the right and y upwards, seen from above', () => {
    const above: SolidScene['camera'] = { position: [0, 0, 10], target: [0, 0, 0], fieldOfView: 30 };
    const picture = draw([solid({ kind: 'sphere', radius: 0.4 }, [1.5, 1, 0])], above);
    expect(isBackground(picture, 78, 31)).toBe(false);
    expect(isBackground(picture, 78, 69)).toBe(true);
    expect(isBackground(picture, 22, 31)).toBe(true);
  });

  test('hides what is behind it, in whichever order they are told', () => {
    const near: SolidShape = { ...solid({ kind: 'box', halfSizes: [1, 0.1, 1] }, [0, -2, 0]), role: 'accent' };
    const far: SolidShape = { ...solid({ kind: 'sphere', radius: 1 }), role: 'target' };
    expect(draw([near, far])).toEqual(draw([far, near]));
    const [red = 0, green = 0] = pixel(draw([far, near]), 50, 50);
    expect(red).toBeGreaterThan(green);
  });

  test('is not seen where it is behind the camera, nor where the camera is in it', () => {
    expect(shareOf([solid({ kind: 'sphere', radius: 1 }, [0, -12, 0])])).toBe(0);
    expect(shareOf([solid({ kind: 'box', halfSizes: [2, 2, 2] }, [0, -10, 0])])).toBe(0);
  });

  test('has its own colour, or else that of its role', () => {
    const ball = solid({ kind: 'sphere', radius: 1 });
    const red = pixel(draw([{ ...ball, colour: [1, 0, 0] }]), 50, 50);
    expect(red[0]).toBeGreaterThan(150);
    expect(red[1]).toBeLessThan(60);
    const blue = pixel(draw([ball]), 50, 50);
    expect(blue[2]!).toBeGreaterThan(blue[0]!);
    expect(pixel(draw([ball], fromSouth, { palette: { body: [200, 10, 10] } }), 50, 50)[0]).toBeGreaterThan(100);
    expect(pixel(draw([ball], fromSouth, { palette: darkPalette }), 0, 0)).toEqual([...darkPalette.background]);
  });

  test('is brighter where it faces the sun, over the left shoulder, than where it turns away', () => {
    const picture = draw([solid({ kind: 'sphere', radius: 2 })]);
    expect(brightness(pixel(picture, 40, 32))).toBeGreaterThan(brightness(pixel(picture, 64, 68)) + 100);
  });
});

describe('a plane', () => {
  const ground: SolidShape = { ...solid({ kind: 'plane' }), role: 'ground' };
  const above: SolidScene['camera'] = { position: [0, 0, 4], target: [0, 0, 0], fieldOfView: 60 };
  /** The pixel that shows a point of the ground. */
  const at = (picture: Uint8Array, x: number, y: number): number[] => {
    const perMetre = 100 / (2 * 4 * Math.tan(Math.PI / 6));
    return pixel(picture, Math.floor(50 + x * perMetre), Math.floor(50 - y * perMetre));
  };

  test('has squares, side by side in two shades', () => {
    const picture = draw([ground], above);
    const light = at(picture, 0.5, 0.5);
    const dark = at(picture, 1.5, 0.5);
    expect(brightness(light)).toBeGreaterThan(brightness(dark) + 15);
    for (const [x, y] of [
      [1.5, 1.5],
      [-0.5, -0.5],
      [-1.5, 0.5],
    ] as const)
      expect(Math.abs(brightness(at(picture, x, y)) - brightness(light))).toBeLessThan(3);
    for (const [x, y] of [
      [0.5, 1.5],
      [-0.5, 0.5],
      [0.5, -0.5],
    ] as const)
      expect(Math.abs(brightness(at(picture, x, y)) - brightness(dark))).toBeLessThan(3);
    expect(brightness(at(draw([{ ...ground, colour: [0.2, 0.4, 0.2] }], above), 1.5, 0.5))).toBeLessThan(300);
  });

  test('ends in the background, and is not seen from below', () => {
    const level: SolidScene['camera'] = { position: [0, -5, 1], target: [0, 0, 1], fieldOfView: 40 };
    const picture = draw([ground], level);
    expect(isBackground(picture, 50, 45)).toBe(true);
    expect(brightness(pixel(picture, 50, 51))).toBeGreaterThan(brightness(background) - 12);
    expect(isBackground(picture, 50, 95)).toBe(false);
    expect(shareOf([ground], { position: [0, 0, -4], target: [0, 0, 0], fieldOfView: 60 })).toBe(0);
  });

  test('has the shadows of what is above it, away from the sun', () => {
    const ball = solid({ kind: 'sphere', radius: 0.4 }, [0, 0, 1]);
    const camera: SolidScene['camera'] = { position: [0, -6, 5], target: [0, 0, 0], fieldOfView: 40 };
    const with_ = draw([ground, ball], camera);
    const without = draw([ground, ball], camera, { shadows: false });
    const changed: [number, number][] = [];
    for (let row = 0; row < 100; row++)
      for (let column = 0; column < 100; column++)
        if (brightness(pixel(with_, column, row)) < brightness(pixel(without, column, row)) - 40) changed.push([column, row]);
    // The sun's direction is (−0.36, −0.48, 0.8): the shadow of a ball 1 m up is about (0.45, 0.6), to the right and behind.
    const middle = changed.reduce(([x, y], [column, row]) => [x + column / changed.length, y + row / changed.length], [0, 0] as [
      number,
      number,
    ]);
    expect(changed.length).toBeGreaterThan(60);
    expect(middle[0]).toBeGreaterThan(55);
    expect(middle[1]).toBeLessThan(50);
    expect(draw([ground], camera)).toEqual(draw([ground], camera, { shadows: false }));
  });

  test('has squares of a size that goes with the distance', () => {
    const of = (distance: number): number => planeSquareSize({ position: [0, -distance, 0], target: [0, 0, 0], fieldOfView: 45 });
    expect([4, 6.1, 0.4, 40, 20, 28].map(of)).toEqual([1, 2, 0.1, 10, 5, 5]);
    expect(of(0)).toBe(1);
  });
});

/** Everything at once, some of it cut by the border. */
const frozen: SolidScene = {
  camera: { position: [2, -4, 1.8], target: [0.2, 0, 0.5], fieldOfView: 45 },
  shapes: [
    { ...solid({ kind: 'plane' }), role: 'ground' },
    solid({ kind: 'capsule', radius: 0.05, halfLength: 0.5 }, [0, 0, 0.7], [0.7, 0, 0.7, 0]),
    { ...solid({ kind: 'capsule', radius: 0.046, halfLength: 0.15 }, [-0.6, 0, 0.5], [0.95, 0, 0.3, 0]), role: 'accent' },
    { ...solid({ kind: 'sphere', radius: 0.2 }, [1, 0.4, 0.2]), role: 'target' },
    { ...solid({ kind: 'box', halfSizes: [0.2, 0.1, 0.3] }, [0.2, 1, 0.3], [0.97, 0, 0, 0.25]), role: 'accent' },
    { ...solid({ kind: 'cylinder', radius: 0.2, halfLength: 0.2 }, [0.9, -0.7, 0.2]), role: 'joint' },
    { ...solid({ kind: 'ellipsoid', radii: [0.3, 0.15, 0.1] }, [-0.3, -0.8, 0.3], [0.98, 0.2, 0, 0]), colour: [0.9, 0.6, 0.1] },
  ],
};

// Pictures that were looked at: they may differ with what is drawn, never with the machine.
test.each([
  [64, 64, 2, '4d9a1bdae8b17332'],
  [64, 64, 1, 'daacb60015215434'],
  [120, 50, 3, 'bb5eaa05cbc0a132'],
])('a frozen scene has the bytes that it had, %i by %i with %i samples a side', (width, height, samplesPerSide, digest) => {
  const picture = renderSolidScene(frozen, { width, height, samplesPerSide });
  expect(renderSolidScene(frozen, { width, height, samplesPerSide })).toEqual(picture);
  expect(createHash('sha256').update(picture).digest('hex').slice(0, 16)).toBe(digest);
});

describe('renderSolidScene', () => {
  test('with more samples comes nearer to the picture of all of them', () => {
    const size = 48;
    const fine = renderSolidScene(frozen, { width: 4 * size, height: 4 * size, samplesPerSide: 4 });
    const errorOf = (samplesPerSide: number): number => {
      const picture = renderSolidScene(frozen, { width: size, height: size, samplesPerSide });
      let error = 0;
      for (let row = 0; row < size; row++)
        for (let column = 0; column < size; column++) {
          let sum = 0;
          // Light is the square of a part.
          for (let i = 0; i < 16; i++) sum += fine[((4 * row + (i >> 2)) * 4 * size + 4 * column + (i & 3)) * 3]! ** 2;
          error += Math.abs(picture[(row * size + column) * 3]! - Math.sqrt(sum / 16));
        }
      return error / (size * size);
    };
    const [one, two, four] = [1, 2, 4].map(errorOf) as [number, number, number];
    expect(two).toBeLessThan(0.7 * one);
    expect(four).toBeLessThan(0.7 * two);
  });

  test('draws two samples a side unless asked for others, and fills the buffer that it is given', () => {
    const out = new Uint8Array(64 * 64 * 3).fill(9);
    expect(renderSolidScene(frozen, { width: 64, height: 64, out })).toBe(out);
    expect(out).toEqual(renderSolidScene(frozen, { width: 64, height: 64, samplesPerSide: 2, shadows: true }));
  });

  test.each([
    [{ width: 0, height: 4 }, /renderSolidScene: width must be an integer in \[1, 4096\], got 0/],
    [{ width: 4, height: 4, samplesPerSide: 5 }, /renderSolidScene: samplesPerSide must be an integer in \[1, 4\], got 5/],
    [{ width: 4, height: 4, palette: { body: [1, 2] } }, /palette.body must be three whole numbers/],
  ])('refuses %j', (options, message) => {
    const act = (): unknown => renderSolidScene(frozen, options as never);
    expect(act).toThrow(OptionError);
    expect(act).toThrow(message);
  });
});
