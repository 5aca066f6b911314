import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExponentialWork, exponentiate } from './matrix-exponential.js';
import { multiply } from './multiply.js';
import { matrixNorm1 } from './norms.js';

function exponential(A: number[]): Float64Array {
  const n = Math.sqrt(A.length);
  const out = new Float64Array(A.length);
  expect(exponentiate(Float64Array.from(A), out, createExponentialWork(n))).toBe(true);
  return out;
}

describe('matrix exponential', () => {
  it('closed forms: rotation, nilpotent, a stiff diagonal with coupling', () => {
    for (const angle of [0.1, 1, 20]) {
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const result = exponential([0, -angle, angle, 0]);
      [c, -s, s, c].forEach((value, i) => expect(result[i]).toBeCloseTo(value, 13));
    }
    expect([...exponential([0, 1, 2, 0, 0, 3, 0, 0, 0])]).toEqual([1, 1, 3.5, 0, 1, 3, 0, 0, 1]);
    const stiff = exponential([-1000, 1, 0, -1]);
    expect(stiff[3]! / Math.exp(-1)).toBeCloseTo(1, 13);
    expect(stiff[1]! / (Math.exp(-1) / 999)).toBeCloseTo(1, 11);
  });

  it('e^A e^−A = I and e^2A = (e^A)²', () => {
    const square = fc.integer({ min: 1, max: 6 }).chain((n) =>
      fc.array(
        fc.integer({ min: -96, max: 96 }).map((value) => value / 64),
        { minLength: n * n, maxLength: n * n },
      ),
    );
    fc.assert(
      fc.property(square, (A) => {
        const n = Math.sqrt(A.length);
        const [plus, minus, twice] = [exponential(A), exponential(A.map((value) => -value)), exponential(A.map((value) => 2 * value))];
        const product = new Float64Array(n * n);
        multiply(plus, minus, product, n, n, n);
        const scale = matrixNorm1(plus, n, n) * matrixNorm1(minus, n, n);
        product.forEach((value, i) => expect(Math.abs(value - (i % (n + 1) === 0 ? 1 : 0))).toBeLessThan(1e-13 * scale));
        multiply(plus, plus, product, n, n, n);
        product.forEach((value, i) =>
          expect(Math.abs(value - twice[i]!)).toBeLessThan(1e-13 * matrixNorm1(plus, n, n) ** 2 + 1e-13 * scale),
        );
      }),
    );
  });

  it('tells overflow and NaN', () => {
    const out = new Float64Array(1);
    expect(exponentiate(Float64Array.of(1000), out, createExponentialWork(1))).toBe(false);
    expect(exponentiate(Float64Array.of(NaN), out, createExponentialWork(1))).toBe(false);
  });
});
