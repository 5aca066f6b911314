/** Reads a moment of a track of solids, between two frames as well. */
import type { SolidScene } from '@mbrl/core';
import type { TrackValue } from '../../report/page/scene-track.js';
import type { SolidTrack } from './solid-track.js';

type Quaternion = readonly [w: number, x: number, y: number, z: number];
type Point = readonly [x: number, y: number, z: number];

const at = (value: TrackValue, frame: number): number => (typeof value === 'number' ? value : value[frame]!);

/** Turns between two: the mean, brought to length one, of the two that lie on the same side. */
function between(from: Quaternion, to: Quaternion, part: number): Quaternion {
  const side = from.reduce((sum, value, index) => sum + value * to[index]!, 0) < 0 ? -1 : 1;
  const mixed = from.map((value, index) => (1 - part) * value + part * side * to[index]!);
  const length = Math.hypot(...mixed) || 1;
  return mixed.map((value) => value / length) as unknown as Quaternion;
}

/** The scene at a moment, in frames. */
export function sceneAt({ count, shapes, camera }: SolidTrack, moment: number): SolidScene {
  const low = Math.max(0, Math.min(Math.floor(moment), count - 1));
  const high = Math.min(low + 1, count - 1);
  const part = Math.max(0, Math.min(1, moment - low));
  const mix = (value: TrackValue): number => (1 - part) * at(value, low) + part * at(value, high);
  const [x = 0, y = 0, z = 0, targetX = 0, targetY = 0, targetZ = 0, fieldOfView = 45] = camera.map(mix);
  return {
    camera: { position: [x, y, z], target: [targetX, targetY, targetZ], fieldOfView },
    shapes: shapes.map(({ form, role, colour, pose }) => {
      const turnAt = (frame: number): Quaternion => pose.slice(3).map((value) => at(value, frame)) as unknown as Quaternion;
      return {
        form,
        role,
        ...(colour && { colour }),
        position: pose.slice(0, 3).map(mix) as unknown as Point,
        rotation: between(turnAt(low), turnAt(high), part),
      };
    }),
  };
}
