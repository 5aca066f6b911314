/**
 * What the MuJoCo tasks share: the order of calls, actions into controls, the steps of the physics in one step of the
 * task, the limit on steps, seeded starts or given ones, exact saving, pictures. A task adds its model, its observation
 * and its reward.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkInteger,
  createRng,
  type Environment,
  type EnvironmentState,
  type Info,
  LifecycleError,
  OptionError,
  type ResetResult,
  type Rng,
  ShapeError,
  type SolidScene,
  type StepResult,
} from '@mbrl/core';
import type { MjcfModel } from './mjcf.js';
import { readSavedTask } from './saved-task.js';
import { createSimulation, type MujocoSimulation, type SimulationWarnings } from './simulation.js';
import { SolidGeoms, type SolidView } from './solid-geoms.js';
import { writeMjcf } from './write-mjcf.js';

/** How to start an episode of a MuJoCo task. */
export interface MujocoResetOptions {
  /** Unsigned 32-bit integer that this and all later episodes are a function of. */
  readonly seed?: number;
  /** Positions to start from, `[nq]` in MuJoCo's order. With these or `qvel` given nothing is drawn; those not given are the model's own. */
  readonly qpos?: ArrayLike<number>;
  /** Velocities to start from, `[nv]` in MuJoCo's order. */
  readonly qvel?: ArrayLike<number>;
}

/** A task on MuJoCo, with the parts of the contract that it always has. */
export interface MujocoEnvironment extends Environment {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  /** The model as MJCF, MuJoCo's XML. */
  readonly mjcf: string;
  /** A copy of the positions, `[nq]` in MuJoCo's order. */
  readonly qpos: Float64Array;
  /** A copy of the velocities, `[nv]`. */
  readonly qvel: Float64Array;
  /**
   * Starts an episode, at a drawn start or at given positions and velocities.
   * @throws ShapeError on positions or velocities of the wrong size; OptionError on some that are not finite or beyond 1e10, or on a seed that is not an unsigned 32-bit integer.
   */
  reset(options?: MujocoResetOptions): ResetResult;
  /**
   * Advances by one step.
   * @throws as every environment does; NumericalError when the physics diverges, which ends the episode.
   */
  step(action: Action, into?: Float32Array): StepResult;
  snapshot(into?: Float64Array): Float64Array;
  restoreSnapshot(buffer: Float64Array): void;
  solidScene(): SolidScene;
  /** An array of the compiled model by MuJoCo's name, such as `body_mass`; a copy. @throws OptionError on a name that is none. */
  modelArray(field: string): Float64Array;
  /** How often MuJoCo warned in this episode, by what. */
  warnings(): SimulationWarnings;
  dispose(): void;
}

/** Options that all MuJoCo tasks have. */
export interface MujocoTaskOptions {
  /** Steps of the physics in one step of the task, at least 1. */
  readonly frameSkip?: number;
  /** Steps after which an episode is truncated, at least 1. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

/** What a task tells its base. */
export interface MujocoTaskSetup {
  readonly name: string;
  /** Factory's name, for messages. */
  readonly caller: string;
  readonly model: MjcfModel;
  readonly frameSkip: number;
  readonly maxSteps: number;
  readonly seed?: number | undefined;
  readonly view: SolidView;
  /** Meaning of each component of the observation; its count is the observation's size. */
  readonly labels: readonly string[];
  /** How many numbers a step needs from the one before it, beyond the physical state. Default 0. */
  readonly memorySize?: number;
  /** Whether rewards or observations use forces on bodies. Default false. */
  readonly contactForces?: boolean;
  /** Bounds of the actions, where they are not the controls themselves but a task's own units. */
  readonly actionBounds?: readonly [low: number, high: number];
}

/** What a step led to. */
export interface Outcome {
  readonly reward: number;
  readonly terminated: boolean;
  readonly info: Info;
}

const phases = ['new', 'running', 'ended'] as const;
const headerSize = 3;

/** Base of the MuJoCo tasks. */
export abstract class MujocoTask implements MujocoEnvironment {
  readonly name: string;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly timeStep: number;
  readonly mjcf: string;
  batched?: BatchedFunctions;
  protected readonly simulation: MujocoSimulation;
  protected readonly frameSkip: number;
  /** What a step needs from the one before it; part of the saved state. */
  protected readonly memory: Float64Array;
  /** The action as given, float64. */
  protected readonly action: Float64Array;
  protected readonly initialPositions: Float64Array;
  private readonly solids: SolidGeoms;
  private readonly maxSteps: number;
  private readonly contactForces: boolean;
  private phase: 0 | 1 | 2 = 0;
  private elapsedSteps = 0;
  private rng: Rng;

