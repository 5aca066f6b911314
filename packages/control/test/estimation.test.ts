import { createRng, NumericalError, OptionError, type Rng, ShapeError } from '@mbrl/core';
import {
  createExtendedKalmanFilter,
  createKalmanFilter,
  createUnscentedKalmanFilter,
  type Dynamics,
  type Measurement,
  type NonlinearFilter,
  solveLqg,
  solveLqi,
  solveLqr,
  solveSteadyKalman,
  solveStein,
} from '@mbrl/control';
import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';

const normals = (rng: Rng, count: number): Float64Array => Float64Array.from({ length: count }, () => rng.normal());
const dense = (values: ArrayLike<number>, rows: number, columns: number): Matrix => Matrix.from1DArray(rows, columns, Array.from(values));

/** Fills a Dynamics from step and Jacobian of one point. */
function dynamicsOf(
  stateSize: number,
  actionSize: number,
  step: (x: Float64Array, u: Float64Array) => number[],
  jacobian: (x: Float64Array, u: Float64Array) => { A: number[]; B: number[] },
  asynchronous = false,
): Dynamics {
  const each = (
    states: Float64Array,
    actions: Float64Array,
    count: number,
    visit: (x: Float64Array, u: Float64Array, i: number) => void,
  ): void => {
    for (let i = 0; i < count; i++) {
      visit(states.slice(i * stateSize, (i + 1) * stateSize), actions.slice(i * actionSize, (i + 1) * actionSize), i);
    }
  };
  return {
    stateSize,
    actionSize,
    step: (states, actions, next, count) => {
      each(states, actions, count, (x, u, i) => next.set(step(x, u), i * stateSize));
      return asynchronous ? Promise.resolve() : undefined;
    },
    linearize: (states, actions, A, B, count) => {
      each(states, actions, count, (x, u, i) => {
        const { A: a, B: b } = jacobian(x, u);
        A.set(a, i * stateSize * stateSize);
        B.set(b, i * stateSize * actionSize);
      });
      return asynchronous ? Promise.resolve() : undefined;
    },
  };
}

const model = {
  A: [
    [1, 0.1],
    [-0.2, 0.9],
  ],
  B: [[0.005], [0.1]],
  c: [0.02, -0.01],
  C: [[1, 0.5]],
  D: [[0.3]],
  W: [
    [0.01, 0.002],
    [0.002, 0.03],
  ],
  V: [[0.2]],
  mean: [0.5, -0.5],
  covariance: [
    [1, 0.2],
    [0.2, 2],
  ],
};

/** All states and measurements as one joint Gaussian: mean and covariance of x_T given y_1 … y_T by conditioning. */
function jointPosterior(actions: number[], measurements: number[]): { mean: Matrix; covariance: Matrix; logLikelihood: number } {
  const [A, B, C] = [new Matrix(model.A), new Matrix(model.B), new Matrix(model.C)];
  const T = measurements.length;
  let mean = Matrix.columnVector(model.mean);
  const means: Matrix[] = [];
  const covariances: Matrix[] = [];
  let P = new Matrix(model.covariance);
  for (let t = 0; t < T; t++) {
    mean = A.mmul(mean)
      .add(B.mmul(new Matrix([[actions[t]!]])))
      .add(Matrix.columnVector(model.c));
    P = A.mmul(P).mmul(A.transpose()).add(new Matrix(model.W));
    means.push(mean);
    covariances.push(P);
  }
  const power = (k: number): Matrix => Array.from({ length: k }).reduce<Matrix>((M) => A.mmul(M), Matrix.eye(2));
  const crossOf = (s: number, t: number): Matrix =>
    s >= t ? power(s - t).mmul(covariances[t]!) : covariances[s]!.mmul(power(t - s).transpose());
  const S = Matrix.zeros(T, T);
  const cross = Matrix.zeros(2, T);
  const e = Matrix.zeros(T, 1);
  for (let s = 0; s < T; s++) {
    for (let t = 0; t < T; t++) S.set(s, t, C.mmul(crossOf(s, t)).mmul(C.transpose()).get(0, 0) + (s === t ? model.V[0]![0]! : 0));
    const column = crossOf(T - 1, s).mmul(C.transpose());
    cross.set(0, s, column.get(0, 0));
    cross.set(1, s, column.get(1, 0));
    e.set(s, 0, measurements[s]! - C.mmul(means[s]!).get(0, 0) - model.D[0]![0]! * actions[s]!);
  }
  const inverseS = inverse(S);
  const logDeterminant = Math.log(Math.abs(new Matrix(S).to2DArray().length === 1 ? S.get(0, 0) : detOf(S)));
  return {
    mean: Matrix.add(means[T - 1]!, cross.mmul(inverseS).mmul(e)),
    covariance: Matrix.sub(covariances[T - 1]!, cross.mmul(inverseS).mmul(cross.transpose())),
    logLikelihood: -0.5 * (e.transpose().mmul(inverseS).mmul(e).get(0, 0) + logDeterminant + T * Math.log(2 * Math.PI)),
  };
}

