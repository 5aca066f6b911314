/**
 * The swing-up's reward and dynamics over batches of TensorFlow.js tensors: the equations of `swing-up-dynamics.ts` on
 * columns `[B, 1]`, in float32. Angles enter as sine and cosine and turn by angle sums, so that no arc function is needed.
 */
import type { BatchedFunctions } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { stopImpedance, type SwingUpCoefficients } from './swing-up-dynamics.js';

/** What the batched functions need to know beyond the coefficients. */
export interface SwingUpBatchOptions {
  /** Whether observations hold the angle itself, or its sine and cosine. */
  readonly angle: 'raw' | 'sincos';
  /** From hinge to tip, m. */
  readonly poleLength: number;
  readonly actionLimit: number;
  /** Newtons per unit of action. */
  readonly forceGain: number;
  readonly actionCost: number;
}

type Column = tf.Tensor2D;

interface Accelerations {
  readonly cart: Column;
  readonly pole: Column;
}

/**
 * Force of the track's stops on the cart, in N, of either sign. Choices are made by `step`, which has a gradient
 * (zero), where a comparison has none.
 */
function stopPush(k: SwingUpCoefficients, x: Column, velocity: Column, acceleration: Column, inverseMass: Column): Column {
  const { touch, full, width } = stopImpedance;
  const side = tf.sub(tf.mul(tf.step(x), 2), 1);
  const depth = tf.sub(tf.mul(side, x), k.railLimit);
  const part = tf.maximum(tf.minimum(tf.div(depth, width), 1), 0);
  const shallow = tf.mul(tf.square(part), 2);
  const deep = tf.sub(1, tf.mul(tf.square(tf.sub(1, part)), 2));
  const blend = tf.add(shallow, tf.mul(tf.step(tf.sub(part, 0.5)), tf.sub(deep, shallow)));
  const impedance = tf.add(tf.mul(blend, full - touch), touch);
  const spring = tf.mul(tf.mul(impedance, depth), k.stopStiffness);
  const excess = tf.mul(side, tf.add(acceleration, tf.mul(velocity, k.stopDamping)));
  const softness = tf.mul(tf.div(tf.sub(1, impedance), impedance), k.stopInverseMass);
  const force = tf.maximum(tf.div(tf.add(excess, spring), tf.add(inverseMass, softness)), 0);
  return tf.neg(tf.mul(tf.mul(side, force), tf.step(depth)));
}

/** Both accelerations; every argument is `[B, 1]`. */
function accelerate(k: SwingUpCoefficients, x: Column, sin: Column, cos: Column, v: Column, w: Column, force: Column): Accelerations {
  const coupling = tf.mul(cos, k.massDistance);
  const f = tf.sub(tf.sub(force, tf.mul(v, k.cartFriction)), tf.mul(tf.mul(sin, k.massDistance), tf.square(w)));
  const torque = tf.sub(tf.mul(w, -k.poleFriction), tf.mul(sin, k.gravityTorque));
  const determinant = tf.sub(k.totalMass * k.pivotInertia, tf.square(coupling));
  const cart = tf.div(tf.add(tf.mul(f, k.pivotInertia), tf.mul(coupling, torque)), determinant) as Column;
  const pole = tf.div(tf.add(tf.mul(coupling, f), tf.mul(torque, k.totalMass)), determinant) as Column;
  if (!Number.isFinite(k.railLimit)) return { cart, pole };
  const inverseMass = tf.div(k.pivotInertia, determinant) as Column;
  const push = stopPush(k, x, v, cart, inverseMass);
  return { cart: tf.add(cart, tf.mul(push, inverseMass)), pole: tf.add(pole, tf.div(tf.mul(push, coupling), determinant)) };
}

/** a + scale · b. */
const plus = (a: Column, b: Column, scale: number): Column => tf.add(a, tf.mul(b, scale));

/** Sine and cosine of an angle turned further by `turn`. */
function rotate(sin: Column, cos: Column, turn: Column): readonly [Column, Column] {
  const s = tf.sin(turn);
  const c = tf.cos(turn);
  return [tf.add(tf.mul(sin, c), tf.mul(cos, s)), tf.sub(tf.mul(cos, c), tf.mul(sin, s))];
}

