/** Reduction of a real matrix to upper Hessenberg form, zero below the first subdiagonal, by Householder reflections. */

/** Applies I − factor v vᵀ, v zero up to `from`, to M `[n, n]` from the right. */
function reflectColumns(M: Float64Array, n: number, v: Float64Array, factor: number, from: number): void {
  for (let row = 0; row < n * n; row += n) {
    let sum = 0;
    for (let j = from; j < n; j++) sum += M[row + j]! * v[j]!;
    sum *= factor;
    for (let j = from; j < n; j++) M[row + j] = M[row + j]! - sum * v[j]!;
  }
}

/**
 * Overwrites H `[n, n]` with a Hessenberg matrix Qᵀ H Q of the same eigenvalues.
 * @param Z multiplied by Q from the right, `[n, n]`, where it is wanted
 */
export function reduceToHessenberg(H: Float64Array, n: number, Z?: Float64Array): void {
  const [v, w] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n - 2; k++) {
    let scale = 0;
    for (let i = k + 1; i < n; i++) scale = Math.max(scale, Math.abs(H[i * n + k]!));
    if (scale === 0) continue;
    let norm = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = H[i * n + k]! / scale;
      norm += v[i]! ** 2;
    }
    norm = Math.sqrt(norm);
    v[k + 1] = v[k + 1]! + (v[k + 1]! >= 0 ? norm : -norm);
    let square = 0;
    for (let i = k + 1; i < n; i++) square += v[i]! ** 2;
    const factor = 2 / square;
    // From the left, row by row, as the matrix lies in memory.
    w.fill(0);
    for (let i = k + 1; i < n; i++) {
      const value = factor * v[i]!;
      for (let j = k; j < n; j++) w[j] = w[j]! + value * H[i * n + j]!;
    }
    for (let i = k + 1; i < n; i++) {
      const value = v[i]!;
      for (let j = k; j < n; j++) H[i * n + j] = H[i * n + j]! - value * w[j]!;
    }
    reflectColumns(H, n, v, factor, k + 1);
    if (Z !== undefined) reflectColumns(Z, n, v, factor, k + 1);
    for (let i = k + 2; i < n; i++) H[i * n + k] = 0;
  }
}
