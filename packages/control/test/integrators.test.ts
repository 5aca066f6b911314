import { NumericalError, OptionError, ShapeError } from '@mbrl/core';
import {
  type ComplexPointFunction,
  createComplexStepJacobian,
  createDifferenceDynamics,
  createDifferenceJacobian,
  createVectorField,
  type Dynamics,
  integrateDynamics,
  type IntegratorMethod,
  type PointFunction,
  pointwiseDynamics,
  realPartOf,
  solveOde,
  type VectorField,
  zeroOrderHold,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';

const METHODS: readonly IntegratorMethod[] = [
  'euler',
  'semiImplicitEuler',
  'rungeKutta2',
  'rungeKutta3',
  'rungeKutta4',
  'implicitMidpoint',
  'dormandPrince',
];

/** A driven pendulum with friction that grows with time: v̇ = −9.8 sin q − (0.1 + 0.2 t) v + u cos q. */
const pendulum: VectorField = createVectorField({
  stateSize: 2,
  actionSize: 1,
  rate: ([q = 0, v = 0], [u = 0], t, out) => {
    out[0] = v;
    out[1] = -9.8 * Math.sin(q) - (0.1 + 0.2 * t) * v + u * Math.cos(q);
  },
  differentiate: ([q = 0], [u = 0], t, A, B) => {
    A.set([0, 1, -9.8 * Math.cos(q) - u * Math.sin(q), -(0.1 + 0.2 * t)]);
    B.set([0, Math.cos(q)]);
  },
});

function stepOnce(dynamics: Dynamics, state: number[], action: number[], time = 0): Float64Array {
  const next = new Float64Array(state.length);
  void dynamics.step(Float64Array.from(state), Float64Array.from(action), next, 1, Int32Array.of(time));
  return next;
}

function linearizeOnce(dynamics: Dynamics, state: number[], action: number[], time = 0): { A: Float64Array; B: Float64Array } {
  const [n, m] = [state.length, action.length];
  const [A, B] = [new Float64Array(n * n), new Float64Array(n * m)];
  void dynamics.linearize(Float64Array.from(state), Float64Array.from(action), A, B, 1, Int32Array.of(time));
  return { A, B };
}

/** The state after `duration` in `count` steps. */
function runFor(field: VectorField, method: IntegratorMethod, count: number, state: number[], duration: number): Float64Array {
  const dynamics = integrateDynamics(field, { method, period: duration / count });
  let x: Float64Array = Float64Array.from(state);
  for (let t = 0; t < count; t++)
    x = stepOnce(
      dynamics,
      [...x],
      Array.from({ length: field.actionSize }, () => 0.7),
      t,
    );
  return x;
}

describe('integrators', () => {
  it.each([
    ['euler', 1],
    ['semiImplicitEuler', 1],
    ['rungeKutta2', 2],
    ['rungeKutta3', 3],
    ['rungeKutta4', 4],
    ['implicitMidpoint', 2],
  ] as const)('%s converges with order %d', (method, order) => {
    const exact = runFor(pendulum, 'rungeKutta4', 4000, [1, 0.5], 1);
    const error = (count: number): number => {
      const x = runFor(pendulum, method, count, [1, 0.5], 1);
      return Math.hypot(x[0]! - exact[0]!, x[1]! - exact[1]!);
    };
    const measured = Math.log2(error(80) / error(160));
    expect(Math.abs(measured - order)).toBeLessThan(0.15);
  });

  it('dormandPrince meets its tolerances, tighter ones better', () => {
    const exact = runFor(pendulum, 'rungeKutta4', 4000, [1, 0.5], 1);
    const error = (relativeTolerance: number): number => {
      const dynamics = integrateDynamics(pendulum, {
        method: 'dormandPrince',
        period: 1,
        relativeTolerance,
        absoluteTolerance: relativeTolerance,
      });
      const x = stepOnce(dynamics, [1, 0.5], [0.7]);
      return Math.hypot(x[0]! - exact[0]!, x[1]! - exact[1]!);
    };
    expect(error(1e-3)).toBeLessThan(1e-2);
    expect(error(1e-6)).toBeLessThan(1e-5);
    expect(error(1e-10)).toBeLessThan(1e-9);
    expect(error(1e-10)).toBeLessThan(1e-2 * error(1e-6));
  });

  it.each(METHODS)('%s: derivatives are those of the step, over substeps and at a later time', (method) => {
    const dynamics = integrateDynamics(pendulum, { method, period: 0.1, substeps: 3, relativeTolerance: 1e-12, absoluteTolerance: 1e-12 });
    const { A, B } = linearizeOnce(dynamics, [0.7, -0.4], [1.3], 5);
    const differences = createDifferenceDynamics(dynamics);
    const other = linearizeOnce(differences, [0.7, -0.4], [1.3], 5);
    A.forEach((value, i) => expect(value).toBeCloseTo(other.A[i]!, 9));
    B.forEach((value, i) => expect(value).toBeCloseTo(other.B[i]!, 9));
  });

  it.each(METHODS)('%s: on a linear system, the step at unit vectors; Dormand–Prince also at rest', (method) => {
    // On ẋ = Fx + Gu every method's derivative is a rational function of hF; the step itself at unit vectors is the derivative.
    const F = [
      [-0.3, 1.1],
      [-2, -0.5],
    ];
    const linear = createVectorField({
      stateSize: 2,
      actionSize: 1,
      rate: ([a = 0, b = 0], [u = 0], _, out) => void out.set([F[0]![0]! * a + F[0]![1]! * b, F[1]![0]! * a + F[1]![1]! * b + 0.7 * u]),
      differentiate: (_x, _u, _t, A, B) => {
        A.set(F.flat());
        B.set([0, 0.7]);
      },
    });
    const dynamics = integrateDynamics(linear, { method, period: 0.2, substeps: 2, relativeTolerance: 1e-13, absoluteTolerance: 1e-13 });
    const { A, B } = linearizeOnce(dynamics, [0, 0], [0]);
    const columns = [stepOnce(dynamics, [1, 0], [0]), stepOnce(dynamics, [0, 1], [0]), stepOnce(dynamics, [0, 0], [1])];
    for (const i of [0, 1]) {
      for (const j of [0, 1]) expect(A[2 * i + j]).toBeCloseTo(columns[j]![i]!, 11);
      expect(B[i]).toBeCloseTo(columns[2]![i]!, 11);
    }
    if (method !== 'dormandPrince') return;
    const exact = zeroOrderHold({ A: F, B: [[0], [0.7]], period: 0.2 });
    exact.A.forEach((value, i) => expect(A[i]).toBeCloseTo(value, 11));
    exact.B.forEach((value, i) => expect(B[i]).toBeCloseTo(value, 11));
  });

  it('symplectic methods keep the energy of a frictionless pendulum near its own, Euler and Runge–Kutta do not', () => {
    const free = createVectorField({ stateSize: 2, actionSize: 0, rate: ([q = 0, v = 0], _u, _t, out) => void out.set([v, -Math.sin(q)]) });
    const drift = (method: IntegratorMethod): number => {
      const dynamics = integrateDynamics(free, { method, period: 0.1 });
      let x: Float64Array = Float64Array.of(1, 0);
      const energy = (): number => 0.5 * x[1]! ** 2 - Math.cos(x[0]!);
      const start = energy();
      let late = 0;
      for (let t = 0; t < 20_000; t++) {
        x = stepOnce(dynamics, [...x], []);
        if (t > 19_000) late = Math.max(late, Math.abs(energy() - start));
      }
      return late;
    };
    expect(drift('semiImplicitEuler')).toBeLessThan(0.06);
    expect(drift('implicitMidpoint')).toBeLessThan(1e-3);
    expect(drift('euler')).toBeGreaterThan(0.5);
    expect(drift('rungeKutta2')).toBeGreaterThan(0.1);
  });

  it('implicit midpoint keeps a quadratic invariant to rounding, and is stable on a stiff equation', () => {
    const spin = createVectorField({
      stateSize: 2,
      actionSize: 0,
      rate: ([a = 0, b = 0], _u, _t, out) => void out.set([-b * (1 + a * a), a * (1 + a * a)]),
    });
    const dynamics = integrateDynamics(spin, { method: 'implicitMidpoint', period: 0.3 });
    let x: Float64Array = Float64Array.of(1, 0.5);
    for (let t = 0; t < 100; t++) x = stepOnce(dynamics, [...x], []);
    expect(x[0]! ** 2 + x[1]! ** 2).toBeCloseTo(1.25, 11);
    const stiff = createVectorField({ stateSize: 1, actionSize: 0, rate: ([a = 0], _u, _t, out) => void (out[0] = -1e5 * a) });
    expect(Math.abs(stepOnce(integrateDynamics(stiff, { method: 'implicitMidpoint', period: 1 }), [1], [])[0]!)).toBeLessThan(1);
    expect(Math.abs(stepOnce(integrateDynamics(stiff, { method: 'rungeKutta4', period: 1 }), [1], [])[0]!)).toBeGreaterThan(1e15);
  });

  it('steps that are not found are NaN, not wrong', () => {
    const escape = createVectorField({ stateSize: 1, actionSize: 0, rate: ([a = 0], _u, _t, out) => void (out[0] = a * a) });
    for (const options of [
      { method: 'dormandPrince', period: 2 },
      { method: 'dormandPrince', period: 0.9, stepLimit: 3 },
      { method: 'implicitMidpoint', period: 2 },
      { method: 'implicitMidpoint', period: 0.2, newtonLimit: 1 },
    ] as const) {
      const dynamics = integrateDynamics(escape, options);
      expect(stepOnce(dynamics, [1], [])[0]).toBeNaN();
      expect(linearizeOnce(dynamics, [1], []).A[0]).toBeNaN();
    }
    expect(stepOnce(integrateDynamics(escape, { method: 'dormandPrince', period: 0.9 }), [1], [])[0]! / 10).toBeCloseTo(1, 6);
    expect(
      stepOnce(integrateDynamics(escape, { method: 'implicitMidpoint', period: 0.2, newtonTolerance: 0.1, newtonLimit: 1 }), [1], [])[0],
    ).not.toBeNaN();
  });

  it('options change the step, and bad ones are refused', () => {
    const base = { period: 0.2 };
    const at = (options: object): number => stepOnce(integrateDynamics(pendulum, { ...base, ...options }), [1, 0.5], [0.7])[0]!;
    expect(at({})).toBe(at({ method: 'rungeKutta4' }));
    expect(at({ substeps: 2 })).not.toBe(at({}));
    expect(at({ method: 'semiImplicitEuler', positionSize: 2 })).toBe(at({ method: 'euler' }));
    expect(at({ method: 'semiImplicitEuler' })).not.toBe(at({ method: 'euler' }));
    for (const [options, name] of [
      [{ period: 0 }, 'period'],
      [{ substeps: 0 }, 'substeps'],
      [{ positionSize: 3 }, 'positionSize'],
      [{ method: 'rk4' }, 'method'],
      [{ relativeTolerance: 0 }, 'relativeTolerance'],
      [{ absoluteTolerance: -1 }, 'absoluteTolerance'],
      [{ stepLimit: 0 }, 'stepLimit'],
      [{ newtonLimit: 0 }, 'newtonLimit'],
      [{ newtonTolerance: 0 }, 'newtonTolerance'],
    ] as const) {
      expect(() => integrateDynamics(pendulum, { ...base, ...options } as never)).toThrow(`integrateDynamics: ${name}`);
    }
  });
});

describe('solveOde', () => {
  const oscillator = createVectorField({
    stateSize: 2,
    actionSize: 1,
    rate: ([a = 0, b = 0], [u = 0], _, out) => void out.set([b, -a + u]),
  });

  it('dense output follows sin and cos, forward and backward', () => {
    for (const end of [10, -10]) {
      const times = Array.from({ length: 101 }, (_, i) => (i * end) / 100);
      const { status, reached, states, steps } = solveOde({
        field: oscillator,
        state: [0, 1],
        times,
        relativeTolerance: 1e-7,
        absoluteTolerance: 1e-7,
      });
      expect([status, reached]).toEqual(['finished', 101]);
      expect(steps).toBeLessThan(100); // most times lie between steps
      times.forEach((t, i) => expect(Math.abs(states[i]![0]! - Math.sin(t))).toBeLessThan(1e-6));
      times.forEach((t, i) => expect(Math.abs(states[i]![1]! - Math.cos(t))).toBeLessThan(1e-6));
    }
    const held = solveOde({ field: oscillator, state: [2, 0], action: [2], times: [0, 5] });
    expect(held.states[1]![0]).toBeCloseTo(2, 9);
  });

  it('tells why it ended, and how far it came', () => {
    const escape = createVectorField({ stateSize: 1, actionSize: 0, rate: ([a = 0], _u, _t, out) => void (out[0] = a * a) });
    const blown = solveOde({ field: escape, state: [1], times: [0, 0.5, 0.9, 1.5] });
    expect(blown.status).not.toBe('finished');
    expect(blown.reached).toBe(3);
    expect(blown.states[1]![0]).toBeCloseTo(2, 6);
    expect(blown.states[3]![0]).toBeNaN();
    expect(solveOde({ field: oscillator, state: [0, 1], times: [0, 100], stepLimit: 5 }).status).toBe('stepLimit');
    const nan = createVectorField({ stateSize: 1, actionSize: 0, rate: (_x, _u, t, out) => void (out[0] = t > 0.5 ? NaN : 1) });
    const broken = solveOde({ field: nan, state: [0], times: [0, 0.25, 1] });
    expect([broken.status, broken.reached]).toEqual(['notFinite', 2]);
  });

  it('refuses bad input', () => {
    expect(() => solveOde({ field: oscillator, state: [1], times: [0, 1] })).toThrow(ShapeError);
    expect(() => solveOde({ field: oscillator, state: [1, NaN], times: [0, 1] })).toThrow(NumericalError);
    expect(() => solveOde({ field: oscillator, state: [1, 0], times: [0, 1, 1] })).toThrow('times must be strictly rising or falling');
    expect(() => solveOde({ field: oscillator, state: [1, 0], times: [] })).toThrow(OptionError);
  });
});

/** f = (sin(x₀) e^{x₁} + u², x₀ u t) over complex numbers. */
const analytic: ComplexPointFunction = (x, u, t, out) => {
  const [a, b] = [x.real[0]!, x.imag[0]!];
  const [c, d] = [x.real[1]!, x.imag[1]!];
  const [p, q] = [u.real[0]!, u.imag[0]!];
  const [sinR, sinI] = [Math.sin(a) * Math.cosh(b), Math.cos(a) * Math.sinh(b)];
  const [expR, expI] = [Math.exp(c) * Math.cos(d), Math.exp(c) * Math.sin(d)];
  out.real[0] = sinR * expR - sinI * expI + p * p - q * q;
  out.imag[0] = sinR * expI + sinI * expR + 2 * p * q;
  out.real[1] = t * (a * p - b * q);
  out.imag[1] = t * (a * q + b * p);
};

describe('derivatives', () => {
  const [x, u, t] = [Float64Array.of(0.4, -1.2), Float64Array.of(3), 2];
  const exactA = [Math.cos(0.4) * Math.exp(-1.2), Math.sin(0.4) * Math.exp(-1.2), 6, 0];
  const exactB = [6, 0.8];
  const errorOf = (jacobian: ReturnType<typeof createComplexStepJacobian>): number => {
    const [A, B] = [new Float64Array(4), new Float64Array(2)];
    jacobian(x, u, t, A, B);
    return Math.max(...exactA.map((value, i) => Math.abs(value - A[i]!)), ...exactB.map((value, i) => Math.abs(value - B[i]!)));
  };

  it('complex step: exact to rounding; central and forward differences: as far as their theory goes', () => {
    const f: PointFunction = realPartOf(analytic, 2, 1);
    expect(errorOf(createComplexStepJacobian(analytic, 2, 1))).toBeLessThan(1e-15);
    const central = errorOf(createDifferenceJacobian(f, 2, 1));
    const forward = errorOf(createDifferenceJacobian(f, 2, 1, { method: 'forward' }));
    expect(central).toBeLessThan(1e-9);
    expect(forward).toBeLessThan(1e-6);
    expect(forward).toBeGreaterThan(central);
    expect(errorOf(createDifferenceJacobian(f, 2, 1, { relativeStep: 0.1 }))).toBeGreaterThan(1e-4);
    // The point is restored.
    expect([...x, ...u]).toEqual([0.4, -1.2, 3]);
  });

  it('serve pointwise dynamics by any method', () => {
    const step: PointFunction = realPartOf(analytic, 2, 1);
    for (const linearize of [createComplexStepJacobian(analytic, 2, 1), createDifferenceJacobian(step, 2, 1)]) {
      const dynamics = pointwiseDynamics({ stateSize: 2, actionSize: 1, step, linearize });
      const { A, B } = linearizeOnce(dynamics, [...x], [...u], t);
      exactA.forEach((value, i) => expect(A[i]).toBeCloseTo(value, 8));
      exactB.forEach((value, i) => expect(B[i]).toBeCloseTo(value, 8));
    }
  });

  it('batched differences: one call for a whole batch, also asynchronous', async () => {
    const step = realPartOf(analytic, 2, 1);
    const base = pointwiseDynamics({ stateSize: 2, actionSize: 1, step });
    for (const method of ['central', 'forward'] as const) {
      for (const late of [false, true]) {
        const counts: number[] = [];
        const dynamics = createDifferenceDynamics(
          {
            stateSize: 2,
            actionSize: 1,
            step: (...input) => {
              counts.push(input[3]);
              const done = base.step(...input);
              return late ? Promise.resolve() : done;
            },
          },
          { method },
        );
        const [A, B] = [new Float64Array(12), new Float64Array(6)];
        const states = Float64Array.of(9, 9, 0.4, -1.2, 1, 2);
        const pending = dynamics.linearize(states, Float64Array.of(1, 3, -1), A, B, 3, Int32Array.of(0, 2, 1));
        expect(pending instanceof Promise).toBe(late);
        await pending;
        expect(counts).toEqual([3 * (method === 'central' ? 6 : 4)]);
        exactA.forEach((value, i) => expect(A[4 + i]).toBeCloseTo(value, 6));
        exactB.forEach((value, i) => expect(B[2 + i]).toBeCloseTo(value, 6));
        expect(A[10]).toBeCloseTo(-1, 6); // ∂(x₀ u t)/∂x₀ at the third point
        expect(stepOnce(dynamics, [0.4, -1.2], [3], 2)[1]).toBeCloseTo(2.4, 14);
      }
    }
  });

  it('batched differences: steps suit the precision of the source', () => {
    const base = pointwiseDynamics({ stateSize: 2, actionSize: 1, step: realPartOf(analytic, 2, 1) });
    const rounded: Pick<Dynamics, 'stateSize' | 'actionSize' | 'step'> = {
      stateSize: 2,
      actionSize: 1,
      step: (states, actions, next, count, times) => {
        void base.step(states, actions, next, count, times);
        for (let i = 0; i < 2 * count; i++) next[i] = Math.fround(next[i]!);
      },
    };
    const worst = (dynamics: Dynamics): number => {
      const { A } = linearizeOnce(dynamics, [...x], [...u], t);
      return Math.max(...exactA.map((value, i) => Math.abs(value - A[i]!)));
    };
    const told = createDifferenceDynamics({ ...rounded, precision: 2 ** -24, batched: true });
    expect(worst(told)).toBeLessThan(1e-3);
    expect(worst(createDifferenceDynamics(rounded))).toBeGreaterThan(1e-3);
    expect([told.precision, told.batched]).toEqual([2 ** -24, true]);
  });

  it('refuse bad options', () => {
    const f: PointFunction = () => undefined;
    expect(() => createDifferenceJacobian(f, 0, 1)).toThrow('createDifferenceJacobian: n');
    expect(() => createDifferenceJacobian(f, 1, 1, { method: 'backward' as 'forward' })).toThrow('createDifferenceJacobian: method');
    expect(() => createDifferenceJacobian(f, 1, 1, { relativeStep: 2 })).toThrow('relativeStep');
    expect(() => createComplexStepJacobian(() => undefined, 1, 1, 0)).toThrow('createComplexStepJacobian: step');
  });
});
