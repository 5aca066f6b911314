/** The model of the ant: Gymnasium's `ant.xml` (Schulman et al. 2016), a ball with four legs of two moving links each. */
import { checkNumber } from '@mbrl/core';
import type { MjcfBody, MjcfModel } from './mjcf.js';
import { checkPositive } from './option-checks.js';

/** What of the ant can be changed. */
export interface AntBody {
  /** Radius of the trunk, m. Default 0.25. */
  readonly torsoRadius?: number;
  /** Length of an upper leg, m. Default 0.2 √2. */
  readonly upperLegLength?: number;
  /** Length of a lower leg, m. Default 0.4 √2. */
  readonly lowerLegLength?: number;
  /** Radius of the legs, m. Default 0.08. */
  readonly legRadius?: number;
  /** Density of all parts, kg/m³. Default 5. */
  readonly density?: number;
  /** Sliding friction. Default 1. */
  readonly friction?: number;
  /** Torque of an action of 1, N m. Default 150. */
  readonly gear?: number;
  /** Acceleration of gravity, m/s². Default 9.81. */
  readonly gravity?: number;
  /** Seconds of one step of the physics. Default 0.01. */
  readonly physicsTimeStep?: number;
}

/** The legs in order: names, direction from the trunk, axis and limits of the ankle. */
const legs = [
  { body: 'front_left_leg', upper: 'left_leg_geom', lower: 'left_ankle_geom', x: 1, y: 1, axis: [-1, 1, 0], range: [30, 70] },
  { body: 'front_right_leg', upper: 'right_leg_geom', lower: 'right_ankle_geom', x: -1, y: 1, axis: [1, 1, 0], range: [-70, -30] },
  { body: 'back_leg', upper: 'back_leg_geom', lower: 'third_ankle_geom', x: -1, y: -1, axis: [-1, 1, 0], range: [-70, -30] },
  { body: 'right_back_leg', upper: 'rightback_leg_geom', lower: 'fourth_ankle_geom', x: 1, y: -1, axis: [1, 1, 0], range: [30, 70] },
] as const;

/** The hinges in MuJoCo's order. */
export const antHinges: readonly string[] = [1, 2, 3, 4].flatMap((leg) => [`hip_${leg}`, `ankle_${leg}`]);

/** The bodies but the world in MuJoCo's order. */
export const antBodies: readonly string[] = ['torso', ...legs.flatMap(({ body }, i) => [body, `aux_${i + 1}`, `foot_${i + 1}`])];

const degrees = Math.PI / 180;

/** Makes the model. @throws OptionError on an option outside of its bounds. */
export function antModel(caller: string, body: AntBody = {}): MjcfModel {
  const { torsoRadius = 0.25, upperLegLength = 0.2 * Math.SQRT2, lowerLegLength = 0.4 * Math.SQRT2, legRadius = 0.08 } = body;
  const { density = 5, friction = 1, gear = 150, gravity = 9.81, physicsTimeStep = 0.01 } = body;
  checkPositive(caller, { torsoRadius, upperLegLength, lowerLegLength, legRadius, density, physicsTimeStep });
  checkNumber(caller, 'friction', friction, { min: 0 });
  checkNumber(caller, 'gear', gear);
  checkNumber(caller, 'gravity', gravity);
  const hip = 0.2;
  const upper = upperLegLength / Math.SQRT2;
  const lower = lowerLegLength / Math.SQRT2;
  const bodies = legs.map((leg, i): MjcfBody => {
    const number = i + 1;
    const { x, y } = leg;
    const capsule = (name: string, length: number) =>
      ({ name, type: 'capsule', size: legRadius, fromto: [0, 0, 0, x * length, y * length, 0] }) as const;
    return {
      name: leg.body,
      geoms: [capsule(`aux_${number}_geom`, hip)],
      bodies: [
        {
          name: `aux_${number}`,
          pos: [x * hip, y * hip, 0],
          joints: [{ name: `hip_${number}`, type: 'hinge', axis: [0, 0, 1], range: [-30 * degrees, 30 * degrees] }],
          geoms: [capsule(leg.upper, upper)],
          bodies: [
            {
              name: `foot_${number}`,
              pos: [x * upper, y * upper, 0],
              joints: [{ name: `ankle_${number}`, type: 'hinge', axis: leg.axis, range: [leg.range[0] * degrees, leg.range[1] * degrees] }],
              geoms: [capsule(leg.lower, lower)],
            },
          ],
        },
      ],
    };
  });
  return {
    name: 'ant',
    compiler: { inertiafromgeom: true },
    option: { integrator: 'RK4', timestep: physicsTimeStep, gravity: [0, 0, -gravity] },
    defaults: {
      joint: { armature: 1, damping: 1, limited: true },
      geom: { conaffinity: 0, condim: 3, density, friction: [friction, 0.5, 0.5], margin: 0.01, rgba: [0.8, 0.6, 0.4, 1] },
    },
    geoms: [{ name: 'floor', type: 'plane', size: [40, 40, 40], conaffinity: 1, condim: 3, rgba: [0.8, 0.9, 0.8, 1] }],
    bodies: [
      {
        name: 'torso',
        pos: [0, 0, 0.75],
        joints: [{ name: 'root', type: 'free', armature: 0, damping: 0, limited: false, margin: 0.01 }],
        geoms: [{ name: 'torso_geom', type: 'sphere', size: torsoRadius }],
        bodies,
      },
    ],
    actuators: [4, 1, 2, 3].flatMap((leg) =>
      ['hip', 'ankle'].map((part) => ({
        kind: 'motor' as const,
        joint: `${part}_${leg}`,
        gear,
        ctrllimited: true,
        ctrlrange: [-1, 1] as const,
      })),
    ),
  };
}
