/**
 * A learned model as a generative model: transitions from any observation, which is what a tree search needs. A state is
 * an observation.
 */
import {
  type BatchedFunctions,
  checkOneOf,
  type DynamicsModel,
  float32,
  type GenerativeModel,
  type NdArray,
  OptionError,
  ShapeError,
  type Space,
} from '@mbrl/core';
import { jit, tf } from '@mbrl/jit';

type Float32 = NdArray<'float32'>;

/** What to simulate. */
export interface ModelSimulatorOptions {
  readonly model: DynamicsModel;
  /** The task's reward, and its ending where there is one. */
  readonly task: BatchedFunctions;
  readonly actionSpace: Space;
  /** Whether the next observation is a draw, from a member chosen at random, or the expected one. Default 'sample'. */
  readonly outcome?: 'sample' | 'mean';
}

/** Frees its program with `dispose`. */
export interface ModelSimulator extends GenerativeModel {
  dispose(): void;
}

/**
 * Makes a simulator. Each step is a call of the model for one row: a tenth of a millisecond, so searches of hundreds of
 * simulations, not of hundreds of thousands.
 * @throws OptionError when the task gives no reward, ShapeError when model and action space differ.
 * @example
 * const mcts = createMcts({ model: createModelSimulator({ model, task, actionSpace }), simulations: 200 });
 */
export function createModelSimulator({ model, task, actionSpace, outcome = 'sample' }: ModelSimulatorOptions): ModelSimulator {
  const caller = 'createModelSimulator';
  const { observationSize, actionSize } = model;
  checkOneOf(caller, 'outcome', outcome, ['sample', 'mean']);
  if (!task.reward) throw new OptionError(`${caller}: task must give a batched reward, got none`);
  if (actionSpace.size !== actionSize) {
    throw new ShapeError(`${caller}: actionSpace must have the model's ${actionSize} components, got ${actionSpace.size}`);
  }
  const judge = jit(
    function judgeTransition(observation: tf.Tensor, action: tf.Tensor, next: tf.Tensor) {
      const ended = task.terminated?.(observation, action, next) as tf.Tensor | undefined;
      return {
        reward: task.reward!(observation, action, next) as tf.Tensor,
        ended: ended ? tf.cast(ended, 'float32') : tf.zeros([1]),
      };
    },
    { outputs: 'reuse' },
  );
  return {
    stateSize: observationSize,
    actionSpace,
    async step(state, action, next, rng) {
      const observation = float32([1, observationSize], Float32Array.from(state));
      const taken = float32([1, actionSize], action.slice());
      const drawn: Float32 =
        outcome === 'mean' ? (await model.predict(observation, taken)).mean : await model.sample(observation, taken, rng);
      next.set(drawn.data);
      const { reward, ended } = (await judge(observation, taken, drawn)) as { reward: Float32; ended: Float32 };
      return { reward: reward.data[0]!, terminated: ended.data[0]! > 0.5 };
    },
    dispose: () => judge.dispose(),
  };
}
