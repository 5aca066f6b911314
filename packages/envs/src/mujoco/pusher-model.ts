/** The models of the two pushers: Gymnasium's `pusher_v5.xml`, and the PETS code's `pusher.xml`. */
import { checkNumber } from '@mbrl/core';
import { armBody, armJoints, capsule } from './arm-model.js';
import type { MjcfGeom, MjcfModel } from './mjcf.js';
import { checkPositive } from './option-checks.js';

/** What of the arm and the object can be changed. */
export interface PusherBody {
  /** Length from the shoulder to the elbow, m. Default 0.4. */
  readonly upperArmLength?: number;
  /** Length from the elbow to the wrist, m. Default 0.321. */
  readonly forearmLength?: number;
  /** Radius of the object, m. Default 0.05. */
  readonly objectRadius?: number;
  /** Density of the object, kg/m³. Default 0.01 (`Pusher-v5`), 0.00001 (PETS). */
  readonly objectDensity?: number;
  /** Damping of the object's sliding, N s/m. Default 0.5. */
  readonly objectDamping?: number;
  /** Seconds of one step of the physics. Default 0.01. */
  readonly physicsTimeStep?: number;
}

/** What tells the two apart. */
export interface PusherKind {
  readonly panLimit: number;
  readonly objectDensity: number;
  /** Whether an unseen sphere adds to the object's mass, as in the PETS code. */
  readonly sphere: boolean;
}

/** Makes the model. @throws OptionError on an option outside of its bounds. */
export function pusherModel(caller: string, kind: PusherKind, body: PusherBody): MjcfModel {
  const { upperArmLength = 0.4, forearmLength = 0.321, objectRadius = 0.05, objectDensity = kind.objectDensity } = body;
  const { objectDamping = 0.5, physicsTimeStep = 0.01 } = body;
  checkPositive(caller, { upperArmLength, forearmLength, objectRadius, objectDensity, physicsTimeStep });
  checkNumber(caller, 'objectDamping', objectDamping, { min: 0 });
  const touching = { contype: 1, conaffinity: 1 } as const;
  const slide = (name: string, axis: readonly [number, number, number], damping: number) =>
    ({ name, type: 'slide', axis, range: [-10.3213, 10.3], damping }) as const;
  const sphere: MjcfGeom = { type: 'sphere', size: objectRadius, density: objectDensity, conaffinity: 0, rgba: [1, 1, 1, 0] };
  const tip = (name: string, y: number): MjcfGeom => ({ name, type: 'sphere', pos: [0.1, y, 0], size: 0.01 });
  return {
    name: 'arm3d',
    compiler: { inertiafromgeom: true },
    option: { timestep: physicsTimeStep, gravity: [0, 0, 0], iterations: 20, integrator: 'Euler' },
    defaults: {
      joint: { armature: 0.04, damping: 1, limited: true },
      geom: { friction: [0.8, 0.1, 0.1], density: 300, margin: 0.002, condim: 1, contype: 0, conaffinity: 0 },
    },
    geoms: [{ name: 'table', type: 'plane', pos: [0, 0.5, -0.325], size: [1, 1, 0.1], ...touching }],
    bodies: [
      armBody({
        baseY: -0.6,
        upperArmLength,
        forearmLength,
        forearmSolid: forearmLength - 0.03,
        joints: [
          { range: [-2.2854, kind.panLimit], damping: 1 },
          { range: [-0.5236, 1.3963], damping: 1 },
          { range: [-1.5, 1.7], damping: 0.1 },
          { range: [-2.3213, 0], damping: 0.1 },
          { range: [-1.5, 1.5], damping: 0.1 },
          { range: [-1.094, 0], damping: 0.1 },
          { range: [-1.5, 1.5], damping: 0.1 },
        ],
        hand: {
          geoms: [
            { ...capsule(undefined, [0, -0.1, 0], [0, 0.1, 0], 0.02), ...touching },
            { ...capsule(undefined, [0, -0.1, 0], [0.1, -0.1, 0], 0.02), ...touching },
            { ...capsule(undefined, [0, 0.1, 0], [0.1, 0.1, 0], 0.02), ...touching },
          ],
          bodies: [{ name: 'tips_arm', geoms: [tip('tip_arml', -0.1), tip('tip_armr', 0.1)] }],
        },
      }),
      {
        name: 'object',
        pos: [0.45, -0.05, -0.275],
        geoms: [
          ...(kind.sphere ? [sphere] : []),
          { type: 'cylinder', size: [objectRadius, 0.05], density: objectDensity, contype: 1, conaffinity: 0, rgba: [1, 1, 1, 1] },
        ],
        joints: [slide('obj_slidey', [0, 1, 0], objectDamping), slide('obj_slidex', [1, 0, 0], objectDamping)],
      },
      {
        name: 'goal',
        pos: [0.45, -0.05, -0.323],
        geoms: [{ type: 'cylinder', size: [0.08, 0.001], density: 0.00001, rgba: [1, 0, 0, 1] }],
        joints: [slide('goal_slidey', [0, 1, 0], 0.5), slide('goal_slidex', [1, 0, 0], 0.5)],
      },
    ],
    actuators: armJoints.map((joint) => ({ kind: 'motor', joint, ctrllimited: true, ctrlrange: [-2, 2] })),
  };
}

/** From where it is seen. */
export const pusherView = { target: [0.3, -0.2, -0.2], offset: [0.4, -2.2, 1.6], targets: ['goal'], objects: ['object'] } as const;
