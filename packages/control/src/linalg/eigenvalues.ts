/**
 * Eigenvalues of a real matrix: Householder reduction to Hessenberg form, then QR steps with two shifts in real arithmetic
 * (Francis 1961; Golub & Van Loan, ch. 7.5). Without eigenvectors, at about an eighth of the cost of a complex Schur form.
 */
import { reduceToHessenberg } from './hessenberg.js';
import { isFiniteArray, maxAbs } from './norms.js';

/** Eigenvalues by real and imaginary parts; a complex pair stands together, the one with positive imaginary part first. */
export interface Spectrum {
  readonly real: Float64Array;
  readonly imag: Float64Array;
}

/** One QR step with two shifts, of sum s and product t, on rows and columns lo … hi of H `[n, n]`, starting at row `first`. */
function stepTwice(H: Float64Array, n: number, lo: number, hi: number, first: number, [p, q, r]: readonly [number, number, number]): void {
  for (let k = first; k < hi; k++) {
    const last = k === hi - 1;
    if (k > first) {
      p = H[k * n + k - 1]!;
      q = H[(k + 1) * n + k - 1]!;
      r = last ? 0 : H[(k + 2) * n + k - 1]!;
    }
    const scale = Math.abs(p) + Math.abs(q) + Math.abs(r);
    if (scale === 0) continue;
    [p, q, r] = [p / scale, q / scale, r / scale];
    const norm = (p >= 0 ? 1 : -1) * Math.sqrt(p * p + q * q + r * r);
    if (k > first) H[k * n + k - 1] = -norm * scale;
    else if (k > lo) H[k * n + k - 1] = -H[k * n + k - 1]!;
    // I − [x, y, z]ᵀ [1, b, c]
    const x = (p + norm) / norm;
    const y = q / norm;
    const z = r / norm;
    const b = q / (p + norm);
    const c = r / (p + norm);
    const row = k * n;
    for (let j = k; j < n; j++) {
      const sum = H[row + j]! + b * H[row + n + j]! + (last ? 0 : c * H[row + 2 * n + j]!);
      H[row + j] = H[row + j]! - sum * x;
      H[row + n + j] = H[row + n + j]! - sum * y;
      if (!last) H[row + 2 * n + j] = H[row + 2 * n + j]! - sum * z;
    }
    const end = Math.min(hi, k + 3);
    for (let i = lo; i <= end; i++) {
      const at = i * n + k;
      const sum = x * H[at]! + y * H[at + 1]! + (last ? 0 : z * H[at + 2]!);
      H[at] = H[at]! - sum;
      H[at + 1] = H[at + 1]! - sum * b;
      if (!last) H[at + 2] = H[at + 2]! - sum * c;
    }
    if (k > first) {
      H[(k + 1) * n + k - 1] = 0;
      if (!last) H[(k + 2) * n + k - 1] = 0;
    }
  }
}

/** Returns the eigenvalues of A `[n, n]`, or null where A is not finite or the QR algorithm does not converge. */
export function eigenvalues(A: Float64Array, n: number): Spectrum | null {
  if (!isFiniteArray(A, n * n)) return null;
  const H = A.slice(0, n * n);
  reduceToHessenberg(H, n);
  const [real, imag] = [new Float64Array(n), new Float64Array(n)];
  const norm = maxAbs(H);
  const at = (i: number, j: number): number => H[i * n + j]!;
  let hi = n - 1;
  let stuck = 0;
  while (hi >= 0) {
    let lo = hi;
    for (; lo > 0; lo--) {
      const beside = Math.abs(at(lo - 1, lo - 1)) + Math.abs(at(lo, lo));
      if (Math.abs(at(lo, lo - 1)) <= 1.1e-16 * (beside === 0 ? norm : beside) || Math.abs(at(lo, lo - 1)) < 1e-300) {
        H[lo * n + lo - 1] = 0;
        break;
      }
    }
    if (lo === hi) {
      real[hi] = at(hi, hi);
      hi -= 1;
      stuck = 0;
      continue;
    }
    let [x, y, w] = [at(hi, hi), at(hi - 1, hi - 1), at(hi, hi - 1) * at(hi - 1, hi)];
    if (lo === hi - 1) {
      const half = 0.5 * (y - x);
      const square = half * half + w;
      const root = Math.sqrt(Math.abs(square));
      if (square >= 0) {
        const sum = half + (half >= 0 ? root : -root);
        real[hi - 1] = x + sum;
        real[hi] = sum === 0 ? x : x - w / sum;
      } else {
        real[hi - 1] = real[hi] = x + half;
        imag[hi - 1] = root;
        imag[hi] = -root;
      }
      hi -= 2;
      stuck = 0;
      continue;
    }
    if (++stuck > 300) return null;
    if (stuck % 10 === 0) {
      // An exceptional shift breaks cycles.
      const size = Math.abs(at(hi, hi - 1)) + Math.abs(at(hi - 1, hi - 2));
      [x, y, w] = [x + 0.75 * size, x + 0.75 * size, -0.4375 * size * size];
    }
    // The step may start at a row whose two entries below the diagonal are small together.
    let first = hi - 2;
    let column: [number, number, number] = [0, 0, 0];
    for (; ; first--) {
      const z = at(first, first);
      const [r, s] = [x - z, y - z];
      const head = (r * s - w) / at(first + 1, first) + at(first, first + 1);
      const next = at(first + 1, first + 1) - z - r - s;
      const third = at(first + 2, first + 1);
      const size = Math.abs(head) + Math.abs(next) + Math.abs(third);
      column = [head / size, next / size, third / size];
      if (first === lo) break;
      const small = Math.abs(at(first, first - 1)) * (Math.abs(column[1]) + Math.abs(column[2]));
      const large = Math.abs(column[0]) * (Math.abs(at(first - 1, first - 1)) + Math.abs(z) + Math.abs(at(first + 1, first + 1)));
      if (small <= 1.1e-16 * large) break;
    }
    for (let i = first + 2; i <= hi; i++) {
      H[i * n + i - 2] = 0;
      if (i > first + 2) H[i * n + i - 3] = 0;
    }
    stepTwice(H, n, lo, hi, first, column);
  }
  return { real, imag };
}