function detOf(M: Matrix): number {
  const A = M.to2DArray();
  let det = 1;
  for (let k = 0; k < A.length; k++) {
    det *= A[k]![k]!;
    for (let i = k + 1; i < A.length; i++) {
      const factor = A[i]![k]! / A[k]![k]!;
      for (let j = k; j < A.length; j++) A[i]![j]! -= factor * A[k]![j]!;
    }
  }
  return det;
}

describe('Kalman filter', () => {
  const rng = createRng(7);
  const actions = Array.from({ length: 8 }, () => rng.normal());
  const measurements = Array.from({ length: 8 }, () => 2 * rng.normal());

  it.each(['covariance', 'squareRoot'] as const)('%s form: the joint Gaussian, conditioned on all measurements', (form) => {
    const filter = createKalmanFilter({ ...model, form });
    let logLikelihood = 0;
    measurements.forEach((y, t) => {
      const action = Float64Array.of(actions[t]!);
      filter.predict(action);
      expect(filter.update(Float64Array.of(y), action)).toBe(true);
      logLikelihood += filter.logLikelihood;
      const joint = jointPosterior(actions.slice(0, t + 1), measurements.slice(0, t + 1));
      joint.mean.to1DArray().forEach((value, i) => expect(filter.mean[i]).toBeCloseTo(value, 11));
      joint.covariance.to1DArray().forEach((value, i) => expect(filter.covariance()[i]).toBeCloseTo(value, 11));
      expect(logLikelihood).toBeCloseTo(joint.logLikelihood, 10);
    });
    filter.predict();
    const [p00 = 0, p01 = 0, , p11 = 0] = filter.covariance();
    filter.update(Float64Array.of(3));
    expect(filter.normalizedSquare).toBeCloseTo(filter.innovation[0]! ** 2 / (p00 + p01 + 0.25 * p11 + 0.2), 11);
  });

  it('both forms agree on many outputs, and settle at the steady filter', () => {
    const wide = {
      A: [
        [0.9, 0.2, 0],
        [0, 0.8, 0.3],
        [0.1, 0, 0.95],
      ],
      C: [
        [1, 0, 0],
        [0, 1, 1],
      ],
      W: [
        [0.1, 0, 0.02],
        [0, 0.2, 0],
        [0.02, 0, 0.3],
      ],
      V: [
        [0.5, 0.1],
        [0.1, 0.4],
      ],
    };
    const eye = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const filters = (['covariance', 'squareRoot'] as const).map((form) => createKalmanFilter({ ...wide, covariance: eye, form }));
    const [first, second] = filters as [(typeof filters)[0], (typeof filters)[0]];
    for (let t = 0; t < 200; t++) {
      const y = normals(rng, 2);
      for (const filter of filters) {
        filter.predict();
        filter.update(y);
      }
      if (t % 20 > 2) continue;
      first.mean.forEach((value, i) => expect(second.mean[i]).toBeCloseTo(value, 11));
      first.gain.forEach((value, i) => expect(second.gain[i]).toBeCloseTo(value, 11));
      first.covariance().forEach((value, i) => expect(second.covariance()[i]).toBeCloseTo(value, 11));
      expect(second.logLikelihood).toBeCloseTo(first.logLikelihood, 10);
    }
    const steady = solveSteadyKalman(wide);
    expect(steady.status).toBe('converged');
    steady.posterior.forEach((value, i) => expect(first.covariance()[i]).toBeCloseTo(value, 12));
    steady.filterGain.forEach((value, i) => expect(first.gain[i]).toBeCloseTo(value, 12));
    const AF = new Matrix(wide.A).mmul(dense(steady.filterGain, 3, 2)).to1DArray();
    AF.forEach((value, i) => expect(steady.gain[i]).toBeCloseTo(value, 12));
    first.predict();
    steady.prior.forEach((value, i) => expect(first.covariance()[i]).toBeCloseTo(value, 12));
  });

  it('square-root form keeps a covariance that the plain update loses', () => {
    // Two states, measured twice with a precision near the square root of rounding: information adds, P = (I + HᵀH/δ²)⁻¹.
    const delta = 1e-9;
    const identity = [
      [1, 0],
      [0, 1],
    ];
    const make = (form: 'covariance' | 'squareRoot') =>
      createKalmanFilter({
        A: identity,
        C: [[1, 1]],
        W: [
          [0, 0],
          [0, 0],
        ],
        V: [[delta ** 2]],
        covariance: identity,
        form,
      });
    // Information I + (hhᵀ + ggᵀ)/δ², h = (1, 1), g = (1, 1 + δ), whose determinant is 1 + (3 + (1 + δ)²)/δ² + 1/δ².
    const second = 1 + (1 + (1 + delta) ** 2) / delta ** 2;
    const expected = second / (1 + (4 + (1 + delta) ** 2) / delta ** 2);
    const ratio = (form: 'covariance' | 'squareRoot'): number => {
      const filter = make(form);
      filter.update(Float64Array.of(1));
      filter.C.set([1, 1 + delta]);
      filter.update(Float64Array.of(1));
      return filter.covariance()[0]! / expected;
    };
    expect(ratio('squareRoot')).toBeCloseTo(1, 5);
    expect(Math.abs(ratio('covariance') - 1)).toBeGreaterThan(1e-3);
  });

  it('NEES is χ² where the model is right, and not where its noise is understated', () => {
    const run = (seed: number, scaleW: number): number => {
      const stream = createRng(seed);
      const W = model.W.map((row) => row.map((value) => value * scaleW));
      const filter = createKalmanFilter({ ...model, W, form: 'squareRoot' });
      const [rootW0, rootW1, rootW2] = [0.1, 0.02, Math.sqrt(0.03 - 0.0004)];
      const x = [0.5 + stream.normal(), -0.5 + 0];
      x[1]! += 0.2 * (x[0]! - 0.5) + Math.sqrt(2 - 0.04) * stream.normal();
      let sum = 0;
      for (let t = 0; t < 40; t++) {
        const [a, b] = [stream.normal(), stream.normal()];
        const [x0, x1] = [x[0]!, x[1]!];
        x[0] = x0 + 0.1 * x1 + 0.02 + rootW0 * a;
        x[1] = -0.2 * x0 + 0.9 * x1 - 0.01 + rootW1 * a + rootW2 * b;
        filter.predict();
        filter.update(Float64Array.of(x[0] + 0.5 * x[1] + Math.sqrt(0.2) * stream.normal()));
        const e = [x[0] - filter.mean[0]!, x[1] - filter.mean[1]!];
        const [p00, p01, , p11] = filter.covariance();
        sum += (p11! * e[0]! ** 2 - 2 * p01! * e[0]! * e[1]! + p00! * e[1]! ** 2) / (p00! * p11! - p01! ** 2);
      }
      return sum / 40;
    };
    const average = (scaleW: number): number => Array.from({ length: 200 }, (_, seed) => run(seed, scaleW)).reduce((a, b) => a + b) / 200;
    // 8000 samples of mean 2, correlated over some steps.
    expect(Math.abs(average(1) - 2)).toBeLessThan(0.15);
    expect(average(0.1)).toBeGreaterThan(2.5);
  });

  it('refuses bad input, and keeps its belief on a bad measurement', () => {
    expect(() => createKalmanFilter({ ...model, V: [[0]] })).toThrow('createKalmanFilter: V must be symmetric positive definite');
    expect(() =>
      createKalmanFilter({
        ...model,
        W: [
          [1, 0],
          [0, -1],
        ],
      }),
    ).toThrow(OptionError);
    expect(() =>
      createKalmanFilter({
        ...model,
        covariance: [
          [1, 2],
          [2, 1],
        ],
      }),
    ).toThrow('covariance must be symmetric positive semidefinite');
    expect(() => createKalmanFilter({ ...model, C: [[1, 2, 3]] })).toThrow(ShapeError);
    expect(() => createKalmanFilter({ ...model, c: [NaN, 0] })).toThrow(NumericalError);
    const filter = createKalmanFilter(model);
    expect(filter.update(Float64Array.of(NaN))).toBe(false);
    expect([...filter.mean]).toEqual(model.mean);
  });
});

