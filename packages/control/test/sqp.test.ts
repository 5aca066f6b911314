import { type NonlinearProgram, solveSqp } from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { judgeSqpResult, makeSqpCase } from '../bench/sqp-cases.js';
import { hockSchittkowski } from './hock-schittkowski.js';
import { hockSchittkowskiMore } from './hock-schittkowski-more.js';

// Where a local optimum other than the published one is legitimate: HS2's and HS16's are in the collection itself, HS15's at (-0.79, -1.26),
// HS20's at (-0.5, 0.87), HS33's at (0, 0, 2).
const alternatives: Record<string, number> = { HS2: 4.941229318, HS15: 360.3797672, HS16: 3.98206, HS20: 40.19872981, HS33: -4 };

const problems = [...hockSchittkowski, ...hockSchittkowskiMore];
const problem = (name: string) => problems.find((one) => one.name === name)!;

/** First-order conditions, worked out here. */
function conditions(program: NonlinearProgram, x: Float64Array, y: Float64Array, z: Float64Array): number {
  const { variableCount: n, constraintCount: m } = program;
  const gradient = new Float64Array(n);
  const c = new Float64Array(m);
  const jacobian = new Float64Array(m * n);
  program.gradient(x, gradient);
  program.constraints?.(x, c);
  program.jacobian?.(x, jacobian);
  let worst = 0;
  const take = (value: number): void => {
    worst = Math.max(worst, value);
  };
  for (let j = 0; j < n; j++) {
    let sum = gradient[j]! + z[j]!;
    for (let i = 0; i < m; i++) sum += jacobian[i * n + j]! * y[i]!;
    take(Math.abs(sum));
    const low = program.variableLower?.[j] ?? -Infinity;
    const high = program.variableUpper?.[j] ?? Infinity;
    take(low - x[j]!);
    take(x[j]! - high);
    if (z[j]! !== 0) take(Math.abs(z[j]! * (x[j]! - (z[j]! > 0 ? high : low))));
  }
  for (let i = 0; i < m; i++) {
    take(program.lower![i]! - c[i]!);
    take(c[i]! - program.upper![i]!);
    if (y[i]! !== 0) take(Math.abs(y[i]! * (c[i]! - (y[i]! > 0 ? program.upper![i]! : program.lower![i]!))));
  }
  return worst;
}

describe('Hock and Schittkowski', () => {
  const ways = [
    ['exact', 'merit'],
    ['exact', 'filter'],
    ['exact', 'trustRegion'],
    ['bfgs', 'merit'],
    ['bfgs', 'filter'],
  ] as const;
  describe.each(ways)('%s Hessian, %s', (hessian, globalization) => {
    it.each(problems.map(({ name }) => name))('%s', (name) => {
      const { program, start, optimum } = problem(name);
      const result = solveSqp(program, start, { hessian, globalization });
      // Damped updates with the merit function creep along the bend of HS27 and end within 1e-5 of its optimum.
      if (name === 'HS27' && hessian === 'bfgs' && globalization === 'merit') {
        expect(Math.abs(result.objective - optimum)).toBeLessThan(1e-5);
        return;
      }
      expect(result.status).toBe('converged');
      const error = (value: number): number => Math.abs(result.objective - value) / Math.max(1, Math.abs(value));
      expect(Math.min(error(optimum), error(alternatives[name] ?? optimum))).toBeLessThan(1e-6);
      expect(conditions(program, result.x, result.y, result.z)).toBeLessThan(
        1e-7 * Math.max(1, ...result.y.map(Math.abs), ...result.z.map(Math.abs)),
      );
    });
  });

  it('claims nothing false on HS13, whose optimum has no multipliers', () => {
    // min (x₀ − 2)² + x₁² under (1 − x₀)³ ≥ x₁, x ≥ 0: at (1, 0) the constraints' gradients are opposite.
    const program: NonlinearProgram = {
      variableCount: 2,
      constraintCount: 1,
      objective: (x) => (x[0]! - 2) ** 2 + x[1]! ** 2,
      gradient: (x, out) => out.set([2 * (x[0]! - 2), 2 * x[1]!]),
      constraints: (x, out) => void (out[0] = (1 - x[0]!) ** 3 - x[1]!),
      jacobian: (x, out) => out.set([-3 * (1 - x[0]!) ** 2, -1]),
      hessian: (x, y, out) => out.set([2 + 6 * y[0]! * (1 - x[0]!), 0, 0, 2]),
      lower: [0],
      variableLower: [0, 0],
    };
    for (const way of [
      { hessian: 'exact', globalization: 'merit' },
      { hessian: 'exact', globalization: 'trustRegion' },
      { hessian: 'bfgs', globalization: 'filter' },
    ] as const) {
      const { status, x } = solveSqp(program, [-2, -2], { ...way, maxIterations: 60 });
      expect(['stalled', 'iterationLimit']).toContain(status);
      // A violation of 1e-8 leaves ∛1e-8 = 0.002 to x₀.
      expect(Math.abs(x[0]! - 1)).toBeLessThan(0.01);
      expect(Math.abs(x[1]!)).toBeLessThan(1e-6);
    }
  });

  it('reaches 306.5 at (0.5, 2) on HS15, where plain SQP fails', () => {
    const { program, start } = problem('HS15');
    const { x, objective } = solveSqp(program, start);
    expect(objective).toBeCloseTo(306.5, 6);
    expect(x[0]).toBeCloseTo(0.5, 7);
    expect(x[1]).toBeCloseTo(2, 7);
  });
});

