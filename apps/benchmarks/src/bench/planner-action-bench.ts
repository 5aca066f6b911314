/**
 * Control at 50 Hz through a learned model: each planner with its quick settings swings up the cart-pole and holds it,
 * for 200 actions, through 5 networks of 3 × 200 fitted to 1,200 transitions. An action has 20 ms. Beside its time stand
 * that of the bare matrix products of as many rows, measured between the actions, and whether the pole stays up.
 *
 * The programs are so small that a second thread costs about what it brings: `--threads 1` is as quick.
 */
import { createReplayBuffer, createRng, float32, type NdArray, type ReplayBuffer, type Rng, type SequenceEvaluator } from '@mbrl/core';
import { createEnvironment, createSimulatorEvaluator } from '@mbrl/envs';
import { jit, tf } from '@mbrl/jit';
import { createPlanEvaluator, createProbabilisticEnsemble, type ProbabilisticEnsemble } from '@mbrl/models';
import { createMpc, createQuickPlanner, type PlannerName, plannerNames } from '@mbrl/planners';
import { type Bench, type BenchFigure, type Comparison, compareRatio, reaches, withFigureTarget } from './bench-figure.js';
import { forwardProducts, type HostLayers, type NetworkSizes, productOperations } from './network-sizes.js';
import { quantityOf, timeRatio } from './time-together.js';

const networks: NetworkSizes = { ensembleSize: 5, inputSize: 6, hiddenSizes: [200, 200, 200], outputSize: 10 };
const HORIZON = 25;
/** The products of one plan are timed after each so many actions. */
const PRODUCTS_EVERY = 5;
/** Actions that are not timed: programs are compiled in them. */
const WARM_UP = 5;
/** Steps at the end through which the pole is to be up, its cosine from hanging below −0.95: within 18°. */
const HELD_STEPS = 100;

interface Length {
  readonly episodes: number;
  readonly epochs: number;
  readonly steps: number;
}

/** Fills a buffer with an episode of lasting random actions and episodes of a planner on the true system, disturbed. */
async function collect({ episodes, steps }: Length, rng: Rng): Promise<ReplayBuffer> {
  const environment = createEnvironment('CartPoleSwingUp-v0');
  const simulator = createEnvironment('CartPoleSwingUp-v0');
  const { actionSpace, observationSpace } = environment;
  const evaluator = createSimulatorEvaluator({ environment: simulator, source: environment, horizon: HORIZON });
  const buffer = createReplayBuffer({ capacity: episodes * steps, observationSize: observationSpace.size, actionSize: 1 });
  for (let episode = 0; episode < episodes; episode++) {
    const mpc = createMpc({ planner: createQuickPlanner('icem', { horizon: HORIZON, actionSpace }), evaluator });
    let { observation } = environment.reset({ seed: rng.integer(2 ** 32) });
    let noise = 0;
    for (let step = 0; step < steps; step++) {
      noise = 0.9 * noise + Math.sqrt(1 - 0.9 ** 2) * rng.normal();
      const wanted = episode === 0 ? noise : (await mpc.act(observation, rng))[0]! + 0.4 * noise;
      const action = Float32Array.of(Math.max(-1, Math.min(1, wanted)));
      const { reward, observation: nextObservation, terminated, truncated } = environment.step(action);
      buffer.add({ observation, action, reward, nextObservation, terminated, truncated });
      observation = nextObservation;
      if (terminated || truncated) break;
    }
  }
  return buffer;
}

/** The products of H steps as one program, each step fed with the outputs of the one before. */
function createProducts(model: ProbabilisticEnsemble): { run(rows: number): Promise<unknown>; dispose(): void } {
  const { ensembleSize, inputSize } = networks;
  const chain = jit(
    (layers: Parameters<typeof forwardProducts>[0], x: tf.Tensor) => {
      let rows = x;
      for (let step = 0; step < HORIZON; step++)
        rows = tf.slice(forwardProducts(layers, rows), [0, 0, 0], x.shape as [number, number, number]);
      return rows;
    },
    { name: 'products', outputs: 'reuse' },
  );
  const layers = model.predictionParameters().layers as HostLayers;
  const inputs = new Map<number, NdArray>();
  return {
    run(rows) {
      const perMember = Math.ceil(rows / ensembleSize);
      const x = inputs.get(perMember) ?? float32([ensembleSize, perMember, inputSize]);
      inputs.set(perMember, x);
      return chain(layers, x);
    },
    dispose: () => chain.dispose(),
  };
}

