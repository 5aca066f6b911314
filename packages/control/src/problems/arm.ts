/**
 * A seven-joint arm that reaches for a point. The joints turn about z and y of their links in turn, as those of common
 * collaborative arms do; links are 0.34, 0.4, 0.4 and 0.126 m between shoulder, elbow, wrist and hand. State: joint angles q and
 * rates q̇; action: torques. Link i is a point mass at the end of its segment plus a rotor inertia at its joint:
 *
 *   M(q) q̈ = τ − c(q, q̇) − g(q) − d q̇,   M = Σᵢ mᵢ JᵢᵀJᵢ + I_rotor
 *
 * All of it comes from the recursion of positions and axes along the chain (Newton–Euler).
 */
import { checkNumber, ShapeError } from '@mbrl/core';
import { boundConstraint } from '../ilqr/constraint.js';
import type { Constraint } from '../ilqr/constraint.js';
import type { OptimalControlProblem } from '../ilqr/problem.js';
import { quadraticCost } from '../ilqr/quadratic-cost.js';
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { pointwiseDynamics } from '../pointwise-dynamics.js';

const JOINTS = 7;
/** Distance from each joint to the next along the link, m; the last is to the hand. */
const LENGTHS = [0.34, 0, 0.4, 0, 0.4, 0, 0.126];
/** Mass at the end of each link, kg. */
const MASSES = [2, 1, 1.8, 0.8, 1.2, 0.5, 0.5];
const ROTOR_INERTIA = 0.1;
const DAMPING = 0.5;
const GRAVITY = 9.81;
/** Whether a joint turns about its link (z) or across it (y). */
const ALONG = [true, false, true, false, true, false, true];

/** Frames of the chain: positions of link ends and axes of joints, in the world. */
interface Chain {
  /** Ends of the links `[7, 3]`. */
  readonly ends: Float64Array;
  /** Positions of the joints `[7, 3]`. */
  readonly joints: Float64Array;
  /** Axes of the joints `[7, 3]`. */
  readonly axes: Float64Array;
}

function createChain(): Chain {
  return { ends: new Float64Array(21), joints: new Float64Array(21), axes: new Float64Array(21) };
}

/** Writes the frames for joint angles `[7]`. */
function follow(q: ArrayLike<number>, { ends, joints, axes }: Chain, R: Float64Array): void {
  R.fill(0);
  R[0] = 1;
  R[4] = 1;
  R[8] = 1;
  let [px, py, pz] = [0, 0, 0];
  for (let i = 0; i < JOINTS; i++) {
    joints[3 * i] = px;
    joints[3 * i + 1] = py;
    joints[3 * i + 2] = pz;
    const column = ALONG[i]! ? 2 : 1;
    for (let r = 0; r < 3; r++) axes[3 * i + r] = R[3 * r + column]!;
    const c = Math.cos(q[i]!);
    const s = Math.sin(q[i]!);
    for (let r = 0; r < 3; r++) {
      const a = R[3 * r]!;
      const b = R[3 * r + 1]!;
      const d = R[3 * r + 2]!;
      if (ALONG[i]!) {
        R[3 * r] = c * a + s * b;
        R[3 * r + 1] = c * b - s * a;
      } else {
        R[3 * r] = c * a - s * d;
        R[3 * r + 2] = c * d + s * a;
      }
    }
    px += LENGTHS[i]! * R[2]!;
    py += LENGTHS[i]! * R[5]!;
    pz += LENGTHS[i]! * R[8]!;
    ends[3 * i] = px;
    ends[3 * i + 1] = py;
    ends[3 * i + 2] = pz;
  }
}

/** Returns where the joints and the hand are for angles `[7]`: `[8, 3]`, the hand last. @throws ShapeError on another size. */
export function armPositions(q: ArrayLike<number>): Float64Array {
  if (q.length < JOINTS) throw new ShapeError(`armPositions: q must have ${JOINTS} elements, got ${q.length}`);
  const chain = createChain();
  follow(q, chain, new Float64Array(9));
  const points = new Float64Array(24);
  points.set(chain.joints);
  points.set(chain.ends.subarray(18), 21);
  return points;
}