  protected constructor(setup: MujocoTaskSetup) {
    const { name, caller, model, labels, memorySize = 0, contactForces = false, seed = 0 } = setup;
    this.name = name;
    this.frameSkip = checkInteger(caller, 'frameSkip', setup.frameSkip, { min: 1 });
    this.maxSteps = checkInteger(caller, 'maxSteps', setup.maxSteps, { min: 1 });
    this.rng = createRng(checkInteger(caller, 'seed', seed, { min: 0, max: 0xffffffff }));
    this.contactForces = contactForces;
    this.mjcf = writeMjcf(model);
    this.simulation = createSimulation(caller, this.mjcf);
    this.timeStep = this.simulation.physicsTimeStep * this.frameSkip;
    this.memory = new Float64Array(memorySize);
    this.action = new Float64Array(this.simulation.nu);
    this.initialPositions = this.simulation.modelArray('qpos0');
    const ranges = this.simulation.modelArray('actuator_ctrlrange');
    const { actionBounds } = setup;
    const bounds = actionBounds ? ranges.map((_, i) => actionBounds[i % 2]!) : ranges;
    this.actionSpace = boxSpace({
      low: bounds.filter((_, i) => i % 2 === 0),
      high: bounds.filter((_, i) => i % 2 === 1),
      labels: (model.actuators ?? []).map(({ name: own, joint, tendon }) => own ?? joint ?? tendon ?? 'actuator'),
    });
    this.observationSpace = boxSpace({ low: labels.map(() => -Infinity), high: labels.map(() => Infinity), labels });
    this.solids = new SolidGeoms(this.simulation, setup.view);
  }

  /** Draws a start into arrays that hold the model's initial positions and zero velocities. */
  protected abstract drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void;
  /** Writes the observation of the present state. */
  protected abstract observe(into: Float32Array): void;
  /** Reads what happened in the step just taken from the state, `action` and `memory`, and renews `memory`. */
  protected abstract outcome(): Outcome;
  /** Sets `memory` at the start of an episode, and gives the info of a reset. */
  protected abstract begin(): Info;

  /** Writes the controls of a step whose `action` was taken; those are the action itself unless a task says otherwise. */
  protected control(controls: Float64Array): void {
    const { action } = this;
    for (let i = 0; i < action.length; i++) controls[i] = action[i]!;
  }

  get qpos(): Float64Array {
    this.requireOpen('qpos');
    return this.simulation.state.qpos.slice();
  }

  get qvel(): Float64Array {
    this.requireOpen('qvel');
    return this.simulation.state.qvel.slice();
  }

  reset({ seed, qpos, qvel }: MujocoResetOptions = {}): ResetResult {
    this.requireOpen('reset');
    const { simulation, name } = this;
    if (qpos !== undefined) checkVector(`${name}.reset`, 'qpos', qpos, simulation.nq);
    if (qvel !== undefined) checkVector(`${name}.reset`, 'qvel', qvel, simulation.nv);
    if (seed !== undefined) this.rng = createRng(checkInteger(`${name}.reset`, 'seed', seed, { min: 0, max: 0xffffffff }));
    simulation.reset();
    this.memory.fill(0);
    const { state } = simulation;
    if (qpos === undefined && qvel === undefined) this.drawStart(this.rng, state.qpos, state.qvel);
    if (qpos !== undefined) state.qpos.set(qpos);
    if (qvel !== undefined) state.qvel.set(qvel);
    // As in Gymnasium, forces on bodies are computed by steps only, and are zero in the first observation.
    simulation.forward();
    this.phase = 1;
    this.elapsedSteps = 0;
    const info = this.begin();
    return { observation: this.observation(), info };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 1) this.refuseStep();
    this.requireOpen('step');
    if (into !== undefined && into.length !== this.observationSpace.size)
      throw new ShapeError(`${this.name}.step: into must have ${this.observationSpace.size} components, got ${into.length}`);
    this.takeAction(action);
    const { simulation } = this;
    this.control(simulation.state.ctrl);
    this.phase = 2;
    simulation.advance(this.frameSkip);
    simulation.checkFinite(`${this.name}.step`);
    if (this.contactForces) simulation.contactForces();
    this.elapsedSteps += 1;
    const observation = this.observation(into);
    const { reward, terminated, info } = this.outcome();
    const truncated = this.elapsedSteps >= this.maxSteps;
    if (!terminated && !truncated) this.phase = 1;
    return { observation, reward, terminated, truncated, info };
  }

  private observation(observation: Float32Array = new Float32Array(this.observationSpace.size)): Float32Array {
    this.observe(observation);
    return observation;
  }

  private takeAction(action: Action): void {
    const size = this.action.length;
    if (typeof action === 'number') {
      if (size !== 1) throw new ShapeError(`${this.name}.step: action must have ${size} components, got a number`);
      this.action[0] = action;
    } else {
      if (action.length !== size) throw new ShapeError(`${this.name}.step: action must have ${size} components, got ${action.length}`);
      for (let i = 0; i < size; i++) this.action[i] = action[i]!;
    }
    for (let i = 0; i < size; i++) {
      if (!Number.isFinite(this.action[i]))
        throw new OptionError(`${this.name}.step: action must be finite, got ${this.action[i]} at component ${i}`);
    }
  }

