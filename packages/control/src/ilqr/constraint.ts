/**
 * Constraints on states and actions at single steps: equalities c(x, u, t) = 0 and inequalities c(x, u, t) ≤ 0, of p
 * rows each, over n state and m action components. The last step T has no action: u is all zeros there and derivatives
 * by it are not read.
 */
import { checkInteger, checkNumber, checkOneOf, OptionError, ShapeError } from '@mbrl/core';
import { checkFlat } from '../linalg/flat-input.js';

/** One constraint, at each step of a range. */
export interface Constraint {
  readonly kind: 'equality' | 'inequality';
  /** p, at least 1. */
  readonly size: number;
  /** First step; default 0. May be `'terminal'` for the last step T only. */
  readonly from?: number | 'terminal';
  /** Last step, inclusive; default T − 1, or T where `from` is `'terminal'`. T includes the last state. */
  readonly to?: number | 'terminal';
  /** Writes c `[p]`. */
  evaluate(x: Float64Array, u: Float64Array, t: number, out: Float64Array): void;
  /** Writes ∂c/∂x `[p, n]` and ∂c/∂u `[p, m]`, which the solver zeroes before. Absent: central differences. */
  linearize?(x: Float64Array, u: Float64Array, t: number, outX: Float64Array, outU: Float64Array): void;
}

/** Demands that the last state equals a goal `[n]`; components that are NaN are free. @throws OptionError where all are. */
export function goalConstraint(goal: ArrayLike<number>): Constraint {
  const fixed = Array.from(goal, (_, i) => i).filter((i) => !Number.isNaN(goal[i]!));
  if (fixed.length === 0) throw new OptionError('goalConstraint: goal must have a component that is not NaN, got none');
  const values = Float64Array.from(goal);
  const n = values.length;
  return {
    kind: 'equality',
    size: fixed.length,
    from: 'terminal',
    evaluate(x, _u, _t, out) {
      for (let i = 0; i < fixed.length; i++) out[i] = x[fixed[i]!]! - values[fixed[i]!]!;
    },
    linearize(_x, _u, _t, outX) {
      for (let i = 0; i < fixed.length; i++) outX[i * n + fixed[i]!] = 1;
    },
  };
}

/** Where bounds apply. */
export interface BoundConstraintOptions {
  readonly on: 'state' | 'action';
  /** Lower bounds; −Infinity is none. Default: none. */
  readonly low?: ArrayLike<number>;
  /** Upper bounds; Infinity is none. Default: none. */
  readonly high?: ArrayLike<number>;
  readonly from?: Constraint['from'];
  readonly to?: Constraint['to'];
}

/**
 * Bounds on components as inequality rows. For actions prefer the problem's own bounds, which hold at every iterate.
 * @throws ShapeError when `low` and `high` differ in length, OptionError where low > high or no bound is finite.
 */
export function boundConstraint({ on, low, high, from, to }: BoundConstraintOptions): Constraint {
  checkOneOf('boundConstraint', 'on', on, ['state', 'action']);
  const size = (low ?? high)?.length ?? 0;
  if (low && high && low.length !== high.length)
    throw new ShapeError(`boundConstraint: low and high must have one length, got ${low.length} and ${high.length}`);
  const rows: { readonly component: number; readonly sign: number; readonly bound: number }[] = [];
  for (let i = 0; i < size; i++) {
    const [least, greatest] = [low?.[i] ?? -Infinity, high?.[i] ?? Infinity];
    if (!(least <= greatest)) throw new OptionError(`boundConstraint: low must not be above high, got ${least} and ${greatest} at ${i}`);
    if (Number.isFinite(least)) rows.push({ component: i, sign: -1, bound: least });
    if (Number.isFinite(greatest)) rows.push({ component: i, sign: 1, bound: greatest });
  }
  if (rows.length === 0) throw new OptionError('boundConstraint: at least one bound must be finite, got none');
  return {
    kind: 'inequality',
    size: rows.length,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    evaluate(x, u, _t, out) {
      const values = on === 'state' ? x : u;
      for (let i = 0; i < rows.length; i++) out[i] = rows[i]!.sign * (values[rows[i]!.component]! - rows[i]!.bound);
    },
    linearize(_x, _u, _t, outX, outU) {
      const out = on === 'state' ? outX : outU;
      for (let i = 0; i < rows.length; i++) out[i * size + rows[i]!.component] = rows[i]!.sign;
    },
  };
}

/** Circles (two components) or balls (three) that a part of the state has to stay out of. */
export interface ObstacleConstraintOptions {
  readonly stateSize: number;
  /** Which state components are the position; 2 or 3 of them. */
  readonly components: readonly number[];
  readonly obstacles: readonly { readonly center: readonly number[]; readonly radius: number }[];
  readonly from?: Constraint['from'];
  readonly to?: Constraint['to'];
}

/** Keeps a position outside of round obstacles: r² − |p − c|² ≤ 0, one row each. @throws ShapeError on a center of another size, OptionError on components that are not the state's. */
export function obstacleConstraint({ stateSize: n, components, obstacles, from, to }: ObstacleConstraintOptions): Constraint {
  const caller = 'obstacleConstraint';
  checkInteger(caller, 'stateSize', n, { min: 1 });
  components.forEach((component, i) => checkInteger(caller, `components[${i}]`, component, { min: 0, max: n - 1 }));
  obstacles.forEach(({ center, radius }, k) => {
    checkFlat(caller, `obstacles[${k}].center`, center, components.length);
    checkNumber(caller, `obstacles[${k}].radius`, radius, { min: 0 });
  });
  return {
    kind: 'inequality',
    size: obstacles.length,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    evaluate(x, _u, _t, out) {
      for (let k = 0; k < obstacles.length; k++) {
        const { center, radius } = obstacles[k]!;
        let value = radius * radius;
        for (let i = 0; i < components.length; i++) value -= (x[components[i]!]! - center[i]!) ** 2;
        out[k] = value;
      }
    },
    linearize(x, _u, _t, outX) {
      for (let k = 0; k < obstacles.length; k++) {
        const { center } = obstacles[k]!;
        for (let i = 0; i < components.length; i++) outX[k * n + components[i]!] = -2 * (x[components[i]!]! - center[i]!);
      }
    },
  };
}
