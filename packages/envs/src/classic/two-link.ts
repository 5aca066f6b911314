/**
 * Exact equations of two links in a plane with a torque at each joint, integrated by RK4; the swing-ups of chains and
 * the 2-link reacher share them.
 *
 * State (θ₁, θ₂, θ̇₁, θ̇₂): θ₁ of the first link, counter-clockwise from hanging where there is gravity, θ₂ relative to it.
 * With masses m, lengths l, distances c from a link's joint to its centre of mass, moments of inertia I about it, viscous
 * friction b and torques τ, Lagrange's equations are M(θ) θ̈ = r with
 *
 *   A = I₁ + m₁ c₁² + m₂ l₁²,  B = I₂ + m₂ c₂²,  C = m₂ l₁ c₂
 *   M₁₁ = A + B + 2 C cos θ₂,  M₁₂ = B + C cos θ₂,  M₂₂ = B
 *   r₁ = τ₁ − b θ̇₁ + C sin θ₂ (2 θ̇₁ θ̇₂ + θ̇₂²) − (m₁ c₁ + m₂ l₁) g sin θ₁ − m₂ c₂ g sin(θ₁ + θ₂)
 *   r₂ = τ₂ − b θ̇₂ − C sin θ₂ θ̇₁² − m₂ c₂ g sin(θ₁ + θ₂)
 */
import { tf } from '@mbrl/jit';
import { type Column, rotate, rungeKuttaColumns } from './columns.js';
import { RungeKutta } from './runge-kutta.js';

/** How a link's mass is spread: evenly along it, or all at its far end. */
export type LinkShape = 'rod' | 'point';

/** A chain's constants, in SI units. */
export interface TwoLinkConstants {
  readonly firstMass: number;
  readonly secondMass: number;
  readonly firstLength: number;
  readonly secondLength: number;
  readonly links: LinkShape;
  readonly gravity: number;
  /** Viscous friction of each joint, N m s/rad. */
  readonly friction: number;
  /** Seconds that one advance takes. */
  readonly timeStep: number;
  /** RK4 steps in one advance. */
  readonly integrationSteps: number;
}

/** Coefficients that the equations and their batched form share; see the file's header. */
export interface TwoLinkCoefficients {
  readonly inertiaA: number;
  readonly inertiaB: number;
  readonly coupling: number;
  /** (m₁ c₁ + m₂ l₁) g */
  readonly firstWeight: number;
  /** m₂ c₂ g */
  readonly secondWeight: number;
  readonly friction: number;
  /** One integration step, s. */
  readonly step: number;
  readonly integrationSteps: number;
}

/** Works out the coefficients once. */
export function twoLinkCoefficients(constants: TwoLinkConstants): TwoLinkCoefficients {
  const { firstMass, secondMass, firstLength, secondLength, links, gravity, friction, timeStep, integrationSteps } = constants;
  const place = links === 'rod' ? 1 / 2 : 1;
  const pivotInertia = links === 'rod' ? 1 / 3 : 1;
  return {
    inertiaA: pivotInertia * firstMass * firstLength ** 2 + secondMass * firstLength ** 2,
    inertiaB: pivotInertia * secondMass * secondLength ** 2,
    coupling: secondMass * firstLength * place * secondLength,
    firstWeight: (firstMass * place + secondMass) * firstLength * gravity,
    secondWeight: secondMass * place * secondLength * gravity,
    friction,
    step: timeStep / integrationSteps,
    integrationSteps,
  };
}

/** Advances states of one chain. Keeps scratch numbers; not to be shared by two callers at once. */
export class TwoLinkDynamics {
  private readonly k: TwoLinkCoefficients;
  private readonly integrator: RungeKutta;
  private torque1 = 0;
  private torque2 = 0;

  constructor(coefficients: TwoLinkCoefficients) {
    this.k = coefficients;
    this.integrator = new RungeKutta(4, (state, slope) => this.derive(state, slope));
  }

  /** Advances (θ₁, θ₂, θ̇₁, θ̇₂) in place under constant torques in N m; further components of the state stay. */
  advance(state: Float64Array, torque1: number, torque2: number): void {
    this.torque1 = torque1;
    this.torque2 = torque2;
    const { step, integrationSteps } = this.k;
    for (let i = 0; i < integrationSteps; i++) this.integrator.advance(state, step);
  }

