/** Costs from plain functions; derivatives that are not given are taken by differences. */
import { type Cost, type CostExpansion } from './cost.js';

/** A cost as functions of one point x `[n]`, u `[m]` at step t. */
export interface FunctionCostOptions {
  readonly stateSize: number;
  readonly actionSize: number;
  /** Stage cost. */
  readonly stage: (x: Float64Array, u: Float64Array, t: number) => number;
  /** Terminal cost. Default: 0. */
  readonly terminal?: (x: Float64Array) => number;
  /** Writes the derivatives of `stage`. Default: differences, gradients good to about nine digits, Hessians to about five. */
  readonly expandStage?: Cost['expandStage'];
  /** Writes the derivatives of `terminal`. Default: differences. */
  readonly expandTerminal?: Cost['expandTerminal'];
}

/** Relative steps of a central first and of a second difference. */
const GRADIENT_STEP = 2 ** -17;
const HESSIAN_STEP = 2 ** -12;

/** Writes gradient `[size]` and Hessian `[size, size]` of `value` at z, which is changed and restored. */
function expand(value: (z: Float64Array) => number, z: Float64Array, gradient: Float64Array, hessian: Float64Array): void {
  const size = z.length;
  const center = value(z);
  const at = (i: number, di: number, j: number, dj: number): number => {
    const zi = z[i]!;
    const zj = z[j]!;
    z[i] = z[i]! + di;
    z[j] = z[j]! + dj;
    const result = value(z);
    z[j] = zj;
    z[i] = zi;
    return result;
  };
  for (let i = 0; i < size; i++) {
    const step = GRADIENT_STEP * (1 + Math.abs(z[i]!));
    gradient[i] = (at(i, step, i, 0) - at(i, -step, i, 0)) / (2 * step);
    const hi = HESSIAN_STEP * (1 + Math.abs(z[i]!));
    for (let j = 0; j < i; j++) {
      const hj = HESSIAN_STEP * (1 + Math.abs(z[j]!));
      const mixed = (at(i, hi, j, hj) - at(i, hi, j, -hj) - at(i, -hi, j, hj) + at(i, -hi, j, -hj)) / (4 * hi * hj);
      hessian[i * size + j] = mixed;
      hessian[j * size + i] = mixed;
    }
    hessian[i * size + i] = (at(i, hi, i, 0) - 2 * center + at(i, -hi, i, 0)) / (hi * hi);
  }
}

/** Makes a cost from functions. */
export function functionCost(options: FunctionCostOptions): Cost {
  const { stateSize: n, actionSize: m, stage } = options;
  const terminal = options.terminal ?? ((): number => 0);
  const z = new Float64Array(n + m);
  const x = new Float64Array(n);
  const u = new Float64Array(m);
  const gradient = new Float64Array(n + m);
  const hessian = new Float64Array((n + m) * (n + m));
  let time = 0;
  const stageOf = (point: Float64Array): number => {
    for (let i = 0; i < n; i++) x[i] = point[i]!;
    for (let i = 0; i < m; i++) u[i] = point[n + i]!;
    return stage(x, u, time);
  };
  const last = new Float64Array(n);
  const lastGradient = new Float64Array(n);
  const lastHessian = new Float64Array(n * n);
  const size = n + m;

  const expandStage = (x0: Float64Array, u0: Float64Array, t: number, out: CostExpansion): void => {
    for (let i = 0; i < n; i++) z[i] = x0[i]!;
    for (let i = 0; i < m; i++) z[n + i] = u0[i]!;
    time = t;
    expand(stageOf, z, gradient, hessian);
    for (let i = 0; i < size; i++) {
      if (i < n) out.x[i] = gradient[i]!;
      else out.u[i - n] = gradient[i]!;
      for (let j = 0; j < size; j++) {
        const value = hessian[i * size + j]!;
        if (i < n && j < n) out.xx[i * n + j] = value;
        else if (i >= n && j < n) out.ux[(i - n) * n + j] = value;
        else if (i >= n) out.uu[(i - n) * m + j - n] = value;
      }
    }
  };
  const expandTerminal = (x0: Float64Array, out: CostExpansion): void => {
    for (let i = 0; i < n; i++) last[i] = x0[i]!;
    expand(terminal, last, lastGradient, lastHessian);
    out.x.set(lastGradient);
    out.xx.set(lastHessian);
  };
  return { stage, terminal, expandStage: options.expandStage ?? expandStage, expandTerminal: options.expandTerminal ?? expandTerminal };
}
