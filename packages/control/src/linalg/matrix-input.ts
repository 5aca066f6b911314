/** Matrices as callers give them, checked and copied to the flat, row-major float64 arrays that this package works on. */
import { NumericalError, ShapeError } from '@mbrl/core';

/** A matrix: rows of numbers, or its entries in one flat, row-major array. */
export type MatrixInput = readonly (readonly number[])[] | Float64Array | readonly number[];

const isRows = (value: MatrixInput): value is readonly (readonly number[])[] => Array.isArray(value[0]);

const isArrayLike = (value: unknown): value is MatrixInput => Array.isArray(value) || value instanceof Float64Array;

/** Returns the size n of a square matrix. @throws ShapeError where `value` is not square or empty. */
export function squareSize(caller: string, name: string, value: MatrixInput): number {
  const n = isArrayLike(value) ? (isRows(value) ? value.length : Math.round(Math.sqrt(value.length))) : 0;
  if (n === 0 || (!isRows(value) && n * n !== value.length)) {
    throw new ShapeError(`${caller}: ${name} must be a square matrix, got ${describe(value)}`);
  }
  return n;
}

/** Returns the number of columns of a matrix that must have `rows` rows. @throws ShapeError where it cannot have that many. */
export function columnCount(caller: string, name: string, value: MatrixInput, rows: number): number {
  const columns = !isArrayLike(value) ? 0 : isRows(value) ? (value[0]?.length ?? 0) : value.length / rows;
  if (columns === 0 || !Number.isInteger(columns)) {
    throw new ShapeError(`${caller}: ${name} must be a matrix with ${rows} rows, got ${describe(value)}`);
  }
  return columns;
}

/** Returns the number of rows of a matrix that must have `columns` columns. @throws ShapeError where it cannot have that many. */
export function rowCount(caller: string, name: string, value: MatrixInput, columns: number): number {
  const rows = !isArrayLike(value) ? 0 : isRows(value) ? value.length : value.length / columns;
  if (rows === 0 || !Number.isInteger(rows)) {
    throw new ShapeError(`${caller}: ${name} must be a matrix with ${columns} columns, got ${describe(value)}`);
  }
  return rows;
}

/**
 * Returns a flat copy of `value`.
 * @throws ShapeError where it is not `[rows, columns]`, NumericalError where an entry is not finite
 */
export function readMatrix(caller: string, name: string, value: MatrixInput, rows: number, columns: number): Float64Array {
  const wrong = !isArrayLike(value)
    ? true
    : isRows(value)
      ? value.length !== rows || value.some((row) => !Array.isArray(row) || row.length !== columns)
      : value.length !== rows * columns;
  if (wrong) throw new ShapeError(`${caller}: ${name} must be a matrix [${rows}, ${columns}], got ${describe(value)}`);
  const out = isRows(value) ? Float64Array.from(value.flat()) : Float64Array.from(value);
  const bad = out.findIndex((entry) => !Number.isFinite(entry));
  if (bad >= 0) {
    throw new NumericalError(
      `${caller}: ${name} must be finite, got ${out[bad]} at row ${Math.floor(bad / columns)}, column ${bad % columns}`,
    );
  }
  return out;
}

/**
 * Returns a flat copy of a symmetric matrix `[n, n]`, made symmetric to the last bit.
 * @throws ShapeError, NumericalError as {@link readMatrix}; ShapeError where it is not symmetric up to rounding
 */
export function readSymmetric(caller: string, name: string, value: MatrixInput, n: number): Float64Array {
  const out = readMatrix(caller, name, value, n, n);
  const tolerance = 1e-12 * out.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [lower, upper] = [out[i * n + j]!, out[j * n + i]!];
      if (Math.abs(lower - upper) > tolerance) {
        throw new ShapeError(`${caller}: ${name} must be symmetric, got ${lower} and ${upper} at row ${i}, column ${j} and its mirror`);
      }
      out[i * n + j] = out[j * n + i] = 0.5 * (lower + upper);
    }
  }
  return out;
}

/** Returns a flat copy of a vector. @throws ShapeError where its length is not `size`, NumericalError where an entry is not finite */
export function readVector(caller: string, name: string, value: ArrayLike<number>, size: number): Float64Array {
  if (value === null || typeof value !== 'object' || value.length !== size) {
    throw new ShapeError(`${caller}: ${name} must be a vector [${size}], got ${describe(value)}`);
  }
  const out = Float64Array.from(value);
  const bad = out.findIndex((entry) => !Number.isFinite(entry));
  if (bad >= 0) throw new NumericalError(`${caller}: ${name} must be finite, got ${out[bad]} at index ${bad}`);
  return out;
}

function describe(value: unknown): string {
  if (value instanceof Float64Array) return `${value.length} numbers`;
  if (!Array.isArray(value)) return String(value);
  const [first] = value as unknown[];
  return Array.isArray(first) ? `[${value.length}, ${first.length}]` : `${value.length} numbers`;
}
