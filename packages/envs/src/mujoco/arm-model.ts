/**
 * The arm with seven joints of the pusher and of the reacher in space: a shoulder that pans, lifts and rolls, an elbow,
 * a forearm that rolls, a wrist that bends and rolls (Gymnasium's `pusher_v5.xml`; the PETS code's `pusher.xml` and
 * `reacher3d.xml`).
 */
import type { MjcfBody, MjcfGeom, MjcfJoint } from './mjcf.js';

/** Limits and damping of one joint of the arm. */
export interface ArmJoint {
  /** Limits, rad; none where absent. */
  readonly range?: readonly [number, number];
  readonly damping: number;
}

/** What tells the arms apart. */
export interface ArmSetup {
  /** Where the shoulder stands along y, m. */
  readonly baseY: number;
  /** Length from the shoulder to the elbow, m. */
  readonly upperArmLength: number;
  /** Length from the elbow to the wrist, m. */
  readonly forearmLength: number;
  /** Length of the forearm's solid, m. */
  readonly forearmSolid: number;
  /** The seven joints from the shoulder on. */
  readonly joints: readonly ArmJoint[];
  /** What the last joint turns. */
  readonly hand: Pick<MjcfBody, 'geoms' | 'bodies'>;
}

/** The joints in order. */
export const armJoints = [
  'r_shoulder_pan_joint',
  'r_shoulder_lift_joint',
  'r_upper_arm_roll_joint',
  'r_elbow_flex_joint',
  'r_forearm_roll_joint',
  'r_wrist_flex_joint',
  'r_wrist_roll_joint',
] as const;

const axes = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
  [0, 1, 0],
  [1, 0, 0],
  [0, 1, 0],
  [1, 0, 0],
] as const;

/** A capsule from one place to another. */
export function capsule(
  name: string | undefined,
  from: readonly [number, number, number],
  to: readonly [number, number, number],
  size: number,
): MjcfGeom {
  return { ...(name === undefined ? {} : { name }), type: 'capsule', fromto: [...from, ...to], size };
}

/** Makes the arm. */
export function armBody({ baseY, upperArmLength, forearmLength, forearmSolid, joints, hand }: ArmSetup): MjcfBody {
  const joint = (index: number): MjcfJoint => {
    const { range, damping } = joints[index]!;
    return { name: armJoints[index]!, type: 'hinge', axis: axes[index]!, damping, ...(range ? { range } : { limited: false }) };
  };
  const eye = (name: string, x: number, y: number, size: number, grey: number): MjcfGeom => ({
    name,
    type: 'sphere',
    pos: [x, y, 0.2],
    size,
    rgba: [grey, grey, grey, 1],
  });
  const wristRoll: MjcfBody = { name: 'r_wrist_roll_link', joints: [joint(6)], ...hand };
  const wristFlex: MjcfBody = {
    name: 'r_wrist_flex_link',
    pos: [forearmLength, 0, 0],
    geoms: [capsule('wf', [0, -0.02, 0], [0, 0.02, 0], 0.01)],
    joints: [joint(5)],
    bodies: [wristRoll],
  };
  const forearm: MjcfBody = { name: 'r_forearm_link', geoms: [capsule('fa', [0, 0, 0], [forearmSolid, 0, 0], 0.05)], bodies: [wristFlex] };
  const forearmRoll: MjcfBody = {
    name: 'r_forearm_roll_link',
    geoms: [capsule('fr', [-0.1, 0, 0], [0.1, 0, 0], 0.02)],
    joints: [joint(4)],
    bodies: [forearm],
  };
  const elbow: MjcfBody = {
    name: 'r_elbow_flex_link',
    pos: [upperArmLength, 0, 0],
    geoms: [capsule('ef', [0, -0.02, 0], [0, 0.02, 0], 0.06)],
    joints: [joint(3)],
    bodies: [forearmRoll],
  };
  const upperArm: MjcfBody = { name: 'r_upper_arm_link', geoms: [capsule('ua', [0, 0, 0], [upperArmLength, 0, 0], 0.06)], bodies: [elbow] };
  const upperArmRoll: MjcfBody = {
    name: 'r_upper_arm_roll_link',
    geoms: [capsule('uar', [-0.1, 0, 0], [0.1, 0, 0], 0.02)],
    joints: [joint(2)],
    bodies: [upperArm],
  };
  const shoulderLift: MjcfBody = {
    name: 'r_shoulder_lift_link',
    pos: [0.1, 0, 0],
    geoms: [capsule('sl', [0, -0.1, 0], [0, 0.1, 0], 0.1)],
    joints: [joint(1)],
    bodies: [upperArmRoll],
  };
  return {
    name: 'r_shoulder_pan_link',
    pos: [0, baseY, 0],
    geoms: [
      eye('e1', -0.06, 0.05, 0.05, 0.6),
      eye('e2', 0.06, 0.05, 0.05, 0.6),
      eye('e1p', -0.06, 0.09, 0.03, 0.1),
      eye('e2p', 0.06, 0.09, 0.03, 0.1),
      capsule('sp', [0, 0, -0.4], [0, 0, 0.2], 0.1),
    ],
    joints: [joint(0)],
    bodies: [shoulderLift],
  };
}
