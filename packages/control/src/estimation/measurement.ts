/** A measurement function y = h(x) for the filters of non-linear systems. */
import { checkNumber } from '@mbrl/core';

/** y = h(x) with p components. All arrays are flat; outputs are overwritten. */
export interface Measurement {
  /** p. */
  readonly measurementSize: number;
  /** Writes h(x) `[p]` for a state `[n]`. */
  measure(state: Float64Array, out: Float64Array): void;
  /** Writes the derivative `[p, n]`; by central differences where absent. */
  differentiate?(state: Float64Array, out: Float64Array): void;
  /** Writes y − ŷ `[p]`; plain subtraction where absent. For angles, wrap here. */
  subtract?(measured: Float64Array, expected: Float64Array, out: Float64Array): void;
}

/** Writes y − ŷ by the measurement's own rule. */
export function subtractMeasurement(measurement: Measurement, measured: Float64Array, expected: Float64Array, out: Float64Array): void {
  if (measurement.subtract !== undefined) measurement.subtract(measured, expected, out);
  else for (let i = 0; i < out.length; i++) out[i] = measured[i]! - expected[i]!;
}

/** Makes the derivative of a measurement: its own, or central differences with steps `relativeStep · max(1, |x|)`. */
export function createMeasurementJacobian(
  caller: string,
  measurement: Measurement,
  n: number,
  relativeStep: number = Math.cbrt(2.2e-16),
): (state: Float64Array, out: Float64Array) => void {
  if (measurement.differentiate !== undefined) return (state, out) => measurement.differentiate?.(state, out);
  checkNumber(caller, 'relativeStep', relativeStep, { above: 0 });
  const p = measurement.measurementSize;
  const [moved, above, below, difference] = [new Float64Array(n), new Float64Array(p), new Float64Array(p), new Float64Array(p)];
  return (state, out) => {
    moved.set(state);
    for (let j = 0; j < n; j++) {
      const step = relativeStep * Math.max(1, Math.abs(state[j]!));
      const [high, low] = [state[j]! + step, state[j]! - step];
      moved[j] = high;
      measurement.measure(moved, above);
      moved[j] = low;
      measurement.measure(moved, below);
      moved[j] = state[j]!;
      subtractMeasurement(measurement, above, below, difference);
      for (let i = 0; i < p; i++) out[i * n + j] = difference[i]! / (high - low);
    }
  };
}
