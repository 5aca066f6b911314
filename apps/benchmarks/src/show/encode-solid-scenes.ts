/** Turns the frames of an episode of solids into a track. */
import { OptionError, type SolidScene } from '@mbrl/core';
import type { TrackValue } from '../report/page/scene-track.js';
import type { SolidTrack } from './page/solid-track.js';

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4 || 0;

/** One value where all are the same, else all of them; rounded to a tenth of a millimetre. */
function column(values: readonly number[]): TrackValue {
  const all = values.map(rounded);
  return all.every((value) => value === all[0]) ? all[0]! : all;
}

/** The columns of vectors of one length. */
const columns = (frames: readonly (readonly number[])[]): TrackValue[] =>
  frames[0]!.map((_, component) => column(frames.map((frame) => frame[component]!)));

/**
 * Encodes frames in order, at least one.
 * @throws OptionError where the shapes or their forms change on the way, which a scene's contract forbids.
 */
export function encodeSolidScenes(scenes: readonly SolidScene[]): SolidTrack {
  const { shapes } = scenes[0]!;
  const structure = JSON.stringify(shapes.map(({ form, role, colour }) => [form, role, colour]));
  scenes.forEach((scene, frame) => {
    if (JSON.stringify(scene.shapes.map(({ form, role, colour }) => [form, role, colour])) !== structure)
      throw new OptionError(`encodeSolidScenes: shapes must stay the same through an episode, got others at frame ${frame}`);
  });
  return {
    count: scenes.length,
    shapes: shapes.map(({ form, role, colour }, index) => ({
      form,
      role,
      colour: colour ?? null,
      pose: columns(scenes.map((scene) => [...scene.shapes[index]!.position, ...scene.shapes[index]!.rotation])),
    })),
    camera: columns(scenes.map(({ camera }) => [...camera.position, ...camera.target, camera.fieldOfView])),
  };
}
