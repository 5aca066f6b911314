import { describe, expect, it } from 'vitest';
import { updateDampedBfgs } from './damped-bfgs.js';

const times = (B: Float64Array, s: Float64Array): Float64Array =>
  s.map((_, i) => s.reduce((sum, value, j) => sum + B[i * s.length + j]! * value, 0));
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const start = (): Float64Array => Float64Array.of(2, 0.5, 0.5, 1);
const s = Float64Array.of(1, -0.5);
/** sᵀBs. */
const before = dot(s, times(start(), s));

describe('updateDampedBfgs', () => {
  it('meets the secant equation where there is curvature enough', () => {
    const B = start();
    const w = Float64Array.of(1.5, 0.2);
    expect(dot(s, w)).toBeGreaterThan(0.2 * before);
    expect(updateDampedBfgs(B, s, w, new Float64Array(2))).toBe(false);
    times(B, s).forEach((value, i) => expect(value).toBeCloseTo(w[i]!, 12));
    expect(B[1]).toBe(B[2]);
  });

  it.each([
    ['a little', 0.1],
    ['none', 0],
    ['negative', -3],
  ])('leaves a fifth of the curvature where there is %s', (_name, share) => {
    const B = start();
    // sᵀw = share · sᵀBs.
    const w = s.map((value) => (share * before * value) / dot(s, s));
    expect(updateDampedBfgs(B, s, w, new Float64Array(2))).toBe(true);
    expect(dot(s, times(B, s))).toBeCloseTo(0.2 * before, 12);
    expect(B[0]! * B[3]! - B[1]! * B[2]!).toBeGreaterThan(0);
    expect(B[1]).toBe(B[2]);
  });

  it('begins to damp below a fifth, and leaves B alone for no step', () => {
    const along = (share: number): Float64Array => s.map((value) => (share * before * value) / dot(s, s));
    expect(updateDampedBfgs(start(), s, along(0.21), new Float64Array(2))).toBe(false);
    expect(updateDampedBfgs(start(), s, along(0.19), new Float64Array(2))).toBe(true);
    const B = start();
    updateDampedBfgs(B, new Float64Array(2), new Float64Array(2), new Float64Array(2));
    expect(B).toEqual(start());
  });
});
