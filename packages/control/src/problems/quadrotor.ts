/**
 * A quadrotor that flies through a gap. State: position p, roll φ, pitch θ, yaw ψ (Z–Y–X), velocity v in the world, body rates
 * ω; action: thrust of each rotor, N. Rotors sit on the body's axes: +x, +y, −x, −y, the first and third turning one way.
 *
 *   p̈ = (F/m) R e₃ − g e₃      J ω̇ = τ − ω × Jω      (φ̇, θ̇, ψ̇) = W(φ, θ) ω
 *
 * The gap is a round hole in a wall at x = 0: while the body's center is near the wall it has to be within the hole.
 */
import { checkNumber } from '@mbrl/core';
import type { Constraint } from '../ilqr/constraint.js';
import { boundConstraint } from '../ilqr/constraint.js';
import type { OptimalControlProblem } from '../ilqr/problem.js';
import { quadraticCost } from '../ilqr/quadratic-cost.js';
import { integrateDynamics } from '../integrators/integrated-dynamics.js';
import type { VectorField } from '../integrators/vector-field.js';

const MASS = 0.5;
const ARM = 0.175;
const INERTIA = [0.0023, 0.0023, 0.004];
/** Torque about the vertical axis for each newton of thrust, m. */
const DRAG = 0.0245;
const GRAVITY = 9.81;
const STATE_SIZE = 12;
const ACTION_SIZE = 4;

/** Thrust of each rotor that holds the quadrotor in the air, N. */
export const QUADROTOR_HOVER_THRUST: number = (MASS * GRAVITY) / 4;
/** Distance of a rotor from the center, m. */
export const QUADROTOR_ARM: number = ARM;

/** Writes ẋ. */
function rate(x: Float64Array, u: Float64Array, _time: number, out: Float64Array): void {
  const sr = Math.sin(x[3]!);
  const cr = Math.cos(x[3]!);
  const sp = Math.sin(x[4]!);
  const cp = Math.cos(x[4]!);
  const sy = Math.sin(x[5]!);
  const cy = Math.cos(x[5]!);
  const [wx, wy, wz] = [x[9]!, x[10]!, x[11]!];
  const lift = (u[0]! + u[1]! + u[2]! + u[3]!) / MASS;
  for (let i = 0; i < 3; i++) out[i] = x[6 + i]!;
  const turn = sr * wy + cr * wz;
  out[3] = wx + (sp / cp) * turn;
  out[4] = cr * wy - sr * wz;
  out[5] = turn / cp;
  out[6] = lift * (cy * sp * cr + sy * sr);
  out[7] = lift * (sy * sp * cr - cy * sr);
  out[8] = lift * cp * cr - GRAVITY;
  const [jx, jy, jz] = [INERTIA[0]!, INERTIA[1]!, INERTIA[2]!];
  out[9] = (ARM * (u[1]! - u[3]!) - (jz - jy) * wy * wz) / jx;
  out[10] = (ARM * (u[2]! - u[0]!) - (jx - jz) * wz * wx) / jy;
  out[11] = (DRAG * (u[0]! - u[1]! + u[2]! - u[3]!) - (jy - jx) * wx * wy) / jz;
}

/** Writes the derivatives of `rate`. */
function differentiate(x: Float64Array, u: Float64Array, _time: number, A: Float64Array, B: Float64Array): void {
  A.fill(0);
  B.fill(0);
  const n = STATE_SIZE;
  const m = ACTION_SIZE;
  const [sr, cr, sp, cp] = [Math.sin(x[3]!), Math.cos(x[3]!), Math.sin(x[4]!), Math.cos(x[4]!)];
  const [sy, cy] = [Math.sin(x[5]!), Math.cos(x[5]!)];
  const [wx, wy, wz] = [x[9]!, x[10]!, x[11]!];
  const lift = (u[0]! + u[1]! + u[2]! + u[3]!) / MASS;
  const turn = sr * wy + cr * wz;
  const turned = cr * wy - sr * wz;
  const tp = sp / cp;
  for (let i = 0; i < 3; i++) A[i * n + 6 + i] = 1;
  A[3 * n + 3] = tp * turned;
  A[3 * n + 4] = turn / (cp * cp);
  A[3 * n + 9] = 1;
  A[3 * n + 10] = tp * sr;
  A[3 * n + 11] = tp * cr;
  A[4 * n + 3] = -turn;
  A[4 * n + 10] = cr;
  A[4 * n + 11] = -sr;
  A[5 * n + 3] = turned / cp;
  A[5 * n + 4] = (turn * sp) / (cp * cp);
  A[5 * n + 10] = sr / cp;
  A[5 * n + 11] = cr / cp;
  A[6 * n + 3] = lift * (sy * cr - cy * sp * sr);
  A[6 * n + 4] = lift * cy * cp * cr;
  A[6 * n + 5] = lift * (cy * sr - sy * sp * cr);
  A[7 * n + 3] = lift * (-sy * sp * sr - cy * cr);
  A[7 * n + 4] = lift * sy * cp * cr;
  A[7 * n + 5] = lift * (cy * sp * cr + sy * sr);
  A[8 * n + 3] = -lift * cp * sr;
  A[8 * n + 4] = -lift * sp * cr;
  const [jx, jy, jz] = [INERTIA[0]!, INERTIA[1]!, INERTIA[2]!];
  A[9 * n + 10] = (-(jz - jy) * wz) / jx;
  A[9 * n + 11] = (-(jz - jy) * wy) / jx;
  A[10 * n + 9] = (-(jx - jz) * wz) / jy;
  A[10 * n + 11] = (-(jx - jz) * wx) / jy;
  A[11 * n + 9] = (-(jy - jx) * wy) / jz;
  A[11 * n + 10] = (-(jy - jx) * wx) / jz;
  for (let i = 0; i < m; i++) {
    B[6 * m + i] = (cy * sp * cr + sy * sr) / MASS;
    B[7 * m + i] = (sy * sp * cr - cy * sr) / MASS;
    B[8 * m + i] = (cp * cr) / MASS;
    B[11 * m + i] = ((i % 2 === 0 ? 1 : -1) * DRAG) / jz;
  }
  B[9 * m + 1] = ARM / jx;
  B[9 * m + 3] = -ARM / jx;
  B[10 * m + 2] = ARM / jy;
  B[10 * m] = -ARM / jy;
}

