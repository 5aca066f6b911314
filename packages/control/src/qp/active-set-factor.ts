/** The matrices J and R of the dual active-set method: their start and their updates; see `dual-active-set.ts`. */
import type { ActiveSetMemory } from './active-set-memory.js';

/** A smaller pivot than this part of its diagonal element counts as none. */
const smallestPivotRatio = 1e-8;

/**
 * Writes J with JᵀPJ = I, of P or, where that is singular, of P + σ AₑᵀAₑ with the linear term that belongs to it.
 * @returns false where neither is positive definite enough, or P may be indefinite
 */
export function factorCurvature(n: number, m: number, memory: ActiveSetMemory): boolean {
  const { L, hessian } = memory;
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(hessian[i * n + i]!));
  if (largest === 0) return false;
  for (let i = 0; i < n * n; i++) L[i] = hessian[i]!;
  if (!(factorizeCholesky(L, n) >= smallestPivotRatio)) {
    // The same shift with which the solver decides what is convex.
    const shift = 1e-11 * largest * Math.sqrt(n);
    for (let i = 0; i < n * n; i++) L[i] = hessian[i]!;
    for (let i = 0; i < n; i++) L[i * n + i]! += shift;
    if (!(factorizeCholesky(L, n) > 0) || !addEqualities(n, m, largest, memory)) return false;
  }
  invertTransposed(L, n, memory.J);
  return true;
}

/** Writes and factorises P + σ AₑᵀAₑ, with its linear term. @returns whether it is positive definite enough */
function addEqualities(n: number, m: number, weight: number, memory: ActiveSetMemory): boolean {
  const { L, hessian, start, index, values, inverseNorm, lower, upper, q } = memory;
  let found = false;
  for (let i = 0; i < n * n; i++) L[i] = hessian[i]!;
  for (let i = 0; i < m; i++) {
    if (lower[i] !== upper[i]) continue;
    found = true;
    const scaled = weight * inverseNorm[i]! * inverseNorm[i]!;
    for (let e = start[i]!; e < start[i + 1]!; e++) {
      const factor = scaled * values[e]!;
      q[index[e]!]! -= factor * lower[i]!;
      for (let k = start[i]!; k < start[i + 1]!; k++) L[index[e]! * n + index[k]!]! += factor * values[k]!;
    }
  }
  for (let j = 0; j < n; j++) {
    if (lower[m + j] !== upper[m + j]) continue;
    found = true;
    L[j * n + j]! += weight;
    q[j]! -= weight * lower[m + j]!;
  }
  return found && factorizeCholesky(L, n) >= smallestPivotRatio;
}

/** Cholesky of the lower half in place. @returns least ratio of a squared pivot to its diagonal element, or 0 where one is not positive */
function factorizeCholesky(L: Float64Array, n: number): number {
  let least = 1;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const diagonal = L[row + i]!;
    for (let j = 0; j < i; j++) {
      const other = j * n;
      let sum = L[row + j]!;
      for (let k = 0; k < j; k++) sum -= L[row + k]! * L[other + k]!;
      L[row + j] = sum * L[other + j]!;
    }
    let pivot = L[row + i]!;
    for (let k = 0; k < i; k++) pivot -= L[row + k]! * L[row + k]!;
    if (!(pivot > 0)) return 0;
    least = Math.min(least, pivot / diagonal);
    // The diagonal keeps the inverse.
    L[row + i] = 1 / Math.sqrt(pivot);
  }
  return least;
}

/** Writes L⁻ᵀ; the diagonal of L is given inverted. */
function invertTransposed(L: Float64Array, n: number, J: Float64Array): void {
  for (let j = 0; j < n; j++) {
    const row = j * n;
    for (let k = 0; k < j; k++) J[row + k] = 0;
    J[row + j] = L[row + j]!;
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= L[i * n + k]! * J[row + k]!;
      J[row + i] = sum * L[i * n + i]!;
    }
  }
}

/** Makes d the new last column of R; `direction` must hold J₂d₂ and `curvature` |d₂|². */
export function enterConstraint(memory: ActiveSetMemory, n: number, activeCount: number, curvature: number): void {
  const { J, R, d, direction } = memory;
  const q = activeCount;
  for (let k = 0; k < q; k++) R[k * n + q] = d[k]!;
  const length = Math.sqrt(curvature);
  const head = d[q]!;
  const corner = head > 0 ? -length : length;
  R[q * n + q] = corner;
  // Reflection I − β v vᵀ with v = d₂ − corner e₁.
  const first = head - corner;
  const beta = -1 / (corner * first);
  if (!(Math.abs(beta) < Infinity) || q === n - 1) {
    if (q === n - 1) R[q * n + q] = head;
    return;
  }
  d[q] = first;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const factor = beta * (direction[i]! - corner * J[row + q]!);
    for (let k = q; k < n; k++) J[row + k]! -= factor * d[k]!;
  }
}

/** Takes the constraint in place `leaving` out of the active set of `activeCount`. */
export function dropConstraint(memory: ActiveSetMemory, n: number, activeCount: number, leaving: number): void {
  const { J, R, member, side, normal, multiplier } = memory;
  for (let j = leaving; j < activeCount - 1; j++) {
    member[j] = member[j + 1]!;
    memory.position[member[j]!] = j;
    side[j] = side[j + 1]!;
    normal[j] = normal[j + 1]!;
    multiplier[j] = multiplier[j + 1]!;
    for (let i = 0; i <= j + 1; i++) R[i * n + j] = R[i * n + j + 1]!;
    const a = R[j * n + j]!;
    const b = R[(j + 1) * n + j]!;
    const length = Math.sqrt(a * a + b * b);
    if (length === 0) continue;
    const c = a / length;
    const s = b / length;
    R[j * n + j] = length;
    R[(j + 1) * n + j] = 0;
    for (let k = j + 2; k < activeCount; k++) {
      const one = R[j * n + k]!;
      const other = R[(j + 1) * n + k]!;
      R[j * n + k] = c * one + s * other;
      R[(j + 1) * n + k] = c * other - s * one;
    }
    for (let i = 0; i < n; i++) {
      const one = J[i * n + j]!;
      const other = J[i * n + j + 1]!;
      J[i * n + j] = c * one + s * other;
      J[i * n + j + 1] = c * other - s * one;
    }
  }
}
