import {
  type Action,
  type BatchedFunctions,
  boxSpace,
  createRng,
  discreteSpace,
  type Environment,
  type Json,
  LifecycleError,
  OptionError,
  type ResetResult,
  type Rng,
  type Scene,
  ShapeError,
  type SolidScene,
  type Space,
  type StepResult,
} from '@mbrl/core';
import { byRow, type ToyTensor, toyTensor } from './toy-tensor.js';

const LIMIT = 2;
const STEP_LIMIT = 40;
const phases: readonly ['new', 'running', 'ended'] = ['new', 'running', 'ended'];

/** A point that is pushed along a line: two actions of −1 and 1 (continuous) or three of −1, 0 and 1 (discrete). */
export class ToyEnvironment implements Environment {
  readonly name: string = 'Toy';
  readonly timeStep: number = 0.1;
  readonly observationSpace: Space = boxSpace({ low: [-Infinity, -Infinity], high: [Infinity, Infinity] });
  readonly actionSpace: Space;
  position = 0;
  velocity = 0;
  stepCount = 0;
  phase: 'new' | 'running' | 'ended' = 'new';
  rng: Rng = createRng(0);

  constructor(kind: 'box' | 'discrete' = 'box') {
    this.actionSpace = kind === 'box' ? boxSpace({ low: [-1], high: [1] }) : discreteSpace(3);
  }

  reset(options: { readonly seed?: number } = {}): ResetResult {
    const { seed } = options;
    if (seed !== undefined) {
      if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
        throw new OptionError(`Toy.reset: seed must be an integer in [0, 4294967295], got ${seed}`);
      this.rng = createRng(seed);
    }
    this.position = this.rng.uniform() - 0.5;
    this.velocity = this.rng.uniform() - 0.5;
    this.stepCount = 0;
    this.phase = 'running';
    return { observation: this.observe(), info: { start: this.position } };
  }

  observe(into: Float32Array = new Float32Array(2)): Float32Array {
    into[0] = this.position;
    into[1] = this.velocity;
    return into;
  }

  force(action: Action): number {
    const values = typeof action === 'number' ? [action] : action;
    if (values.length !== 1) throw new ShapeError(`Toy.step: action must have 1 component, got ${values.length}`);
    const value = values[0]!;
    if (!Number.isFinite(value)) throw new OptionError(`Toy.step: action must be finite, got ${value}`);
    if (this.actionSpace.kind === 'box') return Math.max(-1, Math.min(1, value));
    if (![0, 1, 2].includes(value)) throw new OptionError(`Toy.step: action must be in [0, 2], got ${value}`);
    return value - 1;
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') throw new LifecycleError(`Toy.step: reset must be called before, got phase ${this.phase}`);
    const force = this.force(action);
    if (into && into.length !== 2) throw new ShapeError(`Toy.step: into must have 2 components, got ${into.length}`);
    this.velocity = Math.fround(this.velocity + this.timeStep * force * 3);
    this.position = Math.fround(this.position + this.timeStep * this.velocity);
    this.stepCount++;
    const terminated = Math.abs(this.position) > LIMIT;
    const truncated = this.stepCount >= STEP_LIMIT;
    if (terminated || truncated) this.phase = 'ended';
    return { observation: this.observe(into), reward: -(this.position ** 2), terminated, truncated, info: {} };
  }

  saveState(): Json {
    const { position, velocity, stepCount, phase, rng } = this;
    return { position, velocity, stepCount, phase, rng: rng.save() };
  }

  restoreState(state: Json): void {
    const { position, velocity, stepCount, phase, rng } = (state ?? {}) as { [key: string]: Json };
    if (
      typeof position !== 'number' ||
      typeof velocity !== 'number' ||
      typeof stepCount !== 'number' ||
      (phase !== 'running' && phase !== 'ended' && phase !== 'new')
    ) {
      throw new OptionError('Toy.restoreState: state must be what saveState gave');
    }
    const restored = createRng(0);
    restored.restore(rng as Json);
    Object.assign(this, { position, velocity, stepCount, phase, rng: restored });
  }

  snapshot(into: Float64Array = new Float64Array(4)): Float64Array {
    if (into.length !== 4) throw new ShapeError(`Toy.snapshot: into must have 4 components, got ${into.length}`);
    into.set([this.position, this.velocity, this.stepCount, phases.indexOf(this.phase)]);
    return into;
  }

  restoreSnapshot(buffer: Float64Array): void {
    if (buffer.length !== 4) throw new ShapeError(`Toy.restoreSnapshot: buffer must have 4 components, got ${buffer.length}`);
    [this.position, this.velocity, this.stepCount] = buffer as unknown as [number, number, number];
    this.phase = phases[buffer[3]!]!;
  }

  solidScene(): SolidScene {
    return {
      camera: { position: [0, -5, 2], target: [0, 0, 0], fieldOfView: 45 },
      shapes: [
        { position: [0, 0, 0], rotation: [1, 0, 0, 0], form: { kind: 'plane' }, role: 'ground' },
        { position: [this.position, 0, 0.1], rotation: [1, 0, 0, 0], form: { kind: 'sphere', radius: 0.1 }, role: 'body' },
        { position: [LIMIT, 0, 0.1], rotation: [0.6, 0.8, 0, 0], form: { kind: 'capsule', radius: 0.1, halfLength: 0.2 }, role: 'target' },
        { position: [1, 1, 0.1], rotation: [1, 0, 0, 0], form: { kind: 'cylinder', radius: 0.1, halfLength: 0.2 }, role: 'joint' },
        { position: [1, 1, 1], rotation: [1, 0, 0, 0], form: { kind: 'box', halfSizes: [1, 1, 0.1] }, role: 'accent', colour: [1, 0.5, 0] },
        { position: [1, 1, 2], rotation: [1, 0, 0, 0], form: { kind: 'ellipsoid', radii: [1, 2, 0.1] }, role: 'faint' },
      ],
    };
  }

  get batched(): BatchedFunctions {
    return {
      reward: (_observation, _action, next) => byRow([next], 'float32', ([position]) => -(position! ** 2)),
      terminated: (_observation, _action, next) => byRow([next], 'bool', ([position]) => Number(Math.abs(position!) > LIMIT)),
      dynamics: (observation, action) => {
        const next = new Float32Array(observation.size);
        const [from, pushes] = [(observation as ToyTensor).values, (action as ToyTensor).values];
        for (let row = 0; row < observation.shape[0]!; row++) {
          const force = this.actionSpace.kind === 'box' ? pushes[row]! : pushes[row]! - 1;
          next[2 * row + 1] = from[2 * row + 1]! + 0.3 * force;
          next[2 * row] = from[2 * row]! + 0.1 * next[2 * row + 1]!;
        }
        return toyTensor(next, [...observation.shape]);
      },
    };
  }

  scene(): Scene {
    return this.sceneOf([this.position]);
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return {
      view: { left: -LIMIT, right: LIMIT, bottom: -1, top: 1 },
      shapes: [
        { kind: 'line', from: [-LIMIT, 0], to: [LIMIT, 0], width: 0.02, role: 'ground' },
        { kind: 'circle', center: [observation[0]!, 0], radius: 0.1, role: 'body' },
        { kind: 'box', center: [0, 0], width: 0.1, height: 0.1, angle: 0.3, role: 'target' },
        {
          kind: 'polygon',
          points: [
            [0, 0],
            [1, 0],
            [0, 1],
          ],
          role: 'faint',
        },
      ],
    };
  }
}
