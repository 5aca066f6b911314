/**
 * A model and its state in MuJoCo, behind a typed face that hides what is easy to get wrong in the binding:
 *
 * - arrays of the state are views of WebAssembly memory, which go dead when that memory grows: they are renewed before
 *   every use through the methods here;
 * - a state that is not finite makes MuJoCo start over in silence: that is switched off, and {@link
 *   MujocoSimulation.checkFinite} reports it;
 * - models and states live outside of JavaScript's memory: `dispose` frees them, and so does the garbage collector of
 *   what was forgotten;
 * - contacts that do not fit into the model's memory are dropped with a mere warning: `warnings` tells.
 */
import { LifecycleError, NumericalError, OptionError } from '@mbrl/core';
import type { MainModule, MjData, MjModel } from '@mujoco/mujoco';
import { describeCause } from './describe-cause.js';
import { clearStack, mujocoModule } from './load-mujoco.js';

const dataFields = [
  'qpos',
  'qvel',
  'act',
  'ctrl',
  'qacc',
  'qacc_warmstart',
  'qfrc_applied',
  'qfrc_actuator',
  'qfrc_constraint',
  'xpos',
  'xquat',
  'xipos',
  'geom_xpos',
  'geom_xmat',
  'site_xpos',
  'cinert',
  'cvel',
  'cfrc_ext',
  'ten_length',
  'ten_velocity',
  'sensordata',
  'subtree_com',
] as const;

/** Names of MuJoCo's arrays of `mjData` that can be read; matrices lie row by row. */
export type DataField = (typeof dataFields)[number];

/** Live views of the arrays of a state: read them at once, and do not keep them. */
export type DataViews = { [Field in DataField]: Float64Array };

const warningNames = ['inertia', 'contactsFull', 'constraintsFull', 'badPosition', 'badVelocity', 'badAcceleration', 'badControl'] as const;

/** How often MuJoCo warned since the last reset, by what. */
export type SimulationWarnings = { readonly [Name in (typeof warningNames)[number]]: number };

/** What can be looked up by name. */
export type NamedObject = 'body' | 'joint' | 'geom' | 'site' | 'actuator' | 'sensor' | 'tendon';

/** Beyond this a position or a velocity counts as diverged, as in MuJoCo itself. */
const greatestValue = 1e10;

interface Handles {
  readonly model: MjModel;
  readonly data: MjData;
}

function free({ model, data }: Handles): void {
  data.delete();
  model.delete();
}

const forgotten = new FinalizationRegistry<Handles>(free);

/** A simulation of one model; make it by {@link createSimulation}. */
export class MujocoSimulation {
  /** Sizes of positions, velocities, controls and activations. */
  readonly nq: number;
  readonly nv: number;
  readonly nu: number;
  readonly na: number;
  readonly bodyCount: number;
  readonly geomCount: number;
  /** Seconds of one step of the physics. */
  readonly physicsTimeStep: number;
  private readonly caller: string;
  private readonly mj: MainModule;
  private handles: Handles | undefined;
  private readonly views: DataViews;
  private readonly constants: Map<string, Float64Array> = new Map();

  constructor(caller: string, mj: MainModule, model: MjModel) {
    this.caller = caller;
    this.mj = mj;
    model.opt.disableflags |= mj.mjtDisableBit.mjDSBL_AUTORESET.value;
    const data = new mj.MjData(model);
    this.handles = { model, data };
    forgotten.register(this, this.handles, this);
    this.nq = model.nq;
    this.nv = model.nv;
    this.nu = model.nu;
    this.na = model.na;
    this.bodyCount = model.nbody;
    this.geomCount = model.ngeom;
    this.physicsTimeStep = model.opt.timestep;
    this.views = {} as DataViews;
    this.renew(data);
  }

  /** Seconds simulated since the last reset. */
  get time(): number {
    return this.alive('time').data.time;
  }

  set time(seconds: number) {
    this.alive('time').data.time = seconds;
  }

  /** The arrays of the state, alive at the time of the call. */
  get state(): DataViews {
    if (this.views.qpos.length === 0 || this.handles === undefined) this.renew(this.alive('state').data);
    return this.views;
  }

  /** Sets positions, velocities, controls and time to those that the model starts with. */
  reset(): void {
    const { model, data } = this.alive('reset');
    this.mj.mj_resetData(model, data);
  }

  /** Computes all that follows from positions, velocities and controls, without advancing. @throws as `advance` does. */
  forward(): void {
    const { model, data } = this.alive('forward');
    try {
      this.mj.mj_forward(model, data);
    } catch (cause) {
      this.failed('forward', cause);
    }
  }

  /** Computes the poses of bodies, geoms and sites from the positions. @throws as `advance` does. */
  kinematics(): void {
    const { model, data } = this.alive('kinematics');
    try {
      this.mj.mj_kinematics(model, data);
    } catch (cause) {
      this.failed('kinematics', cause);
    }
  }

  /** Computes the forces on bodies, `cfrc_ext` among them, that steps leave out. @throws as `advance` does. */
  contactForces(): void {
    const { model, data } = this.alive('contactForces');
    try {
      this.mj.mj_rnePostConstraint(model, data);
    } catch (cause) {
      this.failed('contactForces', cause);
    }
  }