describe('what SQP does otherwise', () => {
  const quadratic = (lower: number, upper: number): NonlinearProgram => ({
    variableCount: 1,
    constraintCount: 1,
    objective: (x) => (x[0]! - 5) ** 2,
    gradient: (x, out) => void (out[0] = 2 * (x[0]! - 5)),
    constraints: (x, out) => void (out[0] = x[0]! ** 2 + 1),
    jacobian: (x, out) => void (out[0] = 2 * x[0]!),
    lower: [lower],
    upper: [upper],
  });

  it('says infeasible where a violation cannot be reduced', () => {
    const result = solveSqp(quadratic(-Infinity, 0), [3]);
    expect(result.status).toBe('infeasible');
    expect(result.violation).toBeCloseTo(1, 6);
    expect(result.x[0]).toBeCloseTo(0, 3);
    const bounded = solveSqp({ ...quadratic(-Infinity, 0), variableLower: [0.2] }, [3]);
    expect(bounded.status).toBe('infeasible');
    expect(bounded.x[0]).toBeCloseTo(0.2, 9);
    expect(bounded.log.some((record) => record.elastic)).toBe(true);
    // The proof: the slope 2x of the violated side at y = 1 is held by the bound.
    expect(bounded.y[0]).toBeCloseTo(1, 7);
    expect(bounded.z[0]).toBeCloseTo(-0.4, 7);
  });

  it('proves what it calls infeasible, where steps that keep both linearised equations lead nowhere', () => {
    // Wächter and Biegler (2000). From x₀ < 0 the ℓ1 violation has a least value of 1.5 at (−1, 0, 0); the optimum is (1, 0, ½).
    const program: NonlinearProgram = {
      variableCount: 3,
      constraintCount: 2,
      objective: (x) => x[0]!,
      gradient: (_x, out) => out.set([1, 0, 0]),
      constraints: (x, out) => out.set([x[0]! ** 2 - x[1]! - 1, x[0]! - x[2]! - 0.5]),
      jacobian: (x, out) => out.set([2 * x[0]!, -1, 0, 1, 0, -1]),
      hessian: (_x, y, out) => out.fill(0).fill(2 * y[0]!, 0, 1),
      lower: [0, 0],
      upper: [0, 0],
      variableLower: [-Infinity, 0, 0],
    };
    const ends = new Set<string>();
    for (const hessian of ['exact', 'bfgs'] as const) {
      for (const globalization of ['merit', 'filter', 'trustRegion'] as const) {
        for (const start of [
          [-2, 3, 1],
          [2, 3, 1],
        ]) {
          const { status, x, y, z } = solveSqp(program, start, { hessian, globalization });
          ends.add(status);
          if (status === 'converged') {
            expect(x[0]).toBeCloseTo(1, 6);
            continue;
          }
          expect([status, start[0]]).toEqual(['infeasible', -2]);
          [-1, 0, 0].forEach((value, j) => expect(x[j]).toBeCloseTo(value, 6));
          // Jᵀy + z = 0 with y₁ = −1, since x₀ − x₂ − ½ is below 0.
          expect(y[1]).toBeCloseTo(-1, 6);
          expect(y[0]).toBeCloseTo(-0.5, 6);
          [0, -0.5, -1].forEach((value, j) => expect(z[j]).toBeCloseTo(value, 6));
        }
      }
    }
    expect([...ends].sort()).toEqual(['converged', 'infeasible']);
  });

  it('keeps an approximate Hessian free of the prices of violations', () => {
    // This one once ended as infeasible where the violation fell, its matrix at 1e15.
    const example = makeSqpCase(15);
    const result = solveSqp(example.program, example.start, example.options);
    expect(example.options).toEqual({ hessian: 'bfgs', globalization: 'merit' });
    expect(judgeSqpResult(example, result)).toBeUndefined();
    expect(result.violation).toBeLessThan(0.5);
    expect(Math.max(...result.y.map(Math.abs))).toBeLessThan(1 + 1e-6);
  });

  it('lowers a penalty that makes it creep', () => {
    // Steps of 1e-3 along the constraints once used up all iterations here.
    for (const seed of [59, 318, 390]) {
      const { program, start, options } = makeSqpCase(seed);
      const result = solveSqp(program, start, options);
      expect([seed, result.status]).toEqual([seed, 'converged']);
      expect(result.iterations).toBeLessThan(100);
    }
  });

  it('says invalid where the start gives no number, and steps back from such points', () => {
    const logarithm: NonlinearProgram = {
      variableCount: 1,
      constraintCount: 0,
      objective: (x) => 10 * x[0]! - Math.log(x[0]!),
      gradient: (x, out) => void (out[0] = 10 - 1 / x[0]!),
    };
    expect(solveSqp(logarithm, [-1]).status).toBe('invalid');
    const result = solveSqp(logarithm, [3]);
    expect(result.status).toBe('converged');
    expect(result.x[0]).toBeCloseTo(0.1, 7);
  });

  it('takes Gauss-Newton Hessians', () => {
    // Residuals x0 - 1 and 10 (x1 - x0²): Rosenbrock as least squares.
    const jacobian = (x: Float64Array): number[][] => [
      [1, 0],
      [-20 * x[0]!, 10],
    ];
    const residuals = (x: Float64Array): number[] => [x[0]! - 1, 10 * (x[1]! - x[0]! ** 2)];
    const result = solveSqp(
      {
        variableCount: 2,
        constraintCount: 0,
        objective: (x) => 0.5 * residuals(x).reduce((sum, r) => sum + r * r, 0),
        gradient: (x, out) => out.forEach((_, j) => (out[j] = residuals(x).reduce((sum, r, i) => sum + r * jacobian(x)[i]![j]!, 0))),
        gaussNewton: (x, out) => out.forEach((_, k) => (out[k] = jacobian(x).reduce((sum, row) => sum + row[k >> 1]! * row[k & 1]!, 0))),
      },
      [-1.2, 1],
    );
    expect(result.status).toBe('converged');
    expect(result.x[0]).toBeCloseTo(1, 8);
    expect(result.iterations).toBeLessThan(20);
  });

  it('is saved from the Maratos effect by the second-order correction', () => {
    // Powell (1987): near the circle full steps raise both objective and violation.
    const maratos: NonlinearProgram = {
      variableCount: 2,
      constraintCount: 1,
      objective: (x) => 2 * (x[0]! ** 2 + x[1]! ** 2 - 1) - x[0]!,
      gradient: (x, out) => out.set([4 * x[0]! - 1, 4 * x[1]!]),
      constraints: (x, out) => void (out[0] = x[0]! ** 2 + x[1]! ** 2 - 1),
      jacobian: (x, out) => out.set([2 * x[0]!, 2 * x[1]!]),
      hessian: (_x, y, out) => out.set([4 + 2 * y[0]!, 0, 0, 4 + 2 * y[0]!]),
      lower: [0],
      upper: [0],
    };
    const start = [Math.cos(0.8), Math.sin(0.8)];
    const withIt = solveSqp(maratos, start);
    const without = solveSqp(maratos, start, { secondOrderCorrection: false });
    expect(withIt.objective).toBeCloseTo(-1, 7);
    expect(withIt.log.some((record) => record.corrected)).toBe(true);
    expect(without.log.some((record) => record.corrected)).toBe(false);
    expect(withIt.iterations).toBeLessThanOrEqual(without.iterations);
  });

  it('follows its options', () => {
    const { program, start } = problem('HS43');
    expect(solveSqp(program, start, { maxIterations: 2 }).status).toBe('iterationLimit');
    expect(solveSqp(program, start, { tolerance: 1e-2 }).iterations).toBeLessThan(
      solveSqp(program, start, { tolerance: 1e-10 }).iterations,
    );
    const small = solveSqp(program, start, { globalization: 'trustRegion', initialRadius: 1e-2 });
    expect(small.log[0]!.step).toBeLessThanOrEqual(1e-2 + 1e-12);
    const priced = (elasticPrice: number) =>
      solveSqp(quadratic(-Infinity, 0), [3], { elasticPrice, globalization: 'trustRegion', maxIterations: 1 }).x[0]!;
    expect(priced(1e4)).toBeCloseTo(2, 6);
    expect(priced(1e-4)).toBeGreaterThan(2.5);
  });

  it('refuses bad input by name', () => {
    const { program, start } = problem('HS6');
    expect(() => solveSqp(program, [1])).toThrow(/start must have 2 elements, got 1/);
    expect(() => solveSqp(program, start, { hessian: 'gaussNewton' })).toThrow(/gaussNewton/);
    expect(() => solveSqp(program, start, { globalization: 'luck' as 'merit' })).toThrow(/globalization must be one of/);
    expect(() => solveSqp({ ...program, lower: [1], upper: [0] }, start)).toThrow(/lower\[0\]/);
    expect(() => solveSqp({ ...program, variableLower: [NaN, 0] }, start)).toThrow(/variableLower\[0\]/);
  });
});

