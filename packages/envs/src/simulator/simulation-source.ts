/** Where a simulation starts from: the exact state of the environment that acts. */
import { type Environment, ShapeError } from '@mbrl/core';
import type { SimulationStart } from './sequence-simulator.js';

/** The acting environment, or a function that gives a snapshot (or, under `state`, a saved state) of it. */
export type SimulationSource = Environment | (() => SimulationStart);

/** Reads the present start of a source. The environment is only read. */
export function startOf(source: SimulationSource, into?: Float64Array): SimulationStart {
  if (typeof source === 'function') return source();
  return source.snapshot && source.restoreSnapshot ? source.snapshot(into) : { state: source.saveState() };
}

/** Checks the arrays of an evaluation against the sizes; returns the number of sequences. @throws ShapeError */
export function checkEvaluation(
  caller: string,
  sizes: { readonly observationSize: number; readonly actionSize: number; readonly horizon: number },
  observation: Float32Array,
  sequences: Float32Array,
  returns: Float32Array,
): number {
  const { observationSize, actionSize, horizon } = sizes;
  if (observation.length !== observationSize)
    throw new ShapeError(`${caller}: observation must have ${observationSize} components, got ${observation.length}`);
  const length = returns.length * horizon * actionSize;
  if (sequences.length !== length)
    throw new ShapeError(`${caller}: sequences must have ${length} entries for ${returns.length} returns, got ${sequences.length}`);
  return returns.length;
}