  /**
   * Advances by a number of steps of the physics. Whether the result is finite is for {@link checkFinite} to say.
   * @throws NumericalError where MuJoCo itself gives up, such as for want of the model's memory. Positions, velocities
   * and time are then those at which it did; all else is as after a reset.
   */
  advance(stepCount: number): void {
    const { model, data } = this.alive('advance');
    const { mj } = this;
    try {
      for (let i = 0; i < stepCount; i++) mj.mj_step(model, data);
    } catch (cause) {
      this.failed('advance', cause);
    }
  }

  /** What MuJoCo had on its stacks when it gave up would stay there for good: it starts over, from where it stood. */
  private failed(method: string, cause: unknown): never {
    const { model, data } = this.alive(method);
    const { qpos, qvel, act } = this.state;
    const stood = [qpos.slice(), qvel.slice(), act.slice()] as const;
    const { time } = data;
    clearStack();
    this.mj.mj_resetData(model, data);
    [qpos, qvel, act].forEach((part, i) => part.set(stood[i]!));
    data.time = time;
    throw new NumericalError(`${this.caller}.${method}: MuJoCo must be able to compute the step, got ${describeCause(cause)}`, { cause });
  }

  /** @throws NumericalError where a position or velocity is not finite or beyond 1e10: the simulation has diverged. */
  checkFinite(caller: string): void {
    const { qpos, qvel } = this.state;
    for (let i = 0; i < qpos.length; i++) if (!(Math.abs(qpos[i]!) <= greatestValue)) this.diverged(caller, `qpos[${i}] = ${qpos[i]}`);
    for (let i = 0; i < qvel.length; i++) if (!(Math.abs(qvel[i]!) <= greatestValue)) this.diverged(caller, `qvel[${i}] = ${qvel[i]}`);
  }

  private diverged(caller: string, what: string): never {
    throw new NumericalError(`${caller}: the simulation must stay finite, got ${what} after ${this.time.toFixed(4)} s`);
  }

  /** How often MuJoCo warned since the last reset. */
  warnings(): SimulationWarnings {
    const list = this.alive('warnings').data.warning;
    const counts = warningNames.map((name, i) => [name, list.get(i)?.number ?? 0]);
    return Object.fromEntries(counts) as SimulationWarnings;
  }

  /** Bytes of the state's scratch memory: the model's, and the most that was used since the start. */
  memory(): { readonly size: number; readonly mostUsed: number } {
    const { data } = this.alive('memory');
    return { size: data.narena, mostUsed: data.maxuse_arena };
  }

  /** Index of a named object. @throws OptionError where the model has none of that name. */
  indexOf(kind: NamedObject, name: string): number {
    const { model } = this.alive('indexOf');
    const types = this.mj.mjtObj;
    const type = {
      body: types.mjOBJ_BODY,
      joint: types.mjOBJ_JOINT,
      geom: types.mjOBJ_GEOM,
      site: types.mjOBJ_SITE,
      actuator: types.mjOBJ_ACTUATOR,
      sensor: types.mjOBJ_SENSOR,
      tendon: types.mjOBJ_TENDON,
    }[kind].value;
    const index = this.mj.mj_name2id(model, type, name);
    if (index < 0) throw new OptionError(`${this.caller}: the model must have a ${kind} named ${JSON.stringify(name)}`);
    return index;
  }

  /** A copy of an array of the model, such as `body_mass` or `actuator_ctrlrange`, in MuJoCo's order. @throws OptionError on a name that is none. */
  modelArray(field: string): Float64Array {
    const known = this.constants.get(field);
    if (known) return known.slice();
    const { model } = this.alive('modelArray');
    const values: unknown = (model as unknown as { readonly [field: string]: unknown })[field];
    if (!ArrayBuffer.isView(values))
      throw new OptionError(`${this.caller}: field must be an array of MuJoCo's mjModel, got ${JSON.stringify(field)}`);
    const copy = Float64Array.from(values as unknown as ArrayLike<number>);
    this.constants.set(field, copy);
    return copy.slice();
  }

  /** Whether `dispose` was called. */
  get disposed(): boolean {
    return this.handles === undefined;
  }

  /** Frees the model and the state; a second call does nothing, and all others then throw a LifecycleError. */
  dispose(): void {
    if (this.handles === undefined) return;
    forgotten.unregister(this);
    free(this.handles);
    this.handles = undefined;
  }

  private alive(method: string): Handles {
    if (this.handles === undefined) throw new LifecycleError(`${this.caller}.${method}: the simulation must not be used after dispose`);
    return this.handles;
  }

  private renew(data: MjData): void {
    const arrays = data as unknown as DataViews;
    for (const field of dataFields) this.views[field] = arrays[field];
  }
}

/**
 * Compiles a model from MJCF, MuJoCo's XML, and makes a simulation of it at its initial state.
 * @param caller stands in front of error messages
 * @throws LifecycleError before `loadMujoco`; OptionError with MuJoCo's own words on a model that does not compile.
 */
export function createSimulation(caller: string, mjcf: string): MujocoSimulation {
  const mj = mujocoModule(caller);
  let model: MjModel;
  try {
    model = mj.MjModel.from_xml_string(mjcf);
  } catch (cause) {
    throw new OptionError(`${caller}: the model must compile, got ${describeCause(cause)}`, { cause });
  }
  return new MujocoSimulation(caller, mj, model);
}
