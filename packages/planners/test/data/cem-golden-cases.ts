/** Settings whose plans are kept as golden data, and the plans of one in hexadecimal. */
import { boxSpace, createRng } from '@mbrl/core';
import { type CemOptions, createCem, createMpc } from '@mbrl/planners';
import { evaluatorOf } from '../analytic-evaluators.js';

const HORIZON = 7;
const actionSpace = boxSpace({ low: [-1, 0.1], high: [1, 7] });

/** Options by name. */
export const cemGoldenCases: { readonly [name: string]: Partial<CemOptions> } = {
  'pets defaults': {},
  'handful of trials': { populationSize: 64, eliteCount: 8, iterations: 4 },
  'coloured, kept, best': {
    sampling: 'clipped',
    noiseCorrelation: 0.7,
    keptEliteCount: 3,
    returned: 'best',
    initialStandardDeviationRatio: 0.3,
  },
  'truncated colour, mean as candidate': { noiseCorrelation: 0.5, includeMean: true, fill: 'repeat' },
  'best, started from the mean': { returned: 'best', warmStart: 'mean', keptEliteCount: 1, momentum: 0.3 },
  'stopped early': { convergenceTolerance: 0.05, minimumStandardDeviationRatio: 0.01 },
};

const hexadecimal = (values: Float32Array): string =>
  Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (word) => word.toString(16).padStart(8, '0')).join('');

/** Acts three times through MPC; the plan of each step, the kept sequences after it and the curves' sum of bits. */
export async function planGolden(options: Partial<CemOptions>): Promise<string[]> {
  // Rough, so that every digit of a candidate matters, and with a third of the returns missing.
  const evaluator = evaluatorOf({ horizon: HORIZON, actionSize: 2 }, (sequence, observation, n) => {
    let sum = n % 3 === 1 ? NaN : 0;
    for (let i = 0; i < sequence.length; i++) sum -= (sequence[i]! - 0.3 * (i % 5) - observation[0]!) ** 2;
    return sum;
  });
  const planner = createCem({ horizon: HORIZON, actionSpace, populationSize: 60, eliteCount: 9, iterations: 3, ...options });
  const mpc = createMpc({ planner, evaluator, replanEvery: 2 });
  const rng = createRng(11);
  const lines: string[] = [];
  for (let t = 0; t < 5; t++) {
    await mpc.act(Float32Array.of(0.1 * t), rng);
    const { actions, state, diagnostics } = mpc.plan!;
    const curves = Float32Array.from([
      ...diagnostics.bestReturnByIteration,
      ...diagnostics.eliteReturnByIteration,
      ...diagnostics.spreadByIteration,
    ]);
    lines.push([actions, state.actions, state.kept, curves].map(hexadecimal).join(' '));
  }
  return lines;
}
