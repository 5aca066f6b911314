/** Standard normal draws into a float32 array, beside plain uniform draws of the language. */
import { createRng } from '@mbrl/core';
import { type Bench, compareRatio, withFigureTarget } from './bench-figure.js';
import { quantityOf, timeRatio, timeTogether } from './time-together.js';

const SIZE = 65_536;

/** Nanoseconds a draw of `fillNormal`. */
export const normalDrawsBench: Bench = {
  name: 'normal-draws',
  description: 'standard normal draws',
  async run({ quick }) {
    const rng = createRng(1);
    const [drawn, uniform] = [new Float32Array(SIZE), new Float32Array(SIZE)];
    const times = await timeTogether(
      {
        normal: { run: () => rng.fillNormal(drawn), calls: quick ? 1 : 8 },
        uniform: {
          run() {
            for (let i = 0; i < SIZE; i++) uniform[i] = Math.random();
          },
          calls: quick ? 1 : 8,
        },
      },
      quick ? { rounds: 3, warmUp: 2, settle: false } : { rounds: 61, warmUp: 30, settle: true },
    );
    const perDraw = (milliseconds: number): number => (1e6 * milliseconds) / SIZE;
    const figure = quantityOf(times.normal, 'ns', perDraw);
    return [
      {
        bench: normalDrawsBench.name,
        size: `fillNormal of ${SIZE.toLocaleString('en')} numbers, a draw`,
        figure,
        comparisons: [
          withFigureTarget(
            compareRatio(
              'Math.random() into an array',
              quantityOf(times.uniform, 'ns', perDraw),
              timeRatio(times.normal, times.uniform),
              'time',
            ),
            figure,
            { kind: 'atMost', limit: 8, unit: 'ns' },
          ),
        ],
      },
    ];
  },
};
