import { type BatchedFunctions, createRng, float32, OptionError, ShapeError, type TensorLike } from '@mbrl/core';
import { configureEngine, tf, type TensorTree } from '@mbrl/jit';
import { createPlanEvaluator, type PlanObjective, type ProbabilisticEnsemble, type Propagation, PROPAGATIONS } from '@mbrl/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearModel } from './linear-model.js';
import { type ReferenceStep, referenceSteps } from './reference-rollout.js';
import { drawTransitions, smallEnsemble } from './toy-systems.js';

configureEngine({ threadCount: 1 });

const column = (rows: TensorLike, i: number): tf.Tensor => tf.reshape(tf.slice(rows as tf.Tensor, [0, i], [rows.shape[0]!, 1]), [-1]);

const task: BatchedFunctions = {
  reward: (x, u, next) => tf.add(tf.cos(column(next, 0)), tf.mul(tf.mul(column(x, 1), column(u, 0)), 0.3)),
  terminated: (_, __, next) => tf.greater(column(next, 0), 0.9),
};
const rewardOf = ({ x, u, next }: ReferenceStep): number => Math.cos(next[0]!) + 0.3 * x[1]! * u[0]!;
const endsAt = ({ next }: ReferenceStep): boolean => next[0]! > 0.9;

const horizon = 6;
const particleCount = 6;
const observation = [0.2, -0.4];
const previous = [0.7, -0.2];
const slope = { data: [2, -1] };

let model: ProbabilisticEnsemble;
beforeAll(async () => {
  model = smallEnsemble({ observationSize: 2, actionSize: 2, ensembleSize: 3, epochs: 8 });
  const drift = ([x, v]: number[], [a, b]: number[]): number[] => [0.3 * v! + 0.2 * a!, 0.4 * b! - 0.3 * Math.sin(2 * x!)];
  await model.fit(drawTransitions({ count: 150, observationSize: 2, actionSize: 2, drift, noise: () => [0.05, 0.2] }), {
    rng: createRng(1),
  });
});
afterAll(() => model.dispose());

const sequences: number[][][] = (() => {
  const rng = createRng('actions');
  return Array.from({ length: 5 }, () => Array.from({ length: horizon }, () => [rng.normal(), rng.normal()]));
})();

/** The objective in words of float64, from the steps of the particles of one candidate. */
function referenceScore(particles: readonly (readonly ReferenceStep[])[], actions: readonly number[][], objective: PlanObjective): number {
  const { discount = 1, actionPenalty = 0, ratePenalty = 0, risk = { kind: 'mean' }, chance, disagreement } = objective;
  let unsafeCount = 0;
  const returns = particles.map((steps) => {
    let total = 0;
    let ended = false;
    let unsafe = false;
    steps.forEach((step, t) => {
      if (ended) return;
      const u = step.disagreement;
      const beyond = disagreement?.bound !== undefined && u > disagreement.bound;
      const earned = objective.endingReward !== undefined && endsAt(step) ? objective.endingReward : rewardOf(step);
      const reward = earned - (disagreement?.penalty ?? 0) * u + (disagreement?.bonus ?? 0) * u * u;
      total += discount ** t * (beyond ? (disagreement.boundReward ?? 0) : reward);
      unsafe ||= step.next[1]! < -0.5;
      ended = endsAt(step) || beyond;
    });
    if (unsafe) unsafeCount += 1;
    const end = steps.at(-1)!.next;
    if (objective.terminalValue && !ended) total += discount ** horizon * (slope.data[0]! * end[0]! + slope.data[1]! * end[1]!);
    return total;
  });
  const mean = returns.reduce((a, b) => a + b, 0) / returns.length;
  let score = mean;
  if (risk.kind === 'deviation') {
    score -= risk.weight * Math.sqrt(returns.reduce((a, b) => a + (b - mean) ** 2, 0) / returns.length);
  } else if (risk.kind === 'cvar') {
    const worst = returns.toSorted((a, b) => a - b).slice(0, Math.max(1, Math.ceil(risk.share * returns.length)));
    score = worst.reduce((a, b) => a + b, 0) / worst.length;
  }
  if (chance) score -= chance.penalty * Math.max(0, unsafeCount / returns.length - chance.maximumProbability);
  actions.forEach((action, t) => {
    const before = t === 0 ? (objective.previousAction ? previous : undefined) : actions[t - 1];
    action.forEach((a, i) => {
      score -= discount ** t * actionPenalty * a * a;
      if (before) score -= discount ** t * ratePenalty * (a - before[i]!) ** 2;
    });
  });
  return score;
}