describe('steady filter', () => {
  it('scalar closed forms, discrete and continuous', () => {
    // P = a²P − a²P²/(P + v) + w with a = 1: P² − wP − wv = 0.
    const { prior, posterior, filterGain } = solveSteadyKalman({ A: [[1]], C: [[1]], W: [[2]], V: [[4]] });
    expect(prior[0]).toBeCloseTo(4, 13);
    expect(posterior[0]).toBeCloseTo(2, 13);
    expect(filterGain[0]).toBeCloseTo(0.5, 13);
    const continuous = solveSteadyKalman({ time: 'continuous', A: [[0]], C: [[1]], W: [[9]], V: [[4]] });
    expect(continuous.prior[0]).toBeCloseTo(6, 13);
    expect(continuous.gain[0]).toBeCloseTo(1.5, 13);
  });

  it('cross covariance: w = gv is known from the measurement, and leaves no error', () => {
    const { prior, gain } = solveSteadyKalman({ A: [[0.5]], C: [[1]], W: [[1]], V: [[1]], N: [[1]] });
    expect(prior[0]).toBeCloseTo(0, 12);
    expect(gain[0]).toBeCloseTo(1, 12);
  });

  it('names what is missing', () => {
    expect(solveSteadyKalman({ A: [[2]], C: [[0]], W: [[1]], V: [[1]] }).status).toBe('undetectable');
    expect(solveSteadyKalman({ A: [[1]], C: [[1]], W: [[0]], V: [[1]] }).status).toBe('unexcited');
  });
});