/** An evaluator that notes the rows of each pass; a gradient by the actions is a pass forth and one back. */
function withPasses(evaluator: SequenceEvaluator, passes: number[]): SequenceEvaluator {
  return {
    ...evaluator,
    evaluate(observation, sequences, returns, rng) {
      passes.push(returns.length);
      return evaluator.evaluate(observation, sequences, returns, rng);
    },
    evaluateWithGradient(observation, sequences, returns, gradients, rng) {
      passes.push(returns.length, returns.length);
      return evaluator.evaluateWithGradient!(observation, sequences, returns, gradients, rng);
    },
  };
}

/** Plays an episode and times its actions. */
async function measure(name: PlannerName, model: ProbabilisticEnsemble, { steps }: Length): Promise<BenchFigure> {
  const environment = createEnvironment('CartPoleSwingUp-v0');
  const { batched, actionSpace } = environment;
  const planEvaluator = createPlanEvaluator({ model, task: batched, horizon: HORIZON, particleCount: 1, propagation: 'ts1' });
  const products = createProducts(model);
  const passes: number[] = [];
  const planner = createQuickPlanner(name, { horizon: HORIZON, actionSpace });
  const mpc = createMpc({ planner, evaluator: withPasses(planEvaluator, passes) });
  const rng = createRng(1).split(name);
  const actionTimes: number[] = [];
  const comparedTimes: number[] = [];
  const productTimes: number[] = [];
  let { observation } = environment.reset({ seed: 1 });
  let total = 0;
  let held = 0;
  try {
    for (let step = 0; step < steps; step++) {
      passes.length = 0;
      const start = performance.now();
      const action = await mpc.act(observation, rng);
      const time = performance.now() - start;
      if (step >= WARM_UP) actionTimes.push(time);
      if (step >= WARM_UP && step % PRODUCTS_EVERY === 0) {
        const before = performance.now();
        for (const rows of passes) await products.run(rows);
        productTimes.push(performance.now() - before);
        comparedTimes.push(time);
      } else if (step < WARM_UP) {
        for (const rows of passes) await products.run(rows);
      }
      const result = environment.step(action);
      total += result.reward;
      observation = result.observation;
      if (step >= steps - HELD_STEPS && observation[2]! < -0.95) held++;
    }
  } finally {
    for (const each of [planEvaluator, products]) each.dispose();
  }
  const figure = quantityOf(actionTimes, 'ms');
  const bare = compareRatio('bare matrix products', quantityOf(productTimes, 'ms'), timeRatio(comparedTimes, productTimes), 'time');
  const upright: Comparison = {
    with: `return ${total.toFixed(0)}, pole up in ${held} of the last ${HELD_STEPS}`,
    target: { kind: 'atLeast', limit: HELD_STEPS, unit: 'steps' },
    reached: reaches(held, { kind: 'atLeast', limit: HELD_STEPS }),
  };
  const operations = HORIZON * passes.reduce((sum, rows) => sum + productOperations(networks, rows), 0);
  return {
    bench: plannerActionBench.name,
    size: `${name}, 5 nets 3×200, ${passes.length} × ≤ ${Math.max(...passes)} rows × ${HORIZON} steps`,
    figure,
    gigaflops: operations / figure.value / 1e6,
    comparisons: [withFigureTarget(bare, figure, { kind: 'atMost', limit: 20, unit: 'ms' }), upright],
  };
}

/** One figure for each planner. */
export const plannerActionBench: Bench = {
  name: 'planner-action',
  description: 'a cart-pole swung up by each planner through a learned model: time an action',
  async run({ quick }) {
    const length: Length = quick ? { episodes: 1, epochs: 1, steps: WARM_UP + 2 } : { episodes: 6, epochs: 60, steps: 200 };
    const rng = createRng(0);
    const model = createProbabilisticEnsemble({
      observationSize: 5,
      actionSize: 1,
      ensembleSize: networks.ensembleSize,
      hiddenSizes: networks.hiddenSizes,
      weightDecay: 5e-5,
      rng: rng.split('model'),
    });
    try {
      const data = await collect(length, rng.split('data'));
      await model.fit(data.columns(), { rng: rng.split('fit'), epochs: length.epochs });
      const figures: BenchFigure[] = [];
      for (const name of plannerNames()) figures.push(await measure(name, model, length));
      return figures;
    } finally {
      model.dispose();
    }
  },
};
