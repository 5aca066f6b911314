import { readFileSync, readdirSync } from 'node:fs';
import { createQpSolver, solveQp, type QpResult, type QuadraticProgram } from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { judgeQpAnswer, makeQpCase } from '../bench/qp-cases.js';
import { makeIllScaledCase, residualsOf } from '../bench/qp-ill-scaled.js';
import { readQpFile } from '../bench/qp-files.js';

const folder = new URL('data/qp/', import.meta.url);
const infinity = Infinity;

/** Copies of what the solver owns. */
const keep = ({ x, y, z, ...rest }: QpResult) => ({ ...rest, x: x.slice(), y: y.slice(), z: z.slice() });

describe('Maros and Mészáros', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', (file) => {
    const { program, constant, optimum } = readQpFile(readFileSync(new URL(file, folder), 'utf8'));
    const answer = solveQp(program);
    expect(answer.status).toBe('solved');
    expect(Math.abs(answer.objective + constant - optimum) / Math.max(1, Math.abs(optimum))).toBeLessThan(1e-8);
    expect(answer.primalResidual).toBeLessThan(1e-9);
    expect(answer.dualResidual).toBeLessThan(1e-9);
    expect(answer.gap).toBeLessThan(1e-9);
  });

  it('with 1e20 and more written for infinity', () => {
    for (const name of ['QAFIRO', 'QADLITTL']) {
      const { program, optimum } = readQpFile(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
      const answer = solveQp({
        ...program,
        l: Array.from(program.l, (side) => Math.max(side, -1e30)),
        u: Array.from(program.u, (side) => Math.min(side, 1e30)),
      });
      expect(answer.status).toBe('solved');
      expect(Math.abs(answer.objective / optimum - 1)).toBeLessThan(1e-8);
      expect(Math.max(answer.primalResidual, answer.dualResidual, answer.gap)).toBeLessThan(1e-9);
    }
  });

  it('CVXQP1 to 3 of 100 variables, by their formula', () => {
    const n = 100;
    for (const [m, optimum] of [
      [50, 11590.7181],
      [25, 8120.94048],
      [75, 11943.4322],
    ] as const) {
      const P = new Float64Array(n * n);
      const A = new Float64Array(m * n);
      for (let i = 1; i <= n; i++) {
        const terms = [i - 1, (2 * i - 1) % n, (3 * i - 1) % n];
        for (const a of terms) for (const b of terms) P[a * n + b]! += i;
      }
      for (let i = 1; i <= m; i++) {
        A[(i - 1) * n + i - 1]! += 1;
        A[(i - 1) * n + ((4 * i - 1) % n)]! += 2;
        A[(i - 1) * n + ((5 * i - 1) % n)]! += 3;
      }
      const sides = new Float64Array(m).fill(6);
      const answer = solveQp({
        P,
        q: new Float64Array(n),
        A,
        l: sides,
        u: sides,
        lx: new Float64Array(n).fill(0.1),
        ux: new Float64Array(n).fill(10),
      });
      expect(answer.status).toBe('solved');
      expect(Math.abs(answer.objective / optimum - 1)).toBeLessThan(1e-8);
    }
  });
});

