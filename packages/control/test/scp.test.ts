import { createLinearMpc, createRealTimeMpc, pointwiseDynamics, solveScp } from '@mbrl/control';
import { createRng } from '@mbrl/core';
import { describe, expect, it } from 'vitest';

const step = 0.05;
/** A pendulum, angle from hanging, damped; semi-implicit Euler. */
const pendulum = pointwiseDynamics({
  stateSize: 2,
  actionSize: 1,
  step: (x, u, _t, next) => {
    next[1] = x[1]! + step * (u[0]! - 9.81 * Math.sin(x[0]!) - 0.1 * x[1]!);
    next[0] = x[0]! + step * next[1]!;
  },
});
const mass = pointwiseDynamics({
  stateSize: 2,
  actionSize: 1,
  step: (x, u, _t, next) => {
    next[0] = x[0]! + 0.1 * x[1]! + 0.005 * u[0]!;
    next[1] = x[1]! + 0.1 * u[0]!;
  },
});
/** A point in the plane that moves by its input. */
const walker = pointwiseDynamics({
  stateSize: 2,
  actionSize: 2,
  step: (x, u, _t, next) => {
    next[0] = x[0]! + u[0]!;
    next[1] = x[1]! + u[1]!;
  },
});

describe('SCP', () => {
  const N = 40;
  const swing = {
    dynamics: pendulum,
    horizon: N,
    stateCost: [0.01, 0, 0, 0.01],
    inputCost: [0.01],
    terminalCost: [100, 0, 0, 10],
    reference: [Math.PI, 0],
    initialState: [0, 0],
    inputLower: [-12],
    inputUpper: [12],
  };
  const line = {
    states: Float64Array.from({ length: 2 * (N + 1) }, (_, i) => (i % 2 === 0 ? (Math.PI * i) / 2 / N : 0)),
    inputs: new Float64Array(N),
  };

  it('swings a pendulum up from a line that does not obey its dynamics', async () => {
    const result = await solveScp(swing, line, { maxIterations: 300 });
    expect(result.status).toBe('converged');
    expect(result.defect).toBeLessThan(1e-6);
    expect(result.states[2 * N]).toBeCloseTo(Math.PI, 1);
    expect(Math.max(...result.inputs.map(Math.abs))).toBeLessThanOrEqual(12 + 1e-9);
    // No rollout of nearby inputs is cheaper.
    const costOf = (inputs: Float64Array): number => {
      let sum = 0;
      let [angle, speed] = [0, 0];
      for (let k = 0; k < N; k++) {
        sum += 0.005 * ((angle - Math.PI) ** 2 + speed ** 2 + inputs[k]! ** 2);
        speed += step * (inputs[k]! - 9.81 * Math.sin(angle) - 0.1 * speed);
        angle += step * speed;
      }
      return sum + 50 * (angle - Math.PI) ** 2 + 5 * speed ** 2;
    };
    const best = costOf(result.inputs);
    expect(best).toBeCloseTo(result.cost, 4);
    const rng = createRng(3);
    for (let trial = 0; trial < 200; trial++) {
      const size = 10 ** (-3 * rng.uniform());
      const near = result.inputs.map((u) => Math.min(12, Math.max(-12, u + size * rng.normal())));
      expect(costOf(near)).toBeGreaterThan(best - 1e-6);
    }
    expect(result.log[0]!.virtualControl).toBeGreaterThan(1e-3);
    expect(result.log.at(-1)!.virtualControl).toBeLessThan(1e-6);
  });

  it('goes around an obstacle', async () => {
    const horizon = 12;
    const result = await solveScp(
      {
        dynamics: walker,
        horizon,
        stateCost: [0, 0, 0, 0],
        inputCost: [1, 0, 0, 1],
        terminalCost: [1e3, 0, 0, 1e3],
        reference: [4, 0],
        initialState: [0, 0],
        constraintCount: 1,
        constraints: (x, _u, out) => void (out[0] = 1 - (x[0]! - 2) ** 2 - (x[1]! - 0.1) ** 2),
      },
      {
        states: Float64Array.from({ length: 2 * (horizon + 1) }, (_, i) => (i % 2 === 0 ? (2 * i) / horizon : 0)),
        inputs: new Float64Array(2 * horizon),
      },
    );
    expect(result.status).toBe('converged');
    const clearances = Array.from({ length: horizon }, (_, k) => Math.hypot(result.states[2 * k]! - 2, result.states[2 * k + 1]! - 0.1));
    expect(Math.min(...clearances)).toBeGreaterThan(1 - 1e-6);
    expect(Math.min(...clearances)).toBeLessThan(1.01);
    expect(result.states[2 * horizon]).toBeCloseTo(4, 1);
  });

  it('says infeasible where bounds cannot be met, and iterationLimit where rounds run out', async () => {
    const bounds = { ...swing, terminalCost: [0, 0, 0, 0], stateLower: [-1, 5], stateUpper: [1, 6] };
    expect((await solveScp(bounds, { ...line, states: line.states.map((_, i) => (i % 2 === 0 ? 0 : 5)) })).status).toBe('infeasible');
    expect((await solveScp(swing, line, { maxIterations: 2 })).status).toBe('iterationLimit');
    expect((await solveScp(swing, line, { initialRadius: 0.01, maxIterations: 1 })).log[0]!.radius).toBe(0.01);
    await expect(solveScp(swing, { ...line, inputs: [1] })).rejects.toThrow(/start.inputs must have 40 elements/);
  });
});