async function scores(objective: PlanObjective, propagation: Propagation = 'tsInfinity'): Promise<number[]> {
  const evaluator = createPlanEvaluator({ model, task, horizon, particleCount, propagation, objective });
  const returns = new Float32Array(sequences.length);
  await evaluator.evaluate(Float32Array.from(observation), Float32Array.from(sequences.flat(2)), returns, createRng(3));
  evaluator.dispose();
  return [...returns];
}

const terminalValue: PlanObjective['terminalValue'] = {
  apply: (x, parameters) => tf.sum(tf.mul(x as tf.Tensor, (parameters as readonly TensorTree[])[0] as tf.Tensor), 1),
  parameters: () => [float32([1, 2], slope.data)],
};
const unsafe = (_: TensorLike, __: TensorLike, next: TensorLike): tf.Tensor => tf.less(column(next, 1), -0.5);

const cases: readonly (readonly [string, PlanObjective])[] = [
  ['discount', { discount: 0.8 }],
  ['reward of the ending', { endingReward: -3 }],
  ['terminal value', { terminalValue }],
  ['discounted terminal value', { terminalValue, discount: 0.9 }],
  ['action penalty', { actionPenalty: 0.2 }],
  ['rate penalty', { ratePenalty: 0.3, discount: 0.9 }],
  ['rate penalty from the last action', { ratePenalty: 0.3, previousAction: () => previous }],
  ['deviation', { risk: { kind: 'deviation', weight: 0.7 } }],
  ['conditional value at risk', { risk: { kind: 'cvar', share: 0.4 } }],
  ['worst particle', { risk: { kind: 'cvar', share: 0.01 } }],
  ['chance', { chance: { unsafe, maximumProbability: 0.1, penalty: 5 } }],
  ['disagreement penalty', { disagreement: { penalty: 2 } }],
  ['exploration bonus', { disagreement: { bonus: 3 } }],
  ['disagreement bound', { disagreement: { bound: 0.25, boundReward: -2 } }],
  [
    'all together',
    {
      discount: 0.9,
      endingReward: -1,
      terminalValue,
      actionPenalty: 0.1,
      ratePenalty: 0.2,
      previousAction: () => previous,
      risk: { kind: 'cvar', share: 0.5 },
      chance: { unsafe, maximumProbability: 0.2, penalty: 3 },
      disagreement: { penalty: 1, bonus: 0.5, bound: 0.4, boundReward: -1 },
    },
  ],
];

describe.each(cases)('%s', (_, objective) => {
  it.each(PROPAGATIONS)('is what a plain computation in float64 gives (%s)', async (propagation) => {
    const returns = await scores(objective, propagation);
    const particles = referenceSteps({ model, propagation, particleCount, horizon, observation, sequences, seed: 3 });
    const wanted = particles.map((each, n) => referenceScore(each, sequences[n]!, objective));
    returns.forEach((value, n) => expect(value, `candidate ${n}`).toBeCloseTo(wanted[n]!, 3));
  });

  it('changes the score of a candidate', async () => {
    const [plain, changed] = [await scores({}), await scores(objective)];
    expect(Math.max(...plain.map((value, n) => Math.abs(value - changed[n]!)))).toBeGreaterThan(0.01);
  });

  it('has the gradient by the actions that differences give', async () => {
    // Means alone, since endings and worst particles jump; far from the ending.
    const evaluator = createPlanEvaluator({ model, task: { reward: task.reward! }, horizon, particleCount, objective });
    const rows = Float32Array.from(sequences.flat(2), (value) => 0.3 * value);
    const start = Float32Array.from(observation);
    const at = async (values: Float32Array): Promise<Float32Array> => {
      const returns = new Float32Array(sequences.length);
      await evaluator.evaluate(start, values, returns, createRng(3));
      return returns;
    };
    const gradients = new Float32Array(rows.length);
    const returns = new Float32Array(sequences.length);
    await evaluator.evaluateWithGradient(start, rows, returns, gradients, createRng(3));
    const plain = await at(rows);
    returns.forEach((value, n) => expect(value).toBeCloseTo(plain[n]!, 4));
    const step = 1e-2;
    let close = 0;
    const size = horizon * 2;
    for (let i = 0; i < size; i++) {
      const moved = (sign: number): Float32Array => rows.map((value, j) => (j % size === i ? value + sign * step : value));
      const [up, down] = [await at(moved(1)), await at(moved(-1))];
      sequences.forEach((__, n) => {
        const difference = (up[n]! - down[n]!) / (2 * step);
        if (Math.abs(difference - gradients[n * size + i]!) < 0.02 * (1 + Math.abs(difference))) close += 1;
      });
    }
    // A particle that changes rank, side of a bound or ending within a step makes a difference jump.
    expect(close / (size * sequences.length)).toBeGreaterThan(objective.chance || objective.disagreement?.bound ? 0.8 : 0.95);
    evaluator.dispose();
  });
});