  private refuseStep(): never {
    throw new LifecycleError(
      this.phase === 0
        ? `${this.name}.step: reset must be called before the first step`
        : `${this.name}.step: the episode has ended; reset must be called before the next step`,
    );
  }

  private requireOpen(method: string): void {
    if (this.simulation.disposed) throw new LifecycleError(`${this.name}.${method}: the environment must not be used after dispose`);
  }

  saveState(): EnvironmentState {
    this.requireOpen('saveState');
    const { qpos, qvel, act, qacc_warmstart } = this.simulation.state;
    return {
      environment: this.name,
      phase: phases[this.phase],
      elapsedSteps: this.elapsedSteps,
      time: this.simulation.time,
      memory: Array.from(this.memory),
      qpos: Array.from(qpos),
      qvel: Array.from(qvel),
      act: Array.from(act),
      warmStart: Array.from(qacc_warmstart),
      rng: this.rng.save(),
    };
  }

  restoreState(saved: EnvironmentState): void {
    this.requireOpen('restoreState');
    const { simulation } = this;
    const state = readSavedTask(this.name, saved, {
      phases,
      maxSteps: this.maxSteps,
      sizes: { memory: this.memory.length, qpos: simulation.nq, qvel: simulation.nv, act: simulation.na, warmStart: simulation.nv },
    });
    simulation.reset();
    const views = simulation.state;
    views.qpos.set(state.parts.qpos);
    views.qvel.set(state.parts.qvel);
    views.act.set(state.parts.act);
    views.qacc_warmstart.set(state.parts.warmStart);
    simulation.time = state.time;
    this.memory.set(state.parts.memory);
    this.rng = state.rng;
    this.phase = phases.indexOf(state.phase) as 0 | 1 | 2;
    this.elapsedSteps = state.elapsedSteps;
  }

  /** Length of a snapshot: phase, steps, time; memory; positions, velocities, activations, the solver's warm start. */
  private get snapshotSize(): number {
    const { nq, nv, na } = this.simulation;
    return headerSize + this.memory.length + nq + 2 * nv + na;
  }

  snapshot(into?: Float64Array): Float64Array {
    this.requireOpen('snapshot');
    const buffer = into ?? new Float64Array(this.snapshotSize);
    if (buffer.length !== this.snapshotSize)
      throw new ShapeError(`${this.name}.snapshot: into must have ${this.snapshotSize} components, got ${buffer.length}`);
    const { qpos, qvel, act, qacc_warmstart } = this.simulation.state;
    buffer[0] = this.phase;
    buffer[1] = this.elapsedSteps;
    buffer[2] = this.simulation.time;
    let offset = headerSize;
    for (const part of [this.memory, qpos, qvel, act, qacc_warmstart]) {
      buffer.set(part, offset);
      offset += part.length;
    }
    return buffer;
  }

  restoreSnapshot(buffer: Float64Array): void {
    this.requireOpen('restoreSnapshot');
    if (buffer.length !== this.snapshotSize)
      throw new ShapeError(`${this.name}.restoreSnapshot: buffer must have ${this.snapshotSize} components, got ${buffer.length}`);
    const [phase, elapsedSteps, time] = buffer as unknown as readonly [number, number, number];
    if ((phase !== 0 && phase !== 1 && phase !== 2) || !Number.isInteger(elapsedSteps) || !(time >= 0))
      throw new OptionError(
        `${this.name}.restoreSnapshot: buffer must be a snapshot of ${this.name}, got ${phase}, ${elapsedSteps}, ${time} in front`,
      );
    this.phase = phase;
    this.elapsedSteps = elapsedSteps;
    this.simulation.time = time;
    const { qpos, qvel, act, qacc_warmstart } = this.simulation.state;
    let offset = headerSize;
    for (const part of [this.memory, qpos, qvel, act, qacc_warmstart]) {
      for (let i = 0; i < part.length; i++) part[i] = buffer[offset + i]!;
      offset += part.length;
    }
  }

  solidScene(): SolidScene {
    this.requireOpen('solidScene');
    return this.solids.scene();
  }

  modelArray(field: string): Float64Array {
    this.requireOpen('modelArray');
    return this.simulation.modelArray(field);
  }

  warnings(): SimulationWarnings {
    this.requireOpen('warnings');
    return this.simulation.warnings();
  }

  dispose(): void {
    this.simulation.dispose();
  }
}

function checkVector(caller: string, what: string, values: ArrayLike<number>, size: number): void {
  if (values.length !== size) throw new ShapeError(`${caller}: ${what} must have ${size} components, got ${values.length}`);
  for (let i = 0; i < size; i++) {
    if (!(Math.abs(values[i]!) <= 1e10))
      throw new OptionError(`${caller}: ${what} must be finite and within 1e10, got ${values[i]} at component ${i}`);
  }
}
