/** The model of the humanoid: Gymnasium's `humanoid.xml` (Tassa, Erez and Todorov 2012), 17 hinges on a free trunk, about 41 kg. */
import { checkNumber } from '@mbrl/core';
import type { MjcfBody, MjcfGeom, MjcfJoint, MjcfModel, Vector3 } from './mjcf.js';
import { checkPositive } from './option-checks.js';

/** What of the humanoid can be changed. */
export interface HumanoidBody {
  /** Length of the thighs' solids, m; the knees hang in proportion. Default 0.34. */
  readonly thighLength?: number;
  /** Length of the shins' solids, m; the feet hang in proportion. Default 0.3. */
  readonly shinLength?: number;
  /** Density of all parts, kg/m³. Default 1000. */
  readonly density?: number;
  /** Factor on all torques. Default 1. */
  readonly gearScale?: number;
  /** Sliding friction of the floor. Default 1. */
  readonly friction?: number;
  /** Acceleration of gravity, m/s². Default 9.81. */
  readonly gravity?: number;
  /** Seconds of one step of the physics. Default 0.003. */
  readonly physicsTimeStep?: number;
}

const degrees = Math.PI / 180;

/** Torques of actions of 1 by joint, N m, in the order of the actions. */
const gears = {
  abdomen_y: 100,
  abdomen_z: 100,
  abdomen_x: 100,
  right_hip_x: 100,
  right_hip_z: 100,
  right_hip_y: 300,
  right_knee: 200,
  left_hip_x: 100,
  left_hip_z: 100,
  left_hip_y: 300,
  left_knee: 200,
  right_shoulder1: 25,
  right_shoulder2: 25,
  right_elbow: 25,
  left_shoulder1: 25,
  left_shoulder2: 25,
  left_elbow: 25,
} as const;

/** The hinges in MuJoCo's order. */
export const humanoidHinges: readonly string[] = [
  'abdomen_z',
  'abdomen_y',
  'abdomen_x',
  ...['right', 'left'].flatMap((side) => ['hip_x', 'hip_z', 'hip_y', 'knee'].map((part) => `${side}_${part}`)),
  ...['right', 'left'].flatMap((side) => ['shoulder1', 'shoulder2', 'elbow'].map((part) => `${side}_${part}`)),
];

/** The bodies but the world in MuJoCo's order. */
export const humanoidBodies: readonly string[] = [
  'torso',
  'lwaist',
  'pelvis',
  ...['right', 'left'].flatMap((side) => ['thigh', 'shin', 'foot'].map((part) => `${side}_${part}`)),
  ...['right', 'left'].flatMap((side) => ['upper_arm', 'lower_arm'].map((part) => `${side}_${part}`)),
];

const capsule = (name: string, from: Vector3, to: Vector3, size: number): MjcfGeom => ({
  name,
  type: 'capsule',
  fromto: [...from, ...to],
  size,
});
const sphere = (name: string, pos: Vector3, size: number): MjcfGeom => ({ name, type: 'sphere', pos, size });
const hinge = (
  name: string,
  axis: Vector3,
  range: readonly [number, number],
  rest: Omit<MjcfJoint, 'name' | 'axis' | 'range'>,
): MjcfJoint => ({
  name,
  type: 'hinge',
  axis,
  range: [range[0] * degrees, range[1] * degrees],
  ...rest,
});

/** One leg; `sign` is −1 for the right one. */
function leg(side: 'right' | 'left', sign: -1 | 1, thighLength: number, shinLength: number): MjcfBody {
  const left = side === 'left';
  const out = left ? -1 : 1;
  const thigh = thighLength / 0.34;
  const shin = shinLength / 0.3;
  return {
    name: `${side}_thigh`,
    pos: [0, 0.1 * sign, -0.04],
    joints: [
      hinge(`${side}_hip_x`, [out, 0, 0], [-25, 5], { armature: 0.01, damping: 5, stiffness: 10 }),
      hinge(`${side}_hip_z`, [0, 0, out], [-60, 35], { armature: 0.01, damping: 5, stiffness: 10 }),
      hinge(`${side}_hip_y`, [0, 1, 0], [-110, 20], { armature: left ? 0.01 : 0.008, damping: 5, stiffness: 20 }),
    ],
    geoms: [capsule(`${side}_thigh1`, [0, 0, 0], [0, -0.01 * sign, -thighLength], 0.06)],
    bodies: [
      {
        name: `${side}_shin`,
        pos: [0, -0.01 * sign, -0.403 * thigh],
        joints: [hinge(`${side}_knee`, [0, -1, 0], [-160, -2], { armature: 0.006, pos: [0, 0, 0.02], ...(left ? { stiffness: 1 } : {}) })],
        geoms: [capsule(`${side}_shin1`, [0, 0, 0], [0, 0, -shinLength], 0.049)],
        bodies: [{ name: `${side}_foot`, pos: [0, 0, -0.45 * shin], geoms: [sphere(`${side}_foot`, [0, 0, 0.1], 0.075)] }],
      },
    ],
  };
}

