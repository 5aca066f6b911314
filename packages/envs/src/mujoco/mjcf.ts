/**
 * Models for MuJoCo as typed data: what of MJCF, its XML, our tasks use. Attributes carry MJCF's own names and
 * meanings (https://mujoco.readthedocs.io/en/stable/XMLreference.html), in SI units and radians; {@link writeMjcf}
 * makes the XML.
 */

/** Three numbers: a position, an axis, sizes. */
export type Vector3 = readonly [x: number, y: number, z: number];

/** How a geom or body is turned: one of the two. */
interface Turn {
  /** Unit quaternion (w, x, y, z). */
  readonly quat?: readonly [w: number, x: number, y: number, z: number];
  /** Axis and angle. */
  readonly axisangle?: readonly [x: number, y: number, z: number, angle: number];
}

/** A solid: a shape with mass that collides. */
export interface MjcfGeom extends Turn {
  readonly name?: string;
  /** Defaults class that fills in what is not given. */
  readonly class?: string;
  readonly type?: 'plane' | 'sphere' | 'capsule' | 'cylinder' | 'box' | 'ellipsoid';
  /** One to three half sizes: radius; radius and half length; or half sizes. */
  readonly size?: number | readonly number[];
  /** Both ends of a capsule, cylinder or box, in place of position, turn and half length. */
  readonly fromto?: readonly [number, number, number, number, number, number];
  readonly pos?: Vector3;
  /** Collides with geoms whose `conaffinity` shares a bit with its `contype`, or the other way round. */
  readonly contype?: number;
  readonly conaffinity?: number;
  /** Dimensions of the contact's force: 1 without friction, 3 sliding, 4 twisting, 6 rolling. */
  readonly condim?: 1 | 3 | 4 | 6;
  /** Sliding, torsional and rolling friction. */
  readonly friction?: number | readonly number[];
  readonly density?: number;
  readonly mass?: number;
  readonly margin?: number;
  readonly solref?: readonly [number, number];
  readonly solimp?: readonly number[];
  readonly priority?: number;
  readonly group?: number;
  readonly rgba?: readonly [number, number, number, number];
}

/** A degree of freedom of a body against its parent. */
export interface MjcfJoint {
  readonly name?: string;
  readonly class?: string;
  readonly type?: 'free' | 'ball' | 'slide' | 'hinge';
  readonly pos?: Vector3;
  readonly axis?: Vector3;
  readonly limited?: boolean;
  readonly range?: readonly [low: number, high: number];
  readonly ref?: number;
  readonly springref?: number;
  readonly stiffness?: number;
  readonly damping?: number;
  readonly armature?: number;
  readonly frictionloss?: number;
  readonly margin?: number;
  readonly solreflimit?: readonly [number, number];
  readonly solimplimit?: readonly number[];
}

/** A marked place on a body. */
export interface MjcfSite extends Turn {
  readonly name?: string;
  readonly class?: string;
  readonly type?: 'sphere' | 'capsule' | 'cylinder' | 'box' | 'ellipsoid';
  readonly pos?: Vector3;
  readonly size?: number | readonly number[];
  readonly rgba?: readonly [number, number, number, number];
}

/** A rigid body: its joints, its solids, and the bodies that hang on it. */
export interface MjcfBody extends Turn {
  readonly name?: string;
  /** Defaults class of all that is inside. */
  readonly childclass?: string;
  readonly pos?: Vector3;
  /** Share of the weight that is carried by itself, 0 to 1. */
  readonly gravcomp?: number;
  readonly joints?: readonly MjcfJoint[];
  readonly geoms?: readonly MjcfGeom[];
  readonly sites?: readonly MjcfSite[];
  readonly bodies?: readonly MjcfBody[];
}

/** A motor (torque times gear), or a servo on position or velocity. */
export interface MjcfActuator {
  readonly kind: 'motor' | 'position' | 'velocity';
  readonly name?: string;
  readonly class?: string;
  /** What it moves: a joint or a tendon. */
  readonly joint?: string;
  readonly tendon?: string;
  readonly gear?: number;
  readonly ctrllimited?: boolean;
  readonly ctrlrange?: readonly [low: number, high: number];
  readonly forcelimited?: boolean;
  readonly forcerange?: readonly [low: number, high: number];
  /** Stiffness of a position servo. */
  readonly kp?: number;
  /** Damping of a position or velocity servo. */
  readonly kv?: number;
}

/** A tendon whose length is a weighted sum of joint positions. */
export interface MjcfTendon {
  readonly name: string;
  readonly joints: readonly { readonly joint: string; readonly coef: number }[];
  readonly limited?: boolean;
  readonly range?: readonly [low: number, high: number];
  readonly stiffness?: number;
  readonly damping?: number;
}

/** A measurement that MuJoCo makes after each step. */
export interface MjcfSensor {
  readonly kind: 'touch' | 'accelerometer' | 'velocimeter' | 'gyro' | 'force' | 'torque' | 'jointpos' | 'jointvel' | 'subtreecom';
  readonly name?: string;
  readonly site?: string;
  readonly joint?: string;
  readonly body?: string;
}

/** Two bodies that do not collide. */
export interface MjcfExclude {
  readonly body1: string;
  readonly body2: string;
}

/** What elements have where they say nothing. In MuJoCo the defaults of one kind of actuator are those of all. */
export interface MjcfDefaults {
  readonly geom?: Omit<MjcfGeom, 'name' | 'class'>;
  readonly joint?: Omit<MjcfJoint, 'name' | 'class'>;
  readonly site?: Omit<MjcfSite, 'name' | 'class'>;
  readonly motor?: Omit<MjcfActuator, 'kind' | 'name' | 'class' | 'joint' | 'tendon'>;
  readonly position?: Omit<MjcfActuator, 'kind' | 'name' | 'class' | 'joint' | 'tendon'>;
}

/** How the physics is computed. */
export interface MjcfOption {
  /** Seconds of one step of the physics. */
  readonly timestep?: number;
  readonly gravity?: Vector3;
  readonly integrator?: 'Euler' | 'RK4' | 'implicit' | 'implicitfast';
  readonly solver?: 'PGS' | 'CG' | 'Newton';
  readonly cone?: 'pyramidal' | 'elliptic';
  readonly iterations?: number;
  readonly impratio?: number;
  /** Density and viscosity of what the bodies move in. */
  readonly density?: number;
  readonly viscosity?: number;
  readonly wind?: Vector3;
}

/** A whole model. */
export interface MjcfModel {
  readonly name: string;
  /** Rules of the compiler. Angles are radians always. */
  readonly compiler?: { readonly inertiafromgeom?: boolean; readonly settotalmass?: number; readonly autolimits?: boolean };
  readonly option?: MjcfOption;
  /** Bytes of scratch memory for contacts and the solver. Default 1 MB, where MuJoCo's own is 13 MB for each state. */
  readonly memory?: number;
  readonly defaults?: MjcfDefaults;
  /** Named defaults, on top of `defaults`. */
  readonly classes?: { readonly [name: string]: MjcfDefaults };
  /** What stands still in the world. */
  readonly geoms?: readonly MjcfGeom[];
  readonly sites?: readonly MjcfSite[];
  readonly bodies: readonly MjcfBody[];
  readonly tendons?: readonly MjcfTendon[];
  readonly actuators?: readonly MjcfActuator[];
  readonly sensors?: readonly MjcfSensor[];
  readonly excludes?: readonly MjcfExclude[];
}
