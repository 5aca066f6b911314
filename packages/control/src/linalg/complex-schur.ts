/**
 * Complex Schur form A = Z T Zᴴ of a real matrix, T upper triangular and Z unitary, by Householder reduction to Hessenberg
 * form and the QR algorithm with Wilkinson's shift (Golub & Van Loan, ch. 7). Serves Sylvester equations.
 * Complex matrices are pairs of flat, row-major arrays, real and imaginary.
 */
import { reduceToHessenberg } from './hessenberg.js';

/** T and Z, each `[n, n]`; the eigenvalues are the diagonal of T. */
export interface ComplexSchur {
  readonly size: number;
  readonly realT: Float64Array;
  readonly imagT: Float64Array;
  readonly realZ: Float64Array;
  readonly imagZ: Float64Array;
}

/** Rotates rows (or columns) p and p + 1 of a complex matrix by [c, s; −s̄, c], c real. */
function rotateRows(re: Float64Array, im: Float64Array, n: number, p: number, from: number, c: number, sr: number, si: number): void {
  for (let j = from; j < n; j++) {
    const a = p * n + j;
    const b = a + n;
    const ar = re[a]!;
    const ai = im[a]!;
    const br = re[b]!;
    const bi = im[b]!;
    re[a] = c * ar + sr * br - si * bi;
    im[a] = c * ai + sr * bi + si * br;
    re[b] = c * br - sr * ar - si * ai;
    im[b] = c * bi - sr * ai + si * ar;
  }
}

function rotateColumns(re: Float64Array, im: Float64Array, n: number, p: number, to: number, c: number, sr: number, si: number): void {
  for (let i = 0; i < to; i++) {
    const a = i * n + p;
    const b = a + 1;
    const ar = re[a]!;
    const ai = im[a]!;
    const br = re[b]!;
    const bi = im[b]!;
    re[a] = c * ar + sr * br + si * bi;
    im[a] = c * ai + sr * bi - si * br;
    re[b] = c * br - sr * ar + si * ai;
    im[b] = c * bi - sr * ai - si * ar;
  }
}

/** Returns the eigenvalue of the trailing 2 × 2 block of the active part that is nearest to its last entry. */
function wilkinsonShift(re: Float64Array, im: Float64Array, n: number, hi: number): readonly [number, number] {
  const at = (i: number, j: number): readonly [number, number] => [re[i * n + j]!, im[i * n + j]!];
  const [ar, ai] = at(hi - 1, hi - 1);
  const [br, bi] = at(hi - 1, hi);
  const [cr, ci] = at(hi, hi - 1);
  const [dr, di] = at(hi, hi);
  const [hr, hi2] = [0.5 * (ar - dr), 0.5 * (ai - di)];
  const [qr, qi] = [hr * hr - hi2 * hi2 + br * cr - bi * ci, 2 * hr * hi2 + br * ci + bi * cr];
  const modulus = Math.hypot(qr, qi);
  let rootR = Math.sqrt(0.5 * (modulus + Math.abs(qr)));
  let rootI = rootR === 0 ? 0 : qi / (2 * rootR);
  if (qr < 0) [rootR, rootI] = [Math.abs(rootI), qi < 0 ? -rootR : rootR];
  if (rootR * hr + rootI * hi2 < 0) [rootR, rootI] = [-rootR, -rootI];
  const [er, ei] = [hr + rootR, hi2 + rootI];
  const square = er * er + ei * ei;
  if (square === 0) return [dr, di];
  const [pr, pi] = [br * cr - bi * ci, br * ci + bi * cr];
  return [dr - (pr * er + pi * ei) / square, di - (pi * er - pr * ei) / square];
}

/** Factors A `[n, n]`; returns null where the iteration does not converge or A is not finite. */
export function factorComplexSchur(A: Float64Array, n: number): ComplexSchur | null {
  const realT = A.slice(0, n * n);
  if (!realT.every(Number.isFinite)) return null;
  const imagT = new Float64Array(n * n);
  const realZ = new Float64Array(n * n);
  const imagZ = new Float64Array(n * n);
  for (let i = 0; i < n; i++) realZ[i * (n + 1)] = 1;
  reduceToHessenberg(realT, n, realZ);
  const modulus = (index: number): number => Math.abs(realT[index]!) + Math.abs(imagT[index]!);
  let norm = 0;
  for (let i = 0; i < n * n; i++) norm = Math.max(norm, modulus(i));
  const rotations = new Float64Array(3 * n);
  let hi = n - 1;
  let stuck = 0;
  while (hi > 0) {
    let lo = hi;
    while (lo > 0) {
      const sub = modulus(lo * n + lo - 1);
      const beside = modulus((lo - 1) * (n + 1)) + modulus(lo * (n + 1));
      if (sub <= 1.1e-16 * (beside === 0 ? norm : beside) || sub < 1e-300) {
        realT[lo * n + lo - 1] = 0;
        imagT[lo * n + lo - 1] = 0;
        break;
      }
      lo--;
    }
    if (lo === hi) {
      hi--;
      stuck = 0;
      continue;
    }
    if (++stuck > 300) return null;
    let [shiftR, shiftI] = wilkinsonShift(realT, imagT, n, hi);
    if (stuck % 10 === 0) {
      // An exceptional shift breaks cycles.
      shiftR += 0.75 * modulus(hi * n + hi - 1);
      shiftI += 0.4 * modulus(hi * n + hi - 1);
    }
    for (let i = lo; i <= hi; i++) {
      realT[i * (n + 1)]! -= shiftR;
      imagT[i * (n + 1)]! -= shiftI;
    }
    for (let k = lo; k < hi; k++) {
      const a = k * (n + 1);
      const b = a + n;
      const [ar, ai, br, bi] = [realT[a]!, imagT[a]!, realT[b]!, imagT[b]!];
      const size = Math.hypot(ar, ai);
      const whole = Math.hypot(size, br, bi);
      let [c, sr, si] = [1, 0, 0];
      if (whole > 0) {
        if (size === 0) {
          const other = Math.hypot(br, bi);
          [c, sr, si] = [0, br / other, -bi / other];
        } else {
          c = size / whole;
          const [ur, ui] = [ar / size, ai / size];
          [sr, si] = [(ur * br + ui * bi) / whole, (ui * br - ur * bi) / whole];
        }
      }
      rotations[3 * k] = c;
      rotations[3 * k + 1] = sr;
      rotations[3 * k + 2] = si;
      rotateRows(realT, imagT, n, k, k, c, sr, si);
      realT[b] = 0;
      imagT[b] = 0;
    }
    for (let k = lo; k < hi; k++) {
      const [c, sr, si] = [rotations[3 * k]!, rotations[3 * k + 1]!, rotations[3 * k + 2]!];
      rotateColumns(realT, imagT, n, k, Math.min(k + 2, hi + 1), c, sr, si);
      rotateColumns(realZ, imagZ, n, k, n, c, sr, si);
    }
    for (let i = lo; i <= hi; i++) {
      realT[i * (n + 1)]! += shiftR;
      imagT[i * (n + 1)]! += shiftI;
    }
  }
  return { size: n, realT, imagT, realZ, imagZ };
}
