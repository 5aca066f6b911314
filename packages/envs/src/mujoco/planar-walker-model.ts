/**
 * The models of the hopper and the two-legged walker: Gymnasium's `hopper.xml` and `walker2d_v5.xml` (Erez, Tassa and
 * Todorov 2011), planar chains of trunk, thigh, leg and foot; lengths, friction and gravity are options.
 */
import { checkNumber } from '@mbrl/core';
import type { MjcfBody, MjcfDefaults, MjcfGeom, MjcfModel } from './mjcf.js';
import { checkPositive } from './option-checks.js';

/** What of the hopper and the walker can be changed. */
export interface PlanarWalkerBody {
  /** Length of the trunk, m. Default 0.4. */
  readonly torsoLength?: number;
  /** Length of a thigh, m. Default 0.45. */
  readonly thighLength?: number;
  /** Length of a lower leg, m. Default 0.5. */
  readonly legLength?: number;
  /** Length of a foot without its round ends, m. Default 0.39 (hopper), 0.2 (walker). */
  readonly footLength?: number;
  /** Density of all parts, kg/m³. Default 1000. */
  readonly density?: number;
  /** Sliding friction of the feet. Default 2 (hopper), 1.9 (walker). */
  readonly footFriction?: number;
  /** Acceleration of gravity, m/s². Default 9.81. */
  readonly gravity?: number;
  /** Seconds of one step of the physics. Default 0.002. */
  readonly physicsTimeStep?: number;
}

/** What tells the two apart. */
export interface PlanarWalkerKind {
  readonly name: string;
  readonly defaults: MjcfDefaults;
  /** Suffixes of the names of the legs, and their colours. */
  readonly legs: readonly { readonly suffix: string; readonly rgba?: readonly [number, number, number, number] }[];
  readonly footLength: number;
  /** How far in front of the ankle the foot's origin and its middle lie, as shares of its length. */
  readonly ankle: { readonly toOrigin: number; readonly toCentre: number };
  readonly footFriction: number;
  readonly floorSize: readonly [number, number, number];
  readonly gear: number;
}

const degrees = Math.PI / 180;

/** The model of one leg. */
function leg(
  { suffix, rgba }: PlanarWalkerKind['legs'][number],
  lengths: { readonly torso: number; readonly thigh: number; readonly leg: number; readonly foot: number },
  ankle: PlanarWalkerKind['ankle'],
  footFriction: number,
): MjcfBody {
  const joint = (part: string): { name: string; type: 'hinge'; axis: readonly [number, number, number] } => ({
    name: `${part}${suffix}_joint`,
    type: 'hinge',
    axis: [0, -1, 0],
  });
  const geom = (part: string): MjcfGeom => ({ name: `${part}${suffix}_geom`, type: 'capsule', ...(rgba ? { rgba } : {}) });
  const halfTurn = Math.SQRT1_2;
  const toOrigin = lengths.foot * ankle.toOrigin;
  const toCentre = lengths.foot * ankle.toCentre;
  return {
    name: `thigh${suffix}`,
    pos: [0, 0, -lengths.torso / 2],
    joints: [{ ...joint('thigh'), range: [-150 * degrees, 0] }],
    geoms: [{ ...geom('thigh'), friction: 0.9, pos: [0, 0, -lengths.thigh / 2], size: [0.05, lengths.thigh / 2] }],
    bodies: [
      {
        name: `leg${suffix}`,
        pos: [0, 0, -(lengths.thigh + lengths.leg / 2)],
        joints: [{ ...joint('leg'), pos: [0, 0, lengths.leg / 2], range: [-150 * degrees, 0] }],
        geoms: [{ ...geom('leg'), friction: 0.9, size: [0.04, lengths.leg / 2] }],
        bodies: [
          {
            name: `foot${suffix}`,
            pos: [toOrigin, 0, -(lengths.leg / 2 + 0.1)],
            joints: [{ ...joint('foot'), pos: [-toOrigin, 0, 0.1], range: [-45 * degrees, 45 * degrees] }],
            geoms: [
              {
                ...geom('foot'),
                friction: footFriction,
                pos: [toCentre - toOrigin, 0, 0.1],
                quat: [halfTurn, 0, -halfTurn, 0],
                size: [0.06, lengths.foot / 2],
              },
            ],
          },
        ],
      },
    ],
  };
}

/** Makes the model. @throws OptionError on an option outside of its bounds. */
export function planarWalkerModel(caller: string, kind: PlanarWalkerKind, body: PlanarWalkerBody): MjcfModel {
  const { torsoLength = 0.4, thighLength = 0.45, legLength = 0.5, footLength = kind.footLength, density = 1000 } = body;
  const { footFriction = kind.footFriction, gravity = 9.81, physicsTimeStep = 0.002 } = body;
  checkPositive(caller, { torsoLength, thighLength, legLength, footLength, density, physicsTimeStep });
  checkNumber(caller, 'footFriction', footFriction, { min: 0 });
  checkNumber(caller, 'gravity', gravity);
  const height = torsoLength / 2 + thighLength + legLength + 0.1;
  const free = { armature: 0, damping: 0, limited: false, stiffness: 0 } as const;
  const lengths = { torso: torsoLength, thigh: thighLength, leg: legLength, foot: footLength };
  return {
    name: kind.name,
    compiler: { inertiafromgeom: true },
    option: { integrator: 'RK4', timestep: physicsTimeStep, gravity: [0, 0, -gravity] },
    defaults: { ...kind.defaults, geom: { ...kind.defaults.geom, density } },
    geoms: [{ name: 'floor', type: 'plane', size: kind.floorSize, conaffinity: 1, condim: 3, rgba: [0.8, 0.9, 0.8, 1] }],
    bodies: [
      {
        name: 'torso',
        pos: [0, 0, height],
        joints: [
          { name: 'rootx', type: 'slide', axis: [1, 0, 0], pos: [0, 0, -height], ...free },
          { name: 'rootz', type: 'slide', axis: [0, 0, 1], pos: [0, 0, -height], ref: height, ...free },
          { name: 'rooty', type: 'hinge', axis: [0, 1, 0], ...free },
        ],
        geoms: [{ name: 'torso_geom', type: 'capsule', friction: 0.9, size: [0.05, torsoLength / 2] }],
        bodies: kind.legs.map((side) => leg(side, lengths, kind.ankle, footFriction)),
      },
    ],
    actuators: kind.legs.flatMap(({ suffix }) =>
      ['thigh', 'leg', 'foot'].map((part) => ({
        kind: 'motor' as const,
        joint: `${part}${suffix}_joint`,
        gear: kind.gear,
        ctrllimited: true,
        ctrlrange: [-1, 1] as const,
      })),
    ),
  };
}
