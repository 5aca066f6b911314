/**
 * The returns of candidates as a pure function of the rows of a rollout: rewards until an ending, discounted, and what
 * the objective adds and takes off. Rewards and endings are computed once over the rows of all steps together.
 */
import type { BatchedFunctions } from '@mbrl/core';
import { tf, type TensorTree } from '@mbrl/jit';
import { type Chance, type PlanObjective, type Risk, worstCount } from './plan-objective.js';
import type { RolloutLayout } from './propagation.js';
import type { RolloutRows } from './rollout.js';

/** What enters an objective anew with each call. */
export interface ObjectiveInputs<T> {
  /** Parameters of the terminal value. */
  readonly terminal?: T;
  /** The action before the first, `[A]`. */
  readonly previousAction?: T;
}

/** What to score by. */
export interface Scoring {
  readonly task: BatchedFunctions;
  readonly objective: PlanObjective;
  readonly layout: RolloutLayout;
}

const discounts = (discount: number, horizon: number): number[] => Array.from({ length: horizon }, (_, t) => discount ** t);

const constantLike = (values: tf.Tensor, constant: number): tf.Tensor => tf.add(tf.zerosLike(values), constant);

/** Whether a particle ended before each step, `[G, H, R/G]`. */
const endedBefore = (ended: tf.Tensor): tf.Tensor => tf.greater(tf.cumsum(tf.cast(ended, 'float32'), 1, true), 0);

/** Values `[G, H, R/G]` with those after an ending set to 0; that of the ending step itself counts. */
function untilEnded(values: tf.Tensor, ended: tf.Tensor | undefined): tf.Tensor {
  return ended === undefined ? values : tf.where(endedBefore(ended), tf.zerosLike(values), values);
}

/**
 * Rows `[R, O]` with the first in place of those that are dead. A function may not be defined there, and a gradient of 0
 * times one that is not finite would spoil the gradient of the whole candidate.
 * @param dead bool, R in all
 * @param first `[1, O]`, where all rollouts start
 */
function aliveRows(rows: tf.Tensor, dead: tf.Tensor, first: tf.Tensor): tf.Tensor {
  const [count, size] = rows.shape as [number, number];
  return tf.where(tf.tile(tf.reshape(dead, [count, 1]), [1, size]), tf.tile(first, [count, 1]), rows);
}

/** Where all rollouts start, `[1, O]`. */
const firstRow = ({ observation }: RolloutRows): tf.Tensor => tf.slice(observation, [0, 0], [1, observation.shape[1]!]);

/** Rewards of the steps and whether each ends its particle, `[G, H, R/G]`. */
function rewardsAndEndings(rows: RolloutRows, { task, objective }: Scoring): { reward: tf.Tensor; ended: tf.Tensor | undefined } {
  const { observation, action, nextObservation, disagreement } = rows;
  const extents = [...rows.extents];
  let ended = task.terminated && tf.reshape(task.terminated(observation, action, nextObservation) as tf.Tensor, extents);
  const dead = ended && endedBefore(ended);
  const alive = (each: tf.Tensor): tf.Tensor => (dead ? aliveRows(each, dead, firstRow(rows)) : each);
  let reward = tf.reshape(task.reward!(alive(observation), action, alive(nextObservation)) as tf.Tensor, extents);
  if (objective.endingReward !== undefined && ended) reward = tf.where(ended, constantLike(reward, objective.endingReward), reward);
  const { penalty = 0, bonus = 0, bound, boundReward = 0 } = objective.disagreement ?? {};
  if (penalty > 0) reward = tf.sub(reward, tf.mul(disagreement!, penalty));
  if (bonus > 0) reward = tf.add(reward, tf.mul(tf.square(disagreement!), bonus));
  if (bound !== undefined) {
    const beyond = tf.greater(disagreement!, bound);
    reward = tf.where(beyond, constantLike(reward, boundReward), reward);
    ended = ended === undefined ? beyond : tf.logicalOr(ended, beyond);
  }
  return { reward, ended };
}

/** Values `[G, R/G]` of where the horizon ends; 0 for particles that have ended. */
function valueBeyond(
  rows: RolloutRows,
  ended: tf.Tensor | undefined,
  objective: PlanObjective,
  parameters: tf.Tensor | undefined,
): tf.Tensor {
  const [groups, horizon, perGroup] = rows.extents;
  const size = rows.nextObservation.shape.at(-1)!;
  const all = tf.reshape(rows.nextObservation, [groups, horizon, perGroup, size]);
  const last = tf.reshape(tf.slice(all, [0, horizon - 1, 0, 0], [groups, 1, perGroup, size]), [groups * perGroup, size]);
  const reached = ended === undefined ? last : aliveRows(last, tf.any(ended, 1), firstRow(rows));
  const value = objective.terminalValue!.apply(reached, (parameters ?? []) as unknown as TensorTree) as tf.Tensor;
  const shaped = tf.reshape(value, [groups, perGroup]);
  return ended === undefined ? shaped : tf.where(tf.any(ended, 1), tf.zerosLike(shaped), shaped);
}

