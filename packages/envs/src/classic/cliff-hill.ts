/**
 * A hill that rises to a cliff: the example of a distribution shift in model-based learning. A walker is paid for the height
 * it stands at. What it sees near the start says that going right is going up; a model fitted to random walks knows of no
 * edge, and whoever plans by it walks off. One who plans by the true dynamics stops before the edge.
 *
 * State (x, v); with the action a in ±1 (clipped), push p and friction b,
 *
 *   v ← v + (p a − b v) dt,  x ← x + v dt,  height h(x) = slope · max(x, 0) up to the edge, −depth beyond it
 *
 * Observation (x, v, h). Reward after a step: h, which a model has to predict; it tells nothing of the edge. Terminated
 * at the foot of the cliff, h = −depth.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkNumber,
  type Rng,
  type Scene,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkEach } from './check-options.js';
import { type ClassicEnvironment, ClassicTask } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, splitColumns } from './columns.js';
import { cliffHillScene } from './cliff-hill-scene.js';

/** Options of {@link createCliffHill}. All in SI units. */
export interface CliffHillOptions {
  /** Where the cliff is, above 0. Default 12. */
  readonly edge?: number;
  /** Rise by way, above 0. Default 0.25. */
  readonly slope?: number;
  /** How far below 0 the cliff's foot lies, above 0. Default 20. */
  readonly depth?: number;
  /** Acceleration of action 1, m/s², above 0. Default 2. */
  readonly push?: number;
  /** Friction by mass, 1/s, at least 0. Default 0.5. */
  readonly friction?: number;
  /** Where the start is, below `edge`; ±0.2 are drawn about it. Default 4. */
  readonly start?: number;
  /** Seconds that a step takes, above 0. Default 0.1. */
  readonly timeStep?: number;
  /** Steps after which an episode is truncated, at least 1. Default 100. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

type ResolvedOptions = Required<CliffHillOptions>;

class CliffHill extends ClassicTask {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace = boxSpace({ low: [-1], high: [1], labels: ['push to the right'] });
  readonly timeStep: number;
  readonly batched: BatchedFunctions;
  private readonly options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    super('CliffHill-v0', ['position (m)', 'velocity (m/s)'], options);
    this.options = options;
    this.timeStep = options.timeStep;
    const { edge, slope, depth, push, friction, timeStep } = options;
    this.observationSpace = boxSpace({
      low: [-Infinity, -Infinity, -depth],
      high: [Infinity, Infinity, edge * slope],
      labels: [...this.stateLabels, 'height (m)'],
    });
    const height = (next: unknown): Column => splitColumns(next, 3)[2]!;
    this.batched = {
      reward: (_observation, _action, next) => tf.tidy(() => flatten(height(next))),
      terminated: (_observation, _action, next) => tf.tidy(() => flatten(tf.less(height(next), -depth / 2) as Column)),
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const [x, v] = splitColumns(observation, 3) as [Column, Column];
          const pull = tf.sub(tf.mul(clipColumn(action as tf.Tensor2D, -1, 1), push), tf.mul(v, friction));
          const velocity: Column = tf.add(v, tf.mul(pull, timeStep));
          const position: Column = tf.add(x, tf.mul(velocity, timeStep));
          const ground = tf.mul(tf.relu(position), slope);
          const beyond = tf.step(tf.sub(position, edge));
          return joinColumns([position, velocity, tf.sub(ground, tf.mul(beyond, tf.add(ground, depth)))]);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 3);
    const wanted = this.scalar(action);
    const applied = wanted > 1 ? 1 : wanted < -1 ? -1 : wanted;
    const { push, friction, timeStep, edge, slope, depth } = this.options;
    const state = this.state;
    const velocity = state[1]! + (push * applied - friction * state[1]!) * timeStep;
    const position = state[0]! + velocity * timeStep;
    state[0] = position;
    state[1] = velocity;
    this.lastAction[0] = applied;
    // True for a state that is no longer finite only: the position has the velocity in it.
    if (position - position !== 0) this.refuseState();
    const terminated = position > edge;
    const height = terminated ? -depth : position > 0 ? slope * position : 0;
    observation[0] = position;
    observation[1] = velocity;
    observation[2] = height;
    return this.finish(observation, height, terminated, into);
  }

  private height(position: number): number {
    const { edge, slope, depth } = this.options;
    return position > edge ? -depth : slope * Math.max(position, 0);
  }

  protected drawStart(rng: Rng): void {
    this.state[0] = this.options.start + 0.2 * (2 * rng.uniform() - 1);
    this.state[1] = 0;
  }

  protected observe(observation: Float32Array): Float32Array {
    observation[0] = this.state[0]!;
    observation[1] = this.state[1]!;
    observation[2] = this.height(this.state[0]!);
    return observation;
  }

  scene(): Scene {
    return this.sceneOf(this.observe(new Float32Array(this.observationSpace.size)));
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    const { edge, slope, start } = this.options;
    return cliffHillScene({ x: observation[0]!, edge, slope, start });
  }
}

/**
 * Makes the hill with a cliff. Observation (x, v, height), physical state (x, v), action in ±1.
 * @throws OptionError on an option outside of its bounds.
 */
export function createCliffHill(options: CliffHillOptions = {}): ClassicEnvironment {
  const caller = 'createCliffHill';
  const { edge = 12, slope = 0.25, depth = 20, push = 2, friction = 0.5, start = 4, timeStep = 0.1, maxSteps = 100, seed = 0 } = options;
  checkEach(caller, { edge, slope, depth, push, timeStep }, { above: 0 });
  checkNumber(caller, 'friction', friction, { min: 0 });
  checkNumber(caller, 'start', start, { max: edge - 0.2 });
  return new CliffHill({ edge, slope, depth, push, friction, start, timeStep, maxSteps, seed });
}
