/** The smallest compiled call: what a call costs beside its arithmetic. */
import { float32 } from '@mbrl/core';
import { jit, tf } from '@mbrl/jit';
import { type Bench, compareRatio, withFigureTarget } from './bench-figure.js';
import { quantityOf, timeRatio, timeTogether } from './time-together.js';

/** A sum of two arrays of four numbers; beside one turn of the event loop, which a call waits for. */
export const smallestCallBench: Bench = {
  name: 'smallest-call',
  description: 'the smallest compiled call',
  async run({ quick }) {
    const add = jit((a: tf.Tensor, b: tf.Tensor) => tf.add(a, b), { name: 'benchAdd', outputs: 'reuse' });
    const [a, b] = [float32([4], [1, 2, 3, 4]), float32([4], [5, 6, 7, 8])];
    const calls = quick ? 10 : 1000;
    try {
      const times = await timeTogether(
        {
          add: { run: () => add(a, b), calls },
          turn: { run: () => new Promise<void>((resolve) => void setImmediate(resolve)), calls },
        },
        quick ? { rounds: 2, warmUp: 5, settle: false } : { rounds: 41, warmUp: 2000, settle: true },
      );
      const microseconds = (milliseconds: number): number => 1000 * milliseconds;
      const figure = quantityOf(times.add, 'µs', microseconds);
      return [
        {
          bench: smallestCallBench.name,
          size: 'sum of 4 numbers and 4 numbers',
          figure,
          comparisons: [
            withFigureTarget(
              compareRatio(
                'a turn of the event loop',
                quantityOf(times.turn, 'µs', microseconds),
                timeRatio(times.add, times.turn),
                'time',
              ),
              figure,
              { kind: 'atMost', limit: 30, unit: 'µs' },
            ),
          ],
        },
      ];
    } finally {
      add.dispose();
    }
  },
};
