import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PixelBounds, polygonCoverage } from './polygon-coverage.js';

type Point = readonly [x: number, y: number];

/** Coverage without the two spare columns. */
function cover(points: readonly Point[], bounds: PixelBounds): number[][] {
  const all = polygonCoverage(
    points.map(([x]) => x),
    points.map(([, y]) => y),
    bounds,
  );
  const columns = bounds.right - bounds.left;
  return Array.from({ length: bounds.bottom - bounds.top }, (_, row) => [
    ...all.subarray(row * (columns + 2), row * (columns + 2) + columns),
  ]);
}

const total = (rows: readonly (readonly number[])[]): number => rows.flat().reduce((sum, value) => sum + value, 0);

/** The area of a polygon by the shoelace formula. */
const areaOf = (points: readonly Point[]): number =>
  Math.abs(points.reduce((sum, [x, y], i) => sum + x * points[(i + 1) % points.length]![1] - y * points[(i + 1) % points.length]![0], 0)) /
  2;

/** A polygon cut by a half plane, Sutherland and Hodgman: the oracle of what lies in a rectangle. */
function cut(points: readonly Point[], inside: (point: Point) => number): Point[] {
  return points.flatMap((from, i) => {
    const to = points[(i + 1) % points.length]!;
    const a = inside(from);
    const b = inside(to);
    const kept: Point[] = a >= 0 ? [from] : [];
    if (a >= 0 !== b >= 0) kept.push([from[0] + (a / (a - b)) * (to[0] - from[0]), from[1] + (a / (a - b)) * (to[1] - from[1])]);
    return kept;
  });
}

const triangle = fc.tuple(
  ...[0, 1, 2].map(() => fc.tuple(fc.double({ min: -9, max: 17, noNaN: true }), fc.double({ min: -9, max: 17, noNaN: true }))),
);

test('a triangle covers its area, each pixel by the area of the triangle in it', () => {
  const bounds: PixelBounds = { left: 2, right: 9, top: 1, bottom: 8 };
  fc.assert(
    fc.property(triangle, (points) => {
      cover(points, bounds).forEach((columns, row) =>
        columns.forEach((share, column) => {
          const [x, y] = [column + bounds.left, row + bounds.top];
          let part: readonly Point[] = points;
          for (const inside of [
            ([px]: Point) => px - x,
            ([px]: Point) => x + 1 - px,
            ([, py]: Point) => py - y,
            ([, py]: Point) => y + 1 - py,
          ])
            part = cut(part, inside);
          expect(Math.abs(share - areaOf(part))).toBeLessThan(1e-9);
        }),
      );
    }),
    { numRuns: 300 },
  );
});

test('the way round does not matter, and a hole is cut by the other way round', () => {
  const square: Point[] = [
    [1.25, 1.5],
    [4.5, 1.5],
    [4.5, 5],
    [1.25, 5],
  ];
  const bounds: PixelBounds = { left: 0, right: 6, top: 0, bottom: 6 };
  expect(cover(square.toReversed(), bounds)).toEqual(cover(square, bounds));
  expect(total(cover(square, bounds))).toBeCloseTo(3.25 * 3.5, 12);
  expect(cover(square, bounds)[1]!.slice(0, 6)).toEqual([0, 0.375, 0.5, 0.5, 0.25, 0]);
});

test('what is far outside on any side does not disturb what is inside', () => {
  const bounds: PixelBounds = { left: 0, right: 4, top: 0, bottom: 4 };
  const wide: Point[] = [
    [-1e4, 1],
    [1e4, 2],
    [1e4, 1e4],
    [-1e4, 1e4],
  ];
  const rows = cover(wide, bounds);
  // The upper edge is at y = 1.5 + x / 20000 within the rectangle.
  for (const [column, share] of rows[1]!.entries()) expect(share).toBeCloseTo(0.5 - (column + 0.5) / 20000, 12);
  expect(rows[0]).toEqual([0, 0, 0, 0]);
  for (const share of [...rows[2]!, ...rows[3]!]) expect(share).toBeCloseTo(1, 12);
});
