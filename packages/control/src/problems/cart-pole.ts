/**
 * Swing-up of a pole on a cart that is pushed, as in ALTRO's tests. State: position of the cart, angle of the pole from
 * hanging, their rates; action: force.
 *
 *   [M + m, mlc; mlc, ml²] q̈ = [u + mlω²s;  −mgls]
 */
import { boundConstraint, type Constraint, goalConstraint } from '../ilqr/constraint.js';
import type { OptimalControlProblem } from '../ilqr/problem.js';
import { quadraticCost } from '../ilqr/quadratic-cost.js';
import { integrateDynamics } from '../integrators/integrated-dynamics.js';
import type { VectorField } from '../integrators/vector-field.js';

/** Masses, length and gravity. */
export interface CartPoleParameters {
  /** Mass of the cart, kg. Default 1. */
  readonly cartMass?: number;
  /** Mass at the tip of the pole, kg. Default 0.2. */
  readonly poleMass?: number;
  /** Length of the pole, m. Default 0.5. */
  readonly poleLength?: number;
  /** m/s². Default 9.81. */
  readonly gravity?: number;
}

/** The cart-pole's dynamics, ẋ = f(x, u) with 4 states and 1 action. */
export function cartPoleSystem({ cartMass = 1, poleMass = 0.2, poleLength = 0.5, gravity = 9.81 }: CartPoleParameters = {}): VectorField {
  const total = cartMass + poleMass;
  const ml = poleMass * poleLength;
  const mll = ml * poleLength;
  return {
    stateSize: 4,
    actionSize: 1,
    rate(x, u, _time, out) {
      const s = Math.sin(x[1]!);
      const coupling = ml * Math.cos(x[1]!);
      const r1 = u[0]! + ml * x[3]! * x[3]! * s;
      const r2 = -ml * gravity * s;
      const determinant = total * mll - coupling * coupling;
      out[0] = x[2]!;
      out[1] = x[3]!;
      out[2] = (mll * r1 - coupling * r2) / determinant;
      out[3] = (total * r2 - coupling * r1) / determinant;
    },
    differentiate(x, u, _time, outX, outU) {
      const s = Math.sin(x[1]!);
      const c = Math.cos(x[1]!);
      const w = x[3]!;
      const coupling = ml * c;
      const r1 = u[0]! + ml * w * w * s;
      const r2 = -ml * gravity * s;
      const scale = 1 / (total * mll - coupling * coupling);
      const a1 = (mll * r1 - coupling * r2) * scale;
      const a2 = (total * r2 - coupling * r1) * scale;
      const d1 = ml * (w * w * c + s * a2);
      const d2 = ml * (s * a1 - gravity * c);
      const d3 = 2 * ml * w * s;
      outX.fill(0);
      outX[2] = 1;
      outX[7] = 1;
      outX[9] = (mll * d1 - coupling * d2) * scale;
      outX[13] = (total * d2 - coupling * d1) * scale;
      outX[11] = mll * d3 * scale;
      outX[15] = -coupling * d3 * scale;
      outU[0] = 0;
      outU[1] = 0;
      outU[2] = mll * scale;
      outU[3] = -coupling * scale;
    },
  };
}

/** What limits the swing-up. */
export interface CartPoleProblemOptions {
  /** Number of steps over the 5 s. Default 100. */
  readonly horizon?: number;
  /** Greatest force, N. Default 3. */
  readonly forceLimit?: number;
  /**
   * How the force is limited: by bounds that hold at every iterate, by inequality rows of the augmented Lagrangian, or not
   * at all. Default 'bounds'.
   */
  readonly limitBy?: 'bounds' | 'rows' | 'nothing';
  /** Whether the last state has to be upright at rest. Default true. */
  readonly goal?: boolean;
}

/** Swing-up from hanging at rest (zeros) to upright in 5 s, third-order steps: constrained optimum 1.4958744. */
export function cartPoleProblem({
  horizon = 100,
  forceLimit = 3,
  limitBy = 'bounds',
  goal = true,
}: CartPoleProblemOptions = {}): OptimalControlProblem {
  const timeStep = 5 / horizon;
  const target = [0, Math.PI, 0, 0];
  const constraints: Constraint[] = [];
  if (limitBy === 'rows') constraints.push(boundConstraint({ on: 'action', low: [-forceLimit], high: [forceLimit] }));
  if (goal) constraints.push(goalConstraint(target));
  return {
    dynamics: integrateDynamics(cartPoleSystem(), { method: 'rungeKutta3', period: timeStep }),
    horizon,
    cost: quadraticCost({
      stateSize: 4,
      actionSize: 1,
      Q: [1e-2, 1e-2, 1e-2, 1e-2].map((weight) => weight * timeStep),
      R: [1e-1 * timeStep],
      terminalQ: [100, 100, 100, 100],
      target,
    }),
    ...(limitBy === 'bounds' && { actionLow: -forceLimit, actionHigh: forceLimit }),
    constraints,
  };
}
