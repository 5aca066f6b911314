/**
 * Dual active-set method of Goldfarb and Idnani (1983) for small strictly convex programs, two-sided:
 *
 *   minimise ½ xᵀPx + qᵀx   subject to   l ≤ Ax ≤ u,   lx ≤ x ≤ ux
 *
 * It starts at the unconstrained minimum and takes in the most violated constraint until none is left, dropping those
 * whose multiplier would change sign. With the active normals in the columns of N it keeps J and R such that
 *
 *   JᵀPJ = I,   JᵀN = [R; 0],   R upper triangular.
 *
 * A constraint enters by one Householder reflection (which the step direction has already half computed), one leaves by
 * Givens rotations. Where P is singular, σ AₑᵀAₑ of the equalities is added to it, which changes no solution. The end is
 * refined on residuals of the program as given and counts only if these are small; all else is left to the caller.
 */
import { createActiveSetMemory, type ActiveSetMemory } from './active-set-memory.js';
import { dropConstraint, enterConstraint, factorCurvature } from './active-set-factor.js';
import type { QuadraticProgram } from './quadratic-program.js';

/** Measures and counts of an answer. */
export interface DualActiveSet {
  objective: number;
  violation: number;
  stationarity: number;
  gap: number;
  /** Constraints taken in and dropped. */
  changes: number;
  /**
   * Solves a program of n variables and m rows, already checked, into x `[n]`, y `[m]`, z `[n]`.
   * @param tolerance bound on violation, stationarity and gap
   * @returns whether the answer meets the tolerance; false also where the program is not of this method's kind
   */
  solve(
    program: QuadraticProgram,
    n: number,
    m: number,
    tolerance: number,
    maxChanges: number,
    shouldStop: () => boolean,
    x: Float64Array,
    y: Float64Array,
    z: Float64Array,
  ): boolean;
}

