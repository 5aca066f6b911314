/**
 * Sine and cosine from IEEE-exact operations alone (+, −, ×, comparisons), so that a picture is the same to the byte in
 * every engine: `Math.sin` may differ between engines in the last bit. Absolute error below 1e-15 for |x| < 1000.
 */

/** π / 2 in two parts; the first has few enough bits for a small whole number times it to be exact. */
const HALF_PI_HIGH = 1.57079632673412561417;
const HALF_PI_LOW = 6.07710050650619224932e-11;

/** Gives [sin x, cos x] of an angle in radians: x = k π/2 + r with |r| ≤ π/4, and the Taylor polynomials of r. */
export function exactSineCosine(x: number): readonly [sine: number, cosine: number] {
  const k = Math.floor(x * (2 / Math.PI) + 0.5);
  const r = x - k * HALF_PI_HIGH - k * HALF_PI_LOW;
  const s = r * r;
  const sine =
    r *
    (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - (s / 210) * (1 - s / 272))))))));
  const cosine =
    1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - (s / 182) * (1 - s / 240)))))));
  switch (((k % 4) + 4) % 4) {
    case 0:
      return [sine, cosine];
    case 1:
      return [cosine, -sine];
    case 2:
      return [-sine, -cosine];
    default:
      return [-cosine, sine];
  }
}
