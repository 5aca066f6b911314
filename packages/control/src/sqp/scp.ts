/**
 * Successive convex programming for optimal control in discrete time (Mao, Szmuk and Açıkmeşe 2016):
 *
 *   minimise   Σₖ ½ (x − xᵣ)ᵀQ(x − xᵣ) + ½ uᵀRu + ½ (x_N − xᵣ)ᵀP(x_N − xᵣ)
 *   subject to xₖ₊₁ = f(xₖ, uₖ),  bounds of x and u,  g(xₖ, uₖ) ≤ 0
 *
 * Each round linearises f and g about the present trajectory. Virtual controls v make up for what the linearised
 * dynamics cannot reach and slacks e for g, both at the price γ per unit, so every round has a solution; a trust region
 * on x and u (with a second-order correction where a step falls short) grows or shrinks with the ratio of actual to predicted decrease of cost + γ (Σ|defects| + Σ violations).
 */
import { checkInteger, checkNumber, type DynamicsModel } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { asDynamics } from '../learned/learned-dynamics.js';
import { checkBounds, checkFlat, checkSemidefinite } from '../linalg/flat-input.js';
import { createStagewiseSolver } from '../qp/stagewise-qp.js';

/** A problem for SCP. Matrices are row-major. */
export interface ScpProblem {
  /** f: known, or a learned model, whose mean is followed. */
  readonly dynamics: Dynamics | DynamicsModel;
  /** N, at least 1. */
  readonly horizon: number;
  /** Q, `[n, n]`, R `[m, m]` and P `[n, n]`, positive semidefinite. */
  readonly stateCost: ArrayLike<number>;
  readonly inputCost: ArrayLike<number>;
  readonly terminalCost: ArrayLike<number>;
  /** xᵣ, `[n]`. Default zero. */
  readonly reference?: ArrayLike<number>;
  readonly initialState: ArrayLike<number>;
  readonly stateLower?: ArrayLike<number>;
  readonly stateUpper?: ArrayLike<number>;
  readonly inputLower?: ArrayLike<number>;
  readonly inputUpper?: ArrayLike<number>;
  /** p, elements of g. Default 0. */
  readonly constraintCount?: number;
  /** Writes g `[p]`. */
  constraints?(state: Float64Array, input: Float64Array, out: Float64Array): void;
}

/** Options of SCP. */
export interface ScpOptions {
  /** Most rounds, at least 1. Default 100. */
  readonly maxIterations?: number;
  /** Largest defect, violation and step at the end. Default 1e-7. */
  readonly tolerance?: number;
  /** First radius of the trust region. Default 1. */
  readonly initialRadius?: number;
  /** γ. Default 1e3. */
  readonly price?: number;
}

/** The answer of SCP. */
export interface ScpResult {
  /** `infeasible`: the rounds converged with defects or violations left. */
  readonly status: 'converged' | 'infeasible' | 'iterationLimit' | 'stalled';
  /** `[N + 1, n]`. */
  readonly states: Float64Array;
  /** `[N, m]`. */
  readonly inputs: Float64Array;
  readonly cost: number;
  /** Largest |xₖ₊₁ − f(xₖ, uₖ)|. */
  readonly defect: number;
  /** Largest element of g above zero. */
  readonly violation: number;
  readonly iterations: number;
  readonly log: readonly { readonly merit: number; readonly radius: number; readonly virtualControl: number; readonly accepted: boolean }[];
}