const pendulum = dynamicsOf(
  2,
  1,
  ([q = 0, v = 0], [u = 0]) => [q + 0.05 * v, v + 0.05 * (-9.8 * Math.sin(q) + u)],
  ([q = 0]) => ({ A: [1, 0.05, -0.49 * Math.cos(q), 1], B: [0, 0.05] }),
);
const position: Measurement = { measurementSize: 1, measure: ([q = 0], out) => void (out[0] = Math.sin(q)) };

describe('extended and unscented filters', () => {
  const linear = dynamicsOf(
    2,
    1,
    ([x0 = 0, x1 = 0], [u = 0]) => [x0 + 0.1 * x1 + 0.005 * u + 0.02, -0.2 * x0 + 0.9 * x1 + 0.1 * u - 0.01],
    () => ({ A: model.A.flat(), B: model.B.flat() }),
  );
  const output: Measurement = { measurementSize: 1, measure: ([x0 = 0, x1 = 0], out) => void (out[0] = x0 + 0.5 * x1) };
  const start = { W: model.W, V: model.V, mean: model.mean, covariance: model.covariance };
  const variants: [string, (dynamics: Dynamics) => NonlinearFilter][] = [
    ['extended', (dynamics) => createExtendedKalmanFilter({ ...start, dynamics, measurement: output })],
    ['extended, square root', (dynamics) => createExtendedKalmanFilter({ ...start, dynamics, measurement: output, form: 'squareRoot' })],
    ['extended, iterated', (dynamics) => createExtendedKalmanFilter({ ...start, dynamics, measurement: output, iterations: 3 })],
    ['unscented', (dynamics) => createUnscentedKalmanFilter({ ...start, dynamics, measurement: output })],
    [
      'unscented, narrow',
      (dynamics) => createUnscentedKalmanFilter({ ...start, dynamics, measurement: output, alpha: 0.01, kappa: 1, beta: 0 }),
    ],
  ];

  it.each(variants)('%s: the Kalman filter on a linear system, also with asynchronous dynamics', async (_, create) => {
    const rng = createRng(11);
    const reference = createKalmanFilter({ ...model, D: [[0]] });
    const filter = create(linear);
    const late = create({ ...linear, ...asynchronousOf(linear) });
    for (let t = 0; t < 20; t++) {
      const [action, y] = [normals(rng, 1), normals(rng, 1)];
      reference.predict(action);
      reference.update(y);
      for (const each of [filter, late]) {
        await each.predict(action, t);
        expect(each.update(y)).toBe(true);
        reference.mean.forEach((value, i) => expect(each.mean[i]).toBeCloseTo(value, 8));
        reference.covariance().forEach((value, i) => expect(each.covariance()[i]).toBeCloseTo(value, 8));
        expect(each.logLikelihood).toBeCloseTo(reference.logLikelihood, 8);
        expect(each.normalizedSquare).toBeCloseTo(reference.normalizedSquare, 8);
      }
    }
    expect(filter.predict(Float64Array.of(0))).toBeUndefined();
    expect(late.predict(Float64Array.of(0))).toBeInstanceOf(Promise);
  });

  it('track a pendulum through its sine, with consistent errors', () => {
    const create: Record<string, (mean: number[]) => NonlinearFilter> = {
      extended: (mean) => createExtendedKalmanFilter({ ...tuning, mean, dynamics: pendulum, measurement: position }),
      unscented: (mean) => createUnscentedKalmanFilter({ ...tuning, mean, dynamics: pendulum, measurement: position }),
    };
    const tuning = {
      W: [
        [1e-5, 0],
        [0, 1e-3],
      ],
      V: [[0.01]],
      covariance: [
        [0.1, 0],
        [0, 0.1],
      ],
    };
    for (const make of Object.values(create)) {
      let [nees, blind] = [0, 0];
      let samples = 0;
      for (let seed = 0; seed < 60; seed++) {
        const rng = createRng(seed);
        let x = Float64Array.of(0.8 + Math.sqrt(0.1) * rng.normal(), Math.sqrt(0.1) * rng.normal());
        const filter = make([0.8, 0]);
        for (let t = 0; t < 60; t++) {
          const action = Float64Array.of(Math.sin(0.1 * t));
          const next = new Float64Array(2);
          void pendulum.step(x, action, next, 1, Int32Array.of(t));
          x = Float64Array.of(next[0]! + Math.sqrt(1e-5) * rng.normal(), next[1]! + Math.sqrt(1e-3) * rng.normal());
          void filter.predict(action, t);
          filter.update(Float64Array.of(Math.sin(x[0]!) + 0.1 * rng.normal()));
          if (t < 10) continue;
          const e = [x[0]! - filter.mean[0]!, x[1]! - filter.mean[1]!];
          const [p00, p01, , p11] = filter.covariance();
          nees += (p11! * e[0]! ** 2 - 2 * p01! * e[0]! * e[1]! + p00! * e[1]! ** 2) / (p00! * p11! - p01! ** 2);
          blind += x[0]! ** 2;
          samples++;
        }
      }
      expect(nees / samples).toBeGreaterThan(1.5);
      expect(nees / samples).toBeLessThan(2.6);
      expect(blind / samples).toBeGreaterThan(0.1);
    }
  });

  it('unscented: exact mean and covariance of a quadratic of a Gaussian with n + κ = 3', () => {
    const square = dynamicsOf(
      1,
      0,
      ([x = 0]) => [x * x],
      ([x = 0]) => ({ A: [2 * x], B: [] }),
    );
    const options = {
      dynamics: square,
      measurement: { measurementSize: 1, measure: (x: Float64Array, out: Float64Array) => out.set(x) },
      W: [[0]],
      V: [[1]],
      mean: [2],
      covariance: [[0.5]],
    };
    const filter = createUnscentedKalmanFilter({ ...options, kappa: 2, beta: 0 });
    void filter.predict(new Float64Array(0));
    expect(filter.mean[0]).toBeCloseTo(4.5, 13); // μ² + σ²
    expect(filter.covariance()[0]).toBeCloseTo(4 * 4 * 0.5 + 2 * 0.25, 12); // 4μ²σ² + 2σ⁴
    const other = createUnscentedKalmanFilter({ ...options, kappa: 2, beta: 2, alpha: 0.5 });
    void other.predict(new Float64Array(0));
    expect(other.mean[0]).toBeCloseTo(4.5, 13);
    expect(other.covariance()[0]).not.toBeCloseTo(8.5, 3);
  });

  it('unscented: exact mean and variance of a quadratic measurement', () => {
    const still = dynamicsOf(
      1,
      0,
      ([x = 0]) => [x],
      () => ({ A: [1], B: [] }),
    );
    const square: Measurement = { measurementSize: 1, measure: ([x = 0], out) => void (out[0] = x * x) };
    const filter = createUnscentedKalmanFilter({
      dynamics: still,
      measurement: square,
      W: [[0]],
      V: [[1]],
      mean: [2],
      covariance: [[0.5]],
      kappa: 2,
      beta: 0,
    });
    expect(filter.update(Float64Array.of(6))).toBe(true);
    expect(filter.innovation[0]).toBeCloseTo(6 - 4.5, 12);
    expect(filter.normalizedSquare).toBeCloseTo(1.5 ** 2 / (8 + 0.5 + 1), 12); // 4μ²σ² + 2σ⁴ + V
    expect(filter.mean[0]).toBeCloseTo(2 + (2 / 9.5) * 1.5, 12); // cross covariance 2μσ²
  });

  it('iterated updates come nearer to the posterior mode', () => {
    const still = dynamicsOf(
      1,
      0,
      ([x = 0]) => [x],
      () => ({ A: [1], B: [] }),
    );
    const cube: Measurement = {
      measurementSize: 1,
      measure: ([x = 0], out) => void (out[0] = x ** 3),
      differentiate: ([x = 0], out) => void (out[0] = 3 * x * x),
    };
    const objective = (x: number): number => (x - 1) ** 2 / 0.5 + (8 - x ** 3) ** 2 / 0.1;
    const meanAfter = (iterations: number): number => {
      const filter = createExtendedKalmanFilter({
        dynamics: still,
        measurement: cube,
        W: [[0]],
        V: [[0.1]],
        mean: [1],
        covariance: [[0.5]],
        iterations,
      });
      expect(filter.update(Float64Array.of(8))).toBe(true);
      return filter.mean[0]!;
    };
    expect(objective(meanAfter(8))).toBeLessThan(0.01 * objective(meanAfter(1)));
    expect(Math.abs((objective(meanAfter(20) + 1e-5) - objective(meanAfter(20) - 1e-5)) / 2e-5)).toBeLessThan(0.05);
  });

  it('wrapped angles: the filter passes ±π without a jump', () => {
    const still = dynamicsOf(
      1,
      0,
      ([x = 0]) => [x],
      () => ({ A: [1], B: [] }),
    );
    const wrap = (angle: number): number => Math.atan2(Math.sin(angle), Math.cos(angle));
    const angle: Measurement = {
      measurementSize: 1,
      measure: ([x = 0], out) => void (out[0] = wrap(x)),
      subtract: (a, b, out) => void (out[0] = wrap(a[0]! - b[0]!)),
    };
    const options = { dynamics: still, measurement: angle, W: [[0]], V: [[0.1]], mean: [3.1], covariance: [[0.1]] };
    for (const filter of [createExtendedKalmanFilter(options), createUnscentedKalmanFilter(options)]) {
      filter.update(Float64Array.of(-3.1));
      expect(filter.mean[0]).toBeCloseTo(Math.PI, 6); // half way between 3.1 and 2π − 3.1
    }
  });

  it('refuse bad input and NaN', () => {
    const good = { ...start, dynamics: linear, measurement: output };
    expect(() => createExtendedKalmanFilter({ ...good, iterations: 0 })).toThrow('createExtendedKalmanFilter: iterations');
    expect(() => createUnscentedKalmanFilter({ ...good, alpha: 0 })).toThrow('createUnscentedKalmanFilter: alpha');
    expect(() => createUnscentedKalmanFilter({ ...good, kappa: -2 })).toThrow('createUnscentedKalmanFilter: kappa');
    expect(() => createUnscentedKalmanFilter({ ...good, mean: [1] })).toThrow(ShapeError);
    const nan: Measurement = { measurementSize: 1, measure: (_, out) => void (out[0] = NaN) };
    for (const filter of [
      createExtendedKalmanFilter({ ...good, measurement: nan }),
      createUnscentedKalmanFilter({ ...good, measurement: nan }),
    ]) {
      expect(filter.update(Float64Array.of(1))).toBe(false);
      expect([...filter.mean]).toEqual(model.mean);
      expect(() => filter.predict(new Float64Array(3))).toThrow('action must be [1], got [3]');
    }
  });
});

