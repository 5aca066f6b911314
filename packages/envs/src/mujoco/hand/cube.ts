/**
 * Turning a cube in the hand: the task of PDDM (Nagabandi et al. 2019) on our hand. The cube's turn from its start is a
 * rotation vector r (axis times angle, within π), the goal's g one of ±1.5 rad about x or z, drawn for each episode:
 *
 *   reward −7 |r − g| − 1000 [the cube is dropped],
 *
 * after the step; a drop ends the episode. PDDM has roll, pitch and yaw in place of r; about one axis they are the same.
 * Observation: 24 joint positions, the cube's place, r, velocity, angular velocity (of its own axes), g: 39. Actions: 24 in ±1.
 */
import { checkNumber, type Info, type Rng, type SolidScene, type SolidShape } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import type { MujocoEnvironment, Outcome } from '../mujoco-task.js';
import { checkPositive } from '../option-checks.js';
import { palmCentre } from './hand-model.js';
import { columnOf, distanceOf, handJointCount, type HandOptions, HandTask } from './hand-task.js';

/** Options of {@link createCubeHand}. */
export interface CubeHandOptions extends HandOptions {
  /** Half the cube's edge, m. Default 0.0225. */
  readonly cubeHalfSize?: number;
  /** Mass of the cube, kg. Default 0.08. */
  readonly cubeMass?: number;
  /** Angle of the goals, rad, in (0, π). Default 1.5. */
  readonly goalAngle?: number;
}

const caller = 'createCubeHand';
const place = handJointCount;
const turned = place + 3;
const goal = place + 12;

/** The rotation vector of a unit quaternion at `offset`, of length at most π. */
function rotationVector(quaternions: ArrayLike<number>, offset: number): [number, number, number] {
  const sign = quaternions[offset]! < 0 ? -1 : 1;
  const [x, y, z] = [1, 2, 3].map((i) => sign * quaternions[offset + i]!) as [number, number, number];
  const sine = Math.hypot(x, y, z);
  const factor = sine < 1e-9 ? 2 : (2 * Math.atan2(sine, sign * quaternions[offset]!)) / sine;
  return [factor * x, factor * y, factor * z];
}

class CubeHand extends HandTask {
  private readonly goalAngle: number;
  private readonly halfSize: number;

  constructor(options: CubeHandOptions) {
    const { cubeHalfSize = 0.0225, cubeMass = 0.08, goalAngle = 1.5 } = options;
    checkPositive(caller, { cubeHalfSize, cubeMass });
    checkNumber(caller, 'goalAngle', goalAngle, { above: 0, below: Math.PI });
    super(
      {
        name: 'CubeHand-v0',
        caller,
        objects: [
          {
            name: 'cube',
            pos: [palmCentre[0], palmCentre[1], 0.0125 + cubeHalfSize],
            joints: [{ name: 'cube', type: 'free' }],
            geoms: [{ type: 'box', size: [cubeHalfSize, cubeHalfSize, cubeHalfSize], mass: cubeMass, rgba: [0.25, 0.5, 0.85, 1] }],
          },
        ],
        labels: ['position', 'rotation', 'velocity', 'angular velocity', 'goal rotation'].flatMap((what) =>
          ['x', 'y', 'z'].map((axis) => `cube ${what} ${axis}`),
        ),
        memorySize: 3,
      },
      options,
    );
    this.goalAngle = goalAngle;
    this.halfSize = cubeHalfSize;
    const { dropHeight } = this;
    const dropped = (next: tf.Tensor2D): tf.Tensor => tf.step(tf.sub(dropHeight, columnOf(next, place + 2)));
    this.batched = {
      reward: (_observation, _action, nextObservation) =>
        tf.tidy(() => {
          const next = nextObservation as tf.Tensor2D;
          return tf.neg(tf.add(tf.mul(distanceOf(next, turned, goal, 3), 7), tf.mul(dropped(next), 1000)));
        }),
      terminated: (_observation, _action, nextObservation) => tf.tidy(() => tf.greater(dropped(nextObservation as tf.Tensor2D), 0.5)),
    };
  }

  protected override drawStart(rng: Rng, qpos: Float64Array): void {
    super.drawStart(rng, qpos);
    const choice = rng.integer(4);
    this.memory[choice < 2 ? 0 : 2] = (choice % 2 === 0 ? 1 : -1) * this.goalAngle;
  }

  protected begin(): Info {
    // A start at given positions draws no goal: the first of the four stands in.
    if (this.memory.every((part) => part === 0)) this.memory[0] = this.goalAngle;
    return { goal: Array.from(this.memory) };
  }

  protected observe(into: Float32Array): void {
    this.observeHand(into);
    const { qpos, qvel } = this.simulation.state;
    for (let axis = 0; axis < 3; axis++) {
      into[place + axis] = qpos[handJointCount + axis]!;
      into[place + 6 + axis] = qvel[handJointCount + axis]!;
      into[place + 9 + axis] = qvel[handJointCount + 3 + axis]!;
    }
    into.set(rotationVector(qpos, handJointCount + 3), turned);
    into.set(this.memory, goal);
  }

  protected outcome(): Outcome {
    const { qpos } = this.simulation.state;
    const rotation = rotationVector(qpos, handJointCount + 3);
    const turn = -7 * Math.hypot(...rotation.map((part, i) => part - this.memory[i]!));
    const drop = qpos[handJointCount + 2]! < this.dropHeight;
    const dropPenalty = drop ? -1000 : 0;
    return { reward: turn + dropPenalty, terminated: drop, info: { reward_turn: turn, reward_drop: dropPenalty } };
  }

  override solidScene(): SolidScene {
    const scene = super.solidScene();
    const angle = Math.hypot(...this.memory);
    const [x, y, z] = Array.from(this.memory, (part) => (angle === 0 ? 0 : (part / angle) * Math.sin(angle / 2))) as [
      number,
      number,
      number,
    ];
    const h = this.halfSize;
    const wanted: SolidShape = {
      form: { kind: 'box', halfSizes: [h, h, h] },
      role: 'target',
      position: [palmCentre[0] - 0.02, 0.14, 0.08],
      rotation: [Math.cos(angle / 2), x, y, z],
    };
    return { ...scene, shapes: [...scene.shapes, wanted] };
  }
}

/**
 * Makes the cube in the hand: 39 observations, 24 joint targets in ±1 about a cupped pose, 0.08 s a step, 500 steps. The
 * info has `reward_turn` and `reward_drop`. Reward and ending are given in batched form.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createCubeHand(options: CubeHandOptions = {}): MujocoEnvironment {
  return new CubeHand(options);
}
