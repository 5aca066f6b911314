/** The pictures of a quadrotor in a room, flat and in space: floor, target or pad, arms, rotors, a shadow, the wind. */
import type { Scene, SceneShape, SolidScene, SolidShape } from '@mbrl/core';
import { addVectors, combineTurns, type Quaternion, turnFromZ, turnVector, type Vector3 } from './turns.js';

/** What is to be drawn; lengths in m. */
export interface FlightFrame {
  readonly position: Vector3;
  readonly attitude: Quaternion;
  readonly armLength: number;
  /** Height of the rotors over the feet. */
  readonly clearance: number;
  readonly roomSize: number;
  /** A point to reach, or the radius of a pad at the origin to land on. */
  readonly goal: { readonly kind: 'point'; readonly at: Vector3 } | { readonly kind: 'pad'; readonly radius: number };
  /** Thrusts of the four rotors as a part of the greatest, 0 to 1. */
  readonly thrusts: readonly number[];
  /** Wind over the ground, m/s; drawn where it is known. */
  readonly wind?: readonly [x: number, y: number];
}

type Point = readonly [x: number, y: number];

const project = ([x, y, z]: Vector3): Point => [x + 0.42 * y, z + 0.3 * y];

/** The vehicle is drawn large enough to be seen in a large room; lengths of it go by this. */
const sizeOf = ({ armLength, roomSize, goal }: FlightFrame): number => Math.max(armLength, (goal.kind === 'pad' ? 0.1 : 0.17) * roomSize);

const rotorDirections: readonly Vector3[] = [
  [Math.SQRT1_2, Math.SQRT1_2, 0],
  [-Math.SQRT1_2, Math.SQRT1_2, 0],
  [-Math.SQRT1_2, -Math.SQRT1_2, 0],
  [Math.SQRT1_2, -Math.SQRT1_2, 0],
];

/** A ring about a centre, flat on the plane that `attitude` turns. */
function ring(center: Vector3, attitude: Quaternion, radius: number): Point[] {
  return Array.from({ length: 20 }, (_, i) => {
    const a = (2 * Math.PI * i) / 20;
    return project(addVectors(center, turnVector(attitude, [radius * Math.cos(a), radius * Math.sin(a), 0])));
  });
}

const level: Quaternion = [1, 0, 0, 0];

/** How far the view goes along with a vehicle that is about to leave the room. */
function followed({ position, roomSize: room }: FlightFrame): Vector3 {
  const beyond = (value: number, low: number, high: number): number => value - Math.min(high, Math.max(low, value));
  return [
    beyond(position[0], -0.75 * room, 0.75 * room),
    beyond(position[1], -0.75 * room, 0.75 * room),
    beyond(position[2], 0, 0.75 * room),
  ];
}

/** Describes one frame from the front, the depth to the upper right. */
export function flightScene(frame: FlightFrame): Scene {
  const { position, attitude, roomSize: room, goal, thrusts, wind } = frame;
  const size = sizeOf(frame);
  const corner = (x: number, y: number): Point => project([x * room, y * room, 0]);
  const shapes: SceneShape[] = [{ kind: 'polygon', points: [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)], role: 'ground' }];
  for (let i = -2; i <= 2; i++) {
    const width = 0.006 * room;
    shapes.push({ kind: 'line', from: corner(i / 2, -1), to: corner(i / 2, 1), width, role: 'faint' });
    shapes.push({ kind: 'line', from: corner(-1, i / 2), to: corner(1, i / 2), width, role: 'faint' });
  }
  if (goal.kind === 'pad') {
    shapes.push({ kind: 'polygon', points: ring([0, 0, 0], level, goal.radius), role: 'target' });
  } else {
    const foot: Vector3 = [goal.at[0], goal.at[1], 0];
    shapes.push({ kind: 'line', from: project(foot), to: project(goal.at), width: 0.008 * room, role: 'faint' });
    shapes.push({ kind: 'circle', center: project(goal.at), radius: 0.06 * room, role: 'faint' });
    shapes.push({ kind: 'circle', center: project(goal.at), radius: 0.025 * room, role: 'target' });
  }
  if (wind) shapes.push(...windArrow(wind, room));
  shapes.push({ kind: 'polygon', points: ring([position[0], position[1], 0], level, 0.6 * size), role: 'faint' });
  const rotors = rotorDirections.map((direction, i) => ({
    thrust: thrusts[i]!,
    hub: addVectors(position, turnVector(attitude, direction), size),
  }));
  const back = [...rotors].sort((a, b) => b.hub[1] - a.hub[1]);
  const down = turnVector(attitude, [0, 0, -1]);
  for (const { hub, thrust } of back) {
    shapes.push({
      kind: 'line',
      from: project(hub),
      to: project(addVectors(hub, down, size * thrust)),
      width: 0.14 * size,
      role: 'target',
    });
    shapes.push({ kind: 'line', from: project(position), to: project(hub), width: 0.13 * size, role: 'body' });
    shapes.push({ kind: 'polygon', points: ring(addVectors(hub, down, -0.1 * size), attitude, 0.45 * size), role: 'accent' });
  }
  const nose = addVectors(position, turnVector(attitude, [1, 0, 0]), 0.35 * size);
  shapes.push({ kind: 'circle', center: project(position), radius: 0.24 * size, role: 'body' });
  shapes.push({ kind: 'circle', center: project(nose), radius: 0.1 * size, role: 'joint' });
  const [x, y] = project(followed(frame));
  return { view: { left: x - 1.46 * room, right: x + 1.46 * room, bottom: y - 0.4 * room, top: y + 1.4 * room }, shapes };
}

