import { createRng } from '@mbrl/core';
import {
  acrobotProblem,
  acrobotSystem,
  armPositions,
  armReachProblem,
  armStart,
  carParkingProblem,
  cartPoleSystem,
  createArmAcceleration,
  createIlqr,
  type Dynamics,
  integrateDynamics,
  quadrotorGapGoal,
  quadrotorGapProblem,
  quadrotorGapStart,
  QUADROTOR_HOVER_THRUST,
  quadrotorSystem,
  type VectorField,
  unicycleProblem,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { expectOptimal } from '../ilqr/problems.js';

const systems: Record<string, VectorField> = { acrobotSystem, cartPole: cartPoleSystem(), quadrotorSystem };

function expectDerivatives(dynamics: Dynamics, seed: number): void {
  const { stateSize: n, actionSize: m } = dynamics;
  const rng = createRng(seed);
  const x = Float64Array.from({ length: n }, () => 0.6 * rng.normal());
  const u = Float64Array.from({ length: m }, () => 0.3 * rng.normal());
  const [A, B] = [new Float64Array(n * n), new Float64Array(n * m)];
  const times = Int32Array.of(0);
  void dynamics.linearize(x, u, A, B, 1, times);
  for (const [point, slopes] of [
    [x, A],
    [u, B],
  ] as const) {
    for (let j = 0; j < point.length; j++) {
      const value = point[j]!;
      const at = (h: number): Float64Array => {
        const next = new Float64Array(n);
        point[j] = value + h;
        void dynamics.step(x, u, next, 1, times);
        point[j] = value;
        return next;
      };
      const [plus, minus] = [at(1e-5), at(-1e-5)];
      for (let i = 0; i < n; i++) expect(slopes[i * point.length + j]).toBeCloseTo((plus[i]! - minus[i]!) / 2e-5, 6);
    }
  }
}

describe('derivatives', () => {
  it.each(Object.entries(systems))('%s', (_name, system) => {
    for (const seed of [1, 2, 3]) expectDerivatives(integrateDynamics(system, { method: 'euler', period: 0.05 }), seed);
  });
  it('acrobot by its own step, car, unicycle', () => {
    for (const seed of [1, 2, 3]) {
      expectDerivatives(acrobotProblem().dynamics as Dynamics, seed);
      expectDerivatives(carParkingProblem().dynamics as Dynamics, seed);
      expectDerivatives(unicycleProblem().dynamics as Dynamics, seed);
    }
  });
});

describe('quadrotor', () => {
  it('hovers where its thrusts carry its weight', () => {
    const out = new Float64Array(12);
    quadrotorSystem.rate(new Float64Array(12), new Float64Array(4).fill(QUADROTOR_HOVER_THRUST), 0, out);
    for (const value of out) expect(value).toBeCloseTo(0, 12);
  });

  it('flies through the hole', () => {
    const problem = quadrotorGapProblem({ horizon: 40 });
    const result = createIlqr(problem, { maxIterations: 400 }).solve({
      initialState: quadrotorGapStart,
      actions: new Float64Array(160).fill(QUADROTOR_HOVER_THRUST),
    });
    expect(result.status).toBe('converged');
    expectOptimal(problem, quadrotorGapStart, result);
    const last = result.states.subarray(40 * 12);
    quadrotorGapGoal.forEach((value, i) => expect(Math.abs(last[i]! - value)).toBeLessThan(0.05));
    for (let t = 0; t <= 40; t++) {
      const [x, y, z] = result.states.subarray(12 * t, 12 * t + 3);
      if (Math.abs(x!) < 0.3) expect(Math.hypot(y! - 0.8, z! - 1.6)).toBeLessThan(0.15 + 1e-6);
    }
  });
});

describe('arm', () => {
  it('keeps its energy where nothing damps or drives it', () => {
    // Kinetic and potential energy from positions alone, by differences.
    const accelerate = createArmAcceleration();
    const masses = [2, 1, 1.8, 0.8, 1.2, 0.5, 0.5];
    const ends = (q: Float64Array): Float64Array => armPositions(q).subarray(3);
    const energy = (x: Float64Array): number => {
      const h = 1e-6;
      const [plus, minus] = [h, -h].map((step) => ends(x.slice(0, 7).map((q, i) => q + step * x[7 + i]!)));
      let sum = 0;
      for (let i = 0; i < 7; i++) {
        for (let r = 0; r < 3; r++) sum += 0.5 * masses[i]! * ((plus![3 * i + r]! - minus![3 * i + r]!) / (2 * h)) ** 2;
        sum += 0.5 * 0.1 * x[7 + i]! ** 2 + masses[i]! * 9.81 * ends(x)[3 * i + 2]!;
      }
      return sum;
    };
    let x = Float64Array.from(armStart, (value, i) => (i < 7 ? value + 0.1 * i : 0.5 * Math.cos(i)));
    const derivative = (at: Float64Array): Float64Array => {
      const out = new Float64Array(7);
      // Torques that undo the damping.
      accelerate(
        at,
        at.slice(7).map((rate) => 0.5 * rate),
        out,
      );
      return Float64Array.from([...at.slice(7), ...out]);
    };
    const start = energy(x);
    const h = 0.002;
    for (let t = 0; t < 200; t++) {
      const along = (k: Float64Array, length: number): Float64Array => x.map((value, i) => value + length * k[i]!);
      const k1 = derivative(x);
      const k2 = derivative(along(k1, h / 2));
      const k3 = derivative(along(k2, h / 2));
      const k4 = derivative(along(k3, h));
      x = x.map((value, i) => value + (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
    }
    expect(Math.max(...x.subarray(7).map(Math.abs))).toBeGreaterThan(1);
    expect(Math.abs(energy(x) - start)).toBeLessThan(1e-5);
  });

  it('reaches its goal', () => {
    const problem = armReachProblem({ horizon: 20, timeStep: 0.06 });
    const result = createIlqr(problem, { maxIterations: 300, polish: false }).solve({ initialState: armStart });
    expect(result.status).toBe('converged');
    const hand = armPositions(result.states.subarray(20 * 14)).subarray(21);
    [0.3, 0.45, 0.7].forEach((value, r) => expect(hand[r]).toBeCloseTo(value, 5));
    for (let t = 1; t <= 20; t++) for (let i = 7; i < 14; i++) expect(Math.abs(result.states[14 * t + i]!)).toBeLessThanOrEqual(4 + 1e-6);
  });
});
