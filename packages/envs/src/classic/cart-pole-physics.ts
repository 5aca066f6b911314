/**
 * The equations of Gymnasium 1.3's `CartPole-v1`: a cart on a frictionless track under a horizontal force F, with a
 * uniform pole hinged to it (Barto, Sutton and Anderson 1983, in Florian's corrected form).
 *
 *   temp = (F + m l θ̇² sin θ) / (M + m)
 *   θ̈ = (g sin θ − temp cos θ) / (l (4/3 − m cos² θ / (M + m)))
 *   ẍ = temp − m l θ̈ cos θ / (M + m)
 *
 * State (x, ẋ, θ, θ̇) in metres and radians; θ = 0 is upright and grows as the pole leans to the right (+x). One
 * explicit Euler step: positions advance by the old velocities.
 */
import { tf } from '@mbrl/jit';

/** Acceleration of gravity g, m/s². */
const gravity = 9.8;
const cartMass = 1;
const poleMass = 0.1;
/** Half of the pole's length l, m. */
const halfLength = 0.5;
const totalMass = cartMass + poleMass;
const massLength = poleMass * halfLength;

// What a module exports V8 reads anew at every use; these it builds into the equations.
const timeStep = 0.02;
const farthest = 2.4;
const steepest: number = (12 * 2 * Math.PI) / 360;

/** Seconds that a step takes. */
export const cartPoleTimeStep: number = timeStep;
/** Length of the whole pole, m. */
export const cartPoleLength: number = 2 * halfLength;
/** Newtons that a whole push makes. */
export const cartPoleForce = 10;
/** An episode ends when |x| exceeds this, m. */
export const positionLimit: number = farthest;
/** An episode ends when |θ| exceeds this (12°), rad. */
export const angleLimit: number = steepest;
/** Meaning of the state's, and the observation's, components. */
export const cartPoleLabels: readonly string[] = [
  'cart position (m)',
  'cart velocity (m/s)',
  'pole angle from upright (rad)',
  'pole angular velocity (rad/s)',
];

/** Advances the state in place by one Euler step under a force in N. */
export function advanceCartPole(state: Float64Array, force: number): void {
  const x = state[0]!;
  const velocity = state[1]!;
  const angle = state[2]!;
  const angularVelocity = state[3]!;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const temp = (force + massLength * (angularVelocity * angularVelocity) * sin) / totalMass;
  const angularAcceleration = (gravity * sin - cos * temp) / (halfLength * (4 / 3 - (poleMass * (cos * cos)) / totalMass));
  const acceleration = temp - (massLength * angularAcceleration * cos) / totalMass;
  state[0] = x + timeStep * velocity;
  state[1] = velocity + timeStep * acceleration;
  state[2] = angle + timeStep * angularVelocity;
  state[3] = angularVelocity + timeStep * angularAcceleration;
}

/** Whether the cart has left the track or the pole has fallen. */
export function cartPoleEnded(state: Float64Array): boolean {
  const x = state[0]!;
  const angle = state[2]!;
  return x < -farthest || x > farthest || angle < -steepest || angle > steepest;
}

/** {@link advanceCartPole} over a batch: states `[B, 4]` and forces `[B, 1]` in N to next states `[B, 4]`. */
export function advanceCartPoleBatch(states: tf.Tensor2D, forces: tf.Tensor2D): tf.Tensor2D {
  const [x, velocity, angle, angularVelocity] = tf.split(states, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const cos = tf.cos(angle);
  const sin = tf.sin(angle);
  const temp = tf.div(tf.add(forces, tf.mul(tf.mul(tf.square(angularVelocity), sin), massLength)), totalMass);
  const angularAcceleration = tf.div(
    tf.sub(tf.mul(sin, gravity), tf.mul(cos, temp)),
    tf.sub((halfLength * 4) / 3, tf.mul(tf.square(cos), (halfLength * poleMass) / totalMass)),
  );
  const acceleration = tf.sub(temp, tf.mul(tf.mul(angularAcceleration, cos), massLength / totalMass));
  return tf.concat(
    [
      tf.add(x, tf.mul(velocity, cartPoleTimeStep)),
      tf.add(velocity, tf.mul(acceleration, cartPoleTimeStep)),
      tf.add(angle, tf.mul(angularVelocity, cartPoleTimeStep)),
      tf.add(angularVelocity, tf.mul(angularAcceleration, cartPoleTimeStep)),
    ] as tf.Tensor2D[],
    1,
  );
}

/** {@link cartPoleEnded} over a batch: next observations `[B, 4]` to `[B]` bool. */
export function cartPoleEndedBatch(nextObservations: tf.Tensor2D): tf.Tensor1D {
  const [x, , angle] = tf.split(nextObservations, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  return tf.reshape(tf.logicalOr(tf.greater(tf.abs(x), positionLimit), tf.greater(tf.abs(angle), angleLimit)), [-1]);
}