describe('answers', () => {
  const basic: QuadraticProgram = {
    P: [4, 1, 1, 2],
    q: [1, 1],
    A: [1, 1, 1, 0, 0, 1, 0, 1],
    l: [1, 0, 0, -infinity],
    u: [1, 0.7, 0.7, infinity],
  };

  it("gives OSQP's basic_qp with its multipliers", () => {
    const { status, x, y, objective } = solveQp(basic);
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(1.88, 10);
    [0.3, 0.7].forEach((value, i) => expect(x[i]).toBeCloseTo(value, 10));
    [-2.9, 0, 0.2, 0].forEach((value, i) => expect(y[i]).toBeCloseTo(value, 9));
  });

  it('gives bounds their own multipliers, rows theirs', () => {
    const bounded = solveQp({ P: [1, 0, 0, 1], q: [-3, 2], lx: [-1, -1], ux: [1, 1] });
    expect(bounded.x[0]).toBeCloseTo(1, 12);
    expect(bounded.x[1]).toBeCloseTo(-1, 12);
    expect(bounded.z[0]).toBeCloseTo(2, 12);
    expect(bounded.z[1]).toBeCloseTo(-1, 12);
    const scaledRow = solveQp({ P: [1], q: [-3], A: [-2], l: [-2] });
    expect(scaledRow.x[0]).toBeCloseTo(1, 12);
    expect(scaledRow.y[0]).toBeCloseTo(-1, 12);
    expect(scaledRow.z[0]).toBe(0);
  });

  it('solves linear programs, whose P is absent', () => {
    const answer = solveQp({ q: [-1, -2], A: [1, 1, 1, 3], u: [4, 6], lx: [0, 0] });
    expect(answer.status).toBe('solved');
    expect(answer.objective).toBeCloseTo(-5, 10);
    expect(answer.x[0]).toBeCloseTo(3, 9);
  });

  it('solves rank-deficient, repeated and fixed problems', () => {
    const equal = solveQp({ P: [1, 1, 1, 1], q: [0, 0], A: [1, -1, 2, -2, 1, -1], l: [2, 4, 2], u: [2, 4, 2] });
    expect(equal.status).toBe('solved');
    expect(equal.x[0]! - equal.x[1]!).toBeCloseTo(2, 10);
    expect(equal.x[0]! + equal.x[1]!).toBeCloseTo(0, 8);
    const fixed = solveQp({ P: [2, 0, 0, 2], q: [0, -4], lx: [3, -1], ux: [3, 9] });
    expect([...fixed.x].map((value) => Number(value.toFixed(9)))).toEqual([3, 2]);
    expect(fixed.z[0]).toBeCloseTo(-6, 9);
  });

  it('proves infeasibility', () => {
    const answer = solveQp({ P: [1, 0, 0, 1], q: [0, 0], A: [1, 1, 1, -1], l: [3, -infinity], u: [infinity, 5], ux: [1, 1] });
    expect(answer.status).toBe('primalInfeasible');
    const [y0, y1, z0, z1] = answer.certificate!;
    expect(y0! + y1! + z0!).toBeCloseTo(0, 8);
    expect(y0! - y1! + z1!).toBeCloseTo(0, 8);
    expect(y0! * 3 + y1! * 5 + z0! + z1!).toBeLessThan(-1e-3);
    expect(solveQp({ q: [1], A: [0], l: [1] }).status).toBe('primalInfeasible');
    expect(solveQp({ q: [1], A: [1, 2], l: [2, -infinity], u: [3, 2] }).status).toBe('primalInfeasible');
  });

  it('does not call infeasible what is feasible only far out', () => {
    // x + 1e-10 y ≤ 0 with x ≥ 1e-3 needs y ≤ -1e7; the row y + w keeps equilibration from seeing it.
    const answer = solveQp({
      P: [1, 0, 0, 0, 0, 0, 0, 0, 1],
      q: [0, 0, 0],
      A: [1, 1e-10, 0, 1, 0, 1, 0, 1, 1],
      l: [-infinity, 1e-3, -1e9],
      u: [0, infinity, 1e9],
      lx: [1e-3, -infinity, -1],
    });
    expect(answer.status).not.toBe('primalInfeasible');
  });

  it('proves unboundedness', () => {
    const answer = solveQp({ P: [1, -1, -1, 1], q: [-1, -1], lx: [0, 0] });
    expect(answer.status).toBe('dualInfeasible');
    const [d0, d1] = answer.certificate!;
    expect(d0).toBeCloseTo(d1!, 8);
    expect(d0).toBeGreaterThan(0);
  });

  it('shows a direction of negative curvature', () => {
    const P = [1, 2, 2, 1];
    const answer = solveQp({ P, q: [0, 0], lx: [-1, -1], ux: [1, 1] });
    expect(answer.status).toBe('nonconvex');
    const [a, b] = answer.certificate!;
    expect(a! * a! + 4 * a! * b! + b! * b!).toBeLessThan(0);
    expect(solveQp({ P: [-1e-3], q: [0] }).status).toBe('nonconvex');
  });

  it('says so when the iterations do not suffice', () => {
    const { program } = makeQpCase(1, 0);
    const answer = solveQp(program, { maxIterations: 1, polish: false });
    expect(answer.status).toBe('iterationLimit');
    expect(Math.max(answer.primalResidual, answer.dualResidual, answer.gap)).toBeGreaterThan(1e-9);
  });
});

