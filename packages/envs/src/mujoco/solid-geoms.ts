/** Pictures of MuJoCo's geoms: their forms and colours once, their poses at each frame, and a camera that goes along. */
import type { SceneRole, SolidForm, SolidScene, SolidShape } from '@mbrl/core';
import type { Vector3 } from './mjcf.js';
import type { MujocoSimulation } from './simulation.js';

/** From where a task is seen. */
export interface SolidView {
  /** Body that the camera goes along with, by name; none: it stands still. */
  readonly follow?: string;
  /** Whether it goes along in height too. Default false. */
  readonly followHeight?: boolean;
  /** Where the camera looks, from the body followed. */
  readonly target: Vector3;
  /** Where the camera stands, from where it looks. */
  readonly offset: Vector3;
  /** Vertical angle of view, degrees. Default 45. */
  readonly fieldOfView?: number;
  /** Height of a floor to draw where the model has none, and nothing touches it. */
  readonly floor?: number;
  /** Bodies that are goals, by name. */
  readonly targets?: readonly string[];
  /** Bodies that are moved by others, by name. */
  readonly objects?: readonly string[];
}

interface Solid {
  readonly index: number;
  readonly form: SolidForm;
  readonly role: SceneRole;
  readonly colour?: readonly [number, number, number];
}

/** The form of a geom of MuJoCo's type number (`mjtGeom`), or undefined for one that cannot be drawn. */
function formOf(type: number, [a, b, c]: readonly [number, number, number]): SolidForm | undefined {
  switch (type) {
    case 0:
      return { kind: 'plane' };
    case 2:
      return { kind: 'sphere', radius: a };
    case 3:
      return { kind: 'capsule', radius: a, halfLength: b };
    case 4:
      return { kind: 'ellipsoid', radii: [a, b, c] };
    case 5:
      return { kind: 'cylinder', radius: a, halfLength: b };
    case 6:
      return { kind: 'box', halfSizes: [a, b, c] };
    default:
      return undefined;
  }
}

/** The unit quaternion of a turn matrix that lies row by row from `start`; by the largest of its four parts (Shepperd 1978). */
export function quaternionOf(m: ArrayLike<number>, start: number): [w: number, x: number, y: number, z: number] {
  const at = (row: number, column: number): number => m[start + 3 * row + column]!;
  const trace = at(0, 0) + at(1, 1) + at(2, 2);
  const parts = [trace, at(0, 0), at(1, 1), at(2, 2)];
  const largest = parts.indexOf(Math.max(...parts));
  let q: [number, number, number, number];
  if (largest === 0) q = [1 + trace, at(2, 1) - at(1, 2), at(0, 2) - at(2, 0), at(1, 0) - at(0, 1)];
  else if (largest === 1) q = [at(2, 1) - at(1, 2), 1 + 2 * at(0, 0) - trace, at(0, 1) + at(1, 0), at(0, 2) + at(2, 0)];
  else if (largest === 2) q = [at(0, 2) - at(2, 0), at(0, 1) + at(1, 0), 1 + 2 * at(1, 1) - trace, at(1, 2) + at(2, 1)];
  else q = [at(1, 0) - at(0, 1), at(0, 2) + at(2, 0), at(1, 2) + at(2, 1), 1 + 2 * at(2, 2) - trace];
  const norm = Math.hypot(...q);
  return [q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm];
}

/** Draws the geoms of one simulation. */
export class SolidGeoms {
  private readonly simulation: MujocoSimulation;
  private readonly view: SolidView;
  private readonly solids: readonly Solid[];
  private readonly followed: number;

  constructor(simulation: MujocoSimulation, view: SolidView) {
    this.simulation = simulation;
    this.view = view;
    this.followed = view.follow === undefined ? -1 : simulation.indexOf('body', view.follow);
    const indices = (names: readonly string[] = []): Set<number> => new Set(names.map((name) => simulation.indexOf('body', name)));
    const targets = indices(view.targets);
    const objects = indices(view.objects);
    const [types, sizes, bodies, colours] = ['geom_type', 'geom_size', 'geom_bodyid', 'geom_rgba'].map((field) =>
      simulation.modelArray(field),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const solids: Solid[] = [];
    for (let index = 0; index < simulation.geomCount; index++) {
      const triple = (values: Float64Array, width: number): [number, number, number] => [
        values[index * width]!,
        values[index * width + 1]!,
        values[index * width + 2]!,
      ];
      const form = formOf(types[index]!, triple(sizes, 3));
      const body = bodies[index]!;
      if (form === undefined || colours[index * 4 + 3] === 0) continue;
      if (form.kind === 'plane') solids.push({ index, form, role: 'ground' });
      else {
        const role = targets.has(body) ? 'target' : objects.has(body) ? 'accent' : body === 0 ? 'faint' : 'body';
        solids.push({ index, form, role, colour: triple(colours, 4) });
      }
    }
    this.solids = solids;
  }

  /** The frame of the simulation's present positions. */
  scene(): SolidScene {
    this.simulation.kinematics();
    const { geom_xpos: places, geom_xmat: turns, xpos } = this.simulation.state;
    const shapes = this.solids.map(({ index, form, role, colour }): SolidShape => {
      const pose = {
        position: [places[index * 3]!, places[index * 3 + 1]!, places[index * 3 + 2]!] as const,
        rotation: quaternionOf(turns, index * 9),
      };
      return colour ? { form, role, colour, ...pose } : { form, role, ...pose };
    });
    if (this.view.floor !== undefined)
      shapes.unshift({ form: { kind: 'plane' }, role: 'ground', position: [0, 0, this.view.floor], rotation: [1, 0, 0, 0] });
    const { target, offset, followHeight = false, fieldOfView = 45 } = this.view;
    const at = [0, 1, 2].map(
      (axis) => target[axis]! + (this.followed < 0 || (axis === 2 && !followHeight) ? 0 : xpos[this.followed * 3 + axis]!),
    );
    const [x = 0, y = 0, z = 0] = at;
    return { camera: { position: [x + offset[0], y + offset[1], z + offset[2]], target: [x, y, z], fieldOfView }, shapes };
  }
}
