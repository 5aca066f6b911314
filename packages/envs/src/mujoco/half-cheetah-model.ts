/**
 * The model of the half-cheetah: Gymnasium's `half_cheetah.xml` (Wawrzyński 2009), a planar body with two legs of three
 * links, 9 degrees of freedom, 6 motors, 14 kg; its lengths, weight and ground are options.
 */
import { checkNumber } from '@mbrl/core';
import type { MjcfBody, MjcfGeom, MjcfJoint, MjcfModel, Vector3 } from './mjcf.js';

/** What of the half-cheetah's body and world can be changed. */
export interface HalfCheetahBody {
  /** Length of the trunk, m. Default 1. */
  readonly torsoLength?: number;
  /** Scale of the lengths of the back leg. Default 1. */
  readonly backLegScale?: number;
  /** Scale of the lengths of the front leg. Default 1. */
  readonly frontLegScale?: number;
  /** Radius of all parts, m. Default 0.046. */
  readonly radius?: number;
  /** Mass of the whole, kg; shared out by volume. Default 14. */
  readonly totalMass?: number;
  /** Sliding friction with the ground. Default 0.4. */
  readonly friction?: number;
  /** Acceleration of gravity, m/s². Default 9.81. */
  readonly gravity?: number;
  /** Seconds of one step of the physics. Default 0.01. */
  readonly physicsTimeStep?: number;
}

/** One link of a leg: where it hangs, its capsule, its spring and limits. */
interface Link {
  readonly name: string;
  readonly at: Vector3;
  readonly centre: Vector3;
  readonly angle: number;
  readonly halfLength: number;
  readonly stiffness: number;
  readonly damping: number;
  readonly range: readonly [number, number];
  readonly pale: boolean;
}

const pale = [0.9, 0.6, 0.6, 1] as const;

const backLeg: readonly Link[] = [
  {
    name: 'bthigh',
    at: [-0.5, 0, 0],
    centre: [0.1, 0, -0.13],
    angle: -3.8,
    halfLength: 0.145,
    stiffness: 240,
    damping: 6,
    range: [-0.52, 1.05],
    pale: false,
  },
  {
    name: 'bshin',
    at: [0.16, 0, -0.25],
    centre: [-0.14, 0, -0.07],
    angle: -2.03,
    halfLength: 0.15,
    stiffness: 180,
    damping: 4.5,
    range: [-0.785, 0.785],
    pale: true,
  },
  {
    name: 'bfoot',
    at: [-0.28, 0, -0.14],
    centre: [0.03, 0, -0.097],
    angle: -0.27,
    halfLength: 0.094,
    stiffness: 120,
    damping: 3,
    range: [-0.4, 0.785],
    pale: true,
  },
];
const frontLeg: readonly Link[] = [
  {
    name: 'fthigh',
    at: [0.5, 0, 0],
    centre: [-0.07, 0, -0.12],
    angle: 0.52,
    halfLength: 0.133,
    stiffness: 180,
    damping: 4.5,
    range: [-1, 0.7],
    pale: false,
  },
  {
    name: 'fshin',
    at: [-0.14, 0, -0.24],
    centre: [0.065, 0, -0.09],
    angle: -0.6,
    halfLength: 0.106,
    stiffness: 120,
    damping: 3,
    range: [-1.2, 0.87],
    pale: true,
  },
  {
    name: 'ffoot',
    at: [0.13, 0, -0.18],
    centre: [0.045, 0, -0.07],
    angle: -0.6,
    halfLength: 0.07,
    stiffness: 60,
    damping: 1.5,
    range: [-0.5, 0.5],
    pale: true,
  },
];
const gears = { bthigh: 120, bshin: 90, bfoot: 60, fthigh: 120, fshin: 60, ffoot: 30 };

const scaled = ([x, y, z]: Vector3, scale: number): Vector3 => [x * scale, y * scale, z * scale];

