/** Flat arrays as callers give them, checked. */
import { NumericalError, OptionError, ShapeError } from '@mbrl/core';
import { factorCholesky } from './cholesky.js';

/**
 * Checks an array of `size` finite numbers or, as `'bounds'`, of numbers that may be infinite; absent ones pass.
 * @throws ShapeError on another size, NumericalError on a number that is not finite, OptionError on a bound that is NaN
 */
export function checkFlat(
  caller: string,
  name: string,
  values: ArrayLike<number> | undefined,
  size: number,
  kind: 'finite' | 'bounds' = 'finite',
): void {
  if (values === undefined) return;
  if (values.length !== size) throw new ShapeError(`${caller}: ${name} must have ${size} elements, got ${values.length}`);
  for (let i = 0; i < size; i++) {
    const value = values[i]!;
    if (kind === 'finite' && !Number.isFinite(value)) throw new NumericalError(`${caller}: ${name} must be finite, got ${value} at ${i}`);
    if (Number.isNaN(value)) throw new OptionError(`${caller}: ${name} must be a number or infinite, got NaN at ${i}`);
  }
}

/** Checks that no lower bound is above its upper bound, nor Infinity, nor an upper one −Infinity; absent ones pass. @throws OptionError */
export function checkBounds(
  caller: string,
  [lowName, low]: readonly [string, ArrayLike<number> | undefined],
  [highName, high]: readonly [string, ArrayLike<number> | undefined],
): void {
  for (let i = 0; i < (low?.length ?? 0); i++)
    if (low![i] === Infinity) throw new OptionError(`${caller}: ${lowName} must be below Infinity, got Infinity at ${i}`);
  for (let i = 0; i < (high?.length ?? 0); i++)
    if (high![i] === -Infinity) throw new OptionError(`${caller}: ${highName} must be above -Infinity, got -Infinity at ${i}`);
  for (let i = 0; i < Math.min(low?.length ?? 0, high?.length ?? 0); i++)
    if (low![i]! > high![i]!)
      throw new OptionError(`${caller}: ${lowName} must be at most ${highName}=${high![i]}, got ${low![i]} at ${i}`);
}

/** Checks that a flat matrix `[size, size]` is symmetric positive semidefinite, up to rounding. @throws OptionError */
export function checkSemidefinite(caller: string, name: string, values: ArrayLike<number>, size: number): void {
  const shifted = Float64Array.from(values);
  const scale = shifted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const [one, other] = [shifted[i * size + j]!, shifted[j * size + i]!];
      if (Math.abs(one - other) > 1e-10 * scale)
        throw new OptionError(`${caller}: ${name} must be symmetric, got ${one} and ${other} at (${i}, ${j}) and its mirror`);
    }
  }
  for (let i = 0; i < size; i++) shifted[i * (size + 1)]! += 1e-10 * scale + Number.MIN_VALUE;
  if (!factorCholesky(shifted, shifted, size))
    throw new OptionError(`${caller}: ${name} must be positive semidefinite, got a matrix that is not`);
}
