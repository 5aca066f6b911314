/**
 * A hand of capsules, about as large as a person's, with 24 joints as the Shadow hand has them: two of the wrist, four of
 * each of three fingers, five of the little one and of the thumb. It lies palm up, fingers along x, the thumb at +y, the
 * wrist at the origin. Each joint has a servo on its position.
 *
 * Positive flexion curls towards the palm; a positive second wrist joint lifts the fingers.
 */
import { checkNumber } from '@mbrl/core';
import type { MjcfActuator, MjcfBody, MjcfGeom, MjcfJoint, MjcfModel, Vector3 } from '../mjcf.js';
import { checkPositive } from '../option-checks.js';

/** What of the hand can be changed. */
export interface HandBody {
  /** Factor on the stiffness and strength of all servos. Default 1. */
  readonly servoScale?: number;
  /** Sliding friction of hand and objects. Default 1. */
  readonly friction?: number;
  /** Acceleration of gravity, m/s². Default 9.81. */
  readonly gravity?: number;
  /** Seconds of one step of the physics. Default 0.002. */
  readonly physicsTimeStep?: number;
}

/** One joint: limits, the pose that an action of 0 asks for, rad, and how strong its servo is. */
export interface HandJoint {
  readonly name: string;
  /** What moves, in words. */
  readonly label: string;
  readonly axis: Vector3;
  readonly range: readonly [low: number, high: number];
  readonly rest: number;
  readonly strength: 'wrist' | 'finger';
}

const flexion: Vector3 = [0, -1, 0];
const sideways: Vector3 = [0, 0, 1];

const joint = (
  name: string,
  label: string,
  axis: Vector3,
  range: readonly [number, number],
  rest: number,
  strength: HandJoint['strength'] = 'finger',
): HandJoint => ({
  name,
  label,
  axis,
  range,
  rest,
  strength,
});

const finger = (name: string, label: string): readonly HandJoint[] => [
  joint(`${name}J3`, `${label} sideways`, sideways, [-0.35, 0.35], 0),
  joint(`${name}J2`, `${label} knuckle bend`, flexion, [0, 1.6], 0.45),
  joint(`${name}J1`, `${label} middle bend`, flexion, [0, 1.6], 0.5),
  joint(`${name}J0`, `${label} tip bend`, flexion, [0, 1.6], 0.35),
];

/** The joints in the order of positions and actions. */
export const handJoints: readonly HandJoint[] = [
  joint('WRJ1', 'wrist sideways', sideways, [-0.5, 0.2], 0, 'wrist'),
  joint('WRJ0', 'wrist lift', flexion, [-0.7, 0.5], 0, 'wrist'),
  ...finger('FF', 'forefinger'),
  ...finger('MF', 'middle finger'),
  ...finger('RF', 'ring finger'),
  // Lifts the edge of the palm that the little finger stands on.
  joint('LFJ4', 'little finger palm fold', [1, 0.3, 0], [-0.7, 0], -0.35),
  ...finger('LF', 'little finger'),
  joint('THJ4', 'thumb roll', [1, 0, 0], [-1, 1], 0.5),
  joint('THJ3', 'thumb base bend', flexion, [0, 1.2], 0.7),
  joint('THJ2', 'thumb sideways', sideways, [-0.2, 0.2], 0),
  joint('THJ1', 'thumb middle bend', flexion, [-0.5, 0.5], 0.2),
  joint('THJ0', 'thumb tip bend', flexion, [0, 1.57], 0.3),
];

const skin = [0.87, 0.72, 0.62, 1] as const;
const servo = {
  wrist: { kp: 12, kv: 0.6, force: 6, armature: 0.005, damping: 0.2 },
  finger: { kp: 1, kv: 0.04, force: 0.8, armature: 0.0005, damping: 0.02 },
} as const;

const capsule = (from: Vector3, to: Vector3, size: number): MjcfGeom => ({ type: 'capsule', fromto: [...from, ...to], size });

/** Joints by name as MJCF has them. */
function jointsOf(...names: readonly string[]): MjcfJoint[] {
  return names.map((name): MjcfJoint => {
    const found = handJoints.find((candidate) => candidate.name === name)!;
    const { armature, damping } = servo[found.strength];
    return { name, type: 'hinge', axis: found.axis, range: found.range, armature, damping };
  });
}

/** Three links from a knuckle on. */
function fingerBody(name: string, pos: Vector3, scale = 1): MjcfBody {
  const [proximal, middle, distal] = [0.045 * scale, 0.025 * scale, 0.022 * scale];
  return {
    name: `${name}proximal`,
    pos,
    joints: jointsOf(`${name}J3`, `${name}J2`),
    geoms: [capsule([0, 0, 0], [proximal, 0, 0], 0.0095)],
    bodies: [
      {
        name: `${name}middle`,
        pos: [proximal, 0, 0],
        joints: jointsOf(`${name}J1`),
        geoms: [capsule([0, 0, 0], [middle, 0, 0], 0.0085)],
        bodies: [
          {
            name: `${name}distal`,
            pos: [middle, 0, 0],
            joints: jointsOf(`${name}J0`),
            geoms: [capsule([0, 0, 0], [distal, 0, 0], 0.0078)],
          },
        ],
      },
    ],
  };
}