/** The quadrotor's dynamics, with 12 states and 4 actions. */
export const quadrotorSystem: VectorField = {
  stateSize: STATE_SIZE,
  actionSize: ACTION_SIZE,
  rate,
  differentiate,
};

/** Where the hole is. */
export interface QuadrotorGapOptions {
  /** Number of steps of 0.04 s. Default 60. */
  readonly horizon?: number;
  /** Center of the hole in the wall x = 0: y and z, m. Default [0.8, 1.6]. */
  readonly center?: readonly [number, number];
  /** Radius of the hole less that of the body, m, above 0. Default 0.15. */
  readonly clearance?: number;
  /** Half of the thickness of the wall with the body's own extent, m, above 0. Default 0.3. */
  readonly depth?: number;
}

/** One metre up, one and a half before the wall, hovering. */
export const quadrotorGapStart: readonly number[] = [-1.5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/** The same behind the wall. */
export const quadrotorGapGoal: readonly number[] = [1.5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/**
 * The constraint of the hole, smooth across the wall: (y − y₀)² + (z − z₀)² ≤ r² + e·max(0, |x| − depth)², so that it widens
 * ever faster away from the wall.
 */
function gapConstraint(center: readonly [number, number], clearance: number, depth: number): Constraint {
  const widening = 20;
  return {
    kind: 'inequality',
    size: 1,
    from: 1,
    to: 'terminal',
    evaluate(x, _u, _t, out) {
      const beyond = Math.max(0, Math.abs(x[0]!) - depth);
      out[0] = (x[1]! - center[0]) ** 2 + (x[2]! - center[1]) ** 2 - clearance ** 2 - widening * beyond * beyond;
    },
    linearize(x, _u, _t, outX) {
      const beyond = Math.max(0, Math.abs(x[0]!) - depth);
      outX[0] = -2 * widening * beyond * Math.sign(x[0]!);
      outX[1] = 2 * (x[1]! - center[0]);
      outX[2] = 2 * (x[2]! - center[1]);
    },
  };
}

/** Flight from {@link quadrotorGapStart} to {@link quadrotorGapGoal} through the hole, thrusts within [0, 3] N. */
export function quadrotorGapProblem({
  horizon = 60,
  center = [0.8, 1.6],
  clearance = 0.15,
  depth = 0.3,
}: QuadrotorGapOptions = {}): OptimalControlProblem {
  checkNumber('quadrotorGapProblem', 'clearance', clearance, { above: 0 });
  checkNumber('quadrotorGapProblem', 'depth', depth, { above: 0 });
  const timeStep = 0.04;
  const n = STATE_SIZE;
  const weights = [1, 1, 1, 0.5, 0.5, 0.5, 0.2, 0.2, 0.2, 0.05, 0.05, 0.05];
  const tilt = 1.3;
  return {
    horizon,
    actionLow: 0,
    actionHigh: 3,
    dynamics: integrateDynamics(quadrotorSystem, { method: 'rungeKutta2', period: timeStep }),
    cost: quadraticCost({
      stateSize: n,
      actionSize: ACTION_SIZE,
      Q: weights.map((weight) => 0.1 * weight * timeStep),
      R: [0.02, 0.02, 0.02, 0.02],
      terminalQ: weights.map((weight) => 100 * weight),
      target: quadrotorGapGoal,
      actionTarget: [1, 1, 1, 1].map((one) => one * QUADROTOR_HOVER_THRUST),
    }),
    constraints: [
      gapConstraint(center, clearance, depth),
      boundConstraint({
        on: 'state',
        low: [-Infinity, -Infinity, 0, -tilt, -tilt, ...new Array<number>(7).fill(-Infinity)],
        high: [Infinity, Infinity, Infinity, tilt, tilt, ...new Array<number>(7).fill(Infinity)],
        from: 1,
        to: 'terminal',
      }),
    ],
  };
}
