/**
 * Explicit Runge–Kutta steps kᵢ = f(x + h Σ_{j<i} aᵢⱼ kⱼ, u, t + cᵢ h), x⁺ = x + h Σ bᵢ kᵢ, with the derivative of the step by the
 * differentiated stages dkᵢ = f_x (D + h Σ aᵢⱼ dkⱼ) + [0, f_u]. Nothing is allocated in a step.
 */
import { applyJacobian, type IntegratorStep, type VectorField } from './vector-field.js';

/** A method: rows of a, weights b and nodes c. */
export interface Tableau {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly c: readonly number[];
}

/** Explicit Euler, order 1. */
export const EULER: Tableau = { a: [[]], b: [1], c: [0] };

/** The explicit midpoint rule, order 2. */
export const MIDPOINT: Tableau = { a: [[], [1 / 2]], b: [0, 1], c: [0, 1 / 2] };

/** Kutta's method of order 3. */
export const KUTTA3: Tableau = { a: [[], [1 / 2], [-1, 2]], b: [1 / 6, 2 / 3, 1 / 6], c: [0, 1 / 2, 1] };

/** The classical method of order 4. */
export const CLASSICAL4: Tableau = { a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]], b: [1 / 6, 1 / 3, 1 / 3, 1 / 6], c: [0, 1 / 2, 1 / 2, 1] };

/** Stages of a method, for steps that need more than the result. */
export interface Stages {
  /** kᵢ, each `[n]`. */
  readonly k: readonly Float64Array[];
  /** dkᵢ, each `[n, n + m]`. */
  readonly dk: readonly Float64Array[];
  /** Evaluates stages `from` … from (x, D); D null leaves dk as it is. */
  evaluate(state: Float64Array, action: Float64Array, time: number, h: number, D: Float64Array | null, from?: number): void;
  /** Adds h Σ wᵢ kᵢ to `out` `[n]`. */
  combine(weights: readonly number[], h: number, out: Float64Array): void;
  /** Adds h Σ wᵢ dkᵢ to `out` `[n, n + m]`. */
  combineSensitivity(weights: readonly number[], h: number, out: Float64Array): void;
}

/** Makes room for the stages of a method on a field. */
export function createStages(field: VectorField, { a, c }: Tableau): Stages {
  const [n, m] = [field.stateSize, field.actionSize];
  const width = n + m;
  const k = c.map(() => new Float64Array(n));
  const dk = c.map(() => new Float64Array(n * width));
  const [point, slope] = [new Float64Array(n), new Float64Array(n * width)];
  const [A, B] = [new Float64Array(n * n), new Float64Array(n * m)];
  const accumulate = (parts: readonly Float64Array[], weights: readonly number[], h: number, out: Float64Array): void => {
    for (let s = 0; s < weights.length; s++) {
      const factor = h * weights[s]!;
      if (factor === 0) continue;
      const part = parts[s]!;
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + factor * part[i]!;
    }
  };
  return {
    k,
    dk,
    evaluate(state, action, time, h, D, from = 0) {
      for (let s = from; s < c.length; s++) {
        point.set(state);
        accumulate(k, a[s]!, h, point);
        const at = time + c[s]! * h;
        field.rate(point, action, at, k[s]!);
        if (D === null) continue;
        slope.set(D);
        accumulate(dk, a[s]!, h, slope);
        field.differentiate(point, action, at, A, B);
        applyJacobian(A, B, slope, dk[s]!, n, m);
      }
    },
    combine: (weights, h, out) => accumulate(k, weights, h, out),
    combineSensitivity: (weights, h, out) => accumulate(dk, weights, h, out),
  };
}

/** Creates the step of an explicit method. */
export function createRungeKuttaStep(field: VectorField, tableau: Tableau): IntegratorStep {
  const stages = createStages(field, tableau);
  return (state, action, time, h, sensitivity) => {
    stages.evaluate(state, action, time, h, sensitivity);
    stages.combine(tableau.b, h, state);
    if (sensitivity !== null) stages.combineSensitivity(tableau.b, h, sensitivity);
    return true;
  };
}