describe('random programs', () => {
  it('never calls converged or infeasible what is not, judged by differences', () => {
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < 200; seed++) {
      const example = makeSqpCase(seed);
      const result = solveSqp(example.program, example.start, example.options);
      expect([seed, judgeSqpResult(example, result)]).toEqual([seed, undefined]);
      counts[result.status] = (counts[result.status] ?? 0) + 1;
    }
    expect(counts['converged']).toBeGreaterThan(180);
    expect(counts['infeasible']).toBeGreaterThan(2);
  });

  it('have derivatives that agree with differences', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { program, start: x } = makeSqpCase(seed);
      const { variableCount: n, constraintCount: m } = program;
      const y = Float64Array.from({ length: m }, (_, i) => 1 + i);
      const slopesAt = (at: Float64Array): Float64Array => {
        const [gradient, jacobian] = [new Float64Array(n), new Float64Array(m * n)];
        program.gradient(at, gradient);
        program.jacobian!(at, jacobian);
        return gradient.map((value, j) => y.reduce((sum, one, i) => sum + one * jacobian[i * n + j]!, value));
      };
      const hessian = new Float64Array(n * n);
      program.hessian!(x, y, hessian);
      for (let j = 0; j < n; j++) {
        const moved = (h: number): Float64Array => x.map((value, k) => (k === j ? value + h : value));
        const [up, down] = [slopesAt(moved(1e-5)), slopesAt(moved(-1e-5))];
        for (let i = 0; i < n; i++) expect(hessian[i * n + j]).toBeCloseTo((up[i]! - down[i]!) / 2e-5, 5);
      }
    }
  });
});
