/**
 * The last digits of a constrained result: Newton's method on the optimality conditions with the active constraints as
 * equalities, over states, actions and multipliers at once (in the place of ALTRO's projected Newton step, which this
 * extends: Howell, Jackson & Manchester 2019, section III.C; the Hessian here is that of the Lagrangian, second derivatives
 * of dynamics and constraints included, so convergence is quadratic).
 *
 * One step solves, with the unknowns in the order u₀ ν₀ λ₁ x₁ u₁ ν₁ … so that the matrix is banded,
 *
 *   H_uu δu + H_ux δx + C_uᵀδν + Bᵀδλ⁺ = −r_u        C_x δx + C_u δu = −c (active rows)
 *   H_xx δx + H_xu δu + C_xᵀδν + Aᵀδλ⁺ − δλ = 0       A δx + B δu − δx⁺ = −(f(x, u) − x⁺)
 *
 * where actions at a bound that their gradient pushes against stay there. Costates λ are taken from the adjoint recursion.
 */
import { NumericalError } from '@mbrl/core';
import type { AugmentedLagrangian } from './augmented-lagrangian.js';
import { createBandedSystem } from './banded-lu.js';
import type { Expansion } from './expansion.js';
import type { ResolvedProblem } from './problem.js';
import type { Workspace } from './workspace.js';

/** The refinement for one workspace. */
export interface Polish {
  /**
   * Refines X, U and the multipliers.
   * @param expand fills the workspace at X and U, second derivatives of the dynamics included
   * @param follow rolls X and U out along the dynamics, corrected by the feedback gains
   * @returns whether the result meets both tolerances; if not, everything is as it was
   */
  run(
    tolerances: { readonly gradient: number; readonly constraint: number },
    expand: () => Generator<Promise<void>, void, void>,
    follow: () => Generator<Promise<void>, void, void>,
  ): Generator<Promise<void>, boolean, void>;
}

const MAX_STEPS = 12;
const MAX_ACTIVE_SET_CHANGES = 6;

/** Expands, unless a step led to where nothing is finite. */
function* tryToExpand(expand: () => Generator<Promise<void>, void, void>): Generator<Promise<void>, boolean, void> {
  try {
    yield* expand();
    return true;
  } catch (error) {
    if (error instanceof NumericalError) return false;
    throw error;
  }
}

function areFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return false;
  return true;
}