/** The mean slope of RK4: (k₁ + 2 k₂ + 2 k₃ + k₄) / 6. */
const meanSlope = (k1: Column, k2: Column, k3: Column, k4: Column): Column => tf.div(tf.add(tf.add(k1, k4), tf.mul(tf.add(k2, k3), 2)), 6);

/** Makes the batched functions; observations are (x, θ, ẋ, θ̇) or (x, sin θ, cos θ, ẋ, θ̇). */
export function swingUpBatched(k: SwingUpCoefficients, options: SwingUpBatchOptions): BatchedFunctions {
  const { angle, poleLength, actionLimit, forceGain, actionCost } = options;
  const raw = angle === 'raw';
  const columnCount = raw ? 4 : 5;
  const clip = (action: tf.Tensor2D): Column => tf.maximum(tf.minimum(action, actionLimit), -actionLimit);
  return {
    reward: (_observation, action, next) =>
      tf.tidy(() => {
        const columns = tf.split(next as tf.Tensor2D, columnCount, 1) as Column[];
        const sin = raw ? tf.sin(columns[1]!) : columns[1]!;
        const cos = raw ? tf.cos(columns[1]!) : columns[2]!;
        const aside = tf.sub(columns[0]!, tf.mul(sin, poleLength));
        const below = tf.mul(tf.add(cos, 1), poleLength);
        const distance = tf.add(tf.square(aside), tf.square(below));
        const near = tf.exp(tf.mul(distance, -1 / (poleLength * poleLength)));
        const cost = tf.mul(tf.square(clip(action as tf.Tensor2D)), actionCost);
        return tf.reshape(tf.sub(near, cost), [-1]);
      }),
    dynamics: (observation, action) =>
      tf.tidy(() => {
        const columns = tf.split(observation as tf.Tensor2D, columnCount, 1) as Column[];
        const force: Column = tf.mul(clip(action as tf.Tensor2D), forceGain);
        const h = k.step;
        let x = columns[0]!;
        let v = columns[columnCount - 2]!;
        let w = columns[columnCount - 1]!;
        let sin = raw ? tf.sin(columns[1]!) : columns[1]!;
        let cos = raw ? tf.cos(columns[1]!) : columns[2]!;
        let turned: Column | undefined;
        for (let i = 0; i < k.integrationSteps; i++) {
          const a1 = accelerate(k, x, sin, cos, v, w, force);
          const v2 = plus(v, a1.cart, h / 2);
          const w2 = plus(w, a1.pole, h / 2);
          const a2 = accelerate(k, plus(x, v, h / 2), ...rotate(sin, cos, tf.mul(w, h / 2)), v2, w2, force);
          const v3 = plus(v, a2.cart, h / 2);
          const w3 = plus(w, a2.pole, h / 2);
          const a3 = accelerate(k, plus(x, v2, h / 2), ...rotate(sin, cos, tf.mul(w2, h / 2)), v3, w3, force);
          const v4 = plus(v, a3.cart, h);
          const w4 = plus(w, a3.pole, h);
          const a4 = accelerate(k, plus(x, v3, h), ...rotate(sin, cos, tf.mul(w3, h)), v4, w4, force);
          const turn: Column = tf.mul(meanSlope(w, w2, w3, w4), h);
          x = plus(x, meanSlope(v, v2, v3, v4), h);
          v = plus(v, meanSlope(a1.cart, a2.cart, a3.cart, a4.cart), h);
          w = plus(w, meanSlope(a1.pole, a2.pole, a3.pole, a4.pole), h);
          turned = turned ? tf.add(turned, turn) : turn;
          if (!raw || i + 1 < k.integrationSteps) [sin, cos] = rotate(sin, cos, turn);
        }
        return tf.concat(raw ? [x, tf.add(columns[1]!, turned!), v, w] : [x, sin, cos, v, w], 1);
      }),
  };
}
