/** SiLU, x · σ(x) (also called swish), with the short form of its derivative. */
import { tf } from './tensorflow.js';

/**
 * Applies SiLU. Its derivative is written as σ + y (1 − σ) with y the output, which takes four passes over the data
 * where differentiating the product takes six. σ and y are written out anew there: a program computes them once, and
 * the derivative can be differentiated again, which what a custom gradient keeps cannot.
 */
export function silu(x: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((input, save) => {
    const z = input as tf.Tensor;
    (save as tf.GradSaveFunc)([z]);
    return {
      value: tf.mul(z, tf.sigmoid(z)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const given = saved[0]!;
        const gate = tf.sigmoid(given);
        return tf.mul(dy, tf.add(gate, tf.mul(tf.mul(given, gate), tf.sub(1, gate))));
      },
    };
  });
  return op(x);
}
