/**
 * Swing-up of a double pendulum with a motor at the elbow only (Sutton 1996), as in trajax's tests. State: shoulder angle
 * from hanging, elbow angle relative to the first link, their rates; action: elbow torque.
 *
 *   [α + 2βc₂, δ + βc₂; δ + βc₂, δ] q̈ = [βs₂(ω₂² + 2ω₁ω₂) − γ₁s₁ − γ₂s₁₂;  u − βs₂ω₁² − γ₂s₁₂]
 */
import type { OptimalControlProblem } from '../ilqr/problem.js';
import { quadraticCost } from '../ilqr/quadratic-cost.js';
import type { VectorField } from '../integrators/vector-field.js';
import { pointwiseDynamics } from '../pointwise-dynamics.js';

const [MASS_1, MASS_2, LENGTH_1, CENTER_1, CENTER_2, INERTIA_1, INERTIA_2, GRAVITY] = [1, 1, 1, 0.5, 0.5, 1, 1, 9.8];
const TIME_STEP = 0.1;
const ALPHA = MASS_1 * CENTER_1 ** 2 + MASS_2 * (LENGTH_1 ** 2 + CENTER_2 ** 2) + INERTIA_1 + INERTIA_2;
const BETA = MASS_2 * LENGTH_1 * CENTER_2;
const DELTA = MASS_2 * CENTER_2 ** 2 + INERTIA_2;
const GAMMA_1 = (MASS_1 * CENTER_1 + MASS_2 * LENGTH_1) * GRAVITY;
const GAMMA_2 = MASS_2 * CENTER_2 * GRAVITY;

/** The acrobot's dynamics, ẋ = f(x, u) with 4 states and 1 action. */
export const acrobotSystem: VectorField = {
  stateSize: 4,
  actionSize: 1,
  rate(x, u, _time, out) {
    const q1 = x[0]!;
    const q2 = x[1]!;
    const w1 = x[2]!;
    const w2 = x[3]!;
    const c2 = Math.cos(q2);
    const s2 = Math.sin(q2);
    const d1 = ALPHA + 2 * BETA * c2;
    const d2 = DELTA + BETA * c2;
    const g12 = GAMMA_2 * Math.sin(q1 + q2);
    const r1 = BETA * s2 * w2 * (w2 + 2 * w1) - GAMMA_1 * Math.sin(q1) - g12;
    const r2 = u[0]! - BETA * s2 * w1 * w1 - g12;
    const determinant = d1 * DELTA - d2 * d2;
    out[0] = w1;
    out[1] = w2;
    out[2] = (DELTA * r1 - d2 * r2) / determinant;
    out[3] = (d1 * r2 - d2 * r1) / determinant;
  },
  differentiate(x, u, _time, outX, outU) {
    const q1 = x[0]!;
    const q2 = x[1]!;
    const w1 = x[2]!;
    const w2 = x[3]!;
    const c2 = Math.cos(q2);
    const s2 = Math.sin(q2);
    const d1 = ALPHA + 2 * BETA * c2;
    const d2 = DELTA + BETA * c2;
    const q12 = q1 + q2;
    const g12 = GAMMA_2 * Math.sin(q12);
    const h12 = GAMMA_2 * Math.cos(q12);
    const r1 = BETA * s2 * w2 * (w2 + 2 * w1) - GAMMA_1 * Math.sin(q1) - g12;
    const r2 = u[0]! - BETA * s2 * w1 * w1 - g12;
    const scale = 1 / (d1 * DELTA - d2 * d2);
    const a1 = (DELTA * r1 - d2 * r2) * scale;
    const a2 = (d1 * r2 - d2 * r1) * scale;
    // ∂q̈ = M⁻¹(∂r − ∂M q̈), column by column.
    const up = BETA * s2;
    const r1q1 = -GAMMA_1 * Math.cos(q1) - h12;
    const r1q2 = BETA * c2 * w2 * (w2 + 2 * w1) + up * (2 * a1 + a2) - h12;
    const r2q2 = up * a1 - BETA * c2 * w1 * w1 - h12;
    const r1w1 = 2 * up * w2;
    const r2w1 = -2 * up * w1;
    const r1w2 = 2 * up * (w1 + w2);
    for (let i = 0; i < 8; i++) outX[i] = 0;
    outX[2] = 1;
    outX[7] = 1;
    outX[8] = (DELTA * r1q1 + d2 * h12) * scale;
    outX[9] = (DELTA * r1q2 - d2 * r2q2) * scale;
    outX[10] = (DELTA * r1w1 - d2 * r2w1) * scale;
    outX[11] = DELTA * r1w2 * scale;
    outX[12] = (-d1 * h12 - d2 * r1q1) * scale;
    outX[13] = (d1 * r2q2 - d2 * r1q2) * scale;
    outX[14] = (d1 * r2w1 - d2 * r1w1) * scale;
    outX[15] = -d2 * r1w2 * scale;
    outU[0] = 0;
    outU[1] = 0;
    outU[2] = -d2 * scale;
    outU[3] = d1 * scale;
  },
};

/** Swing-up from hanging at rest (zeros) to upright in 50 Euler steps of 0.1 s: J(0) = 4959.476212, J* = 44.51328515. */
export function acrobotProblem(): OptimalControlProblem {
  return {
    dynamics: pointwiseDynamics({
      stateSize: 4,
      actionSize: 1,
      step(x, u, t, next) {
        acrobotSystem.rate(x, u, t, next);
        for (let i = 0; i < 4; i++) next[i] = x[i]! + TIME_STEP * next[i]!;
      },
      linearize(x, u, t, A, B) {
        acrobotSystem.differentiate(x, u, t, A, B);
        for (let i = 0; i < 16; i++) A[i] = TIME_STEP * A[i]!;
        for (let i = 0; i < 16; i += 5) A[i] = A[i]! + 1;
        for (let i = 0; i < 4; i++) B[i] = TIME_STEP * B[i]!;
      },
    }),
    horizon: 50,
    cost: quadraticCost({
      stateSize: 4,
      actionSize: 1,
      Q: [0.1, 0.1, 0.1, 0.1],
      R: [0.01],
      terminalQ: [1000, 1000, 1000, 1000],
      target: [Math.PI, 0, 0, 0],
    }),
  };
}
