/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations, A = V diag(λ) Vᵀ: small eigenvalues of
 * definite matrices come out with high relative accuracy (Demmel & Veselić 1992). Flat, row-major; nothing is allocated.
 */

/**
 * Overwrites A with a diagonal matrix up to rounding, and V with the eigenvectors in its columns, in no particular order.
 * @param A `[n, n]`, symmetric; overwritten, its diagonal being the eigenvalues
 * @param V `[n, n]`, overwritten
 * @returns false where 40 sweeps did not suffice, which for finite input does not happen in practice
 */
export function factorSymmetricEigen(A: Float64Array, V: Float64Array, n: number): boolean {
  for (let i = 0; i < n * n; i++) V[i] = 0;
  for (let i = 0; i < n; i++) V[i * (n + 1)] = 1;
  let size = 0;
  for (let i = 0; i < n * n; i++) size = Math.max(size, Math.abs(A[i]!));
  if (!Number.isFinite(size)) return false;
  for (let sweep = 0; sweep < 40; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = A[p * n + q]!;
        const app = A[p * n + p]!;
        const aqq = A[q * n + q]!;
        const scale = Math.sqrt(Math.abs(app)) * Math.sqrt(Math.abs(aqq));
        if (Math.abs(off) <= 1e-17 * scale || Math.abs(off) <= 1e-30 * size) {
          A[p * n + q] = 0;
          A[q * n + p] = 0;
          continue;
        }
        rotated = true;
        const theta = (aqq - app) / (2 * off);
        const t = Math.abs(theta) > 1e150 ? 1 / (2 * theta) : (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        rotate(A, V, n, p, q, t);
      }
    }
    if (!rotated) return true;
  }
  return false;
}

/** Rotates rows and columns p and q of A by the angle with tangent t, which makes A[p, q] vanish, and the columns of V. */
function rotate(A: Float64Array, V: Float64Array, n: number, p: number, q: number, t: number): void {
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const off = A[p * n + q]!;
  A[p * n + p] = A[p * n + p]! - t * off;
  A[q * n + q] = A[q * n + q]! + t * off;
  A[p * n + q] = 0;
  A[q * n + p] = 0;
  for (let k = 0; k < n; k++) {
    if (k !== p && k !== q) {
      const akp = A[k * n + p]!;
      const akq = A[k * n + q]!;
      const newP = c * akp - s * akq;
      const newQ = s * akp + c * akq;
      A[k * n + p] = newP;
      A[p * n + k] = newP;
      A[k * n + q] = newQ;
      A[q * n + k] = newQ;
    }
    const vkp = V[k * n + p]!;
    const vkq = V[k * n + q]!;
    V[k * n + p] = c * vkp - s * vkq;
    V[k * n + q] = s * vkp + c * vkq;
  }
}
