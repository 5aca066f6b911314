/**
 * Checks a trajectory against the conditions that make it a solution, independently of the solver: dynamics, bounds and constraints
 * hold at every step, and the gradient of the Lagrangian by the actions, from a backward recursion of costates λ of its own, vanishes:
 *
 *   λ_T = ∇φ(x_T) + C_Tᵀy_T,  λₜ = ∇ₓl + Aᵀλₜ₊₁ + Cₜᵀyₜ,  gₜ = ∇ᵤl + Bᵀλₜ₊₁ + Dₜᵀyₜ
 */
import type { Constraint, Dynamics, OptimalControlProblem } from '@mbrl/control';
import { costOf, sizesOf, type Trajectory } from './record-iterates.js';

/** What was found. */
export interface SolutionCheck {
  readonly cost: number;
  /** Largest |xₜ₊₁ − f(xₜ, uₜ)|. */
  readonly defect: number;
  /** Largest excess of an action over its bounds; at most 0 where all are kept. */
  readonly boundExcess: number;
  /** Largest violation of a constraint; 0 where there are none. */
  readonly violation: number;
  /** Largest violation of a constraint by step `[T+1]`; at most 0 where all are kept, null where none applies. */
  readonly violationByStep: readonly (number | null)[];
  /** Steps at which an inequality holds with equality, to 1e-5. */
  readonly activeSteps: number;
  /** Largest component of the projected gradient of the Lagrangian by the actions. */
  readonly gradient: number;
}

/** First and last step of a constraint. */
function rangeOf({ from = 0, to }: Constraint, T: number): [number, number] {
  const first = from === 'terminal' ? T : from;
  const last = to === undefined ? (from === 'terminal' ? T : T - 1) : to === 'terminal' ? T : to;
  return [first, last];
}

const boundAt = (bound: OptimalControlProblem['actionLow'], i: number, absent: number): number =>
  bound === undefined ? absent : typeof bound === 'number' ? bound : bound[i]!;

/**
 * Checks a trajectory of known dynamics whose constraints are differentiated by themselves.
 * @param multipliers of the constraint rows, step by step, as a solver returns them
 */
export function checkSolution(problem: OptimalControlProblem, trajectory: Trajectory, multipliers: Float64Array): SolutionCheck {
  const { horizon: T, cost, constraints = [], actionLow, actionHigh } = problem;
  const dynamics = problem.dynamics as Dynamics;
  const { states, actions } = trajectory;
  const [n, m] = sizesOf(dynamics);
  const stateAt = (t: number): Float64Array => states.slice(t * n, t * n + n);
  const actionAt = (t: number): Float64Array => (t < T ? actions.slice(t * m, t * m + m) : new Float64Array(m));

  let defect = 0;
  let boundExcess = -Infinity;
  const next = new Float64Array(n);
  for (let t = 0; t < T; t++) {
    void dynamics.step(stateAt(t), actionAt(t), next, 1, Int32Array.of(t));
    for (let i = 0; i < n; i++) defect = Math.max(defect, Math.abs(next[i]! - states[(t + 1) * n + i]!));
    actionAt(t).forEach((u, i) => {
      boundExcess = Math.max(boundExcess, boundAt(actionLow, i, -Infinity) - u, u - boundAt(actionHigh, i, Infinity));
    });
  }

  // Rows of constraints by step, with the place of their multipliers.
  let row = 0;
  let activeSteps = 0;
  const offsets: number[] = [];
  const violationByStep: (number | null)[] = [];
  for (let t = 0; t <= T; t++) {
    offsets.push(row);
    let worst: number | null = null;
    let active = false;
    for (const constraint of constraints) {
      const [first, last] = rangeOf(constraint, T);
      if (t < first || t > last) continue;
      const values = new Float64Array(constraint.size);
      constraint.evaluate(stateAt(t), actionAt(t), t, values);
      for (const value of values) {
        const violation: number = constraint.kind === 'equality' ? Math.abs(value) : value;
        worst = Math.max(worst ?? -Infinity, violation);
        active ||= constraint.kind === 'inequality' && value > -1e-5;
      }
      row += constraint.size;
    }
    violationByStep.push(worst);
    if (active) activeSteps += 1;
  }

  let gradient = 0;
  let costate = new Float64Array(n);
  for (let t = T; t >= 0; t--) {
    const [x, u] = [stateAt(t), actionAt(t)];
    const out = {
      x: new Float64Array(n),
      u: new Float64Array(m),
      xx: new Float64Array(n * n),
      ux: new Float64Array(m * n),
      uu: new Float64Array(m * m),
    };
    if (t === T) cost.expandTerminal(x, out);
    else cost.expandStage(x, u, t, out);
    let place = offsets[t]!;
    for (const constraint of constraints) {
      const [first, last] = rangeOf(constraint, T);
      if (t < first || t > last) continue;
      const { size } = constraint;
      const [byX, byU] = [new Float64Array(size * n), new Float64Array(size * m)];
      constraint.linearize?.(x, u, t, byX, byU);
      for (let r = 0; r < size; r++) {
        const y = multipliers[place + r]!;
        for (let i = 0; i < n; i++) out.x[i]! += y * byX[r * n + i]!;
        for (let i = 0; i < m; i++) out.u[i]! += y * byU[r * m + i]!;
      }
      place += size;
    }
    if (t < T) {
      const [A, B] = [new Float64Array(n * n), new Float64Array(n * m)];
      void dynamics.linearize(x, u, A, B, 1, Int32Array.of(t));
      for (let r = 0; r < n; r++) {
        for (let i = 0; i < n; i++) out.x[i]! += A[r * n + i]! * costate[r]!;
        for (let i = 0; i < m; i++) out.u[i]! += B[r * m + i]! * costate[r]!;
      }
      for (let i = 0; i < m; i++) {
        const [low, high] = [boundAt(actionLow, i, -Infinity), boundAt(actionHigh, i, Infinity)];
        const moved = Math.min(high, Math.max(low, u[i]! - out.u[i]!));
        gradient = Math.max(gradient, Math.abs(moved - u[i]!));
      }
    }
    costate = out.x;
  }
  const violation = Math.max(0, ...violationByStep.map((value) => value ?? 0));
  return { cost: costOf(problem, trajectory), defect, boundExcess, violation, violationByStep, activeSteps, gradient };
}