describe('the terminal value', () => {
  it('takes its parameters anew with each call', async () => {
    const still = linearModel(1, 1, [{ kernel: [[0], [1]] }]);
    let weight = 1;
    const evaluator = createPlanEvaluator({
      model: still,
      task: { reward: (_, __, next) => tf.zerosLike(column(next, 0)) },
      horizon: 2,
      particleCount: 1,
      objective: {
        terminalValue: {
          apply: (x, parameters) => tf.reshape(tf.mul(x as tf.Tensor, (parameters as readonly TensorTree[])[0] as tf.Tensor), [-1]),
          parameters: () => [float32([1, 1], [weight])],
        },
      },
    });
    const value = async (): Promise<number> => {
      const returns = new Float32Array(1);
      await evaluator.evaluate(new Float32Array(1), Float32Array.from([1, 2]), returns, createRng(0));
      return returns[0]!;
    };
    expect(await value()).toBeCloseTo(3, 5);
    weight = 10;
    expect(await value()).toBeCloseTo(30, 4);
    evaluator.dispose();
    still.dispose();
  });
});

describe('refusals', () => {
  const make = (objective: PlanObjective) => () => createPlanEvaluator({ model, task, horizon, objective });
  it.each<[string, PlanObjective]>([
    ['objective.discount', { discount: 0 }],
    ['objective.discount', { discount: 1.1 }],
    ['objective.endingReward', { endingReward: Infinity }],
    ['objective.actionPenalty', { actionPenalty: -1 }],
    ['objective.ratePenalty', { ratePenalty: Number.NaN }],
    ['objective.risk.share', { risk: { kind: 'cvar', share: 0 } }],
    ['objective.risk.weight', { risk: { kind: 'deviation', weight: Infinity } }],
    ['objective.risk.kind', { risk: { kind: 'median' } as never }],
    ['objective.chance.maximumProbability', { chance: { unsafe, maximumProbability: 1, penalty: 1 } }],
    ['objective.chance.penalty', { chance: { unsafe, maximumProbability: 0, penalty: -1 } }],
    ['objective.chance.unsafe', { chance: { unsafe: 3 as never, maximumProbability: 0, penalty: 1 } }],
    ['objective.disagreement.penalty', { disagreement: { penalty: -1 } }],
    ['objective.disagreement.bonus', { disagreement: { bonus: -1 } }],
    ['objective.disagreement.bound', { disagreement: { bound: 0 } }],
    ['objective.disagreement.boundReward', { disagreement: { bound: 1, boundReward: Number.NaN } }],
    ['objective.terminalValue.apply', { terminalValue: {} as never }],
    ['objective.previousAction', { previousAction: [0] as never }],
  ])('%s', (name, objective) => {
    expect(make(objective)).toThrow(OptionError);
    expect(make(objective)).toThrow(`createPlanEvaluator: ${name} must`);
  });

  it('disagreement of a single member', () => {
    const alone = linearModel(1, 1, [{ kernel: [[0], [1]] }]);
    expect(() => createPlanEvaluator({ model: alone, task, horizon, objective: { disagreement: { penalty: 1 } } })).toThrow(
      'objective.disagreement must have a model with at least 2 predicting members, got 1',
    );
    alone.dispose();
  });

  it('a previous action of the wrong size', async () => {
    await expect(scores({ ratePenalty: 1, previousAction: () => [1] })).rejects.toThrow(ShapeError);
  });
});