function asynchronousOf(dynamics: Dynamics): Pick<Dynamics, 'step' | 'linearize'> {
  return {
    step: async (...input) => void dynamics.step(...input),
    linearize: async (...input) => void dynamics.linearize(...input),
  };
}

describe('LQG', () => {
  const problem = {
    A: [
      [1.1, 0.3],
      [0, 0.9],
    ],
    B: [[0], [1]],
    C: [[1, 0]],
    Q: [
      [2, 0],
      [0, 1],
    ],
    R: [[0.3]],
    S: [[0.1], [0.2]],
    W: [
      [0.2, 0.05],
      [0.05, 0.1],
    ],
    V: [[0.5]],
  };

  it.each(['filter', 'predictor'] as const)('discrete, %s: the separation cost is that of the closed loop’s covariance', (estimate) => {
    const { status, averageCost, controllerA, controllerB, controllerC, controllerD } = solveLqg({ ...problem, estimate });
    expect(status).toBe('converged');
    const [A, B, C] = [new Matrix(problem.A), new Matrix(problem.B), new Matrix(problem.C)];
    const [Ac, Bc, Cc, Dc] = [dense(controllerA, 2, 2), dense(controllerB, 2, 1), dense(controllerC, 1, 2), dense(controllerD, 1, 1)];
    // (x, ξ) with u = Cc ξ + Dc (Cx + v): a linear system driven by w and v.
    const F = Matrix.zeros(4, 4);
    F.setSubMatrix(Matrix.add(A, B.mmul(Dc).mmul(C)), 0, 0);
    F.setSubMatrix(B.mmul(Cc), 0, 2);
    F.setSubMatrix(Bc.mmul(C), 2, 0);
    F.setSubMatrix(Ac, 2, 2);
    const G = Matrix.zeros(4, 1);
    G.setSubMatrix(B.mmul(Dc), 0, 0);
    G.setSubMatrix(Bc, 2, 0);
    const noise = G.mmul(G.transpose()).mul(problem.V[0]![0]!);
    for (const i of [0, 1]) for (const j of [0, 1]) noise.set(i, j, noise.get(i, j) + problem.W[i]![j]!);
    const { X, status: stein } = solveStein({ A: F.transpose().to2DArray(), Q: noise.to2DArray() });
    expect(stein).toBe('solved');
    const cov = dense(X, 4, 4);
    const U = Matrix.zeros(1, 4);
    U.setSubMatrix(Dc.mmul(C), 0, 0);
    U.setSubMatrix(Cc, 0, 2);
    const uu = U.mmul(cov).mmul(U.transpose()).get(0, 0) + Dc.get(0, 0) ** 2 * problem.V[0]![0]!;
    const xu = cov.mmul(U.transpose());
    const cost = 0.5 * (2 * cov.get(0, 0) + cov.get(1, 1)) + 0.1 * xu.get(0, 0) + 0.2 * xu.get(1, 0) + 0.5 * 0.3 * uu;
    expect(cost / averageCost).toBeCloseTo(1, 10);
  });

  it('the current measurement lowers the cost, and its perturbation raises it', () => {
    expect(solveLqg(problem).averageCost).toBeLessThan(solveLqg({ ...problem, estimate: 'predictor' }).averageCost);
  });

  it('continuous scalar: K = L = 1 + √2 and the cost by hand', () => {
    const { regulator, estimator, averageCost, controllerA } = solveLqg({
      time: 'continuous',
      A: [[1]],
      B: [[1]],
      C: [[1]],
      Q: [[1]],
      R: [[1]],
      W: [[1]],
      V: [[1]],
    });
    const x = 1 + Math.SQRT2;
    expect(regulator.K[0]).toBeCloseTo(x, 13);
    expect(estimator.gain[0]).toBeCloseTo(x, 13);
    expect(controllerA[0]).toBeCloseTo(1 - 2 * x, 13);
    expect(averageCost).toBeCloseTo(0.5 * x + 0.5 * x ** 3, 11);
  });

  it('keeps the status of the part that fails', () => {
    expect(solveLqg({ ...problem, B: [[0], [0]] }).status).toBe('unstabilizable');
    expect(solveLqg({ ...problem, C: [[0, 1]] }).status).toBe('undetectable');
    expect(solveLqg({ ...problem, C: [[0, 0]] }).status).toBe('undetectable');
  });
});

