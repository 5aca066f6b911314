/** Turns the frames of a trial into a scene track, and one frame back. */
import type { Scene, SceneShape } from '@mbrl/core';
import type { SceneTrack, TrackSegment, TrackShape, TrackValue } from '../report/page/scene-track.js';

/** Numbers of a shape, rounded to a tenth of a millimetre, in the order that `TrackShape` states. */
function numbersOf(shape: SceneShape): number[] {
  const values =
    shape.kind === 'line'
      ? [...shape.from, ...shape.to, shape.width]
      : shape.kind === 'circle'
        ? [...shape.center, shape.radius]
        : shape.kind === 'box'
          ? [...shape.center, shape.width, shape.height, shape.angle ?? 0]
          : shape.points.flat();
  return values.map((value) => Math.round(value * 1e4) / 1e4 || 0);
}

const structureOf = (scene: Scene): string =>
  JSON.stringify([scene.view, scene.shapes.map((shape) => [shape.kind, shape.role, shape.kind === 'polygon' ? shape.points.length : 0])]);

function encodeSegment(scenes: readonly Scene[]): TrackSegment {
  const first = scenes[0]!;
  const numbers = scenes.map((scene) => scene.shapes.map(numbersOf));
  const shapes = first.shapes.map((shape, index): TrackShape => {
    const values = numbers[0]![index]!.map((start, component): TrackValue => {
      const column = numbers.map((frame) => frame[index]![component]!);
      return column.every((value) => value === start) ? start : column;
    });
    return { kind: shape.kind, role: shape.role, values };
  });
  return { count: scenes.length, view: first.view, shapes };
}

/** Encodes frames in order. */
export function encodeScenes(scenes: readonly Scene[]): SceneTrack {
  const segments: TrackSegment[] = [];
  let start = 0;
  let structure = '';
  scenes.forEach((scene, index) => {
    const next = structureOf(scene);
    if (index > 0 && next !== structure) {
      segments.push(encodeSegment(scenes.slice(start, index)));
      start = index;
    }
    structure = next;
  });
  if (scenes.length > 0) segments.push(encodeSegment(scenes.slice(start)));
  return segments;
}

function shapeAt(shape: TrackShape, frame: number): SceneShape {
  const v = shape.values.map((value) => (typeof value === 'number' ? value : value[frame]!));
  const { role } = shape;
  switch (shape.kind) {
    case 'line':
      return { kind: 'line', from: [v[0]!, v[1]!], to: [v[2]!, v[3]!], width: v[4]!, role };
    case 'circle':
      return { kind: 'circle', center: [v[0]!, v[1]!], radius: v[2]!, role };
    case 'box':
      return { kind: 'box', center: [v[0]!, v[1]!], width: v[2]!, height: v[3]!, angle: v[4]!, role };
    case 'polygon':
      return {
        kind: 'polygon',
        points: Array.from({ length: v.length / 2 }, (_, i): [number, number] => [v[2 * i]!, v[2 * i + 1]!]),
        role,
      };
  }
}

/** Decodes all frames. Encoding them again gives the same track. */
export function decodeScenes(track: SceneTrack): Scene[] {
  return track.flatMap((segment) =>
    Array.from({ length: segment.count }, (_, frame): Scene => ({
      view: segment.view,
      shapes: segment.shapes.map((shape) => shapeAt(shape, frame)),
    })),
  );
}
