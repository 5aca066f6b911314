/** A mass on a line to be brought to rest at the origin, small enough to learn within a second. */
import { type BatchedFunctions, boxSpace, createRng, type Environment, type Json, LifecycleError, type TensorLike } from '@mbrl/core';
import { tf } from '@mbrl/jit';

interface PointMassState {
  readonly rng: Json;
  readonly x: number;
  readonly v: number;
  readonly step: number;
}

const column = (rows: TensorLike, i: number): tf.Tensor =>
  tf.slice(rows as tf.Tensor, [0, i], [rows.shape[0]!, 1]).reshape([rows.shape[0]!]);

/** r = −(x'² + 0.1 v'²); the episode ends where |x| passes 3. */
export const pointMassTask: BatchedFunctions = {
  reward: (_, __, next) => tf.neg(tf.add(tf.square(column(next, 0)), tf.mul(tf.square(column(next, 1)), 0.1))),
  terminated: (_, __, next) => tf.greater(tf.abs(column(next, 0)), 3),
};

/** Observation (x, v), action u in [−1, 1]: v' = v + 0.4 u, x' = x + 0.2 v'; episodes of `episodeSteps`. */
export function createPointMass(episodeSteps = 8): Environment {
  let rng = createRng(0);
  let state: { x: number; v: number; step: number } | undefined;
  const observe = (): Float32Array => Float32Array.of(state!.x, state!.v);
  return {
    name: 'PointMass',
    observationSpace: boxSpace({ low: [-Infinity, -Infinity], high: [Infinity, Infinity] }),
    actionSpace: boxSpace({ low: [-1], high: [1] }),
    timeStep: 0.2,
    batched: pointMassTask,
    reset({ seed } = {}) {
      if (seed !== undefined) rng = createRng(seed);
      state = { x: 2 * rng.uniform() - 1, v: 0, step: 0 };
      return { observation: observe(), info: {} };
    },
    step(action) {
      if (!state) throw new LifecycleError('step: before reset');
      const u = Math.max(-1, Math.min(1, typeof action === 'number' ? action : action[0]!));
      const v = state.v + 0.4 * u;
      state = { x: state.x + 0.2 * v, v, step: state.step + 1 };
      const terminated = Math.abs(state.x) > 3;
      const result = {
        observation: observe(),
        reward: -(state.x ** 2 + 0.1 * v ** 2),
        terminated,
        truncated: !terminated && state.step >= episodeSteps,
        info: {},
      };
      return result;
    },
    saveState: () => ({ rng: rng.save(), ...state! }) as unknown as Json,
    restoreState(saved) {
      const { rng: generator, ...rest } = saved as unknown as PointMassState;
      rng.restore(generator);
      state = { ...rest };
    },
  };
}