/** Solves a problem from a first guess: states `[N + 1, n]`, which need not obey the dynamics, and inputs `[N, m]`. @throws OptionError, ShapeError */
export async function solveScp(
  problem: ScpProblem,
  start: { readonly states: ArrayLike<number>; readonly inputs: ArrayLike<number> },
  options: ScpOptions = {},
): Promise<ScpResult> {
  const caller = 'solveScp';
  const { horizon: N, constraintCount: p = 0 } = problem;
  const dynamics = asDynamics(problem.dynamics, caller);
  const { stateSize: n, actionSize: m, precision = 2 ** -53 } = dynamics;
  const { maxIterations = 100, tolerance = Math.max(1e-7, 32 * precision), initialRadius = 1, price = 1e3 } = options;
  checkInteger(caller, 'horizon', N, { min: 1 });
  checkInteger(caller, 'constraintCount', p, { min: 0 });
  checkInteger(caller, 'maxIterations', maxIterations, { min: 1 });
  checkNumber(caller, 'tolerance', tolerance, { above: 0 });
  checkNumber(caller, 'initialRadius', initialRadius, { above: 0 });
  checkNumber(caller, 'price', price, { above: 0 });
  for (const [name, array, size] of [
    ['stateCost', problem.stateCost, n * n],
    ['inputCost', problem.inputCost, m * m],
    ['terminalCost', problem.terminalCost, n * n],
    ['reference', problem.reference, n],
    ['initialState', problem.initialState, n],
    ['stateLower', problem.stateLower, n],
    ['stateUpper', problem.stateUpper, n],
    ['inputLower', problem.inputLower, m],
    ['inputUpper', problem.inputUpper, m],
    ['start.states', start.states, (N + 1) * n],
    ['start.inputs', start.inputs, N * m],
  ] as const) {
    checkFlat(caller, name, array, size, name.endsWith('Lower') || name.endsWith('Upper') ? 'bounds' : 'finite');
  }
  checkSemidefinite(caller, 'stateCost', problem.stateCost, n);
  checkSemidefinite(caller, 'inputCost', problem.inputCost, m);
  checkSemidefinite(caller, 'terminalCost', problem.terminalCost, n);
  checkBounds(caller, ['inputLower', problem.inputLower], ['inputUpper', problem.inputUpper]);
  checkBounds(caller, ['stateLower', problem.stateLower], ['stateUpper', problem.stateUpper]);

  const wide = m + 2 * n + p;
  const solver = createStagewiseSolver({ stageCount: N, stateSize: n, inputSize: wide, constraintCount: p, relativeTolerance: 1e-8 });
  let states = Float64Array.from(start.states);
  let inputs = Float64Array.from(start.inputs, (value, k) =>
    Math.min(Math.max(value, problem.inputLower?.[k % m] ?? -Infinity), problem.inputUpper?.[k % m] ?? Infinity),
  );
  states.set(Array.from(problem.initialState));
  let trialStates = new Float64Array((N + 1) * n);
  let trialInputs = new Float64Array(N * m);
  const correctedStates = new Float64Array((N + 1) * n);
  const correctedInputs = new Float64Array(N * m);
  const times = Int32Array.from({ length: N }, (_, k) => k);
  const predicted = new Float64Array(N * n);
  const jacobianX = new Float64Array(N * n * n);
  const jacobianU = new Float64Array(N * n * m);
  const g = new Float64Array(p);
  const gUp = new Float64Array(p);
  const gDown = new Float64Array(p);
  const point = { x: new Float64Array(n), u: new Float64Array(m) };

  const costOf = (xs: Float64Array, us: Float64Array): number => {
    let sum = 0;
    for (let k = 0; k <= N; k++) {
      const Q = k < N ? problem.stateCost : problem.terminalCost;
      for (let i = 0; i < n; i++) {
        const one = xs[k * n + i]! - (problem.reference?.[i] ?? 0);
        for (let j = 0; j < n; j++) sum += 0.5 * one * Q[i * n + j]! * (xs[k * n + j]! - (problem.reference?.[j] ?? 0));
      }
      if (k < N)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < m; j++) sum += 0.5 * us[k * m + i]! * problem.inputCost[i * m + j]! * us[k * m + j]!;
    }
    return sum;
  };
  const takePoint = (xs: Float64Array, us: Float64Array, k: number): void => {
    point.x.set(xs.subarray(k * n, k * n + n));
    point.u.set(us.subarray(k * m, k * m + m));
  };
  let largestDefect = 0;
  let largestViolation = 0;
  const meritOf = async (xs: Float64Array, us: Float64Array): Promise<number> => {
    await dynamics.step(xs.subarray(0, N * n), us, predicted, N, times);
    let sum = costOf(xs, us);
    largestDefect = 0;
    largestViolation = 0;
    for (let k = 0; k < N * n; k++) {
      const defect = Math.abs(xs[n + k]! - predicted[k]!);
      sum += price * defect;
      largestDefect = Math.max(largestDefect, Number.isNaN(defect) ? Infinity : defect);
    }
    for (let k = 0; k < N && p > 0; k++) {
      takePoint(xs, us, k);
      problem.constraints!(point.x, point.u, g);
      for (const value of g) {
        sum += price * Math.max(0, value);
        largestViolation = Math.max(largestViolation, value);
      }
    }
    return sum;
  };

  const blocks = {
    A: jacobianX,
    B: new Float64Array(N * n * wide),
    c: new Float64Array(N * n),
    Q: new Float64Array((N + 1) * n * n),
    R: new Float64Array(N * wide * wide),
    q: new Float64Array((N + 1) * n),
    r: new Float64Array(N * wide),
    C: new Float64Array((N + 1) * p * n),
    D: new Float64Array(N * p * wide),
    upper: new Float64Array((N + 1) * p).fill(Infinity),
    stateLower: new Float64Array((N + 1) * n),
    stateUpper: new Float64Array((N + 1) * n),
    inputLower: new Float64Array(N * wide),
    inputUpper: new Float64Array(N * wide).fill(Infinity),
  };
  for (let k = 0; k <= N; k++) {
    const Q = k < N ? problem.stateCost : problem.terminalCost;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        blocks.Q[(k * n + i) * n + j] = Q[i * n + j]!;
        blocks.q[k * n + i]! -= Q[i * n + j]! * (problem.reference?.[j] ?? 0);
      }
    }
    for (let i = 0; i < m && k < N; i++) for (let j = 0; j < m; j++) blocks.R[(k * wide + i) * wide + j] = problem.inputCost[i * m + j]!;
    if (k < N) blocks.r.fill(price, k * wide + m, (k + 1) * wide);
  }

  /** Linearises about the present trajectory; needs `predicted` of it. */
  const linearise = async (): Promise<void> => {
    await dynamics.linearize(states.subarray(0, N * n), inputs, jacobianX, jacobianU, N, times);
    for (let k = 0; k < N; k++) {
      takePoint(states, inputs, k);
      for (let i = 0; i < n; i++) {
        const row = k * n + i;
        let offset = predicted[row]!;
        for (let j = 0; j < n; j++) offset -= jacobianX[row * n + j]! * point.x[j]!;
        for (let j = 0; j < m; j++) {
          blocks.B[row * wide + j] = jacobianU[row * m + j]!;
          offset -= jacobianU[row * m + j]! * point.u[j]!;
        }
        blocks.B[row * wide + m + i] = 1;
        blocks.B[row * wide + m + n + i] = -1;
        blocks.c[row] = offset;
      }
      if (p === 0) continue;
      problem.constraints!(point.x, point.u, g);
      for (let i = 0; i < p; i++) {
        blocks.upper[k * p + i] = -g[i]!;
        blocks.D[(k * p + i) * wide + m + 2 * n + i] = -1;
      }
      for (let j = 0; j < n + m; j++) {
        const values = j < n ? point.x : point.u;
        const at = j < n ? j : j - n;
        const keep = values[at]!;
        const step = 6e-6 * Math.max(1, Math.abs(keep));
        values[at] = keep + step;
        problem.constraints!(point.x, point.u, gUp);
        values[at] = keep - step;
        problem.constraints!(point.x, point.u, gDown);
        values[at] = keep;
        for (let i = 0; i < p; i++) {
          const slope = (gUp[i]! - gDown[i]!) / (2 * step);
          if (j < n) blocks.C[(k * p + i) * n + j] = slope;
          else blocks.D[(k * p + i) * wide + at] = slope;
          blocks.upper[k * p + i]! += slope * keep;
        }
      }
    }
  };

  const offsets = new Float64Array(N * n);
  /** Second-order correction: the same linearisation, moved to agree with the dynamics at the trial point. @returns the merit of the better point */
  const correct = async (trialMerit: number): Promise<number> => {
    if (!Number.isFinite(trialMerit)) return trialMerit;
    offsets.set(blocks.c);
    for (let row = 0; row < N * n; row++) {
      const k = Math.floor(row / n);
      let offset = predicted[row]!;
      for (let j = 0; j < n; j++) offset -= jacobianX[row * n + j]! * trialStates[k * n + j]!;
      for (let j = 0; j < m; j++) offset -= jacobianU[row * m + j]! * trialInputs[k * m + j]!;
      blocks.c[row] = offset;
    }
    solver.load(blocks);
    blocks.c.set(offsets);
    const answer = solver.solve(problem.initialState);
    if (answer.status !== 'solved') return trialMerit;
    correctedStates.set(answer.states);
    for (let k = 0; k < N; k++) for (let i = 0; i < m; i++) correctedInputs[k * m + i] = answer.inputs[k * wide + i]!;
    const correctedMerit = await meritOf(correctedStates, correctedInputs);
    if (correctedMerit < trialMerit) {
      trialStates.set(correctedStates);
      trialInputs.set(correctedInputs);
      return correctedMerit;
    }
    return meritOf(trialStates, trialInputs);
  };

  const log: { merit: number; radius: number; virtualControl: number; accepted: boolean }[] = [];
  let radius = initialRadius;
  let merit = await meritOf(states, inputs);
  let iterations = 0;
  let defect = largestDefect;
  let violation = largestViolation;
  const finish = (status: ScpResult['status']): ScpResult => ({
    status,
    states,
    inputs,
    cost: costOf(states, inputs),
    defect,
    violation,
    iterations,
    log,
  });
  if (!Number.isFinite(merit)) return finish('stalled');
  await linearise();
  for (; iterations < maxIterations; iterations++) {
    for (let k = 0; k <= N; k++) {
      for (let i = 0; i < n; i++) {
        const at = k * n + i;
        const low = problem.stateLower?.[i] ?? -Infinity;
        const high = problem.stateUpper?.[i] ?? Infinity;
        blocks.stateLower[at] = Math.max(low, Math.min(states[at]!, high) - radius);
        blocks.stateUpper[at] = Math.min(high, Math.max(states[at]!, low) + radius);
      }
      for (let i = 0; i < m && k < N; i++) {
        blocks.inputLower[k * wide + i] = Math.max(problem.inputLower?.[i] ?? -Infinity, inputs[k * m + i]! - radius);
        blocks.inputUpper[k * wide + i] = Math.min(problem.inputUpper?.[i] ?? Infinity, inputs[k * m + i]! + radius);
      }
    }
    solver.load(blocks);
    const answer = solver.solve(problem.initialState);
    if (answer.status !== 'solved') return finish('stalled');
    let virtualControl = 0;
    let paid = 0;
    let step = 0;
    trialStates.set(answer.states);
    for (let k = 0; k < N; k++) {
      for (let i = 0; i < m; i++) trialInputs[k * m + i] = answer.inputs[k * wide + i]!;
      for (let i = m; i < wide; i++) {
        const value = answer.inputs[k * wide + i]!;
        paid += value;
        virtualControl = Math.max(virtualControl, value);
      }
    }
    for (let i = 0; i < trialStates.length; i++) step = Math.max(step, Math.abs(trialStates[i]! - states[i]!));
    for (let i = 0; i < trialInputs.length; i++) step = Math.max(step, Math.abs(trialInputs[i]! - inputs[i]!));
    const promised = merit - costOf(trialStates, trialInputs) - price * paid;
    let trialMerit = await meritOf(trialStates, trialInputs);
    if (!(merit - trialMerit > 0.75 * promised)) trialMerit = await correct(trialMerit);
    const noise = 1e-12 * (1 + Math.abs(merit));
    const accepted = Number.isFinite(trialMerit) && merit - trialMerit >= 0.01 * promised - noise;
    log.push({ merit, radius, virtualControl, accepted });
    const small = promised <= Math.max(noise, 1e-2 * tolerance * (1 + Math.abs(merit))) || step <= tolerance;
    if (accepted) {
      const ratio = promised <= noise ? 1 : (merit - trialMerit) / promised;
      merit = trialMerit;
      defect = largestDefect;
      violation = largestViolation;
      [states, trialStates] = [trialStates, states];
      [inputs, trialInputs] = [trialInputs, inputs];
      if (ratio > 0.75) radius = Math.min(1e6, 2 * radius);
      else if (ratio < 0.25) radius *= 0.5;
      await linearise();
    } else radius *= 0.25;
    if (small || radius < 1e-12) {
      iterations++;
      if (!accepted) await meritOf(states, inputs);
      return finish(Math.max(defect, violation) <= 10 * tolerance ? 'converged' : 'infeasible');
    }
  }
  return finish('iterationLimit');
}
