import { createRng } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classifyConstraints,
  createScaledProgram,
  kindEqual,
  kindFree,
  kindLower,
  kindRange,
  kindUpper,
  scaleProgram,
  type SparseProgram,
} from './scaled-program.js';
import { gatherSparseRows } from './sparse-rows.js';

/** A program whose rows and columns come in units from 10⁻⁵ to 10⁵, one row of it empty. */
function draw(seed: number, n: number, m: number): SparseProgram {
  const rng = createRng(seed);
  const unit = (): number => 10 ** (10 * rng.uniform() - 5);
  const D = Float64Array.from({ length: n }, unit);
  const E = Float64Array.from({ length: m }, unit);
  const A = Float64Array.from({ length: m * n }, (_, k) =>
    k >= n && rng.uniform() < 0.5 ? E[Math.floor(k / n)]! * D[k % n]! * rng.normal() : 0,
  );
  const P = new Float64Array(n * n);
  const row = Float64Array.from({ length: n }, (_, j) => D[j]! * rng.normal());
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) P[i * n + j] = row[i]! * row[j]!;
  const all = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);
  return {
    P: gatherSparseRows(P, n, all(n)),
    A: gatherSparseRows(A, n, all(m)),
    q: Float64Array.from({ length: n }, () => rng.normal()),
    lower: Float64Array.from({ length: m + n }, () => (rng.uniform() < 0.3 ? -Infinity : -unit())),
    upper: Float64Array.from({ length: m + n }, () => (rng.uniform() < 0.3 ? Infinity : unit())),
  };
}

describe('scaleProgram', () => {
  const sizes = fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));

  it('gives P̂ = c D P D, q̂ = c D q, Â = E A D and sides E l, E u, bounds with E = 1/D', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 20 }), ([seed, n, m], rounds) => {
        const program = draw(seed, n, m);
        const scaled = createScaledProgram(program);
        scaleProgram(program, scaled, rounds, false);
        const { variableScale: D, constraintScale: E, costScale: c } = scaled;
        let worst = 0;
        const compare = (value: number, wanted: number): void => {
          if (value !== wanted) worst = Math.max(worst, Math.abs(value / wanted - 1));
        };
        for (let i = 0; i < n; i++) {
          for (let k = program.P.start[i]!; k < program.P.start[i + 1]!; k++)
            compare(scaled.P.values[k]!, c * D[i]! * D[program.P.index[k]!]! * program.P.values[k]!);
          compare(scaled.q[i]!, c * D[i]! * program.q[i]!);
          compare(E[m + i]! * D[i]!, 1);
        }
        for (let i = 0; i < m; i++)
          for (let k = program.A.start[i]!; k < program.A.start[i + 1]!; k++)
            compare(scaled.A.values[k]!, E[i]! * D[program.A.index[k]!]! * program.A.values[k]!);
        for (let i = 0; i < m + n; i++) {
          compare(scaled.lower[i]!, E[i]! * program.lower[i]!);
          compare(scaled.upper[i]!, E[i]! * program.upper[i]!);
        }
        expect(worst).toBeLessThan(1e-12);
      }),
    );
  });

  it('brings the largest element of every row and column of [P Aᵀ; A 0] near one', () => {
    fc.assert(
      fc.property(sizes, ([seed, n, m]) => {
        const program = draw(seed, n, m);
        const scaled = createScaledProgram(program);
        scaleProgram(program, scaled, 30, false);
        const column = new Float64Array(n);
        for (let i = 0; i < m; i++) {
          let largest = 0;
          for (let k = scaled.A.start[i]!; k < scaled.A.start[i + 1]!; k++) {
            const size = Math.abs(scaled.A.values[k]!);
            largest = Math.max(largest, size);
            column[scaled.A.index[k]!] = Math.max(column[scaled.A.index[k]!]!, size);
          }
          if (largest > 0) expect(Math.abs(Math.log(largest))).toBeLessThan(0.2);
        }
        for (let j = 0; j < n; j++)
          for (let k = scaled.P.start[j]!; k < scaled.P.start[j + 1]!; k++)
            column[j] = Math.max(column[j]!, Math.abs(scaled.P.values[k]! / scaled.costScale));
        for (const largest of column) expect(Math.abs(Math.log(largest))).toBeLessThan(0.2);
      }),
    );
  });

  it('takes new costs and sides over with the scaling that is there', () => {
    const program = draw(1, 4, 3);
    const scaled = createScaledProgram(program);
    scaleProgram(program, scaled, 10, false);
    const before = [...scaled.variableScale, ...scaled.constraintScale, scaled.costScale, ...scaled.A.values, ...scaled.P.values];
    program.q[0] = 1e6;
    program.lower[1] = -7;
    program.A.values.fill(0);
    scaleProgram(program, scaled, 10, true);
    expect([...scaled.variableScale, ...scaled.constraintScale, scaled.costScale, ...scaled.A.values, ...scaled.P.values]).toEqual(before);
    expect(scaled.q[0]).toBeCloseTo(1e6 * scaled.costScale * scaled.variableScale[0]!, 6);
    expect(scaled.lower[1]).toBe(-7 * scaled.constraintScale[1]!);
  });
});

describe('classifyConstraints', () => {
  it('tells the kinds apart, and takes sides that differ by rounding for one', () => {
    const lower = Float64Array.of(-Infinity, 0, -Infinity, 0, 2, 1e9, 1, -Infinity);
    const upper = Float64Array.of(Infinity, Infinity, 3, 3, 2, 1e9 + 1e-6, 1 + 1e-12, -1e300);
    const kind = new Uint8Array(8);
    classifyConstraints(lower, upper, kind);
    expect([...kind]).toEqual([kindFree, kindLower, kindUpper, kindRange, kindEqual, kindEqual, kindRange, kindUpper]);
  });
});