/** An arrow over the floor's front left corner, as long as the wind is strong; a ring of no wind. */
function windArrow([x, y]: readonly [number, number], room: number): SceneShape[] {
  const speed = Math.hypot(x, y);
  const from: Vector3 = [-0.75 * room, -0.75 * room, 0.02 * room];
  if (speed < 1e-6) return [{ kind: 'circle', center: project(from), radius: 0.02 * room, role: 'joint' }];
  const reach = 0.06 * room * Math.min(speed, 10);
  const [dx, dy] = [x / speed, y / speed];
  const to: Vector3 = addVectors(from, [dx, dy, 0], reach);
  const side = 0.06 * room;
  return [
    { kind: 'line', from: project(from), to: project(to), width: 0.025 * room, role: 'joint' },
    {
      kind: 'polygon',
      points: [
        project(addVectors(to, [dx, dy, 0], 1.6 * side)),
        project(addVectors(to, [-dy, dx, 0], side)),
        project(addVectors(to, [dy, -dx, 0], side)),
      ],
      role: 'joint',
    },
  ];
}

/** Describes one frame in space. */
export function flightSolidScene(frame: FlightFrame): SolidScene {
  const { position, attitude, roomSize: room, goal, clearance, wind } = frame;
  const size = sizeOf(frame);
  const shapes: SolidShape[] = [{ position: [0, 0, 0], rotation: level, form: { kind: 'plane' }, role: 'ground' }];
  if (goal.kind === 'pad') {
    const form = { kind: 'cylinder', radius: goal.radius, halfLength: 0.005 * room } as const;
    shapes.push({ position: [0, 0, 0.005 * room], rotation: level, form, role: 'target' });
  } else {
    shapes.push({ position: goal.at, rotation: level, form: { kind: 'sphere', radius: 0.03 * room }, role: 'target' });
  }
  shapes.push({
    position,
    rotation: attitude,
    form: { kind: 'box', halfSizes: [0.32 * size, 0.2 * size, 0.1 * size] },
    role: 'body',
  });
  const nose = addVectors(position, turnVector(attitude, [0.32, 0, 0.02]), size);
  shapes.push({ position: nose, rotation: attitude, form: { kind: 'sphere', radius: 0.1 * size }, role: 'joint' });
  for (const direction of rotorDirections) {
    const hub = addVectors(position, turnVector(attitude, direction), size);
    const middle = addVectors(position, turnVector(attitude, direction), size / 2);
    const along = combineTurns(attitude, turnFromZ(direction));
    shapes.push({ position: middle, rotation: along, form: { kind: 'capsule', radius: 0.05 * size, halfLength: size / 2 }, role: 'body' });
    const disc = addVectors(hub, turnVector(attitude, [0, 0, 0.1 * size]));
    shapes.push({
      position: disc,
      rotation: attitude,
      form: { kind: 'cylinder', radius: 0.45 * size, halfLength: 0.025 * size },
      role: 'accent',
    });
    if (goal.kind === 'pad') {
      const leg = addVectors(
        addVectors(position, turnVector(attitude, direction), 0.5 * size),
        turnVector(attitude, [0, 0, -clearance / 2]),
      );
      const form = { kind: 'capsule', radius: 0.03 * size, halfLength: clearance / 2 } as const;
      shapes.push({ position: leg, rotation: attitude, form, role: 'joint' });
    }
  }
  if (wind) {
    const [x, y] = wind;
    const top: Vector3 = [-0.8 * room, 0.8 * room, 0.5 * room];
    // The sock hangs where there is no wind and rises with it.
    const rotation = turnFromZ([x, y, -1.5]);
    shapes.push({
      position: [top[0], top[1], top[2] / 2],
      rotation: level,
      form: { kind: 'cylinder', radius: 0.012 * room, halfLength: top[2] / 2 },
      role: 'joint',
    });
    const form = { kind: 'capsule', radius: 0.035 * room, halfLength: 0.09 * room } as const;
    shapes.push({ position: addVectors(top, turnVector(rotation, [0, 0, 0.1 * room])), rotation, form, role: 'accent' });
  }
  const shift = followed(frame);
  const at = (point: Vector3): Vector3 => addVectors(point, shift);
  return { camera: { position: at([0.9 * room, -2.5 * room, 1.4 * room]), target: at([0, 0, 0.45 * room]), fieldOfView: 36 }, shapes };
}
