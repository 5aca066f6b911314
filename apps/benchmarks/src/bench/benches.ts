/** The benches in the order in which they run. */
import { OptionError } from '@mbrl/core';
import type { Bench } from './bench-figure.js';
import { environmentsBench } from './environments-bench.js';
import { forwardBench } from './forward-bench.js';
import { normalDrawsBench } from './normal-draws-bench.js';
import { petsActionBench } from './pets-action-bench.js';
import { pixelsBench } from './pixels-bench.js';
import { plannerActionBench } from './planner-action-bench.js';
import { smallestCallBench } from './smallest-call-bench.js';
import { trainingStepBench } from './training-step-bench.js';

/** All benches. */
export const benches: readonly Bench[] = [
  forwardBench,
  trainingStepBench,
  smallestCallBench,
  petsActionBench,
  plannerActionBench,
  environmentsBench,
  pixelsBench,
  normalDrawsBench,
];

/**
 * The benches whose name contains one of `filters`; all where there is none.
 * @throws OptionError on a filter that fits no bench, naming the benches.
 */
export function selectBenches(filters: readonly string[], from: readonly Bench[] = benches): readonly Bench[] {
  for (const filter of filters) {
    if (!from.some(({ name }) => name.includes(filter))) {
      throw new OptionError(`no bench "${filter}"; there are ${from.map(({ name }) => name).join(', ')}`);
    }
  }
  return filters.length === 0 ? from : from.filter(({ name }) => filters.some((filter) => name.includes(filter)));
}