describe('a solver of one size', () => {
  const example = makeQpCase(5, 14);
  const make = (options = {}) => createQpSolver({ variableCount: example.n, constraintCount: example.m, dualActiveSet: false, ...options });

  it('starts warm from its own answer without an interior-point step', () => {
    const solver = make();
    const cold = keep(solver.solve(example.program));
    expect(cold.iterations).toBeGreaterThan(0);
    const warm = solver.solve(example.program, cold);
    expect(warm.status).toBe('solved');
    expect(warm.iterations).toBe(0);
    expect(warm.objective).toBeCloseTo(cold.objective, 9);
    expect(make({ warmRounds: 0 }).solve(example.program, cold).iterations).toBeGreaterThan(0);
  });

  it('gives the same answer to the bit each time, whatever was solved between', () => {
    const solver = make();
    const first = keep(solver.solve(example.program));
    solver.solve({ ...example.program, q: Array.from(example.program.q, (value) => -value) });
    expect(keep(solver.solve(example.program))).toEqual(first);
  });

  it('takes new nonzeros in its stride', () => {
    const solver = createQpSolver({ variableCount: 2, constraintCount: 1 });
    expect(solver.solve({ P: [1, 0, 0, 1], q: [-2, -2], A: [1, 0], u: [1] }).objective).toBeCloseTo(-1.5 - 2, 10);
    expect(solver.solve({ P: [1, 0, 0, 1], q: [-2, -2], A: [1, 1], u: [1] }).objective).toBeCloseTo(0.25 - 2, 10);
    expect(solver.solve({ P: [2, 1, 1, 2], q: [-3, -3], A: [0, 0], u: [1] }).objective).toBeCloseTo(-3, 10);
  });

  it('polishes', () => {
    const rough = { absoluteTolerance: 1e-13, relativeTolerance: 0 };
    const polished = keep(make(rough).solve(example.program));
    const bare = keep(make({ ...rough, polish: false }).solve(example.program));
    expect(polished.polishRounds).toBeGreaterThan(0);
    expect(bare.polishRounds).toBe(0);
    expect(Math.max(polished.dualResidual, polished.primalResidual, polished.gap)).toBeLessThanOrEqual(
      Math.max(bare.dualResidual, bare.primalResidual, bare.gap),
    );
  });

  it('needs its equilibration for badly scaled problems', () => {
    let without = 0;
    let with20 = 0;
    for (let index = 8; index < 8 + 16 * 12; index += 16) {
      const { program } = makeQpCase(2, index);
      with20 += solveQp(program).iterations;
      without += solveQp(program, { scalingRounds: 0 }).iterations;
    }
    expect(with20).toBeLessThan(without);
  });

  it('turns its other options into other courses', () => {
    const base = make({ polish: false }).solve(example.program).iterations;
    expect(make({ absoluteTolerance: 1e-3, polish: false }).solve(example.program).iterations).toBeLessThan(base);
    expect(keep(make({ primalProximity: 1e-2 }).solve(example.program))).not.toEqual(keep(make().solve(example.program)));
    expect(keep(make({ dualProximity: 1e-2 }).solve(example.program))).not.toEqual(keep(make().solve(example.program)));
    expect(make({ absoluteTolerance: 0, relativeTolerance: 0 }).solve(example.program).status).toBe('inaccurate');
  });

  it('refuses bad input by name', () => {
    expect(() => createQpSolver({ variableCount: 0, constraintCount: 0 })).toThrow(/createQpSolver: variableCount/);
    expect(() => createQpSolver({ variableCount: 1, constraintCount: 0, maxIterations: 0 })).toThrow(/maxIterations/);
    expect(() => createQpSolver({ variableCount: 1, constraintCount: 0, primalProximity: 0 })).toThrow(/primalProximity/);
    expect(() => solveQp({ P: [1, 0, 1, 1], q: [0, 0] })).toThrow(/P must be symmetric/);
    expect(() => solveQp({ P: [1], q: [NaN] })).toThrow(/q\[0\] must be finite, got NaN/);
    expect(() => solveQp({ q: [1], lx: [2], ux: [1] })).toThrow(/lx\[0\] must be at most ux\[0\]=1, got 2/);
    expect(() => solveQp({ q: [1], lx: [NaN] })).toThrow(/lx\[0\]/);
    expect(() => solveQp({ q: [1, 2], P: [1] })).toThrow(/P must have 4 elements, got 1/);
    expect(() => createQpSolver({ variableCount: 1, constraintCount: 1 }).solve({ q: [1] })).toThrow(/A must have 1 elements/);
  });
});