/** Makes the method; its memory grows with the programs and is kept. */
export function createDualActiveSet(): DualActiveSet {
  let memory: ActiveSetMemory = createActiveSetMemory(0, 0);
  const self: DualActiveSet = { objective: NaN, violation: NaN, stationarity: NaN, gap: NaN, changes: 0, solve };

  // The program at hand.
  let n = 0;
  let m = 0;
  let x: Float64Array = new Float64Array(0);
  let activeCount = 0;
  let changes = 0;
  let maxChanges = 0;
  let shouldStop: () => boolean = () => false;

  /** Value of constraint i. */
  const valueOf = (i: number): number => {
    const { start, index, values } = memory;
    if (i >= m) return x[i - m]!;
    let sum = 0;
    for (let k = start[i]!, end = start[i + 1]!; k < end; k++) sum += values[k]! * x[index[k]!]!;
    return sum;
  };

  /** Takes in constraint p at a side (1: upper, −1: lower); false where that cannot be. */
  const takeIn = (p: number, at: number, equality: boolean): boolean => {
    const { start, index, values, lower, upper, J, R, d, r, direction, member, side, multiplier, position } = memory;
    let entering = 0;
    for (;;) {
      // d = Jᵀ n⁺ with n⁺ = −at · a.
      for (let k = 0; k < n; k++) d[k] = 0;
      if (p >= m) for (let k = 0, row = (p - m) * n; k < n; k++) d[k] = -at * J[row + k]!;
      else {
        for (let e = start[p]!, end = start[p + 1]!; e < end; e++) {
          const factor = -at * values[e]!;
          for (let k = 0, row = index[e]! * n; k < n; k++) d[k]! += factor * J[row + k]!;
        }
      }
      let whole = 0;
      let curvature = 0;
      for (let k = 0; k < activeCount; k++) whole += d[k]! * d[k]!;
      for (let k = activeCount; k < n; k++) curvature += d[k]! * d[k]!;
      whole += curvature;
      const free = curvature > 1e-13 * whole;
      for (let i = activeCount - 1; i >= 0; i--) {
        let sum = d[i]!;
        for (let j = i + 1; j < activeCount; j++) sum -= R[i * n + j]! * r[j]!;
        r[i] = sum / R[i * n + i]!;
      }
      const value = valueOf(p);
      const gapToSide = at > 0 ? value - upper[p]! : lower[p]! - value;
      let step = free ? gapToSide / curvature : Infinity;
      if (!free && equality && Math.abs(gapToSide) <= 1e-11 * Math.max(1, Math.abs(value))) return true;
      let leaving = -1;
      for (let j = 0; j < activeCount; j++) {
        if (r[j]! <= 0 || side[j] === 2) continue;
        const length = multiplier[j]! / r[j]!;
        if (length < step) {
          step = length;
          leaving = j;
        }
      }
      if (!(step < Infinity) || ++changes > maxChanges || shouldStop()) return false;
      for (let j = 0; j < activeCount; j++) multiplier[j]! -= step * r[j]!;
      entering += step;
      if (free) {
        for (let i = 0; i < n; i++) {
          let sum = 0;
          for (let k = activeCount, row = i * n; k < n; k++) sum += J[row + k]! * d[k]!;
          direction[i] = sum;
          x[i]! += step * sum;
        }
      }
      if (leaving >= 0) {
        position[member[leaving]!] = -1;
        dropConstraint(memory, n, activeCount--, leaving);
        continue;
      }
      enterConstraint(memory, n, activeCount, curvature);
      member[activeCount] = p;
      side[activeCount] = equality ? 2 : at;
      // An equality keeps the sign of its normal in `r`'s convention: a multiplier of −at · a.
      memory.normal[activeCount] = -at;
      multiplier[activeCount] = entering;
      position[p] = activeCount++;
      return true;
    }
  };

  function solve(
    program: QuadraticProgram,
    variableCount: number,
    rowCount: number,
    tolerance: number,
    mostChanges: number,
    mayStop: () => boolean,
    point: Float64Array,
    y: Float64Array,
    z: Float64Array,
  ): boolean {
    n = variableCount;
    m = rowCount;
    x = point;
    maxChanges = mostChanges;
    shouldStop = mayStop;
    if (n > memory.n || m > memory.m) memory = createActiveSetMemory(Math.max(n, memory.n), Math.max(m, memory.m));
    const { inverseNorm, lower, upper, member, side, multiplier, position } = memory;
    const count = m + n;
    memory.read(program, n, m);
    for (let i = 0; i < count; i++) position[i] = -1;
    if (!factorCurvature(n, m, memory)) return false;
    activeCount = 0;
    changes = 0;

    // The unconstrained minimum, −J Jᵀ q.
    memory.minimize(n, x);
    for (let i = 0; i < count; i++) {
      if (lower[i]! !== upper[i]!) continue;
      if (!takeIn(i, valueOf(i) > upper[i]! ? 1 : -1, true)) return false;
    }
    for (;;) {
      let worst = 0;
      let chosen = -1;
      let at = 0;
      for (let i = 0; i < count; i++) {
        if (position[i]! >= 0) continue;
        const value = valueOf(i);
        const below = lower[i]! - value;
        const above = value - upper[i]!;
        const excess = below > above ? below : above;
        if (!(excess > 1e-12 * Math.max(1, Math.abs(value)))) continue;
        const scaled = i < m ? excess * inverseNorm[i]! : excess;
        if (scaled > worst) {
          worst = scaled;
          chosen = i;
          at = above > below ? 1 : -1;
        }
      }
      if (chosen < 0) break;
      if (lower[chosen]! === upper[chosen]! || !takeIn(chosen, at, false)) return false;
    }
    self.changes = changes;

    for (let round = 0; ; round++) {
      y.fill(0);
      z.fill(0);
      for (let j = 0; j < activeCount; j++) {
        const value = -memory.normal[j]! * (side[j] === 2 ? multiplier[j]! : Math.max(0, multiplier[j]!));
        const i = member[j]!;
        if (i < m) y[i] = value;
        else z[i - m] = value;
      }
      measure(program, y, z);
      // One round of refinement unless it is plainly idle.
      const allowed = round === 0 ? 1e-3 * tolerance : tolerance;
      if (self.violation <= allowed && self.stationarity <= allowed && self.gap <= allowed) return true;
      if (round === 3) return false;
      refine();
    }
  }

  /** Residuals of the program as given; leaves its gradient in `direction`. */
  const measure = (program: QuadraticProgram, y: Float64Array, z: Float64Array): void => {
    const { start, index, values, lower, upper, direction, hessian } = memory;
    const { q } = program;
    let quadratic = 0;
    let linear = 0;
    let violation = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0, row = i * n; j < n; j++) sum += hessian[row + j]! * x[j]!;
      quadratic += x[i]! * sum;
      linear += x[i]! * q[i]!;
      direction[i] = sum + q[i]! + z[i]!;
    }
    let gap = quadratic + linear;
    for (let i = 0; i < m + n; i++) {
      let value = 0;
      const multiplier = i < m ? y[i]! : z[i - m]!;
      if (i >= m) value = x[i - m]!;
      else
        for (let k = start[i]!, end = start[i + 1]!; k < end; k++) {
          value += values[k]! * x[index[k]!]!;
          direction[index[k]!]! += values[k]! * multiplier;
        }
      if (lower[i]! - value > violation) violation = lower[i]! - value;
      if (value - upper[i]! > violation) violation = value - upper[i]!;
      if (multiplier === 0) continue;
      gap += multiplier * (multiplier > 0 ? upper[i]! : lower[i]!);
    }
    let stationarity = 0;
    for (let i = 0; i < n; i++) stationarity = Math.max(stationarity, Math.abs(direction[i]!));
    self.objective = quadratic / 2 + linear;
    self.violation = violation;
    self.stationarity = stationarity;
    self.gap = Math.abs(gap);
    if (!(violation + stationarity + self.gap < Infinity)) self.violation = Infinity;
  };

  /** One Newton step on the active set from the residuals that `measure` left. */
  const refine = (): void => {
    const { start, index, values, lower, upper, J, R, d, r, direction, member, multiplier, side, normal } = memory;
    // w = Jᵀ dx: the first part from the sides, the second from the gradient.
    for (let k = 0; k < n; k++) d[k] = 0;
    for (let i = 0; i < n; i++) {
      const value = -direction[i]!;
      for (let k = 0, row = i * n; k < n; k++) d[k]! += J[row + k]! * value;
    }
    for (let j = 0; j < activeCount; j++) {
      const i = member[j]!;
      let value = 0;
      if (i >= m) value = x[i - m]!;
      else for (let k = start[i]!, end = start[i + 1]!; k < end; k++) value += values[k]! * x[index[k]!]!;
      const wanted = side[j] === 2 || normal[j]! > 0 ? lower[i]! : upper[i]!;
      let sum = normal[j]! * (wanted - value);
      for (let k = 0; k < j; k++) sum -= R[k * n + j]! * r[k]!;
      r[j] = sum / R[j * n + j]!;
    }
    // Multipliers of −N: R du = w₁ − (Jᵀ residual)₁.
    for (let i = activeCount - 1; i >= 0; i--) {
      let sum = r[i]! - d[i]!;
      for (let j = i + 1; j < activeCount; j++) sum -= R[i * n + j]! * direction[j]!;
      direction[i] = sum / R[i * n + i]!;
    }
    for (let j = 0; j < activeCount; j++) {
      multiplier[j]! += direction[j]!;
      d[j] = r[j]!;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0, row = i * n; k < n; k++) sum += J[row + k]! * d[k]!;
      x[i]! += sum;
    }
  };
  return self;
}
