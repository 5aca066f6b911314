/** Powell's damped BFGS update (1978), which keeps an approximate Hessian positive definite whatever the curvature. */

/** Updates B `[n, n]` in place for a step s and the change of gradient w along it; `product` `[n]` is scratch. @returns whether the update was damped */
export function updateDampedBfgs(B: Float64Array, s: Float64Array, w: Float64Array, product: Float64Array): boolean {
  const n = s.length;
  let sBs = 0;
  let sw = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += B[i * n + j]! * s[j]!;
    product[i] = sum;
    sBs += s[i]! * sum;
    sw += s[i]! * w[i]!;
  }
  if (!(sBs > 1e-300)) return false;
  const damped = sw < 0.2 * sBs;
  const theta = damped ? (0.8 * sBs) / (sBs - sw) : 1;
  const sr = theta * sw + (1 - theta) * sBs;
  for (let i = 0; i < n; i++) {
    const ri = theta * w[i]! + (1 - theta) * product[i]!;
    for (let j = 0; j <= i; j++) {
      const rj = theta * w[j]! + (1 - theta) * product[j]!;
      const value = B[i * n + j]! + (ri * rj) / sr - (product[i]! * product[j]!) / sBs;
      B[i * n + j] = value;
      B[j * n + i] = value;
    }
  }
  return damped;
}
