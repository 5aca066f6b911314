/**
 * A learned simulator as {@link Dynamics}: x⁺ is the mean of its prediction, x the observation. Networks compute in float32
 * and asynchronously; all points of a call go through them at once.
 */
import { type DynamicsModel, float32, type NdArray, ShapeError, UnsupportedError } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';

type Float32 = NdArray<'float32'>;

/** Input buffers by number of rows. */
function rowBuffers(width: number): (values: Float64Array, count: number) => Float32 {
  const buffers = new Map<number, Float32>();
  return (values, count) => {
    let buffer = buffers.get(count);
    if (buffer === undefined) {
      buffer = float32([count, width]);
      buffers.set(count, buffer);
    }
    const { data } = buffer;
    for (let i = 0; i < count * width; i++) data[i] = values[i]!;
    return buffer;
  };
}

/**
 * Makes dynamics of a model's mean. What the model learns later shows in them at once; they own nothing to dispose of.
 * @throws (on use) what the model throws; ShapeError where it answers with other sizes.
 */
export function learnedDynamics(model: DynamicsModel): Dynamics {
  const { observationSize: n, actionSize: m } = model;
  const stateRows = rowBuffers(n);
  const actionRows = rowBuffers(m);
  const take = (name: string, from: Float32, to: Float64Array, length: number, start = 0): void => {
    if (from.data.length < length) throw new ShapeError(`learnedDynamics: ${name} must have ${length} elements, got ${from.data.length}`);
    for (let i = 0; i < length; i++) to[start + i] = from.data[i]!;
  };
  return {
    stateSize: n,
    actionSize: m,
    precision: 2 ** -24,
    batched: true,
    async step(states, actions, next, count) {
      const { mean } = await model.predict(stateRows(states, count), actionRows(actions, count));
      take('prediction', mean, next, count * n);
    },
    async linearize(states, actions, A, B, count) {
      if (model.linearizeBatch) {
        const expansion = await model.linearizeBatch(stateRows(states, count), actionRows(actions, count));
        take('A', expansion.A, A, count * n * n);
        take('B', expansion.B, B, count * n * m);
        return;
      }
      for (let p = 0; p < count; p++) {
        const expansion = await model.linearize(states.subarray(p * n, (p + 1) * n), actions.subarray(p * m, (p + 1) * m));
        take('A', expansion.A, A, n * n, p * n * n);
        take('B', expansion.B, B, n * m, p * n * m);
      }
    },
  };
}

/**
 * Returns dynamics as they are, and a learned model as {@link learnedDynamics}.
 * @param caller the function that the error names
 * @throws UnsupportedError on anything else.
 */
export function asDynamics(dynamics: Dynamics | DynamicsModel, caller: string = 'asDynamics'): Dynamics {
  if (typeof dynamics === 'object' && dynamics !== null) {
    if ('stateSize' in dynamics && 'step' in dynamics) return dynamics;
    if ('observationSize' in dynamics && 'predict' in dynamics) return learnedDynamics(dynamics);
  }
  const got =
    dynamics === null || typeof dynamics !== 'object'
      ? String(dynamics)
      : `an object with ${Object.keys(dynamics).join(', ') || 'nothing'}`;
  throw new UnsupportedError(`${caller}: dynamics must offer step and linearize, or predict and linearize, got ${got}`);
}
