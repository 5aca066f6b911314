/**
 * The outputs of a probabilistic network: a mean and a log-variance v for each target, the latter bounded softly
 * (Chua et al. 2018, appendix A.1): v ← v_max − softplus(v_max − v), then v ← v_min + softplus(v − v_min).
 *
 * Both steps together have a closed form for the variance itself, e^{v_min} + e^{v_max} σ(v − v_max), which takes a
 * third of the operations; it is what stands here.
 */
import { tf } from '@mbrl/jit';

/** Bounds of the log-variance, `[D]` each. */
export interface LogVarianceBounds<T> {
  readonly minimum: T;
  readonly maximum: T;
}

/** A normal distribution by component. */
export interface GaussianOutput {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** Splits network outputs `[…, 2D]` into mean and softly bounded variance, `[…, D]` each. */
export function gaussianHead(outputs: tf.Tensor, bounds: LogVarianceBounds<tf.Tensor>): GaussianOutput {
  const [mean, raw] = tf.split(outputs, 2, -1) as [tf.Tensor, tf.Tensor];
  const gate = tf.sigmoid(tf.sub(raw, bounds.maximum));
  return { mean, variance: tf.add(tf.exp(bounds.minimum), tf.mul(tf.exp(bounds.maximum), gate)) };
}

/** Negative log-likelihood of each target, up to a constant and a factor of two: (y − μ)² / s + ln s for variance s. */
export function gaussianLoss({ mean, variance }: GaussianOutput, target: tf.Tensor): tf.Tensor {
  return tf.add(tf.div(tf.square(tf.sub(mean, target)), variance), tf.log(variance));
}
