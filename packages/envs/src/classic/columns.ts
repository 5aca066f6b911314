/**
 * Batches as columns: a tensor `[B, n]` split into n columns `[B, 1]`, on which the batched forms of the classic tasks
 * write their equations, and the classical Runge–Kutta step over them.
 */
import { tf } from '@mbrl/jit';

/** One component over the batch, `[B, 1]`. */
export type Column = tf.Tensor2D;

/** Splits `[B, count]` into its columns. */
export function splitColumns(values: unknown, count: number): Column[] {
  return count === 1 ? [values as Column] : (tf.split(values as tf.Tensor2D, count, 1) as Column[]);
}

/** Joins columns into `[B, n]`. */
export function joinColumns(columns: readonly Column[]): tf.Tensor2D {
  return tf.concat(columns as tf.Tensor2D[], 1);
}

/** Makes a column `[B, 1]` into `[B]`. */
export function flatten(column: Column): tf.Tensor1D {
  return tf.reshape(column, [-1]);
}

/** Clips to [low, high]; the gradient passes inside. */
export function clipColumn(values: tf.Tensor2D, low: number, high: number): tf.Tensor2D {
  return tf.maximum(tf.minimum(values, high), low);
}

/** Computes a + scale · b. */
export function plus(a: Column, b: Column, scale: number): Column {
  return tf.add(a, tf.mul(b, scale));
}

/** Adds up columns. */
export function sumColumns(columns: readonly Column[]): Column {
  return columns.reduce((sum, column) => tf.add(sum, column));
}

/** Sine and cosine of an angle, given as sine and cosine, turned further by `turn`. */
export function rotate(sin: Column, cos: Column, turn: Column): readonly [sin: Column, cos: Column] {
  const s = tf.sin(turn);
  const c = tf.cos(turn);
  return [tf.add(tf.mul(sin, c), tf.mul(cos, s)), tf.sub(tf.mul(cos, c), tf.mul(sin, s))];
}

/** Advances ẏ = f(y) by one step of the classical Runge–Kutta method (RK4) of `h` seconds; returns new columns. */
export function rungeKuttaColumns(derivative: (y: readonly Column[]) => readonly Column[], y: readonly Column[], h: number): Column[] {
  const along = (slope: readonly Column[], by: number): Column[] => y.map((column, i) => plus(column, slope[i]!, by));
  const k1 = derivative(y);
  const k2 = derivative(along(k1, h / 2));
  const k3 = derivative(along(k2, h / 2));
  const k4 = derivative(along(k3, h));
  return y.map((column, i) => plus(column, tf.add(tf.add(k1[i]!, k4[i]!), tf.mul(tf.add(k2[i]!, k3[i]!), 2)), h / 6));
}
