/** The loops allocate nothing: arrays made while they run are counted, by standing in for their constructors. */
import { afterEach, describe, expect, it } from 'vitest';
import { createDifferenceJacobian } from './derivatives/finite-differences.js';
import { createExtendedKalmanFilter } from './estimation/extended-kalman-filter.js';
import { createKalmanFilter } from './estimation/kalman-filter.js';
import { createUnscentedKalmanFilter } from './estimation/unscented-kalman-filter.js';
import { integrateDynamics, type IntegratorMethod } from './integrators/integrated-dynamics.js';
import { createVectorField } from './integrators/vector-field.js';
import { createExponentialWork, exponentiate } from './linalg/matrix-exponential.js';
import { createLqrBackwardPass, type LqrStage } from './lqr/lqr-backward-pass.js';
import { createDoublingWork, doubleRiccati, transformCayley } from './riccati/riccati-doubling.js';
import { createRiccatiResidual } from './riccati/riccati-residual.js';
import { readRiccatiProblem } from './riccati/riccati-problem.js';
import { createSteinWork, doubleLyapunov, doubleStein } from './riccati/stein-doubling.js';

const original = { Float64Array, Int32Array, subarray: Float64Array.prototype.subarray, slice: Float64Array.prototype.slice };

afterEach(() => {
  globalThis.Float64Array = original.Float64Array;
  globalThis.Int32Array = original.Int32Array;
  original.Float64Array.prototype.subarray = original.subarray;
  original.Float64Array.prototype.slice = original.slice;
});

/** Counts the typed arrays, views included, that `work` makes. */
function arraysMadeBy(work: () => void): number {
  let count = 0;
  const counting = <T extends typeof Float64Array | typeof Int32Array>(constructor: T): T =>
    new Proxy(constructor, {
      construct(target, input) {
        count++;
        return Reflect.construct(target, input) as object;
      },
    });
  globalThis.Float64Array = counting(original.Float64Array);
  globalThis.Int32Array = counting(original.Int32Array);
  original.Float64Array.prototype.subarray = function subarray(...input) {
    count++;
    return original.subarray.apply(this, input);
  };
  original.Float64Array.prototype.slice = function slice(...input) {
    count++;
    return original.slice.apply(this, input);
  };
  work();
  return count;
}

const eye = (n: number, value = 1): Float64Array => {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * (n + 1)] = value;
  return out;
};
const field = createVectorField({
  stateSize: 2,
  actionSize: 1,
  rate: (x, u, t, out) => {
    out[0] = x[1]!;
    out[1] = -Math.sin(x[0]!) + u[0]! * t;
  },
});
const [x, u, t] = [Float64Array.of(1, 0.5, 0.2, 0.1), Float64Array.of(0.3, -1), Int32Array.of(1, 2)];

describe('no allocation', () => {
  it('is counted at all', () => {
    expect(arraysMadeBy(() => new Float64Array(3).slice().subarray(1))).toBe(3);
    expect(arraysMadeBy(() => Int32Array.from([1]))).toBe(1);
  });

  it('in the backward pass of LQR', () => {
    const stage: LqrStage = {
      A: eye(3, 0.9),
      B: Float64Array.of(0, 1, 1),
      c: new Float64Array(3),
      Q: eye(3),
      R: eye(1),
      S: new Float64Array(3),
      q: new Float64Array(3),
      r: new Float64Array(1),
    };
    const pass = createLqrBackwardPass(3, 1, 4);
    const stages = [stage, stage, stage, stage];
    expect(arraysMadeBy(() => pass.run(stages, stage.Q, stage.q))).toBe(0);
  });

  it('in doubling, its Cayley transform, Stein and Lyapunov solves, the exponential, and the Riccati residual', () => {
    const [doubling, stein, scratch, exponential] = [
      createDoublingWork(3),
      createSteinWork(3),
      createSteinWork(3),
      createExponentialWork(3),
    ];
    doubling.A.set([-1, 1, 0, 0, -2, 1, 0, 0, 0.5]);
    doubling.G.set(eye(3));
    doubling.H.set(eye(3));
    const [A, Q, X] = [Float64Array.of(-1, 1, 0, 0, -2, 1, 0, 0, -0.5), eye(3), new Float64Array(9)];
    const residual = createRiccatiResidual(readRiccatiProblem('test', { A, B: eye(3), Q, R: eye(3), E: eye(3, 2) }, true), false);
    let done = true;
    const made = arraysMadeBy(() => {
      done &&= transformCayley(doubling) && doubleRiccati(doubling, 50) > 0;
      done &&= doubleLyapunov(A, Q, X, stein, scratch) && exponentiate(A, X, exponential) && doubleStein(X, Q, doubling.A, stein);
      done &&= residual.evaluate(doubling.H) !== false;
    });
    expect([done, made]).toEqual([true, 0]);
  });

  it.each(['covariance', 'squareRoot'] as const)('in filters, %s form', (form) => {
    const dynamics = integrateDynamics(field, { period: 0.1 });
    const measurement = { measurementSize: 1, measure: (state: Float64Array, out: Float64Array) => void (out[0] = Math.sin(state[0]!)) };
    const start = { W: eye(2), V: eye(1), covariance: eye(2), mean: [0, 0] };
    const linear = createKalmanFilter({ ...start, A: eye(2, 0.9), B: [[0], [1]], C: [[1, 0]], form });
    const [action, y] = [Float64Array.of(0.2), Float64Array.of(0.4)];
    const extended = createExtendedKalmanFilter({ ...start, dynamics, measurement, form, iterations: 2 });
    const unscented = createUnscentedKalmanFilter({ ...start, dynamics, measurement });
    const made = arraysMadeBy(() => {
      for (const filter of [linear, extended, unscented]) {
        void filter.predict(action);
        filter.update(y);
      }
    });
    expect(made).toBe(0);
  });

  it.each(['euler', 'semiImplicitEuler', 'rungeKutta4', 'implicitMidpoint', 'dormandPrince'] satisfies IntegratorMethod[])(
    'in integrators, %s',
    (method) => {
      const dynamics = integrateDynamics(field, { method, period: 0.1, substeps: 2 });
      const [next, A, B] = [new Float64Array(4), new Float64Array(8), new Float64Array(4)];
      const made = arraysMadeBy(() => {
        void dynamics.step(x, u, next, 2, t);
        void dynamics.linearize(x, u, A, B, 2, t);
      });
      expect(made).toBe(0);
      expect(next[2]).not.toBe(0);
    },
  );

  it('in differences', () => {
    const jacobian = createDifferenceJacobian(field.rate, 2, 1);
    const [A, B, state, action] = [new Float64Array(4), new Float64Array(2), x.subarray(0, 2), u.subarray(0, 1)];
    expect(arraysMadeBy(() => jacobian(state, action, 0, A, B))).toBe(0);
  });
});
