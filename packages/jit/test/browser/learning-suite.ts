/**
 * A training step and the evaluation of plans, as one program each: the suite that runs in Node and, bundled, in a page.
 * It returns plain numbers, which the test compares between runtimes and with TensorFlow.js' eager results.
 */
import {
  adam,
  applyUpdates,
  configureEngine,
  currentEngine,
  type EngineChoice,
  grad,
  jit,
  silu,
  type TensorTree,
  tf,
  valueAndGrad,
} from '@mbrl/jit';
import { float32, type NdArray, treeLeaves } from '@mbrl/core';

/** What a run of the suite finds. */
export interface LearningResults {
  readonly engine: string;
  readonly threadCount: number;
  /** Loss before each training step. */
  readonly losses: readonly number[];
  /** Sum of the absolute values of each parameter array after training. */
  readonly norms: readonly number[];
  /** Return of each action sequence under the trained ensemble. */
  readonly returns: readonly number[];
  /** Gradient of the mean return by the first action of each sequence. */
  readonly slopes: readonly number[];
  /** How often the training step was compiled. */
  readonly programCount: number;
}

interface Params<T> {
  readonly w0: T;
  readonly b0: T;
  readonly w1: T;
  readonly b1: T;
}

const ensembleSize = 3;
const observationSize = 2;
const hiddenSize = 8;

/** A small deterministic stream; the suite has no other source of numbers. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 16777216 - 0.5;
  };
}

function draw(shape: readonly number[], scale: number, next: () => number): NdArray<'float32'> {
  const array = float32(shape);
  array.data.forEach((_, i) => (array.data[i] = 2 * scale * next()));
  return array;
}

/** Mean and log-variance of the change of state: inputs [E, B, 3] to [E, B, 2] each. */
function predict(params: Params<tf.Tensor>, inputs: tf.Tensor): { mean: tf.Tensor; logVariance: tf.Tensor } {
  const hidden = silu(tf.add(tf.matMul(inputs, params.w0), params.b0));
  const [mean, raw] = tf.split(tf.add(tf.matMul(hidden, params.w1), params.b1), 2, -1) as [tf.Tensor, tf.Tensor];
  return { mean, logVariance: tf.sub(0.5, tf.softplus(tf.sub(0.5, raw))) };
}

/** Gaussian negative log-likelihood, up to a constant. */
function loss(params: Params<tf.Tensor>, inputs: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const { mean, logVariance } = predict(params, inputs);
  return tf.mean(tf.add(tf.mul(tf.squaredDifference(mean, targets), tf.exp(tf.neg(logVariance))), logVariance));
}

/** Returns of action sequences [N, H, 1] from one observation [2], by every member of the ensemble in the mean. */
function evaluate(params: Params<tf.Tensor>, observation: tf.Tensor, actions: tf.Tensor): tf.Tensor {
  const [count, horizon] = actions.shape as [number, number];
  let state = tf.tile(tf.reshape(observation, [1, 1, observationSize]), [ensembleSize, count, 1]);
  let total: tf.Tensor = tf.zeros([ensembleSize, count]);
  for (let step = 0; step < horizon; step++) {
    const action = tf.clipByValue(tf.slice(actions, [0, step, 0], [-1, 1, -1]).reshape([1, count, 1]), -1, 1);
    const { mean } = predict(params, tf.concat([state, tf.tile(action, [ensembleSize, 1, 1])], -1));
    state = tf.add(state, mean);
    const inside = tf.lessEqual(tf.abs(tf.slice(state, [0, 0, 0], [-1, -1, 1])), 3).squeeze([2]);
    const reward = tf.exp(tf.neg(tf.sum(tf.square(state), -1)));
    total = tf.add(total, tf.where(inside, reward, tf.zerosLike(reward)));
  }
  return tf.mean(total, 0);
}

/** Trains on a known system, then values plans with what was learned. */
export async function runLearningSuite(choice: EngineChoice): Promise<LearningResults> {
  configureEngine(choice);
  const engine = await currentEngine();
  const next = stream(7);
  let params = {
    w0: draw([ensembleSize, observationSize + 1, hiddenSize], 0.6, next),
    b0: draw([ensembleSize, 1, hiddenSize], 0.1, next),
    w1: draw([ensembleSize, hiddenSize, 2 * observationSize], 0.4, next),
    b1: draw([ensembleSize, 1, 2 * observationSize], 0.1, next),
  } as Params<NdArray>;
  const optimizer = adam({ learningRate: 1e-2 });
  let state = optimizer.init(params as never);
  const inputs = draw([ensembleSize, 16, observationSize + 1], 1, next);
  const targets = float32([ensembleSize, 16, observationSize]);
  for (let row = 0; row < ensembleSize * 16; row++) {
    const [position, velocity, action] = inputs.data.subarray(3 * row, 3 * row + 3);
    targets.data.set([0.1 * velocity!, 0.1 * (action! - position!)], 2 * row);
  }

  const step = jit(
    (p: Params<tf.Tensor>, s: TensorTree, x: tf.Tensor, y: tf.Tensor) => {
      const { value, grads } = valueAndGrad(loss)(p, x, y);
      const { updates, state: nextState } = optimizer.update(grads as unknown as TensorTree, s, p as unknown as TensorTree);
      return { params: applyUpdates(p, updates), state: nextState, value };
    },
    { name: 'training step', donate: [0, 1] },
  );
  const losses: number[] = [];
  for (let i = 0; i < 20; i++) {
    const result = await step(params, state, inputs, targets);
    params = result.params;
    state = result.state;
    losses.push(result.value.data[0]!);
  }
  const { programCount } = step;
  step.dispose();

  const plans = draw([6, 4, 1], 2, next);
  const value = jit(evaluate, { name: 'plan evaluation' });
  const slope = jit(
    (p: Params<tf.Tensor>, o: tf.Tensor, a: tf.Tensor) => grad((x: tf.Tensor) => tf.mean(evaluate(p, o, x)))(a) as tf.Tensor,
  );
  const observation = float32([observationSize], [0.5, -0.25]);
  const returns = Array.from((await value(params, observation, plans)).data);
  const slopes = Array.from((await slope(params, observation, plans)).data).filter((_, i) => i % 4 === 0);
  value.dispose();
  slope.dispose();
  return {
    engine: engine?.name ?? 'eager',
    threadCount: engine?.threadCount ?? 1,
    losses,
    norms: treeLeaves<NdArray>(params).map((leaf) => Array.from(leaf.data).reduce((sum, x) => sum + Math.abs(x), 0)),
    returns,
    slopes,
    programCount,
  };
}
