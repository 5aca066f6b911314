import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCertificates } from './certificates.js';
import { classifyConstraints, createScaledProgram, type ScaledProgram } from './scaled-program.js';
import { gatherSparseRows } from './sparse-rows.js';

const allRows = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** A program taken to be equilibrated already. */
const makeProgram = (P: number[], q: number[], A: number[], lower: number[], upper: number[]): ScaledProgram => {
  const n = q.length;
  const sparse = { P: gatherSparseRows(P, n, allRows(n)), A: gatherSparseRows(A, n, allRows(A.length / n)) };
  const program = createScaledProgram(sparse);
  program.P.values.set(sparse.P.values);
  program.A.values.set(sparse.A.values);
  program.q.set(q);
  program.lower.set(lower);
  program.upper.set(upper);
  classifyConstraints(program.lower, program.upper, program.kind);
  return program;
};
const open = Infinity;
const small = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('proofs of infeasibility', () => {
  it('reach to points at 10⁸ and no farther: one row a x ≥ side is feasible at x = side / a', () => {
    fc.assert(
      fc.property(small(-12, -9.05), small(-3, 2), (logarithm, exponent) => {
        const a = 10 ** logarithm;
        const side = 10 ** exponent;
        // Close to the edge rounding decides.
        if (Math.abs(exponent - logarithm - 8) < 1e-6) return;
        const program = makeProgram([0], [0], [a], [side, -open], [open, open]);
        expect(createCertificates(1, 1).provesInfeasible(program, Float64Array.of(-3))).toBe(side / a > 1e8);
      }),
    );
  });

  it('are refused where more is left of Aᵀy + z than rounding, however great the support', () => {
    const program = makeProgram([0], [0], [2e-9], [1e3, -open], [open, open]);
    expect(createCertificates(1, 1).provesInfeasible(program, Float64Array.of(-1))).toBe(false);
  });

  it('are found in contradictory rows, whatever their scale, with their multipliers', () => {
    fc.assert(
      fc.property(fc.array(small(0.1, 10), { minLength: 1, maxLength: 6 }), small(0.01, 100), small(1e-6, 1e6), (row, distance, scale) => {
        // row·x ≥ distance and row·x ≤ 0.
        const n = row.length;
        const program = makeProgram(
          Array.from({ length: n * n }, () => 0),
          row.map(() => 1),
          [...row, ...row],
          [distance, -open, ...row.map(() => -open)],
          [open, 0, ...row.map(() => open)],
        );
        const certificates = createCertificates(n, 2);
        expect(certificates.provesInfeasible(program, Float64Array.of(-scale, scale))).toBe(true);
        expect([...certificates.multipliers.subarray(0, 2)]).toEqual([-1, 1]);
        // With a sign that its row does not allow nothing is left.
        expect(certificates.provesInfeasible(program, Float64Array.of(scale, -scale))).toBe(false);
      }),
    );
  });

  it('leave out a multiplier whose sign its row does not allow', () => {
    // x ≥ 1 and x ≤ 0, and −x ≤ 5 with a multiplier for the side that it lacks.
    const program = makeProgram([0], [0], [1, 1, -1], [1, -open, -open, -open], [open, 0, 5, open]);
    const certificates = createCertificates(1, 3);
    expect(certificates.provesInfeasible(program, Float64Array.of(-1, 1, -0.5))).toBe(true);
    expect([...certificates.multipliers.subarray(0, 3)]).toEqual([-1, 1, 0]);
  });

  it('are never found where a point is feasible', () => {
    const element = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(fc.array(element, { minLength: 12, maxLength: 12 }), fc.array(element, { minLength: 7, maxLength: 7 }), (A, draws) => {
        const x = draws.slice(0, 3);
        const lower: number[] = [];
        const upper: number[] = [];
        for (let i = 0; i < 4; i++) {
          const value = A[3 * i]! * x[0]! + A[3 * i + 1]! * x[1]! + A[3 * i + 2]! * x[2]!;
          lower.push(i % 2 === 0 ? value : -open);
          upper.push(i % 3 === 0 ? open : value);
        }
        for (const value of x) {
          lower.push(value);
          upper.push(open);
        }
        const program = makeProgram([0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0], A, lower, upper);
        expect(createCertificates(3, 4).provesInfeasible(program, Float64Array.from(draws.slice(3)))).toBe(false);
      }),
    );
  });
});

describe('proofs of unboundedness', () => {
  it('allow a constraint that is met beyond 10⁸ of what the objective gains, and none that is met before', () => {
    fc.assert(
      fc.property(small(-12, -9.05), small(-4, 0), (logarithm, exponent) => {
        const rate = 10 ** logarithm;
        const gain = 10 ** exponent;
        if (Math.abs(exponent - 8 - logarithm) < 1e-6) return;
        const program = makeProgram([0], [-gain], [rate], [-open, -open], [1, open]);
        const certificates = createCertificates(1, 1);
        expect(certificates.provesUnbounded(program, Float64Array.of(5))).toBe(rate <= Math.min(1e-9, gain / 1e8));
      }),
    );
  });

  it('do not overlook a curvature that ends the fall within reach', () => {
    const curved = (gain: number) => makeProgram([5e-10, 0, 0, 1], [-gain, 0], [], [-open, -open], [open, open]);
    // ½·5e-10·t² − gain·t is least at t = gain / 5e-10.
    expect(createCertificates(2, 0).provesUnbounded(curved(1e-2), Float64Array.of(1, 0))).toBe(false);
    expect(createCertificates(2, 0).provesUnbounded(curved(1), Float64Array.of(1, 0))).toBe(true);
  });

  it('leave out of a direction what its bounds forbid', () => {
    const program = makeProgram([0, 0, 0, 0], [-1, -1], [], [-open, 0], [open, 2]);
    const certificates = createCertificates(2, 0);
    expect(certificates.provesUnbounded(program, Float64Array.of(2, 2))).toBe(true);
    expect([...certificates.direction]).toEqual([1, 0]);
    expect(certificates.provesUnbounded(program, Float64Array.of(0, 2))).toBe(false);
    expect(certificates.provesUnbounded(program, Float64Array.of(-2, 0))).toBe(false);
  });
});
