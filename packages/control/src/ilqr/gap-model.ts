/**
 * What a step is expected to change where the iterate has gaps d: the policy is followed through the linear model,
 * δx⁺ = Aδx + Bδu + d with δu = k + Kδx, and the cost's own expansion is summed along it: α·linear + α²·quadratic.
 */
import type { ResolvedProblem } from './problem.js';
import type { Workspace } from './workspace.js';

/** Makes the model over the arrays of `w`; the call writes its result to `out`. */
export function createGapModel(
  { T, n, m }: ResolvedProblem,
  w: Workspace,
  secondOrder: boolean,
): (out: { linear: number; quadratic: number }) => void {
  const { A, B, K, k, gaps, lx, lu, lxx, lux, luu, tensors } = w;
  const dx = new Float64Array(n);
  const du = new Float64Array(m);
  const next = new Float64Array(n);
  const size = n + m;

  return (out) => {
    let linear = 0;
    let quadratic = 0;
    dx.fill(0);
    for (let t = 0; t <= T; t++) {
      for (let i = 0; i < n; i++) {
        linear += lx[t * n + i]! * dx[i]!;
        for (let j = 0; j < n; j++) quadratic += 0.5 * dx[i]! * lxx[(t * n + i) * n + j]! * dx[j]!;
      }
      if (t === T) break;
      for (let i = 0; i < m; i++) {
        let sum = k[t * m + i]!;
        for (let j = 0; j < n; j++) sum += K[(t * m + i) * n + j]! * dx[j]!;
        du[i] = sum;
      }
      for (let i = 0; i < m; i++) {
        linear += lu[t * m + i]! * du[i]!;
        for (let j = 0; j < n; j++) quadratic += du[i]! * lux[(t * m + i) * n + j]! * dx[j]!;
        for (let j = 0; j < m; j++) quadratic += 0.5 * du[i]! * luu[(t * m + i) * m + j]! * du[j]!;
      }
      if (secondOrder) {
        const h = t * size * size;
        for (let i = 0; i < size; i++) {
          const zi = i < n ? dx[i]! : du[i - n]!;
          for (let j = 0; j < size; j++) quadratic += 0.5 * zi * tensors[h + i * size + j]! * (j < n ? dx[j]! : du[j - n]!);
        }
      }
      for (let i = 0; i < n; i++) {
        let sum = gaps[t * n + i]!;
        for (let j = 0; j < n; j++) sum += A[(t * n + i) * n + j]! * dx[j]!;
        for (let j = 0; j < m; j++) sum += B[(t * n + i) * m + j]! * du[j]!;
        next[i] = sum;
      }
      dx.set(next);
    }
    out.linear = linear;
    out.quadratic = quadratic;
  };
}
