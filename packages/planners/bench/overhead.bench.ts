/**
 * What a plan costs beside its evaluator: noise, ranking and learning (for the gradient planners: steps). The evaluator here writes one number a candidate.
 * Each figure is the median of many plans, beside the time to draw the same number of plain normals in the same run.
 *
 * Run with `npx tsx --conditions=@mbrl/source bench/overhead.bench.ts`.
 */
import { boxSpace, createRng, discreteSpace, median, type Planner, type SequenceEvaluator } from '@mbrl/core';
import {
  createCategoricalCem,
  createCem,
  createCmaEsPlanner,
  createGradientCem,
  createGradientPlanner,
  createIcem,
  createMppi,
  createPddm,
  createRandomShooting,
} from '@mbrl/planners';

const PLANS = 150;

function firstActionEvaluator(horizon: number): SequenceEvaluator {
  return {
    observationSize: 4,
    actionSize: 1,
    horizon,
    evaluate: async (_, sequences, returns) => {
      for (let n = 0; n < returns.length; n++) returns[n] = -((sequences[n * horizon]! - 0.5) ** 2);
    },
    evaluateWithGradient: async (_, sequences, returns, gradients) => {
      gradients.fill(0);
      for (let n = 0; n < returns.length; n++) {
        const error = sequences[n * horizon]! - 0.5;
        returns[n] = -(error ** 2);
        gradients[n * horizon] = -2 * error;
      }
    },
  };
}

async function measure(name: string, planner: Planner): Promise<void> {
  const { horizon } = planner;
  const evaluator = firstActionEvaluator(horizon);
  const rng = createRng(1);
  let state = planner.initialState();
  let normals = new Float32Array(0);
  const times: { readonly [phase in 'plan' | 'sampling' | 'update' | 'draw']: number[] } = { plan: [], sampling: [], update: [], draw: [] };
  for (let i = 0; i < PLANS; i++) {
    const start = performance.now();
    const plan = await planner.plan({ observation: new Float32Array(4), evaluator, state, rng, clock: () => performance.now() });
    const middle = performance.now();
    if (normals.length === 0) normals = new Float32Array(plan.diagnostics.evaluationCount * horizon);
    const drawn = performance.now();
    rng.fillNormal(normals);
    const end = performance.now();
    state = planner.shift(plan.state);
    if (i < PLANS / 3) continue;
    times.plan.push(middle - start);
    times.sampling.push(plan.diagnostics.phaseMilliseconds!.sampling);
    times.update.push(plan.diagnostics.phaseMilliseconds!.update);
    times.draw.push(end - drawn);
  }
  const [whole, sampling, update, draw] = [times.plan, times.sampling, times.update, times.draw].map((each) => median(each)) as [
    number,
    number,
    number,
    number,
  ];
  const perNumber = (1e6 * whole) / normals.length;
  const perNormal = (1e6 * draw) / normals.length;
  console.log(
    `| ${name} | ${whole.toFixed(2)} | ${sampling.toFixed(2)} | ${update.toFixed(2)} | ${perNumber.toFixed(1)} | ${perNormal.toFixed(1)} | ${(whole / draw).toFixed(1)} |`,
  );
}

const actionSpace = boxSpace({ low: [-1], high: [1] });
const pets = { actionSpace, horizon: 15, populationSize: 350, iterations: 5 };
const handful = { actionSpace, horizon: 25, populationSize: 400, iterations: 5 };
console.log('| planner | plan, ms | sampling, ms | update, ms | a number, ns | a plain normal, ns | plan by normals |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
await measure('CEM, 350 × 15 × 5 (PETS)', createCem({ ...pets, eliteCount: 35 }));
await measure('the same, correlation 0.7', createCem({ ...pets, eliteCount: 35, noiseCorrelation: 0.7 }));
await measure('the same, full covariance', createCem({ ...pets, eliteCount: 35, covariance: 'full' }));
await measure('CEM, 400 × 25 × 5', createCem({ ...handful, eliteCount: 40 }));
await measure('CEM, 400 × 25 × 5, clipped', createCem({ ...handful, sampling: 'clipped' }));
await measure('iCEM, 350 × 15 × 5, decaying', createIcem({ ...pets, eliteCount: 35 }));
await measure('MPPI, 350 × 15 × 5, adapted', createMppi({ ...pets, covarianceAdaptation: 0.5, controlCostRatio: 0.1 }));
await measure('PDDM, 350 × 15 × 5', createPddm(pets));
await measure('CMA-ES, 350 × 15 × 5', createCmaEsPlanner(pets));
await measure('CMA-ES, separable', createCmaEsPlanner({ ...pets, covariance: 'separable' }));
await measure('random shooting, 350 × 15 × 5', createRandomShooting(pets));
await measure('categorical CEM, 350 × 15 × 5', createCategoricalCem({ ...pets, actionSpace: discreteSpace(3) }));
const { actionSpace: box, horizon } = pets;
await measure('gradient, 8 × 15 × 73', createGradientPlanner({ actionSpace: box, horizon, startCount: 8, iterations: 73 }));
await measure(
  'gradient CEM, 4 × (220 + 31 × 2)',
  createGradientCem({ actionSpace: box, horizon, populationSize: 220, eliteCount: 31, iterations: 4, refinementSteps: 2 }),
);