describe('the dual active-set method', () => {
  it('gives the same answers as the interior point, with fewer pains', () => {
    let used = 0;
    for (let index = 0; index < 160; index++) {
      const { program, truth } = makeQpCase(21, index);
      if (truth !== 'solvable') continue;
      const quick = keep(solveQp(program));
      const slow = solveQp(program, { dualActiveSet: false });
      expect(Math.abs(quick.objective - slow.objective)).toBeLessThan(1e-7 * Math.max(1, Math.abs(slow.objective)));
      if (quick.polishRounds === 0) used++;
    }
    expect(used).toBeGreaterThan(10);
  });

  it('takes P on the equalities where it is singular', () => {
    const answer = solveQp({ P: [1, 0, 0, 0], q: [0, 1], A: [1, -1, 1, 0], l: [1, 3], u: [1, infinity] });
    expect(answer.polishRounds).toBe(0);
    [3, 2].forEach((value, i) => expect(answer.x[i]).toBeCloseTo(value, 10));
    [1, -4].forEach((value, i) => expect(answer.y[i]).toBeCloseTo(value, 10));
  });
});

describe('ill-scaled programs with unbounded sets of solutions', () => {
  const worst = (index: number, options = {}): number => {
    const example = makeIllScaledCase(1, index);
    const { violation, stationarity, gap } = residualsOf(example, solveQp(example.program, options));
    return Math.max(violation, stationarity, gap);
  };
  it('are solved to 1e-9, which takes runs near zero', () => {
    for (const index of [0, 20, 29]) {
      expect(worst(index)).toBeLessThan(1e-9);
      expect(worst(index, { anchoredRuns: 0 })).toBeGreaterThan(1e-9);
    }
  });
});

describe('shouldStop', () => {
  it('is asked in every phase, and ends it', () => {
    const { program } = makeIllScaledCase(1, 20);
    for (const calls of [0, 3, 10]) {
      let asked = 0;
      const answer = solveQp(program, { shouldStop: () => asked++ >= calls });
      expect(answer.status).toBe('iterationLimit');
      expect(answer.iterations).toBeLessThanOrEqual(calls + 1);
    }
    const quick = { P: [1, 0, 0, 1], q: [-3, -3], ux: [1, 1] };
    expect(solveQp(quick).status).toBe('solved');
    expect(solveQp(quick, { shouldStop: () => true, warmRounds: 0 }).status).toBe('iterationLimit');
    let rounds = 0;
    const first = keep(solveQp(program));
    solveQp(program, { shouldStop: () => ++rounds > 1 }, { ...first, y: first.y.map((value) => -value) });
    expect(rounds).toBeGreaterThan(1);
  });
});

describe('random programs', () => {
  it('are never answered wrongly, and nearly always decided', () => {
    const seen: Record<string, number> = {};
    for (let index = 0; index < 640; index++) {
      const example = makeQpCase(11, index);
      const answer = createQpSolver({ variableCount: example.n, constraintCount: example.m }).solve(example.program);
      expect(judgeQpAnswer(example, answer), `case ${index}, ${example.family}`).toBeUndefined();
      seen[answer.status] = (seen[answer.status] ?? 0) + 1;
    }
    expect((seen['inaccurate'] ?? 0) + (seen['iterationLimit'] ?? 0)).toBeLessThanOrEqual(3);
    expect(seen['primalInfeasible']).toBeGreaterThan(80);
    expect(seen['dualInfeasible']).toBeGreaterThan(60);
    expect(seen['solved']).toBeGreaterThan(400);
  });
});