/** Makes the function that writes joint accelerations `[7]` for angles and rates x `[14]` and torques `[7]`. */
export function createArmAcceleration(): (x: Float64Array, torques: Float64Array, out: Float64Array) => void {
  const chain = createChain();
  const R = new Float64Array(9);
  const M = new Float64Array(JOINTS * JOINTS);
  const L = new Float64Array(JOINTS * JOINTS);
  const J = new Float64Array(3 * JOINTS);
  const omega = new Float64Array(3 * (JOINTS + 1));
  const alpha = new Float64Array(3 * (JOINTS + 1));
  const acceleration = new Float64Array(3 * (JOINTS + 1));
  const cross = (a: Float64Array, i: number, b: Float64Array, j: number, out: Float64Array): void => {
    out[0] = a[i + 1]! * b[j + 2]! - a[i + 2]! * b[j + 1]!;
    out[1] = a[i + 2]! * b[j]! - a[i]! * b[j + 2]!;
    out[2] = a[i]! * b[j + 1]! - a[i + 1]! * b[j]!;
  };
  const arm = new Float64Array(3);
  const first = new Float64Array(3);
  const second = new Float64Array(3);
  return (x, torques, out) => {
    follow(x, chain, R);
    const { ends, joints, axes } = chain;
    M.fill(0);
    for (let i = 0; i < JOINTS; i++) {
      out[i] = torques[i]! - DAMPING * x[JOINTS + i]!;
      M[i * JOINTS + i] = ROTOR_INERTIA;
    }
    // Accelerations with q̈ = 0, gravity as an acceleration of the base: what the torques have to provide.
    omega.fill(0);
    alpha.fill(0);
    acceleration.fill(0);
    acceleration[2] = GRAVITY;
    for (let i = 0; i < JOINTS; i++) {
      const [at, next] = [3 * i, 3 * (i + 1)];
      const rate = x[JOINTS + i]!;
      cross(omega, at, axes, at, first);
      for (let r = 0; r < 3; r++) {
        omega[next + r] = omega[at + r]! + rate * axes[at + r]!;
        alpha[next + r] = alpha[at + r]! + rate * first[r]!;
        arm[r] = ends[at + r]! - joints[at + r]!;
      }
      cross(alpha, next, arm, 0, first);
      cross(omega, next, arm, 0, second);
      const [s0, s1, s2] = [second[0]!, second[1]!, second[2]!];
      arm[0] = s0;
      arm[1] = s1;
      arm[2] = s2;
      cross(omega, next, arm, 0, second);
      for (let r = 0; r < 3; r++) acceleration[next + r] = acceleration[at + r]! + first[r]! + second[r]!;
      // Velocity Jacobian of the link's end: axis × (end − joint).
      for (let j = 0; j <= i; j++) {
        for (let r = 0; r < 3; r++) arm[r] = ends[at + r]! - joints[3 * j + r]!;
        cross(axes, 3 * j, arm, 0, first);
        for (let r = 0; r < 3; r++) J[r * JOINTS + j] = first[r]!;
      }
      for (let j = 0; j <= i; j++) {
        let force = 0;
        for (let r = 0; r < 3; r++) force += J[r * JOINTS + j]! * acceleration[next + r]!;
        out[j] = out[j]! - MASSES[i]! * force;
        for (let k = 0; k <= i; k++) {
          let sum = 0;
          for (let r = 0; r < 3; r++) sum += J[r * JOINTS + j]! * J[r * JOINTS + k]!;
          M[j * JOINTS + k] = M[j * JOINTS + k]! + MASSES[i]! * sum;
        }
      }
    }
    factorCholesky(M, L, JOINTS);
    solveCholesky(L, out, JOINTS, 1);
  };
}

/** Bent, at rest. */
export const armStart: readonly number[] = [0, 0.4, 0, -1.2, 0, 0.6, 0, 0, 0, 0, 0, 0, 0, 0];

/** Where to reach. */
export interface ArmReachOptions {
  /** Number of steps. Default 60. */
  readonly horizon?: number;
  /** Seconds a step, above 0. Default 0.02. */
  readonly timeStep?: number;
  /** Where the hand is to be at the end, m. Default [0.3, 0.45, 0.7]. */
  readonly goal?: readonly [number, number, number];
}

/** A reach from {@link armStart} to a point, at rest at the end, with torques within ±60 N·m and rates within ±4 rad/s. */
export function armReachProblem({ horizon = 60, timeStep = 0.02, goal = [0.3, 0.45, 0.7] }: ArmReachOptions = {}): OptimalControlProblem {
  checkNumber('armReachProblem', 'timeStep', timeStep, { above: 0 });
  const n = 2 * JOINTS;
  const accelerate = createArmAcceleration();
  const acceleration = new Float64Array(JOINTS);
  const chain = createChain();
  const R = new Float64Array(9);
  const reach: Constraint = {
    kind: 'equality',
    size: 3,
    from: 'terminal',
    evaluate(x, _u, _t, out) {
      follow(x, chain, R);
      for (let r = 0; r < 3; r++) out[r] = chain.ends[18 + r]! - goal[r]!;
    },
    linearize(x, _u, _t, outX) {
      follow(x, chain, R);
      const { ends, joints, axes } = chain;
      for (let j = 0; j < JOINTS; j++) {
        const [a, b] = [3 * j, 18];
        const arm = [0, 1, 2].map((r) => ends[b + r]! - joints[a + r]!);
        outX[j] = axes[a + 1]! * arm[2]! - axes[a + 2]! * arm[1]!;
        outX[n + j] = axes[a + 2]! * arm[0]! - axes[a]! * arm[2]!;
        outX[2 * n + j] = axes[a]! * arm[1]! - axes[a + 1]! * arm[0]!;
      }
    },
  };
  const rates = (limit: number): number[] => Array.from({ length: n }, (_, i) => (i < JOINTS ? Math.sign(limit) * Infinity : limit));
  return {
    horizon,
    actionLow: -60,
    actionHigh: 60,
    // Semi-implicit Euler: rates first, then angles with the new rates.
    dynamics: pointwiseDynamics({
      stateSize: n,
      actionSize: JOINTS,
      step(x, u, _t, next) {
        accelerate(x, u, acceleration);
        for (let i = 0; i < JOINTS; i++) {
          next[JOINTS + i] = x[JOINTS + i]! + timeStep * acceleration[i]!;
          next[i] = x[i]! + timeStep * next[JOINTS + i]!;
        }
      },
    }),
    cost: quadraticCost({
      stateSize: n,
      actionSize: JOINTS,
      Q: Array.from({ length: n }, (_, i) => (i < JOINTS ? 0.01 : 0.02)),
      R: new Array<number>(JOINTS).fill(1e-4),
      terminalQ: Array.from({ length: n }, (_, i) => (i < JOINTS ? 0.01 : 10)),
      target: [...armStart.slice(0, JOINTS), ...new Array<number>(JOINTS).fill(0)],
    }),
    constraints: [reach, boundConstraint({ on: 'state', low: rates(-4), high: rates(4), from: 1, to: 'terminal' })],
  };
}