/** One arm; `sign` is −1 for the right one. */
function arm(side: 'right' | 'left', sign: -1 | 1): MjcfBody {
  const shoulder: readonly [number, number] = side === 'right' ? [-85, 60] : [-60, 85];
  return {
    name: `${side}_upper_arm`,
    pos: [0, 0.17 * sign, 0.06],
    joints: [
      hinge(`${side}_shoulder1`, [2, -sign, 1], shoulder, { armature: 0.0068, stiffness: 1 }),
      hinge(`${side}_shoulder2`, [0, sign, 1], shoulder, { armature: 0.0051, stiffness: 1 }),
    ],
    geoms: [capsule(`${side}_uarm1`, [0, 0, 0], [0.16, 0.16 * sign, -0.16], 0.04)],
    bodies: [
      {
        name: `${side}_lower_arm`,
        pos: [0.18, 0.18 * sign, -0.18],
        joints: [hinge(`${side}_elbow`, [0, -1, -sign], [-90, 50], { armature: 0.0028, stiffness: 0 })],
        geoms: [
          capsule(`${side}_larm`, [0.01, -0.01 * sign, 0.01], [0.17, -0.17 * sign, 0.17], 0.031),
          sphere(`${side}_hand`, [0.18, -0.18 * sign, 0.18], 0.04),
        ],
      },
    ],
  };
}

/** Makes the model. @throws OptionError on an option outside of its bounds. */
export function humanoidModel(caller: string, body: HumanoidBody = {}): MjcfModel {
  const {
    thighLength = 0.34,
    shinLength = 0.3,
    density = 1000,
    gearScale = 1,
    friction = 1,
    gravity = 9.81,
    physicsTimeStep = 0.003,
  } = body;
  checkPositive(caller, { thighLength, shinLength, density, physicsTimeStep });
  checkNumber(caller, 'gearScale', gearScale);
  checkNumber(caller, 'friction', friction, { min: 0 });
  checkNumber(caller, 'gravity', gravity);
  const height = 1.4 + 0.403 * (thighLength / 0.34 - 1) + 0.45 * (shinLength / 0.3 - 1);
  const tilt = [1, 0, -0.002, 0] as const;
  return {
    name: 'humanoid',
    compiler: { inertiafromgeom: true },
    // Enough for the solver's square matrix where every part touches every other.
    memory: 2 ** 21,
    option: { integrator: 'RK4', iterations: 50, solver: 'PGS', timestep: physicsTimeStep, gravity: [0, 0, -gravity] },
    defaults: {
      joint: { armature: 1, damping: 1, limited: true },
      geom: { contype: 1, conaffinity: 1, condim: 1, margin: 0.001, density, rgba: [0.8, 0.6, 0.4, 1] },
    },
    geoms: [{ name: 'floor', type: 'plane', condim: 3, friction: [friction, 0.1, 0.1], size: [20, 20, 0.125], rgba: [0.8, 0.9, 0.8, 1] }],
    bodies: [
      {
        name: 'torso',
        pos: [0, 0, height],
        joints: [{ name: 'root', type: 'free', armature: 0, damping: 0, limited: false, stiffness: 0 }],
        geoms: [
          capsule('torso1', [0, -0.07, 0], [0, 0.07, 0], 0.07),
          sphere('head', [0, 0, 0.19], 0.09),
          capsule('uwaist', [-0.01, -0.06, -0.12], [-0.01, 0.06, -0.12], 0.06),
        ],
        bodies: [
          {
            name: 'lwaist',
            pos: [-0.01, 0, -0.26],
            quat: tilt,
            geoms: [capsule('lwaist', [0, -0.06, 0], [0, 0.06, 0], 0.06)],
            joints: [
              hinge('abdomen_z', [0, 0, 1], [-45, 45], { armature: 0.02, damping: 5, stiffness: 20, pos: [0, 0, 0.065] }),
              hinge('abdomen_y', [0, 1, 0], [-75, 30], { armature: 0.02, damping: 5, stiffness: 10, pos: [0, 0, 0.065] }),
            ],
            bodies: [
              {
                name: 'pelvis',
                pos: [0, 0, -0.165],
                quat: tilt,
                joints: [hinge('abdomen_x', [1, 0, 0], [-35, 35], { armature: 0.02, damping: 5, stiffness: 10, pos: [0, 0, 0.1] })],
                geoms: [capsule('butt', [-0.02, -0.07, 0], [-0.02, 0.07, 0], 0.09)],
                bodies: [leg('right', -1, thighLength, shinLength), leg('left', 1, thighLength, shinLength)],
              },
            ],
          },
          arm('right', -1),
          arm('left', 1),
        ],
      },
    ],
    tendons: ['left', 'right'].map((side) => ({
      name: `${side}_hipknee`,
      joints: [
        { joint: `${side}_hip_y`, coef: -1 },
        { joint: `${side}_knee`, coef: 1 },
      ],
    })),
    actuators: Object.entries(gears).map(([joint, gear]) => ({
      kind: 'motor',
      name: joint,
      joint,
      gear: gear * gearScale,
      ctrllimited: true,
      ctrlrange: [-0.4, 0.4],
    })),
  };
}
