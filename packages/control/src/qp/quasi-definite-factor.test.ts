import { createRng } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuasiDefiniteFactor } from './quasi-definite-factor.js';
import { gatherSparseRows, type SparseRows } from './sparse-rows.js';

const gather = (values: Float64Array, columns: number): SparseRows =>
  gatherSparseRows(
    values,
    columns,
    Int32Array.from({ length: values.length / columns }, (_, i) => i),
  );

/** P = BᵀB of few rows plus `shift` on the diagonal, and a sparse A, both dense in storage. */
function draw(seed: number, n: number, m: number, density: number, shift: number): { P: Float64Array; A: Float64Array } {
  const rng = createRng(seed);
  const P = new Float64Array(n * n);
  for (let k = 0; k < n / 3; k++) {
    const row = Float64Array.from({ length: n }, () => (rng.uniform() < density ? rng.normal() : 0));
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) P[i * n + j]! += row[i]! * row[j]!;
  }
  for (let i = 0; i < n; i++) P[i * n + i]! += shift;
  return { P, A: Float64Array.from({ length: m * n }, () => (rng.uniform() < density ? rng.normal() : 0)) };
}

const sizes = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  n: fc.integer({ min: 1, max: 40 }),
  m: fc.integer({ min: 0, max: 30 }),
  density: fc.constantFrom(0.05, 0.3, 1),
});

describe('createQuasiDefiniteFactor', () => {
  it('solves K (dx, dy) = (rx, ry), small and large, sparse and full', () => {
    fc.assert(
      fc.property(sizes, ({ seed, n, m, density }) => {
        const { P, A } = draw(seed, n, m, density, 0);
        const rng = createRng(seed + 1);
        const a = Float64Array.from({ length: n }, () => 0.1 + rng.uniform());
        const b = Float64Array.from({ length: m }, () => 0.1 + rng.uniform());
        const rx = Float64Array.from({ length: n }, () => rng.normal());
        const ry = Float64Array.from({ length: m }, () => rng.normal());
        const dx = rx.slice();
        const dy = ry.slice();
        const factor = createQuasiDefiniteFactor(gather(P, n), gather(A, n));
        factor.factorize(a, b);
        factor.solve(dx, dy);
        let worst = 0;
        for (let i = 0; i < n; i++) {
          let sum = a[i]! * dx[i]!;
          for (let j = 0; j < n; j++) sum += P[i * n + j]! * dx[j]!;
          for (let k = 0; k < m; k++) sum += A[k * n + i]! * dy[k]!;
          worst = Math.max(worst, Math.abs(sum - rx[i]!));
        }
        for (let k = 0; k < m; k++) {
          let sum = -b[k]! * dy[k]!;
          for (let j = 0; j < n; j++) sum += A[k * n + j]! * dx[j]!;
          worst = Math.max(worst, Math.abs(sum - ry[k]!));
        }
        expect(worst).toBeLessThan(1e-9);
      }),
    );
  });

  it('finds a direction of negative curvature exactly where there is one', () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ seed, n, density }, indefinite) => {
        const { P } = draw(seed, n, 0, density, 1);
        // Below its least eigenvalue's bound a diagonal element makes P indefinite.
        const spoilt = seed % n;
        if (indefinite) P[spoilt * n + spoilt] = -0.5;
        const factor = createQuasiDefiniteFactor(gather(P, n), gather(new Float64Array(0), n), false);
        factor.factorize(new Float64Array(n), new Float64Array(0));
        const d = new Float64Array(n);
        expect(factor.findNegativeCurvature(d)).toBe(indefinite);
        if (!indefinite) return;
        let curvature = 0;
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) curvature += d[i]! * P[i * n + j]! * d[j]!;
        expect(curvature).toBeLessThan(0);
      }),
    );
  });
});