/** Makes the refinement over the arrays of `w`, whose `tensors` must be there. */
export function createPolish(problem: ResolvedProblem, w: Workspace, expansion: Expansion, lagrangian: AugmentedLagrangian): Polish {
  const { dynamics, T, n, m, low, high, rows } = problem;
  const { X, U, A, B, gaps, lu, lxx, lux, luu, tensors, costates, c, cx, cu, multipliers, times } = w;
  const { start, equality, total } = rows;
  const size = n + m;
  let most = 0;
  for (let t = 0; t <= T; t++) most = Math.max(most, start[t + 1]! - start[t]!);
  const system = createBandedSystem(T * (m + 2 * n) + total, 2 * n + m + most);
  const rhs = new Float64Array(T * (m + 2 * n) + total);
  const active = new Uint8Array(total);
  const place = new Int32Array(total);
  const atAction = new Int32Array(T);
  const atCostate = new Int32Array(T);
  const held = new Uint8Array(T * m);
  const saved = { X: new Float64Array(X.length), U: new Float64Array(U.length), multipliers: new Float64Array(total) };
  const curvature = new Float64Array(size * size);

  /** Numbers the unknowns; x₁ follows λ₁. @returns how many there are */
  const number = (): number => {
    let at = 0;
    const rowsOf = (t: number): void => {
      for (let row = start[t]!; row < start[t + 1]!; row++) if (active[row] === 1) place[row] = at++;
    };
    for (let t = 0; t < T; t++) {
      atAction[t] = at;
      at += m;
      rowsOf(t);
      atCostate[t] = at;
      at += 2 * n;
    }
    rowsOf(T);
    return at;
  };

  const chooseHeld = (): void => {
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < m; i++) {
        let slope = lu[t * m + i]!;
        for (let l = 0; l < n; l++) slope += B[(t * n + l) * m + i]! * costates[(t + 1) * n + l]!;
        const at = U[t * m + i]!;
        held[t * m + i] = (at <= low[i]! && slope > 0) || (at >= high[i]! && slope < 0) || low[i] === high[i] ? 1 : 0;
      }
    }
  };

  const addCurvature = (t: number, atState: number, atU: number): void => {
    // Row T has neither action nor dynamics.
    rows.contract(t, X, U, multipliers, curvature);
    const h = t * size * size;
    if (t < T) for (let i = 0; i < size * size; i++) curvature[i] = curvature[i]! + tensors[h + i]!;
    for (let i = 0; i < n && atState >= 0; i++) {
      for (let j = 0; j < n; j++) system.add(atState + i, atState + j, lxx[(t * n + i) * n + j]! + curvature[i * size + j]!);
    }
    if (t === T) return;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) system.add(atU + i, atU + j, luu[(t * m + i) * m + j]! + curvature[(n + i) * size + n + j]!);
      for (let j = 0; j < n && atState >= 0; j++) {
        const value = lux[(t * m + i) * n + j]! + curvature[(n + i) * size + j]!;
        system.add(atU + i, atState + j, value);
        system.add(atState + j, atU + i, value);
      }
    }
  };

  const assemble = (): number => {
    const unknowns = number();
    system.clear(unknowns);
    rhs.fill(0, 0, unknowns);
    for (let t = 0; t <= T; t++) {
      const atState = t === 0 ? -1 : atCostate[t - 1]! + n;
      const atU = t < T ? atAction[t]! : -1;
      addCurvature(t, atState, atU);
      for (let row = start[t]!; row < start[t + 1]!; row++) {
        if (active[row] === 0) continue;
        const at = place[row]!;
        rhs[at] = -c[row]!;
        for (let j = 0; j < n && atState >= 0; j++) {
          system.add(at, atState + j, cx[row * n + j]!);
          system.add(atState + j, at, cx[row * n + j]!);
        }
        for (let j = 0; j < m && t < T; j++) {
          system.add(at, atU + j, cu[row * m + j]!);
          system.add(atU + j, at, cu[row * m + j]!);
        }
      }
      if (t === T) break;
      const atLambda = atCostate[t]!;
      for (let i = 0; i < n; i++) {
        const at = atLambda + i;
        rhs[at] = -gaps[t * n + i]!;
        for (let j = 0; j < n && atState >= 0; j++) {
          system.add(at, atState + j, A[(t * n + i) * n + j]!);
          system.add(atState + j, at, A[(t * n + i) * n + j]!);
        }
        for (let j = 0; j < m; j++) {
          system.add(at, atU + j, B[(t * n + i) * m + j]!);
          system.add(atU + j, at, B[(t * n + i) * m + j]!);
        }
        system.add(at, atLambda + n + i, -1);
        system.add(atLambda + n + i, at, -1);
      }
      for (let i = 0; i < m; i++) {
        let slope = lu[t * m + i]!;
        for (let l = 0; l < n; l++) slope += B[(t * n + l) * m + i]! * costates[(t + 1) * n + l]!;
        rhs[atU + i] = -slope;
        if (held[t * m + i] === 0) continue;
        system.fix(atU + i);
        rhs[atU + i] = (U[t * m + i]! <= low[i]! ? low[i]! : high[i]!) - U[t * m + i]!;
      }
    }
    return unknowns;
  };

  const apply = (): void => {
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < m; i++) U[t * m + i] = Math.min(high[i]!, Math.max(low[i]!, U[t * m + i]! + rhs[atAction[t]! + i]!));
      for (let i = 0; i < n; i++) X[(t + 1) * n + i] = X[(t + 1) * n + i]! + rhs[atCostate[t]! + n + i]!;
    }
    for (let row = 0; row < total; row++) multipliers[row] = active[row] === 1 ? multipliers[row]! + rhs[place[row]!]! : 0;
  };

  /** Largest of gaps and active rows. */
  const infeasibility = (): number => {
    let largest = 0;
    for (let i = 0; i < T * n; i++) largest = Math.max(largest, Math.abs(gaps[i]!));
    for (let row = 0; row < total; row++) if (active[row] === 1) largest = Math.max(largest, Math.abs(c[row]!));
    return largest;
  };

  /** Changes the active set where signs demand it. @returns whether anything changed */
  const revise = (tolerance: number): boolean => {
    let changed = false;
    for (let row = 0; row < total; row++) {
      if (equality[row] === 1) continue;
      if (active[row] === 1 && multipliers[row]! < 0) {
        active[row] = 0;
        multipliers[row] = 0;
        changed = true;
      } else if (active[row] === 0 && c[row]! > tolerance) {
        active[row] = 1;
        changed = true;
      }
    }
    return changed;
  };

  return {
    *run({ gradient, constraint }, expand, follow) {
      const { penalty } = lagrangian;
      saved.X.set(X);
      saved.U.set(U);
      saved.multipliers.set(multipliers);
      lagrangian.firstOrder(multipliers);
      for (let row = 0; row < total; row++) active[row] = equality[row] === 1 || multipliers[row]! > 0 ? 1 : 0;
      lagrangian.reset(0);
      let done = false;
      for (let change = 0; change <= MAX_ACTIVE_SET_CHANGES && !done; change++) {
        let before = Infinity;
        let settled = false;
        for (let step = 0; step < MAX_STEPS && !settled; step++) {
          const wait = dynamics.step(X, U, gaps, T, times);
          if (wait !== undefined) yield wait;
          for (let i = 0; i < T * n; i++) gaps[i] = gaps[i]! - X[n + i]!;
          if (!areFinite(gaps)) break;
          if (!(yield* tryToExpand(expand))) break;
          const residual = Math.max(infeasibility() / constraint, expansion.stationarity.relative / gradient);
          settled = residual <= 0.1;
          if (settled) break;
          if (step > 4 && residual > 0.5 * before) break;
          before = residual;
          chooseHeld();
          if (!system.solve(rhs.subarray(0, assemble()))) break;
          apply();
        }
        if (!settled) break;
        if (!revise(constraint)) done = true;
      }
      gaps.fill(0);
      if (done) {
        yield* follow();
        lagrangian.reset(penalty);
        if ((yield* tryToExpand(expand)) && lagrangian.residual() <= constraint && expansion.stationarity.relative <= gradient) return true;
      }
      X.set(saved.X);
      U.set(saved.U);
      multipliers.set(saved.multipliers);
      lagrangian.reset(penalty);
      yield* expand();
      return false;
    },
  };
}
