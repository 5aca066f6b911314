/**
 * What a plan costs beside its evaluator: noise, ranking and refit. The evaluator here writes one number a candidate.
 * Each figure is the median of many plans, beside the time to draw the same number of plain normals in the same run.
 *
 * Run with `npx tsx --conditions=@mbrl/source bench/cem.bench.ts`.
 */
import { boxSpace, createRng, type SequenceEvaluator } from '@mbrl/core';
import { type CemOptions, createCem } from '@mbrl/planners';

const PLANS = 400;

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

function firstActionEvaluator(horizon: number): SequenceEvaluator {
  return {
    observationSize: 4,
    actionSize: 1,
    horizon,
    evaluate: async (_, sequences, returns) => {
      for (let n = 0; n < returns.length; n++) returns[n] = -((sequences[n * horizon]! - 0.5) ** 2);
    },
  };
}

async function measure(name: string, options: Omit<CemOptions, 'actionSpace'>): Promise<void> {
  const planner = createCem({ actionSpace: boxSpace({ low: [-1], high: [1] }), ...options });
  const evaluator = firstActionEvaluator(options.horizon);
  const observation = new Float32Array(4);
  const rng = createRng(1);
  const { populationSize = 400, iterations = 5 } = options;
  const normals = new Float32Array(populationSize * options.horizon);
  const [planTimes, drawTimes]: [number[], number[]] = [[], []];
  let state = planner.initialState();
  for (let i = 0; i < PLANS; i++) {
    const start = performance.now();
    ({ state } = await planner.plan({ observation, evaluator, state, rng }));
    const middle = performance.now();
    for (let k = 0; k < iterations; k++) rng.fillNormal(normals);
    const end = performance.now();
    state = planner.shift(state);
    if (i < PLANS / 4) continue;
    planTimes.push(middle - start);
    drawTimes.push(end - middle);
  }
  const [plan, draw] = [median(planTimes), median(drawTimes)];
  const perNumber = (1e6 * plan) / (normals.length * iterations);
  console.log(
    `${name.padEnd(58)} ${plan.toFixed(3)} ms a plan, ${perNumber.toFixed(1)} ns a number; plain normals ${draw.toFixed(3)} ms, ratio ${(plan / draw).toFixed(2)}`,
  );
}

const pets = { horizon: 15, populationSize: 350, eliteCount: 35, iterations: 5 };
const handful = { horizon: 25, populationSize: 400, eliteCount: 40, iterations: 5 };
await measure('350 candidates x horizon 15 x 5 iterations, truncated', pets);
await measure('350 x 15 x 5, truncated, correlation 0.7', { ...pets, noiseCorrelation: 0.7 });
await measure('400 x 25 x 5, truncated', handful);
await measure('400 x 25 x 5, clipped', { ...handful, sampling: 'clipped' });
await measure('400 x 25 x 5, truncated, correlation 0.7, 3 kept', { ...handful, noiseCorrelation: 0.7, keptEliteCount: 3 });
await measure('120 x 25 x 3, truncated, correlation 0.7, 3 kept', {
  horizon: 25,
  populationSize: 120,
  eliteCount: 12,
  iterations: 3,
  noiseCorrelation: 0.7,
  keptEliteCount: 3,
});