const thumb: MjcfBody = {
  name: 'THproximal',
  pos: [0.04, 0.044, 0.002],
  axisangle: [0, 0, 1, 0.9],
  joints: jointsOf('THJ4', 'THJ3'),
  geoms: [capsule([0, 0, 0], [0.038, 0, 0], 0.012)],
  bodies: [
    {
      name: 'THmiddle',
      pos: [0.038, 0, 0],
      joints: jointsOf('THJ2', 'THJ1'),
      geoms: [capsule([0, 0, 0], [0.032, 0, 0], 0.0105)],
      bodies: [{ name: 'THdistal', pos: [0.032, 0, 0], joints: jointsOf('THJ0'), geoms: [capsule([0, 0, 0], [0.026, 0, 0], 0.0095)] }],
    },
  ],
};

const palm: MjcfBody = {
  name: 'palm',
  joints: jointsOf('WRJ1', 'WRJ0'),
  geoms: [
    capsule([0.006, 0.033, 0], [0.086, 0.033, 0], 0.012),
    capsule([0.006, 0.011, 0], [0.09, 0.011, 0], 0.012),
    capsule([0.006, -0.011, 0], [0.086, -0.011, 0], 0.012),
    capsule([0.006, -0.033, 0], [0.036, -0.033, 0], 0.012),
    // The heel and the balls of thumb and little finger: a rim that keeps things in the palm.
    capsule([0.004, -0.032, 0.01], [0.004, 0.032, 0.01], 0.013),
    capsule([0.008, 0.04, 0.011], [0.028, 0.043, 0.01], 0.014),
    capsule([0.008, -0.042, 0.012], [0.036, -0.043, 0.01], 0.013),
  ],
  bodies: [
    fingerBody('FF', [0.097, 0.033, 0]),
    fingerBody('MF', [0.101, 0.011, 0], 1.05),
    fingerBody('RF', [0.097, -0.011, 0]),
    {
      name: 'LFmetacarpal',
      pos: [0.045, -0.027, 0],
      joints: jointsOf('LFJ4'),
      geoms: [capsule([0.004, -0.007, 0], [0.042, -0.007, 0], 0.0115), capsule([0.006, -0.017, 0.006], [0.036, -0.017, 0.006], 0.009)],
      bodies: [fingerBody('LF', [0.046, -0.007, 0], 0.85)],
    },
    thumb,
  ],
};

/**
 * Makes the model with some objects to handle; their joints come after the hand's.
 * @throws OptionError on an option outside of its bounds.
 */
export function handModel(caller: string, name: string, objects: readonly MjcfBody[], body: HandBody): MjcfModel {
  const { servoScale = 1, friction = 1, gravity = 9.81, physicsTimeStep = 0.002 } = body;
  checkPositive(caller, { servoScale, physicsTimeStep });
  checkNumber(caller, 'friction', friction, { min: 0 });
  checkNumber(caller, 'gravity', gravity);
  return {
    name,
    compiler: { inertiafromgeom: true },
    option: { timestep: physicsTimeStep, gravity: [0, 0, -gravity], integrator: 'implicitfast' },
    defaults: { geom: { condim: 4, friction: [friction, 0.005, 0.0001], density: 1000, rgba: skin } },
    geoms: [
      { name: 'floor', type: 'plane', pos: [0, 0, -0.25], size: [2, 2, 0.1], rgba: [0.8, 0.9, 0.8, 1] },
      { name: 'forearm', type: 'capsule', fromto: [-0.2, 0, 0, -0.032, 0, 0], size: 0.028, contype: 0, conaffinity: 0 },
    ],
    bodies: [palm, ...objects],
    actuators: handJoints.map(({ name: own, label, range, strength }): MjcfActuator => {
      const { kp, kv, force } = servo[strength];
      return {
        kind: 'position',
        // Its name is the label of its action.
        name: label,
        joint: own,
        kp: kp * servoScale,
        kv: kv * Math.sqrt(servoScale),
        ctrllimited: true,
        ctrlrange: range,
        forcelimited: true,
        forcerange: [-force * servoScale, force * servoScale],
      };
    }),
  };
}

/** The middle of the palm's hollow. */
export const palmCentre = [0.058, 0] as const;

/** From where it is seen. */
export const handView = { target: [0.06, 0, 0.02], offset: [0.16, -0.26, 0.3] } as const;