describe('LQI', () => {
  it('discrete: no lasting error under a constant disturbance', () => {
    const problem = {
      A: [
        [1, 0.1],
        [0, 0.95],
      ],
      B: [[0], [0.1]],
      C: [[1, 0]],
      Q: [
        [1, 0],
        [0, 0.1],
      ],
      integralQ: [[0.05]],
      R: [[0.1]],
    };
    const { status, stateGain, integralGain } = solveLqi(problem);
    expect(status).toBe('converged');
    let [x0, x1, z] = [0, 0, 0];
    for (let t = 0; t < 2000; t++) {
      const u = -stateGain[0]! * x0 - stateGain[1]! * x1 - integralGain[0]! * z;
      z += 1 - x0;
      [x0, x1] = [x0 + 0.1 * x1 + 0.03, 0.95 * x1 + 0.1 * u - 0.2];
    }
    expect(x0).toBeCloseTo(1, 10);
    const firmer = solveLqi({ ...problem, integralQ: [[5]] });
    expect(Math.abs(firmer.integralGain[0]!)).toBeGreaterThan(2 * Math.abs(integralGain[0]!));
  });

  it.each(['discrete', 'continuous'] as const)('%s, two outputs with a coupled cost of their errors: the regulator of (x, z)', (time) => {
    const [A, C, Qz] = [
      [
        [0.9, 0.3],
        [-0.2, 0.7],
      ],
      [
        [1, 0.5],
        [0.2, -1],
      ],
      [
        [2, 0.9],
        [0.9, 1],
      ],
    ] as const;
    const B = [
      [1, 0.3],
      [0.1, 0.8],
    ];
    const Q = [
      [1, 0.2],
      [0.2, 0.5],
    ];
    const R = [
      [1, 0.1],
      [0.1, 2],
    ];
    const one = time === 'discrete' ? 1 : 0;
    const whole = solveLqr({
      time,
      A: [
        [...A[0]!, 0, 0],
        [...A[1]!, 0, 0],
        [-1, -0.5, one, 0],
        [-0.2, 1, 0, one],
      ],
      B: [...B, [0, 0], [0, 0]],
      Q: [
        [...Q[0]!, 0, 0],
        [...Q[1]!, 0, 0],
        [0, 0, ...Qz[0]!],
        [0, 0, ...Qz[1]!],
      ],
      R,
    });
    const matrices = { A: A.map((row) => [...row]), B, C: C.map((row) => [...row]), Q, integralQ: Qz.map((row) => [...row]), R };
    const { status, stateGain, integralGain, P } = solveLqi({ time, ...matrices });
    expect(status).toBe('converged');
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        expect(stateGain[i * 2 + j]).toBeCloseTo(whole.K[i * 4 + j]!, 12);
        expect(integralGain[i * 2 + j]).toBeCloseTo(whole.K[i * 4 + 2 + j]!, 12);
      }
    }
    P.forEach((value, i) => expect(value).toBeCloseTo(whole.P[i]!, 11));
  });

  it('continuous: integrator with Q = 1, Q_z = 1, R = 1 in closed form', () => {
    // ẋ = u, ż = −x: K = [√3, −1].
    const { stateGain, integralGain } = solveLqi({
      time: 'continuous',
      A: [[0]],
      B: [[1]],
      C: [[1]],
      Q: [[1]],
      integralQ: [[1]],
      R: [[1]],
    });
    expect(stateGain[0]).toBeCloseTo(Math.sqrt(3), 13);
    expect(integralGain[0]).toBeCloseTo(-1, 13);
  });

  it('more outputs than actions, or a zero at the integrator, are told', () => {
    const plant = {
      A: [
        [0.5, 0],
        [0, 0.4],
      ],
      B: [[1], [1]],
      Q: [
        [1, 0],
        [0, 1],
      ],
      R: [[1]],
    };
    expect(
      solveLqi({
        ...plant,
        C: [
          [1, 0],
          [0, 1],
        ],
        integralQ: [
          [1, 0],
          [0, 1],
        ],
      }).status,
    ).toBe('unstabilizable');
    // G(1) = 0 for C = [0.5, −0.6]: 0.5 / 0.5 − 0.6 / 0.6.
    expect(solveLqi({ ...plant, C: [[0.5, -0.6]], integralQ: [[1]] }).status).toBe('unstabilizable');
    expect(solveLqi({ ...plant, C: [[0.5, -0.5]], integralQ: [[1]] }).status).toBe('converged');
  });
});