/** One number `[N]` from the returns of the particles `[P, N]`. */
function overParticles(returns: tf.Tensor, risk: Risk): tf.Tensor {
  const mean = tf.mean(returns, 0);
  if (risk.kind === 'mean') return mean;
  if (risk.kind === 'deviation') {
    const variance = tf.mean(tf.squaredDifference(returns, tf.expandDims(mean, 0)), 0);
    // The square root has no slope at 0, where all particles agree.
    return tf.sub(mean, tf.mul(tf.sqrt(tf.add(variance, 1e-12)), risk.weight));
  }
  const count = worstCount(risk.share, returns.shape[0]!);
  return tf.neg(tf.mean(tf.topk(tf.neg(tf.transpose(returns)), count).values, -1));
}

/** Probability `[N]` above the bound that a particle meets something unsafe before it ends. */
function chanceExcess(rows: RolloutRows, ended: tf.Tensor | undefined, chance: Chance, layout: RolloutLayout): tf.Tensor {
  const unsafe = chance.unsafe(rows.observation, rows.action, rows.nextObservation) as tf.Tensor;
  const met = tf.max(untilEnded(tf.reshape(tf.cast(unsafe, 'float32'), [...rows.extents]), ended), 1);
  const probability = tf.mean(tf.reshape(met, [layout.particleCount, layout.populationSize]), 0);
  return tf.maximum(tf.sub(probability, chance.maximumProbability), 0);
}

/** Penalties `[N]` on the actions `[N, H, A]` themselves, whatever they lead to. */
function actionPenalties(sequences: tf.Tensor, objective: PlanObjective, previous: tf.Tensor | undefined): tf.Tensor | undefined {
  const { actionPenalty = 0, ratePenalty = 0, discount = 1 } = objective;
  const [populationSize, horizon, actionSize] = sequences.shape as [number, number, number];
  const weigh = (squares: tf.Tensor, from: number, weight: number): tf.Tensor =>
    tf.mul(tf.sum(tf.mul(tf.sum(squares, 2), tf.tensor2d([discounts(discount, horizon).slice(from)])), 1), weight);
  const terms: tf.Tensor[] = [];
  if (actionPenalty > 0) terms.push(weigh(tf.square(sequences), 0, actionPenalty));
  if (ratePenalty > 0 && (horizon > 1 || previous !== undefined)) {
    const before = previous && tf.tile(tf.reshape(previous, [1, 1, actionSize]), [populationSize, 1, 1]);
    const earlier = horizon > 1 ? tf.slice(sequences, [0, 0, 0], [populationSize, horizon - 1, actionSize]) : undefined;
    const from = previous === undefined ? 1 : 0;
    const base = before === undefined ? earlier! : earlier === undefined ? before : tf.concat([before, earlier], 1);
    const present = tf.slice(sequences, [0, from, 0], [populationSize, horizon - from, actionSize]);
    terms.push(weigh(tf.squaredDifference(present, base), from, ratePenalty));
  }
  return terms.length === 0 ? undefined : terms.reduce((sum, term) => tf.add(sum, term));
}

/** Returns `[N]` of the candidates whose rollout gave these rows. */
export function scoreRollout(rows: RolloutRows, sequences: tf.Tensor, scoring: Scoring, inputs: ObjectiveInputs<tf.Tensor>): tf.Tensor {
  const { objective, layout } = scoring;
  const { discount = 1, risk = { kind: 'mean' }, chance } = objective;
  const horizon = rows.extents[1];
  const { reward, ended } = rewardsAndEndings(rows, scoring);
  let earned = untilEnded(reward, ended);
  if (discount !== 1) earned = tf.mul(earned, tf.tensor3d([discounts(discount, horizon).map((factor) => [factor])]));
  let total = tf.sum(earned, 1);
  if (objective.terminalValue) {
    total = tf.add(total, tf.mul(valueBeyond(rows, ended, objective, inputs.terminal), discount ** horizon));
  }
  let returns = overParticles(tf.reshape(total, [layout.particleCount, layout.populationSize]), risk);
  if (chance) returns = tf.sub(returns, tf.mul(chanceExcess(rows, ended, chance, layout), chance.penalty));
  const penalties = actionPenalties(sequences, objective, inputs.previousAction);
  return penalties === undefined ? returns : tf.sub(returns, penalties);
}