  private derive(state: Float64Array, slope: Float64Array): void {
    const { inertiaA, inertiaB, coupling, firstWeight, secondWeight, friction } = this.k;
    const angle1 = state[0]!;
    const angle2 = state[1]!;
    const w1 = state[2]!;
    const w2 = state[3]!;
    const coupled = coupling * Math.cos(angle2);
    const swirl = coupling * Math.sin(angle2);
    const weight2 = secondWeight === 0 ? 0 : secondWeight * Math.sin(angle1 + angle2);
    const weight1 = firstWeight === 0 ? 0 : firstWeight * Math.sin(angle1);
    const r1 = this.torque1 - friction * w1 + swirl * w2 * (2 * w1 + w2) - weight1 - weight2;
    const r2 = this.torque2 - friction * w2 - swirl * w1 * w1 - weight2;
    const m11 = inertiaA + inertiaB + 2 * coupled;
    const m12 = inertiaB + coupled;
    const inverse = 1 / (m11 * inertiaB - m12 * m12);
    slope[0] = w1;
    slope[1] = w2;
    slope[2] = (inertiaB * r1 - m12 * r2) * inverse;
    slope[3] = (m11 * r2 - m12 * r1) * inverse;
  }
}

/** A chain's state over a batch, angles as sine and cosine. */
export interface TwoLinkColumns {
  readonly sin1: Column;
  readonly cos1: Column;
  readonly sin2: Column;
  readonly cos2: Column;
  readonly w1: Column;
  readonly w2: Column;
}

/** {@link TwoLinkDynamics.advance} over a batch: every column `[B, 1]`. */
export function advanceTwoLinkBatch(k: TwoLinkCoefficients, from: TwoLinkColumns, torque1: Column, torque2: Column): TwoLinkColumns {
  let { sin1, cos1, sin2, cos2, w1, w2 } = from;
  const still = tf.zerosLike(w1);
  for (let i = 0; i < k.integrationSteps; i++) {
    const [s1, c1, s2, c2] = [sin1, cos1, sin2, cos2];
    const next = rungeKuttaColumns(
      ([turn1, turn2, v1, v2]) => {
        const [a, b] = rotate(s1, c1, turn1!);
        const [c, d] = rotate(s2, c2, turn2!);
        return [v1!, v2!, ...accelerate(k, { sin1: a, cos1: b, sin2: c, cos2: d, w1: v1!, w2: v2! }, torque1, torque2)];
      },
      [still, still, w1, w2],
      k.step,
    );
    [sin1, cos1] = rotate(s1, c1, next[0]!);
    [sin2, cos2] = rotate(s2, c2, next[1]!);
    [w1, w2] = [next[2]!, next[3]!];
  }
  return { sin1, cos1, sin2, cos2, w1, w2 };
}

function accelerate(k: TwoLinkCoefficients, y: TwoLinkColumns, torque1: Column, torque2: Column): readonly [Column, Column] {
  const coupled = tf.mul(y.cos2, k.coupling);
  const swirl = tf.mul(y.sin2, k.coupling);
  const weight2 = tf.mul(tf.add(tf.mul(y.sin1, y.cos2), tf.mul(y.cos1, y.sin2)), k.secondWeight);
  const weight1 = tf.mul(y.sin1, k.firstWeight);
  const driven1 = tf.sub(torque1, tf.mul(y.w1, k.friction));
  const r1 = tf.sub(tf.add(driven1, tf.mul(tf.mul(swirl, y.w2), tf.add(tf.mul(y.w1, 2), y.w2))), tf.add(weight1, weight2));
  const r2 = tf.sub(tf.sub(torque2, tf.mul(y.w2, k.friction)), tf.add(tf.mul(swirl, tf.square(y.w1)), weight2));
  const m11 = tf.add(tf.mul(coupled, 2), k.inertiaA + k.inertiaB);
  const m12 = tf.add(coupled, k.inertiaB);
  const determinant = tf.sub(tf.mul(m11, k.inertiaB), tf.square(m12));
  return [
    tf.div(tf.sub(tf.mul(r1, k.inertiaB), tf.mul(m12, r2)), determinant),
    tf.div(tf.sub(tf.mul(m11, r2), tf.mul(m12, r1)), determinant),
  ] as [Column, Column];
}
