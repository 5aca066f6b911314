import { createLinearMpc, solveDare } from '@mbrl/control';
import { describe, expect, it } from 'vitest';

// A double integrator of step 0.1.
const model = { A: [1, 0.1, 0, 1], B: [0.005, 0.1], Q: [1, 0, 0, 0.1], R: [0.1] };
const advance = (x: number[], u: number): number[] => [x[0]! + 0.1 * x[1]! + 0.005 * u, x[1]! + 0.1 * u];

function run(mpc: ReturnType<typeof createLinearMpc>, start: number[], steps: number) {
  let x = start;
  const path: { x: number[]; u: number; kind: string; softness: number; iterations: number }[] = [];
  for (let t = 0; t < steps; t++) {
    const { input, kind, softness, iterations } = mpc.step(x);
    path.push({ x, u: input[0]!, kind, softness, iterations });
    x = advance(x, input[0]!);
  }
  return { path, x };
}

describe('linear MPC', () => {
  it('is LQR where no constraint is met and the DARE closes the horizon', () => {
    const dare = solveDare({
      A: [
        [1, 0.1],
        [0, 1],
      ],
      B: [[0.005], [0.1]],
      Q: [
        [1, 0],
        [0, 0.1],
      ],
      R: [[0.1]],
    });
    const mpc = createLinearMpc({ ...model, horizon: 3, terminalCost: Array.from(dare.X) });
    const { path } = run(mpc, [0.3, -0.1], 20);
    for (const { x, u } of path) expect(u).toBeCloseTo(-(dare.K[0]! * x[0]! + dare.K[1]! * x[1]!), 8);
  });

  it('keeps to its bounds, and uses them', () => {
    const mpc = createLinearMpc({
      ...model,
      horizon: 30,
      inputLower: [-1],
      inputUpper: [1],
      stateLower: [-10, -0.6],
      stateUpper: [10, 0.6],
    });
    const { path, x } = run(mpc, [2, 0], 120);
    expect(Math.max(...path.map(({ u }) => Math.abs(u)))).toBeCloseTo(1, 9);
    expect(Math.min(...path.map((step) => step.x[1]!))).toBeCloseTo(-0.6, 6);
    expect(path.every(({ kind }) => kind === 'solved')).toBe(true);
    expect(Math.hypot(...x)).toBeLessThan(1e-2);
    // Once the plan holds, the active set is known and no interior-point step is needed.
    expect(path.slice(10).every(({ iterations }) => iterations === 0)).toBe(true);
  });

  it('goes to its reference', () => {
    const mpc = createLinearMpc({ ...model, horizon: 25, inputLower: [-1], inputUpper: [1] });
    mpc.setReference([1.5, 0], [0]);
    const { x } = run(mpc, [0, 0], 150);
    expect(x[0]).toBeCloseTo(1.5, 4);
  });

  it('has no answer to a start outside of hard bounds, and one with soft bounds', () => {
    const limits = { horizon: 20, inputLower: [-1], inputUpper: [1], stateLower: [-5, -0.5], stateUpper: [5, 0.5] };
    const hard = createLinearMpc({ ...model, ...limits }).step([0, 2]);
    expect(hard.kind).toBe('fallback');
    expect(hard.status).toBe('primalInfeasible');
    expect(hard.input[0]).toBe(0);
    const mpc = createLinearMpc({ ...model, ...limits, soft: { price: 100, weight: 1 } });
    const { path, x } = run(mpc, [0, 2], 100);
    expect(path[0]!.kind).toBe('solved');
    // After the first input of −1 the speed is 1.9, 1.4 beyond its bound.
    expect(path[0]!.u).toBeCloseTo(-1, 6);
    expect(path[0]!.softness).toBeCloseTo(1.4, 6);
    expect(path.at(-1)!.softness).toBeCloseTo(0, 8);
    expect(Math.abs(x[0]!)).toBeLessThan(0.5);
  });

  it('is exact where a soft bound need not be exceeded', () => {
    const limits = { horizon: 20, inputLower: [-1], inputUpper: [1], stateLower: [-5, -0.4], stateUpper: [5, 0.4] };
    const hard = createLinearMpc({ ...model, ...limits }).step([1, 0]);
    const soft = createLinearMpc({ ...model, ...limits, soft: { price: 100 } }).step([1, 0]);
    const cheap = createLinearMpc({ ...model, ...limits, soft: { price: 1e-3 } }).step([1, 0]);
    expect(soft.input[0]).toBeCloseTo(hard.input[0]!, 6);
    expect(soft.softness).toBeLessThan(1e-8);
    expect(cheap.softness).toBeGreaterThan(0.01);
  });

  it('stops at its deadline and goes on with the last plan', () => {
    let now = 0;
    let pace = 0;
    const mpc = createLinearMpc({
      ...model,
      horizon: 20,
      inputLower: [-1],
      inputUpper: [1],
      warmRounds: 0,
      deadline: 5,
      clock: () => (now += pace),
    });
    const first = mpc.step([1, 0]);
    expect(first.late).toBe(false);
    const second = first.inputs[1]!;
    pace = 10;
    const late = mpc.step([0.9, -0.2]);
    expect(late.late).toBe(true);
    expect(late.kind).toBe('fallback');
    expect(late.input[0]).toBe(second);
    pace = 0;
    expect(mpc.step([0.9, -0.2]).kind).toBe('solved');
  });

  it('refuses bad input by name', () => {
    expect(() => createLinearMpc({ ...model, horizon: 0 })).toThrow(/horizon/);
    expect(() => createLinearMpc({ ...model, horizon: 5, R: [1, 0] })).toThrow(/R must have 1 elements/);
    expect(() => createLinearMpc({ ...model, horizon: 5, deadline: 1 })).toThrow(/clock/);
    expect(() => createLinearMpc({ ...model, horizon: 5, soft: { price: 0 } })).toThrow(/soft.price/);
    expect(() => createLinearMpc({ ...model, horizon: 5 }).step([NaN, 0])).toThrow(/initialState\[0\]/);
    // Were solved, at infinity.
    expect(() => createLinearMpc({ ...model, horizon: 5, inputLower: [Infinity], inputUpper: [Infinity] })).toThrow(/inputLower/);
    expect(() => createLinearMpc({ ...model, horizon: 5, stateUpper: [1, -Infinity] })).toThrow(/stateUpper/);
    // Left every later step without an answer.
    expect(() => createLinearMpc({ ...model, horizon: 5 }).setReference([NaN, 0])).toThrow(/state must be finite, got NaN at 0/);
    expect(() => createLinearMpc({ ...model, horizon: 5 }).setReference([0, 0], [Infinity])).toThrow(/input must be finite/);
    expect(() => createLinearMpc({ ...model, horizon: 5 }).setReference([0])).toThrow(/state must have 2 elements/);
  });
});
