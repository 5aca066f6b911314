import { type ContinuousControlProblem, solveSqp, transcribe } from '@mbrl/control';
import { describe, expect, it } from 'vitest';

const methods = ['trapezoid', 'hermiteSimpson', 'multipleShooting'] as const;

const integrator: Pick<ContinuousControlProblem, 'stateSize' | 'inputSize' | 'dynamics' | 'initialState' | 'finalState'> = {
  stateSize: 2,
  inputSize: 1,
  dynamics: (x, u, out) => {
    out[0] = x[1]!;
    out[1] = u[0]!;
  },
  initialState: [0, 0],
  finalState: [1, 0],
};

/** Duration of the brachistochrone from rest over (x, y): a cycloid with angle a, radius r. */
function cycloidDuration(x: number, y: number, g: number): number {
  let low = 1e-6;
  let high = 2 * Math.PI - 1e-6;
  for (let i = 0; i < 200; i++) {
    const a = (low + high) / 2;
    if ((a - Math.sin(a)) / (1 - Math.cos(a)) < x / y) low = a;
    else high = a;
  }
  return low * Math.sqrt(y / (1 - Math.cos(low)) / g);
}

describe('the double integrator', () => {
  it.each(methods)('moves with least energy, ∫u²/2 = 6 and u = 6 − 12 t (%s)', (method) => {
    const N = 10;
    const { program, straightLine, unpack } = transcribe(
      { ...integrator, duration: 1, runningCost: (_x, u) => 0.5 * u[0]! ** 2 },
      { method, intervalCount: N },
    );
    const result = solveSqp(program, straightLine(), { tolerance: 1e-7 });
    expect(result.status).toBe('converged');
    const { inputs } = unpack(result.x);
    // Constant controls: the best of them costs 6 N²/(N² − 1). Hermite-Simpson is exact here.
    if (method === 'multipleShooting') expect(result.objective).toBeCloseTo((6 * N * N) / (N * N - 1), 5);
    else if (method === 'hermiteSimpson') expect(result.objective).toBeCloseTo(6, 5);
    else {
      // Second order: half the step, a quarter of the error.
      const finer = transcribe({ ...integrator, duration: 1, runningCost: (_x, u) => 0.5 * u[0]! ** 2 }, { method, intervalCount: 2 * N });
      const error = solveSqp(finer.program, finer.straightLine(), { tolerance: 1e-7 }).objective - 6;
      expect((result.objective - 6) / error).toBeGreaterThan(3);
      expect((result.objective - 6) / error).toBeLessThan(5);
    }
    if (method === 'hermiteSimpson') inputs.forEach((u, k) => expect(u).toBeCloseTo(6 - (12 * k) / N, 3));
  });

  it.each(methods)('moves in least time, 2 √distance (%s)', (method) => {
    const { program, straightLine, unpack } = transcribe(
      { ...integrator, duration: [0.5, 10], terminalCost: (_x, duration) => duration, inputLower: [-1], inputUpper: [1] },
      { method, intervalCount: 10 },
    );
    const result = solveSqp(program, straightLine(3), { tolerance: 1e-7 });
    expect(result.status).toBe('converged');
    const { duration, inputs } = unpack(result.x);
    if (method === 'multipleShooting') {
      expect(duration).toBeCloseTo(2, 5);
      inputs.forEach((u, k) => expect(u).toBeCloseTo(k < 5 ? 1 : -1, 4));
    } else expect(Math.abs(duration - 2)).toBeLessThan(0.03);
  });
});

it('finds the brachistochrone', () => {
  const g = 9.81;
  const { program, pack, unpack } = transcribe(
    {
      stateSize: 3,
      inputSize: 1,
      // x, y (down) and speed; the input is the angle of descent.
      dynamics: (s, u, out) => {
        out[0] = s[2]! * Math.cos(u[0]!);
        out[1] = s[2]! * Math.sin(u[0]!);
        out[2] = g * Math.sin(u[0]!);
      },
      terminalCost: (_s, duration) => duration,
      duration: [0.1, 10],
      initialState: [0, 0, 0],
      finalState: [2, 1, NaN],
      inputLower: [-1.5],
      inputUpper: [1.6],
    },
    { method: 'hermiteSimpson', intervalCount: 12 },
  );
  const states = Float64Array.from(
    { length: 39 },
    (_, i) => [(2 * Math.floor(i / 3)) / 12, Math.floor(i / 3) / 12, (4 * Math.floor(i / 3)) / 12][i % 3]!,
  );
  const result = solveSqp(program, pack(states, new Float64Array(13).fill(0.5), 1), { tolerance: 1e-6 });
  expect(result.status).toBe('converged');
  expect(Math.abs(unpack(result.x).duration / cycloidDuration(2, 1, g) - 1)).toBeLessThan(1e-4);
});

it('refuses bad input by name', () => {
  const problem = { ...integrator, duration: 1 };
  expect(() => transcribe(problem, { method: 'trapezoid', intervalCount: 0 })).toThrow(/intervalCount/);
  expect(() => transcribe({ ...problem, duration: [2, 1] }, { method: 'trapezoid', intervalCount: 1 })).toThrow(/duration/);
  expect(() => transcribe({ ...problem, initialState: [1] }, { method: 'trapezoid', intervalCount: 1 })).toThrow(
    /initialState must have 2 elements/,
  );
  expect(() => transcribe(problem, { method: 'guess' as 'trapezoid', intervalCount: 1 })).toThrow(/method/);
});
