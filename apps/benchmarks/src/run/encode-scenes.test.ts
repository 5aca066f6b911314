import type { Scene, SceneShape } from '@mbrl/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeScenes, encodeScenes } from './encode-scenes.js';

const metres = fc.integer({ min: -50_000, max: 50_000 }).map((value) => value / 1e4 || 0);
const point = fc.tuple(metres, metres);
const role = fc.constantFrom('body', 'accent', 'joint', 'ground', 'target', 'faint') as fc.Arbitrary<SceneShape['role']>;
const shape: fc.Arbitrary<SceneShape> = fc.oneof(
  fc.record({ kind: fc.constant('line' as const), from: point, to: point, width: metres, role }),
  fc.record({ kind: fc.constant('circle' as const), center: point, radius: metres, role }),
  fc.record({ kind: fc.constant('box' as const), center: point, width: metres, height: metres, angle: metres, role }),
  fc.record({ kind: fc.constant('polygon' as const), points: fc.array(point, { minLength: 1, maxLength: 4 }), role }),
);
const scene: fc.Arbitrary<Scene> = fc.record({
  view: fc.constant({ left: -2, right: 2, bottom: -1, top: 1 }),
  shapes: fc.array(shape, { maxLength: 3 }),
});

test('decoding gives back what was encoded, to a tenth of a millimetre, whatever changes between frames', () => {
  fc.assert(
    fc.property(fc.array(scene, { maxLength: 6 }), (scenes) => {
      expect(decodeScenes(encodeScenes(scenes))).toEqual(scenes);
    }),
  );
});

test('a number that stays is stored once, and a segment goes on while the shapes stay', () => {
  const frame = (x: number): Scene => ({
    view: { left: -2, right: 2, bottom: -1, top: 1 },
    shapes: [{ kind: 'circle', center: [x, 0], radius: 0.1, role: 'joint' }],
  });
  const track = encodeScenes([frame(0), frame(0.12345), frame(0.5)]);
  expect(track).toEqual([
    { count: 3, view: frame(0).view, shapes: [{ kind: 'circle', role: 'joint', values: [[0, 0.1235, 0.5], 0, 0.1] }] },
  ]);
  expect(encodeScenes([frame(0), { ...frame(0), shapes: [] }, frame(0)])).toHaveLength(3);
});
