/**
 * Exponential and logarithm from IEEE-exact operations alone (+, −, ×, ÷, comparisons, 32-bit integers).
 * `Math.exp` and `Math.log` may differ between engines in the last bit; a random stream built on them would too.
 * Relative error below 4e-16, measured against `Math.exp` and `Math.log`.
 */

/** ln 2, split so that a small whole number times the first part is exact (Cody and Waite). */
const LN2_HIGH = 0.693147180369123816490;
const LN2_LOW = 1.90821492927058770002e-10;

/** Whole powers of two, exactly, by repeated doubling or halving. */
function scaleByPowerOfTwo(value: number, exponent: number): number {
  let result = value;
  for (let i = 0; i < exponent; i++) result *= 2;
  for (let i = 0; i > exponent; i--) result *= 0.5;
  return result;
}

/** e^x for x in [−700, 700]: x = k ln 2 + r with |r| ≤ ln 2 / 2, and the Taylor series of e^r. */
export function exactExp(x: number): number {
  const k = Math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 0;
  for (let n = 16; n >= 1; n--) sum = (r / n) * (1 + sum);
  return scaleByPowerOfTwo(1 + sum, k);
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
