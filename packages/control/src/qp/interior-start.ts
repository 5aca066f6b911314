/** Where the interior-point method begins: from nothing, or from a point and multipliers. */
import {
  evaluateConstraints,
  evaluateStationarity,
  kindEqual,
  kindFree,
  kindLower,
  kindUpper,
  type ScaledProgram,
} from './scaled-program.js';

/** An interior point: x `[n]`; multipliers y, values g, slacks and their multipliers, each `[m + n]`. */
export interface Iterate {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly g: Float64Array;
  readonly sl: Float64Array;
  readonly su: Float64Array;
  readonly zl: Float64Array;
  readonly zu: Float64Array;
}

/** Right side and solution of a linear system of the method. */
export interface LinearSystem {
  readonly rightX: Float64Array;
  readonly rightY: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
}

/** Starts from the solution with unit weights, pushed inside (Mehrotra 1992); `solveUnitWeights` solves the system for it. */
export function startCold(program: ScaledProgram, iterate: Iterate, system: LinearSystem, solveUnitWeights: () => void): void {
  const { A, kind, lower, upper } = program;
  const { x, y, g, sl, su, zl, zu } = iterate;
  const { rightX, rightY, dx, dy } = system;
  const n = x.length;
  const count = y.length;
  const m = count - n;
  for (let j = 0; j < n; j++) x[j] = Math.min(Math.max(0, lower[m + j]!), upper[m + j]!);
  y.fill(0);
  evaluateConstraints(A, x, g);
  evaluateStationarity(program, x, y, rightX);
  for (let j = 0; j < n; j++) rightX[j] = kind[m + j] === kindEqual ? 0 : -rightX[j]!;
  for (let i = 0; i < m; i++) rightY[i] = kind[i] === kindFree ? 0 : Math.min(Math.max(g[i]!, lower[i]!), upper[i]!) - g[i]!;
  solveUnitWeights();
  for (let j = 0; j < n; j++) {
    x[j]! += dx[j]!;
    y[m + j] = kind[m + j] === kindEqual || kind[m + j] === kindFree ? 0 : dx[j]!;
  }
  for (let i = 0; i < m; i++) y[i] = kind[i] === kindFree ? 0 : dy[i]!;
  evaluateConstraints(A, x, g);
  let shiftS = 0;
  for (let i = 0; i < count; i++) {
    const k = kind[i]!;
    if (k === kindEqual) continue;
    if (k & kindLower) {
      sl[i] = g[i]! - lower[i]!;
      zl[i] = Math.max(0, -y[i]!);
      shiftS = Math.max(shiftS, -1.5 * sl[i]!);
    }
    if (k & kindUpper) {
      su[i] = upper[i]! - g[i]!;
      zu[i] = Math.max(0, y[i]!);
      shiftS = Math.max(shiftS, -1.5 * su[i]!);
    }
  }
  let products = 0;
  let sumS = 0;
  let sumZ = 0;
  for (let i = 0; i < count; i++) {
    const k = kind[i]!;
    if (k === kindEqual) continue;
    if (k & kindLower) {
      products += (sl[i]! + shiftS) * zl[i]!;
      sumS += sl[i]! + shiftS;
      sumZ += zl[i]!;
    }
    if (k & kindUpper) {
      products += (su[i]! + shiftS) * zu[i]!;
      sumS += su[i]! + shiftS;
      sumZ += zu[i]!;
    }
  }
  const moreS = shiftS + Math.max(1e-3, sumZ > 0 ? (0.5 * products) / sumZ : 1);
  const moreZ = Math.max(1e-3, sumS > 0 ? (0.5 * products) / sumS : 1);
  for (let i = 0; i < count; i++) {
    sl[i]! += moreS;
    su[i]! += moreS;
    zl[i]! += moreZ;
    zu[i]! += moreZ;
  }
}

/** Starts from a point and multipliers in the program's own units, with slacks and multipliers kept off zero. */
export function startWarm(program: ScaledProgram, iterate: Iterate, givenX: Float64Array, givenY: Float64Array): void {
  const { A, kind, lower, upper, variableScale: D, constraintScale: E, costScale: c } = program;
  const { x, y, g, sl, su, zl, zu } = iterate;
  const n = x.length;
  const count = y.length;
  const m = count - n;
  for (let j = 0; j < n; j++)
    x[j] = kind[m + j] === kindEqual ? lower[m + j]! : Math.min(Math.max(givenX[j]! / D[j]!, lower[m + j]!), upper[m + j]!);
  for (let i = 0; i < count; i++) y[i] = (givenY[i]! * c) / E[i]!;
  evaluateConstraints(A, x, g);
  const floor = 1e-3;
  for (let i = 0; i < count; i++) {
    sl[i] = Math.max(floor, g[i]! - lower[i]!);
    su[i] = Math.max(floor, upper[i]! - g[i]!);
    zl[i] = Math.max(floor, -y[i]!);
    zu[i] = Math.max(floor, y[i]!);
    if (kind[i] === kindFree) y[i] = 0;
  }
}