describe('real-time iterations', () => {
  it('are linear MPC on a linear system', async () => {
    const shared = { horizon: 15, Q: [1, 0, 0, 0.1], R: [0.1], inputLower: [-1], inputUpper: [1] };
    const linear = createLinearMpc({ ...shared, A: [1, 0.1, 0, 1], B: [0.005, 0.1] });
    const realTime = createRealTimeMpc({ ...shared, dynamics: mass });
    let x = [1, 0];
    await realTime.start(x);
    for (let t = 0; t < 30; t++) {
      await realTime.prepare();
      const one = realTime.feedback(x);
      const other = linear.step(x);
      expect(one.status).toBe('solved');
      expect(one.input[0]).toBeCloseTo(other.input[0]!, 6);
      x = [x[0]! + 0.1 * x[1]! + 0.005 * one.input[0]!, x[1]! + 0.1 * one.input[0]!];
    }
  });

  it('swing a pendulum up and hold it, one quadratic program a sample', async () => {
    const controller = createRealTimeMpc({
      dynamics: pendulum,
      horizon: 40,
      Q: [1, 0, 0, 0.1],
      R: [0.01],
      terminalCost: [100, 0, 0, 10],
      reference: [Math.PI, 0],
      inputLower: [-7],
      inputUpper: [7],
    });
    let x = [0, 0];
    await controller.start(x);
    const inputs: number[] = [];
    const defects: number[] = [];
    for (let t = 0; t < 160; t++) {
      await controller.prepare();
      const { input, defect } = controller.feedback(x);
      inputs.push(input[0]!);
      defects.push(defect);
      const speed = x[1]! + step * (input[0]! - 9.81 * Math.sin(x[0]!) - 0.1 * x[1]!);
      x = [x[0]! + step * speed, speed];
    }
    expect(Math.cos(x[0]!)).toBeLessThan(-0.999);
    expect(Math.abs(x[1]!)).toBeLessThan(0.05);
    expect(Math.max(...inputs.map(Math.abs))).toBeCloseTo(7, 6);
    expect(defects.at(-1)).toBeLessThan(1e-3);
  });

  it('refuse bad input by name', () => {
    expect(() => createRealTimeMpc({ dynamics: mass, horizon: 5, Q: [1], R: [1] })).toThrow(/Q must have 4 elements/);
    expect(() => createRealTimeMpc({ dynamics: mass, horizon: 0, Q: [1, 0, 0, 1], R: [1] })).toThrow(/horizon/);
  });
});
