import { createQpSolver, createStagewiseSolver } from '@mbrl/control';
import { createRng } from '@mbrl/core';
import { describe, expect, it } from 'vitest';

/** A random problem, stagewise and as one dense program. */
function makeCase(index: number) {
  const rng = createRng(3).split(index);
  const [N, n, m, p] = [1 + rng.integer(6), 1 + rng.integer(4), 1 + rng.integer(3), rng.integer(3)];
  const draw = (count: number, scale = 1): Float64Array => Float64Array.from({ length: count }, () => scale * rng.normal());
  const gram = (count: number, size: number, shift: number): Float64Array => {
    const out = new Float64Array(count * size * size);
    for (let k = 0; k < count; k++) {
      const M = draw(size * size);
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++)
          for (let q = 0; q < size; q++)
            out[(k * size + i) * size + j]! += M[i * size + q]! * M[j * size + q]! + (i === j ? shift / size : 0);
    }
    return out;
  };
  const program = {
    A: draw(N * n * n, 0.6),
    B: draw(N * n * m),
    c: draw(N * n, 0.1),
    Q: gram(N + 1, n, 0),
    R: gram(N, m, 0.3),
    q: draw((N + 1) * n),
    r: draw(N * m),
    C: draw((N + 1) * p * n),
    D: draw(N * p * m),
    lower: new Float64Array((N + 1) * p).fill(-3),
    upper: new Float64Array((N + 1) * p).fill(3),
    inputLower: new Float64Array(N * m).fill(-1),
    inputUpper: new Float64Array(N * m).fill(0.5),
    stateUpper: new Float64Array((N + 1) * n).fill(4),
  };
  const start = draw(n, 0.5);
  const w = n + m;
  const V = N * w + n;
  const M = N * n + (N + 1) * p;
  const dense = {
    P: new Float64Array(V * V),
    q: new Float64Array(V),
    A: new Float64Array(M * V),
    l: new Float64Array(M),
    u: new Float64Array(M),
    lx: new Float64Array(V).fill(-Infinity),
    ux: new Float64Array(V).fill(Infinity),
  };
  for (let k = 0; k <= N; k++) {
    for (let i = 0; i < n; i++) {
      const row = k * w + i;
      dense.q[row] = program.q[k * n + i]!;
      dense.ux[row] = k > 0 ? 4 : start[i]!;
      if (k === 0) dense.lx[row] = start[i]!;
      for (let j = 0; j < n; j++) dense.P[row * V + k * w + j] = program.Q[(k * n + i) * n + j]!;
    }
    for (let i = 0; i < p; i++) {
      const row = N * n + k * p + i;
      dense.l[row] = -3;
      dense.u[row] = 3;
      for (let j = 0; j < n; j++) dense.A[row * V + k * w + j] = program.C[(k * p + i) * n + j]!;
      if (k < N) for (let j = 0; j < m; j++) dense.A[row * V + k * w + n + j] = program.D[(k * p + i) * m + j]!;
    }
    if (k === N) break;
    for (let i = 0; i < m; i++) {
      const row = k * w + n + i;
      dense.q[row] = program.r[k * m + i]!;
      dense.lx[row] = -1;
      dense.ux[row] = 0.5;
      for (let j = 0; j < m; j++) dense.P[row * V + k * w + n + j] = program.R[(k * m + i) * m + j]!;
    }
    for (let i = 0; i < n; i++) {
      const row = k * n + i;
      for (let j = 0; j < n; j++) dense.A[row * V + k * w + j] = program.A[row * n + j]!;
      for (let j = 0; j < m; j++) dense.A[row * V + k * w + n + j] = program.B[row * m + j]!;
      dense.A[row * V + (k + 1) * w + i] = -1;
      dense.l[row] = dense.u[row] = -program.c[row]!;
    }
  }
  return { N, n, m, p, program, start, dense, V, M };
}

describe('the stagewise solver', () => {
  it('agrees with the dense one', () => {
    let solved = 0;
    for (let index = 0; index < 40; index++) {
      const { N, n, m, p, program, start, dense, V, M } = makeCase(index);
      const solver = createStagewiseSolver({ stageCount: N, stateSize: n, inputSize: m, constraintCount: p });
      solver.load(program);
      const stagewise = solver.solve(start);
      const whole = createQpSolver({ variableCount: V, constraintCount: M }).solve(dense);
      expect(stagewise.status).toBe(whole.status);
      if (whole.status !== 'solved') continue;
      solved++;
      expect(stagewise.objective).toBeCloseTo(whole.objective, 8);
      for (let k = 0; k < N; k++) {
        for (let i = 0; i < m; i++) expect(stagewise.inputs[k * m + i]).toBeCloseTo(whole.x[k * (n + m) + n + i]!, 6);
        for (let i = 0; i < n; i++) expect(stagewise.costates[k * n + i]).toBeCloseTo(whole.y[k * n + i]!, 4);
      }
      expect(Math.max(stagewise.primalResidual, stagewise.dualResidual)).toBeLessThan(1e-8);
      const again = solver.solve(start, true);
      expect(again.iterations).toBe(0);
      expect(again.status).toBe('solved');
    }
    expect(solved).toBeGreaterThan(30);
  });

  it('takes a new program and refuses bad ones by name', () => {
    const { N, n, m, p, program, start } = makeCase(0);
    const solver = createStagewiseSolver({ stageCount: N, stateSize: n, inputSize: m, constraintCount: p });
    expect(() => solver.solve(start)).toThrow(/load must be called first/);
    solver.load(program);
    const first = solver.solve(start).objective;
    solver.load({ ...program, S: new Float64Array(N * m * n).fill(0.05) });
    expect(solver.solve(start).objective).not.toBeCloseTo(first, 6);
    solver.load(program);
    expect(solver.solve(start).objective).toBeCloseTo(first, 9);
    expect(() => solver.load({ ...program, A: [1] })).toThrow(/A must have/);
    expect(() => solver.load({ ...program, q: program.q.map(() => NaN) })).toThrow(/q\[0\] must be finite/);
    expect(() => solver.solve([...start, 1])).toThrow(/initialState must have/);
  });
});
