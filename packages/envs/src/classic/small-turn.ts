/**
 * Sine and cosine of an angle within ±0.5 rad, in float64 with an error below 1.2e-16, at half the cost of `Math.sin` and
 * `Math.cos`, which must reduce any angle first. Taylor series summed by Estrin's scheme, whose terms do not wait for
 * each other. An integrator uses them to turn a direction a little further.
 */

// Reciprocal factorials as numbers of their own, because a product is several times as fast as a division.
const s3: number = -1 / 6;
const s5: number = 1 / 120;
const s7: number = -1 / 5040;
const s9: number = 1 / 362880;
const s11: number = -1 / 39916800;
const s13: number = 1 / 6227020800;
const c4: number = 1 / 24;
const c6: number = -1 / 720;
const c8: number = 1 / 40320;
const c10: number = -1 / 3628800;
const c12: number = 1 / 479001600;
const c14: number = -1 / 87178291200;

/** Computes sin of an angle within ±0.5 rad. */
export function smallSine(angle: number): number {
  const q = angle * angle;
  const q2 = q * q;
  return angle + angle * q * (s3 + q * s5 + q2 * (s7 + q * s9) + q2 * q2 * (s11 + q * s13));
}

/** Computes cos of an angle within ±0.5 rad. */
export function smallCosine(angle: number): number {
  const q = angle * angle;
  const q2 = q * q;
  return 1 - 0.5 * q + q2 * (c4 + q * c6 + q2 * (c8 + q * c10) + q2 * q2 * (c12 + q * c14));
}
