/**
 * One action of each planner on the cart-pole swing-up through a learned ensemble, 5 networks of 3 × 200, at the quick
 * number of evaluations, warm-started from action to action: at 50 Hz there are 20 ms. Beside it the bare matrix
 * products of as many evaluations; a return with its gradient counts as three.
 */
import { createRng, float32, NumericalError, type SequenceEvaluator } from '@mbrl/core';
import { createEnvironment } from '@mbrl/envs';
import { jit } from '@mbrl/jit';
import { createPlanEvaluator, type PlanEvaluator, createProbabilisticEnsemble } from '@mbrl/models';
import { createPlanner, type PlannerName, plannerNames } from '@mbrl/planners';
import { type Bench, type BenchFigure, compareRatio, withFigureTarget } from './bench-figure.js';
import { forwardProducts, type NetworkSizes, productOperations } from './network-sizes.js';
import { quantityOf, timeRatio, timeTogether, type Variant } from './time-together.js';

const networks: NetworkSizes = { ensembleSize: 5, inputSize: 6, hiddenSizes: [200, 200, 200], outputSize: 10 };

const EVALUATIONS = 120;
const PARTICLES = 5;
/** That of the quick preset of PETS, and that of mbrl-lib's cart-pole. */
const HORIZONS = [25, 15] as const;
/** Rows of one product: a third of the evaluations, as CEM has them in an iteration. */
const ROWS = (EVALUATIONS / 3) * PARTICLES;

/** One figure for each planner and horizon. */
export const plannerActionBench: Bench = {
  name: 'planner-action',
  description: 'one action of each planner through a learned cart-pole',
  async run({ quick }) {
    const rng = createRng(1);
    const environment = createEnvironment('CartPoleSwingUp-v0');
    const { batched, actionSpace } = environment;
    const model = createProbabilisticEnsemble({
      observationSize: 5,
      actionSize: 1,
      ensembleSize: networks.ensembleSize,
      hiddenSizes: networks.hiddenSizes,
      rng: rng.split('model'),
    });
    const { observation } = environment.reset({ seed: 1 });
    const act = (name: PlannerName, evaluator: SequenceEvaluator): Variant => {
      const planner = createPlanner(name, { horizon: evaluator.horizon, actionSpace, evaluationCount: EVALUATIONS });
      const planRng = rng.split(name);
      let state = planner.initialState();
      return {
        async run() {
          const plan = await planner.plan({ observation, evaluator, state, rng: planRng });
          state = planner.shift(plan.state);
          if (plan.diagnostics.nonFiniteCount > 0)
            throw new NumericalError(`planner-action: returns must be finite, got ${plan.diagnostics.nonFiniteCount} that are not`);
        },
      };
    };
    const products = jit(forwardProducts, { outputs: 'reuse' });
    const { layers } = model.predictionParameters();
    const x = float32([networks.ensembleSize, ROWS / networks.ensembleSize, networks.inputSize]);
    rng.fillNormal(x.data);
    const measure = async (name: PlannerName, evaluator: PlanEvaluator): Promise<BenchFigure> => {
      // The products of one step of the horizon take the time sampled; a plan has as many as steps and thirds.
      const calls = 3 * evaluator.horizon;
      const samples = await timeTogether(
        { act: act(name, evaluator), products: { run: () => products([...layers], x), calls } },
        { rounds: quick ? 1 : 9, warmUp: quick ? 1 : 3, settle: false },
      );
      const figure = quantityOf(samples.act, 'ms');
      const whole = samples.products.map((time) => time * calls);
      const comparison = compareRatio('bare matrix products', quantityOf(whole, 'ms'), timeRatio(samples.act, whole), 'time');
      return {
        bench: plannerActionBench.name,
        size: `${name}, 5 nets 3×200, ${EVALUATIONS} × ${PARTICLES} × ${evaluator.horizon}`,
        figure,
        gigaflops: (calls * productOperations(networks, ROWS)) / figure.value / 1e6,
        comparisons: [withFigureTarget(comparison, figure, { kind: 'atMost', limit: 20, unit: 'ms' })],
      };
    };
    try {
      const figures: BenchFigure[] = [];
      for (const horizon of quick ? HORIZONS.slice(1) : HORIZONS) {
        const evaluator = createPlanEvaluator({ model, task: batched, horizon, particleCount: PARTICLES });
        try {
          for (const name of plannerNames()) figures.push(await measure(name, evaluator));
        } finally {
          evaluator.dispose();
        }
      }
      return figures;
    } finally {
      products.dispose();
      model.dispose();
    }
  },
};
