/**
 * The outputs of a probabilistic network: a mean and a log-variance for each target, the latter bounded softly
 * (Chua et al. 2018, appendix A.1): v ← v_max − softplus(v_max − v), then v ← v_min + softplus(v − v_min).
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
  readonly logVariance: tf.Tensor;
}

/** Splits network outputs `[…, 2D]` into mean and bounded log-variance, `[…, D]` each. */
export function gaussianHead(outputs: tf.Tensor, bounds: LogVarianceBounds<tf.Tensor>): GaussianOutput {
  const [mean, raw] = tf.split(outputs, 2, -1) as [tf.Tensor, tf.Tensor];
  const below = tf.sub(bounds.maximum, tf.softplus(tf.sub(bounds.maximum, raw)));
  const logVariance = tf.add(bounds.minimum, tf.softplus(tf.sub(below, bounds.minimum)));
  return { mean, logVariance };
}

/** Negative log-likelihood of each target, up to a constant and a factor of two: (y − μ)² e^{−v} + v. */
export function gaussianLoss({ mean, logVariance }: GaussianOutput, target: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(tf.square(tf.sub(mean, target)), tf.exp(tf.neg(logVariance))), logVariance);
}
