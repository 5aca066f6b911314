/** A quadrotor that flies through a round hole in a wall which lies off its way. */
import { QUADROTOR_ARM, QUADROTOR_HOVER_THRUST, quadrotorGapGoal, quadrotorGapProblem, quadrotorGapStart } from '@mbrl/control';
import type { SolidShape } from '@mbrl/core';
import type { ControlDemo } from './demo.js';
import { level, type Point3, solidPaths, turned, turnOfAngles } from './path-shapes.js';

const [holeY, holeZ] = [0.8, 1.6];
const rotorRadius = 0.075;
/** The body fits into a ball of this radius. */
export const bodyRadius: number = QUADROTOR_ARM + rotorRadius;
const clearance = 0.15;
const depth = 0.3;
/** Radius of the hole, and half of the wall's thickness, m: what the problem's clearance and depth leave without the body. */
export const holeRadius: number = clearance + bodyRadius;
export const wallHalfThickness: number = depth - bodyRadius;
const thrustLimit = 2;
const tiltLimit = 1.3;
const wall = { left: -0.7, right: 2.1, top: 2.5 };
const slabColour: readonly [number, number, number] = [0.62, 0.66, 0.7];
const staveColour: readonly [number, number, number] = [0.76, 0.79, 0.82];

/** The wall: staves around the hole, and four slabs around those. */
function wallShapes(): SolidShape[] {
  const outer = 1.3 * holeRadius;
  const slab = (y0: number, y1: number, z0: number, z1: number): SolidShape => ({
    position: [0, (y0 + y1) / 2, (z0 + z1) / 2],
    rotation: level,
    form: { kind: 'box', halfSizes: [wallHalfThickness, (y1 - y0) / 2, (z1 - z0) / 2] },
    role: 'body',
    colour: slabColour,
  });
  const staves = 24;
  // From the hole's rim to beyond the corners of the square that the slabs leave.
  const length = 1.05 * outer * Math.SQRT2 - holeRadius;
  const middle = holeRadius + length / 2;
  const ring = Array.from({ length: staves }, (_, i): SolidShape => {
    const a = (2 * Math.PI * i) / staves;
    return {
      position: [0, holeY + middle * Math.cos(a), holeZ + middle * Math.sin(a)],
      rotation: [Math.cos(a / 2), Math.sin(a / 2), 0, 0],
      form: { kind: 'box', halfSizes: [0.9 * wallHalfThickness, length / 2, Math.tan(Math.PI / staves) * (holeRadius + length)] },
      role: 'body',
      colour: staveColour,
    };
  });
  return [
    // They lie over each other at the corners, so that no light comes through.
    slab(wall.left, holeY - outer, 0, wall.top),
    slab(holeY + outer, wall.right, 0, wall.top),
    slab(wall.left, wall.right, 0, holeZ - outer),
    slab(wall.left, wall.right, holeZ + outer, wall.top),
    ...ring,
  ];
}

const rotors: readonly Point3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [-1, 0, 0],
  [0, -1, 0],
];

/** The vehicle; a stick over each rotor is as long as it pulls. */
function vehicle(state: Float64Array, thrusts: Float64Array): SolidShape[] {
  const at: Point3 = [state[0]!, state[1]!, state[2]!];
  const attitude = turnOfAngles(state[3]!, state[4]!, state[5]!);
  const place = (x: number, y: number, z: number): Point3 => {
    const [a, b, c] = turned(attitude, [x, y, z]);
    return [at[0] + a, at[1] + b, at[2] + c];
  };
  const arm = QUADROTOR_ARM;
  return [
    { position: at, rotation: attitude, form: { kind: 'ellipsoid', radii: [0.075, 0.05, 0.035] }, role: 'accent' },
    { position: at, rotation: attitude, form: { kind: 'box', halfSizes: [arm, 0.01, 0.01] }, role: 'joint' },
    { position: at, rotation: attitude, form: { kind: 'box', halfSizes: [0.01, arm, 0.01] }, role: 'joint' },
    ...rotors.flatMap(([x, y], i): SolidShape[] => [
      {
        position: place(arm * x, arm * y, 0.02),
        rotation: attitude,
        form: { kind: 'cylinder', radius: rotorRadius, halfLength: 0.006 },
        role: i === 0 ? 'accent' : 'body',
      },
      {
        position: place(arm * x, arm * y, 0.02 + 0.14 * (thrusts[i]! / thrustLimit - 0.5)),
        rotation: attitude,
        form: { kind: 'cylinder', radius: 0.008, halfLength: 0.07 },
        role: 'target',
      },
    ]),
  ];
}

/** Makes the demo. */
export function quadrotorDemo(): ControlDemo {
  return {
    name: 'quadrotor',
    title: 'Quadrotor: through a hole in the wall',
    words:
      'A wall stands between the quadrotor and where it is to hover 1.6 s later, three metres ahead. Its only hole lies 0.8 m to the side and 0.6 m up, and leaves 15 cm around the body.',
    limits: 'Within the wall the body stays inside the hole; thrusts stay within 0 and 2 N a rotor, roll and pitch within ±1.3 rad.',
    problem: { ...quadrotorGapProblem({ center: [holeY, holeZ], clearance, depth, horizon: 40 }), actionHigh: thrustLimit },
    initialState: quadrotorGapStart,
    startAction: new Array<number>(4).fill(QUADROTOR_HOVER_THRUST),
    timeStep: 0.04,
    frameStride: 1,
    slowdown: 2,
    method: 'ilqr',
    actions: ['front', 'left', 'rear', 'right'].map((rotor) => ({ label: `${rotor} rotor, N`, low: 0, high: thrustLimit })),
    quantities: [
      { label: 'roll, rad', of: (x) => x[3]!, low: -tiltLimit, high: tiltLimit },
      { label: 'pitch, rad', of: (x) => x[4]!, low: -tiltLimit, high: tiltLimit },
      { label: 'height, m', of: (x) => x[2]!, low: 0 },
      { label: 'ahead of the wall, m', of: (x) => x[0]! },
    ],
    push: [0, 0, 0, 0, 0, 0, 0.12, 0.12, 0.12, 0.3, 0.3, 0.3],
    pushWords: 'gusts of 0.12 m/s and 0.3 rad/s along and about each axis (deviation)',
    miss: (x) => Math.hypot(...[0, 1, 2].map((i) => x[i]! - quadrotorGapGoal[i]!)),
    missLabel: 'centre from where it is to hover, m',
    trace: (x) => [x[0]!, x[1]!, x[2]!],
    picture: {
      kind: 'solid',
      scene: (frame) => ({
        camera: { position: [-2.7, -3.5, 2.3], target: [0.05, 0.25, 1.05], fieldOfView: 36 },
        shapes: [
          { position: [0, 0, 0], rotation: level, form: { kind: 'plane' }, role: 'ground' },
          ...wallShapes(),
          {
            position: [quadrotorGapGoal[0]!, quadrotorGapGoal[1]!, quadrotorGapGoal[2]!],
            rotation: level,
            form: { kind: 'sphere', radius: 0.05 },
            role: 'target',
          },
          ...solidPaths(frame, 0.014),
          ...vehicle(frame.state, frame.action),
        ],
      }),
    },
  };
}
