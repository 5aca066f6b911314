/** Continuous-time dynamics ẋ = f(x, u) of the ready-made problems, and explicit Runge–Kutta steps of them with derivatives. */
import { checkNumber } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { pointwiseDynamics } from '../pointwise-dynamics.js';

/** A continuous-time system with n state and m action components. */
export interface ContinuousSystem {
  readonly stateSize: number;
  readonly actionSize: number;
  /** Writes ẋ `[n]`. */
  readonly derivative: (x: Float64Array, u: Float64Array, out: Float64Array) => void;
  /** Writes ∂ẋ/∂x `[n, n]` and ∂ẋ/∂u `[n, m]`. */
  readonly jacobian: (x: Float64Array, u: Float64Array, outX: Float64Array, outU: Float64Array) => void;
}

/** Explicit Runge–Kutta methods: Euler's, Kutta's of third order, and the classical one. */
export type ExplicitMethod = 'euler' | 'rk3' | 'rk4';

interface Tableau {
  /** Row s: weights of the stages before s. */
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
}

const TABLEAUS: Readonly<Record<ExplicitMethod, Tableau>> = {
  euler: { a: [[]], b: [1] },
  rk3: { a: [[], [1 / 2], [-1, 2]], b: [1 / 6, 4 / 6, 1 / 6] },
  rk4: { a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]], b: [1 / 6, 1 / 3, 1 / 3, 1 / 6] },
};

function eulerDynamics({ stateSize: n, actionSize: m, derivative, jacobian }: ContinuousSystem, h: number): Dynamics {
  return pointwiseDynamics({
    stateSize: n,
    actionSize: m,
    step(x, u, _t, next) {
      derivative(x, u, next);
      for (let i = 0; i < n; i++) next[i] = x[i]! + h * next[i]!;
    },
    linearize(x, u, _t, A, B) {
      jacobian(x, u, A, B);
      for (let i = 0; i < n * n; i++) A[i] = h * A[i]!;
      for (let i = 0; i < n; i++) A[i * n + i] = A[i * n + i]! + 1;
      for (let i = 0; i < n * m; i++) B[i] = h * B[i]!;
    },
  });
}

/**
 * Makes discrete dynamics that hold the action over steps of `timeStep` seconds.
 * @throws OptionError on a time step that is not positive.
 */
export function sampledDynamics(system: ContinuousSystem, method: ExplicitMethod, timeStep: number): Dynamics {
  const h = checkNumber('sampledDynamics', 'timeStep', timeStep, { above: 0 });
  if (method === 'euler') return eulerDynamics(system, h);
  const { stateSize: n, actionSize: m, derivative, jacobian } = system;
  const { a, b } = TABLEAUS[method];
  const stages = b.length;
  const slopes = Array.from({ length: stages }, () => new Float64Array(n));
  const slopesX = Array.from({ length: stages }, () => new Float64Array(n * n));
  const slopesU = Array.from({ length: stages }, () => new Float64Array(n * m));
  const point = new Float64Array(n);
  const Jx = new Float64Array(n * n);
  const Ju = new Float64Array(n * m);
  const sumX = new Float64Array(n * n);
  const sumU = new Float64Array(n * m);

  const stagePoint = (s: number, x: Float64Array): void => {
    const row = a[s]!;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let r = 0; r < s; r++) sum += row[r]! * slopes[r]![i]!;
      point[i] = x[i]! + h * sum;
    }
  };
  return pointwiseDynamics({
    stateSize: n,
    actionSize: m,
    step(x, u, _t, next) {
      for (let s = 0; s < stages; s++) {
        stagePoint(s, x);
        derivative(point, u, slopes[s]!);
      }
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let s = 0; s < stages; s++) sum += b[s]! * slopes[s]![i]!;
        next[i] = x[i]! + h * sum;
      }
    },
    linearize(x, u, _t, A, B) {
      A.fill(0);
      B.fill(0);
      for (let s = 0; s < stages; s++) {
        stagePoint(s, x);
        derivative(point, u, slopes[s]!);
        jacobian(point, u, Jx, Ju);
        // The stage's point moves by I + hΣaᵣ∂kᵣ/∂x and hΣaᵣ∂kᵣ/∂u.
        sumX.fill(0);
        sumU.fill(0);
        for (let r = 0; r < s; r++) {
          const weight = h * a[s]![r]!;
          if (weight === 0) continue;
          for (let i = 0; i < n * n; i++) sumX[i] = sumX[i]! + weight * slopesX[r]![i]!;
          for (let i = 0; i < n * m; i++) sumU[i] = sumU[i]! + weight * slopesU[r]![i]!;
        }
        for (let i = 0; i < n; i++) sumX[i * n + i] = sumX[i * n + i]! + 1;
        const [outX, outU] = [slopesX[s]!, slopesU[s]!];
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let l = 0; l < n; l++) sum += Jx[i * n + l]! * sumX[l * n + j]!;
            outX[i * n + j] = sum;
          }
          for (let j = 0; j < m; j++) {
            let sum = Ju[i * m + j]!;
            for (let l = 0; l < n; l++) sum += Jx[i * n + l]! * sumU[l * m + j]!;
            outU[i * m + j] = sum;
          }
        }
        for (let i = 0; i < n * n; i++) A[i] = A[i]! + h * b[s]! * outX[i]!;
        for (let i = 0; i < n * m; i++) B[i] = B[i]! + h * b[s]! * outU[i]!;
      }
      for (let i = 0; i < n; i++) A[i * n + i] = A[i * n + i]! + 1;
    },
  });
}
