/**
 * One action of PETS at the setting of mbrl-lib's cart-pole (`pets_cartpole`): the planner and the evaluator as a run
 * uses them, noise and bookkeeping included, beside the bare matrix products of the same layers.
 */
import { createRng, float32, median, NumericalError, type Rng, type SequenceEvaluator } from '@mbrl/core';
import { createEnvironment } from '@mbrl/envs';
import { jit } from '@mbrl/jit';
import { createPlanEvaluator, createProbabilisticEnsemble } from '@mbrl/models';
import { createCem } from '@mbrl/planners';
import { type Bench, type Comparison, compareRatio, type Target } from './bench-figure.js';
import { forwardProducts, forwardProductsByMember, type NetworkSizes, productOperations } from './network-sizes.js';
import { quantityOf, type Samples, timeRatio, timeTogether } from './time-together.js';

/** mbrl-lib trains 7 networks and plans with the best 5. */
const MEMBERS = 7;
const networks: NetworkSizes = { ensembleSize: 5, inputSize: 5, hiddenSizes: [200, 200, 200, 200], outputSize: 8 };

const POPULATION = 350;
const PARTICLES = 20;
const HORIZON = 15;
const ITERATIONS = 5;
const ROWS = POPULATION * PARTICLES;

/** Where the time of the last plan went, in ms. */
interface Stopwatch {
  noise: number;
  evaluation: number;
}

/** The generator with the time of its long draws added up. */
function timedRng(rng: Rng, watch: Stopwatch): Rng {
  const timed = (draw: () => void): void => {
    const start = performance.now();
    draw();
    watch.noise += performance.now() - start;
  };
  return {
    split: (key) => timedRng(rng.split(key), watch),
    uniform: () => rng.uniform(),
    integer: (bound) => rng.integer(bound),
    normal: () => rng.normal(),
    save: () => rng.save(),
    restore: (state) => rng.restore(state),
    fillNormal: (...args) => timed(() => rng.fillNormal(...args)),
    fillUniform: (...args) => timed(() => rng.fillUniform(...args)),
    shuffle: (values) => timed(() => rng.shuffle(values)),
  };
}

/** The evaluator with its time, and that of the draws within, added up. */
function timedEvaluator(evaluator: SequenceEvaluator, watch: Stopwatch): SequenceEvaluator {
  return {
    observationSize: evaluator.observationSize,
    actionSize: evaluator.actionSize,
    horizon: evaluator.horizon,
    async evaluate(observation, sequences, returns, rng) {
      const start = performance.now();
      await evaluator.evaluate(observation, sequences, returns, timedRng(rng, watch));
      watch.evaluation += performance.now() - start;
    },
  };
}

/** One action, the plan shifted from one to the next. */
export const petsActionBench: Bench = {
  name: 'pets-action',
  description: "one PETS action at mbrl-lib's setting",
  async run({ quick }) {
    const rng = createRng(1);
    const environment = createEnvironment('ContinuousCartPole-v0');
    const model = createProbabilisticEnsemble({
      observationSize: 4,
      actionSize: 1,
      ensembleSize: MEMBERS,
      eliteMemberCount: networks.ensembleSize,
      hiddenSizes: networks.hiddenSizes,
      holdoutRatio: 0.05,
      rng: rng.split('model'),
    });
    const evaluator = createPlanEvaluator({
      model,
      task: environment.batched,
      horizon: HORIZON,
      particleCount: PARTICLES,
      propagation: 'ts1',
    });
    const planner = createCem({
      horizon: HORIZON,
      actionSpace: environment.actionSpace,
      populationSize: POPULATION,
      eliteCount: POPULATION / 10,
      iterations: ITERATIONS,
    });
    const products = jit(forwardProducts, { outputs: 'reuse' });
    const memberProducts = jit(forwardProductsByMember, { outputs: 'reuse' });
    const { layers } = model.predictionParameters();
    const x = float32([networks.ensembleSize, ROWS / networks.ensembleSize, networks.inputSize]);
    rng.fillNormal(x.data);
    const watch: Stopwatch = { noise: 0, evaluation: 0 };
    const watched = timedEvaluator(evaluator, watch);
    const parts: { noise: number; program: number; planner: number }[] = [];
    const observation = Float32Array.of(0, 0, 0.02, 0);
    const planRng = rng.split('plan');
    let state = planner.initialState();
    const act = async (): Promise<void> => {
      Object.assign(watch, { noise: 0, evaluation: 0 });
      const start = performance.now();
      const plan = await planner.plan({ observation, evaluator: watched, state, rng: planRng });
      state = planner.shift(plan.state);
      const total = performance.now() - start;
      parts.push({ noise: watch.noise, program: watch.evaluation - watch.noise, planner: total - watch.evaluation });
      if (plan.diagnostics.nonFiniteCount > 0)
        throw new NumericalError(`pets-action: returns must be finite, got ${plan.diagnostics.nonFiniteCount} that are not`);
    };
    try {
      const [warmUp, calls] = quick ? [0, 1] : [1, HORIZON];
      const times = await timeTogether(
        {
          act: { run: act },
          products: { run: () => products([...layers], x), calls },
          memberProducts: { run: () => memberProducts([...layers], x), calls },
        },
        { rounds: quick ? 1 : 15, warmUp, settle: false },
      );
      const figure = quantityOf(times.act, 'ms');
      const part = (name: 'noise' | 'program' | 'planner'): number => median(parts.slice(warmUp).map((parted) => parted[name]));
      // The products of one step of the horizon take the time sampled; a plan has as many as steps and iterations.
      const steps = HORIZON * ITERATIONS;
      const share = (samples: Samples, name: string, target?: Target): Comparison => {
        const whole = samples.map((time) => time * steps);
        return compareRatio(name, quantityOf(whole, 'ms'), timeRatio(whole, times.act), 'rate', target);
      };
      return [
        {
          bench: petsActionBench.name,
          size: `${MEMBERS} nets (5 elites) 4×200, ${POPULATION} × ${PARTICLES} × ${HORIZON} × ${ITERATIONS}, TS1`,
          figure,
          gigaflops: (steps * productOperations(networks, ROWS)) / figure.value / 1e6,
          parts: { noise: part('noise'), program: part('program'), planner: part('planner') },
          comparisons: [
            share(times.products, 'bare matrix products', { kind: 'atLeast', limit: 0.75 }),
            share(times.memberProducts, 'bare matrix products, net by net'),
          ],
        },
      ];
    } finally {
      products.dispose();
      memberProducts.dispose();
      evaluator.dispose();
      model.dispose();
    }
  },
};
