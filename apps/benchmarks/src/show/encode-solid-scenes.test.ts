import { OptionError, type SolidScene } from '@mbrl/core';
import { expect, test } from 'vitest';
import { encodeSolidScenes } from './encode-solid-scenes.js';
import { sceneAt } from './page/solid-moment.js';

const root2 = Math.SQRT1_2;

function frame(x: number, rotation: readonly [number, number, number, number], eye = -4): SolidScene {
  return {
    camera: { position: [x, eye, 1], target: [x, 0, 0.5], fieldOfView: 45 },
    shapes: [
      { form: { kind: 'plane' }, role: 'ground', position: [0, 0, 0], rotation: [1, 0, 0, 0] },
      { form: { kind: 'sphere', radius: 0.2 }, role: 'body', colour: [1, 0.5, 0], position: [x, 0, 0.2], rotation },
    ],
  };
}

test('a track gives its frames back, and of what stays one number only', () => {
  const scenes = [frame(0, [1, 0, 0, 0]), frame(0.5, [root2, 0, 0, root2]), frame(1.25, [0, 0, 0, 1])];
  const track = encodeSolidScenes(scenes);
  expect(track.count).toBe(3);
  expect(track.shapes[0]!.pose).toEqual([0, 0, 0, 1, 0, 0, 0]);
  expect(track.shapes[1]!.pose.slice(0, 3)).toEqual([[0, 0.5, 1.25], 0, 0.2]);
  expect(track.camera).toEqual([[0, 0.5, 1.25], -4, 1, [0, 0.5, 1.25], 0, 0.5, 45]);
  scenes.forEach((scene, index) => {
    const back = sceneAt(track, index);
    expect(back.camera).toEqual(scene.camera);
    expect(back.shapes[0]).toEqual(scene.shapes[0]);
    expect({ ...back.shapes[1], rotation: [] }).toEqual({ ...scene.shapes[1], rotation: [] });
    back.shapes[1]!.rotation.forEach((part, i) => expect(part).toBeCloseTo(scene.shapes[1]!.rotation[i]!, 4));
  });
});

test('between two frames solids are in between, and turn the short way', () => {
  // The second quaternion is the same turn as its negative: a quarter about z.
  const track = encodeSolidScenes([frame(0, [1, 0, 0, 0]), frame(1, [-root2, 0, 0, -root2])]);
  const { camera, shapes } = sceneAt(track, 0.5);
  expect(camera.position[0]).toBeCloseTo(0.5, 12);
  expect(shapes[1]!.position[0]).toBeCloseTo(0.5, 12);
  const [w, x, y, z] = shapes[1]!.rotation;
  expect([w, x, y, z].map((part) => Math.abs(part))).toEqual([
    expect.closeTo(Math.cos(Math.PI / 8), 4),
    0,
    0,
    expect.closeTo(Math.sin(Math.PI / 8), 4),
  ]);
  expect(w * z).toBeGreaterThan(0);
  expect(sceneAt(track, 7)).toEqual(sceneAt(track, 1));
  expect(sceneAt(track, -1)).toEqual(sceneAt(track, 0));
});

test('shapes that change on the way are refused', () => {
  const first = frame(0, [1, 0, 0, 0]);
  for (const second of [
    { ...first, shapes: first.shapes.slice(0, 1) },
    { ...first, shapes: first.shapes.map((shape) => ({ ...shape, role: 'target' as const })) },
    { ...first, shapes: first.shapes.map((shape) => ({ ...shape, form: { kind: 'sphere' as const, radius: 1 } })) },
  ]) {
    expect(() => encodeSolidScenes([first, second])).toThrow(OptionError);
    expect(() => encodeSolidScenes([first, second])).toThrow(/shapes must stay the same through an episode, got others at frame 1/);
  }
});