/** A chain of links, the first of which hangs at `at`. */
function leg(links: readonly Link[], scale: number, radius: number, at: Vector3): MjcfBody {
  const [link, ...rest] = links as [Link, ...Link[]];
  const joint: MjcfJoint = {
    name: link.name,
    type: 'hinge',
    axis: [0, 1, 0],
    stiffness: link.stiffness,
    damping: link.damping,
    range: link.range,
  };
  const geom: MjcfGeom = {
    name: link.name,
    type: 'capsule',
    pos: scaled(link.centre, scale),
    axisangle: [0, 1, 0, link.angle],
    size: [radius, link.halfLength * scale],
    ...(link.pale ? { rgba: pale } : {}),
  };
  const bodies = rest.length === 0 ? [] : [leg(rest, scale, radius, scaled(rest[0]!.at, scale))];
  return { name: link.name, pos: at, joints: [joint], geoms: [geom], bodies };
}

/** Makes the model. @throws OptionError on an option outside of its bounds. */
export function halfCheetahModel(caller: string, body: HalfCheetahBody = {}): MjcfModel {
  const {
    torsoLength = 1,
    backLegScale = 1,
    frontLegScale = 1,
    radius = 0.046,
    totalMass = 14,
    friction = 0.4,
    gravity = 9.81,
    physicsTimeStep = 0.01,
  } = body;
  for (const [name, value] of Object.entries({ torsoLength, backLegScale, frontLegScale, radius, totalMass, physicsTimeStep }))
    checkNumber(caller, name, value, { above: 0 });
  checkNumber(caller, 'friction', friction, { min: 0 });
  checkNumber(caller, 'gravity', gravity);
  const half = torsoLength / 2;
  const free = { armature: 0, damping: 0, limited: false, stiffness: 0 } as const;
  return {
    name: 'cheetah',
    compiler: { inertiafromgeom: true, settotalmass: totalMass },
    option: { timestep: physicsTimeStep, gravity: [0, 0, -gravity] },
    defaults: {
      joint: { armature: 0.1, damping: 0.01, limited: true, stiffness: 8, solimplimit: [0, 0.8, 0.03], solreflimit: [0.02, 1] },
      geom: {
        contype: 1,
        conaffinity: 0,
        condim: 3,
        friction: [friction, 0.1, 0.1],
        solimp: [0, 0.8, 0.01],
        solref: [0.02, 1],
        rgba: [0.8, 0.6, 0.4, 1],
      },
    },
    geoms: [{ name: 'floor', type: 'plane', size: [40, 40, 40], conaffinity: 1, condim: 3, rgba: [0.8, 0.9, 0.8, 1] }],
    bodies: [
      {
        name: 'torso',
        pos: [0, 0, 0.7],
        joints: [
          { name: 'rootx', type: 'slide', axis: [1, 0, 0], ...free },
          { name: 'rootz', type: 'slide', axis: [0, 0, 1], ...free },
          { name: 'rooty', type: 'hinge', axis: [0, 1, 0], ...free },
        ],
        geoms: [
          { name: 'torso', type: 'capsule', fromto: [-half, 0, 0, half, 0, 0], size: radius },
          { name: 'head', type: 'capsule', pos: [half + 0.1, 0, 0.1], axisangle: [0, 1, 0, 0.87], size: [radius, 0.15] },
        ],
        bodies: [leg(backLeg, backLegScale, radius, [-half, 0, 0]), leg(frontLeg, frontLegScale, radius, [half, 0, 0])],
      },
    ],
    actuators: Object.entries(gears).map(([joint, gear]) => ({
      kind: 'motor',
      name: joint,
      joint,
      gear,
      ctrllimited: true,
      ctrlrange: [-1, 1],
    })),
  };
}

/** The joints in MuJoCo's order. */
export const halfCheetahJoints = ['rootx', 'rootz', 'rooty', 'bthigh', 'bshin', 'bfoot', 'fthigh', 'fshin', 'ffoot'] as const;

/** From where it is seen. */
export const halfCheetahView = { follow: 'torso', target: [0, 0, 0.6], offset: [0, -3.2, 0.4] } as const;
