/**
 * What the network sees of an observation. Most models see it as it is; a task with raw angles is easier to learn from
 * their sine and cosine.
 */
import { checkInteger, OptionError } from '@mbrl/core';
import { tf } from '@mbrl/jit';

/** A pure function of observations `[…, O]`, to inputs `[…, I]`. */
export interface InputTransform {
  /** Components I of the result. */
  readonly size: number;
  apply(observation: tf.Tensor): tf.Tensor;
}

/** Passes observations through. */
export function identityTransform(observationSize: number): InputTransform {
  return { size: observationSize, apply: (observation) => observation };
}

/**
 * Replaces each angle (in radians) by its sine and cosine: the other components first, then sines, then cosines.
 * @param angles components that are angles, each once
 * @throws OptionError on a component that is not there or comes twice.
 */
export function sineCosineTransform(observationSize: number, angles: readonly number[]): InputTransform {
  checkInteger('sineCosineTransform', 'observationSize', observationSize, { min: 1 });
  angles.forEach((angle, i) => checkInteger('sineCosineTransform', `angles[${i}]`, angle, { min: 0, below: observationSize }));
  if (new Set(angles).size !== angles.length) throw new OptionError(`sineCosineTransform: angles must differ, got ${angles.join(', ')}`);
  const component = (observation: tf.Tensor, i: number): tf.Tensor => {
    const begin = observation.shape.map((_, axis) => (axis === observation.rank - 1 ? i : 0));
    const size = observation.shape.map((extent, axis) => (axis === observation.rank - 1 ? 1 : extent));
    return tf.slice(observation, begin, size);
  };
  const others = Array.from({ length: observationSize }, (_, i) => i).filter((i) => !angles.includes(i));
  return {
    size: others.length + 2 * angles.length,
    apply(observation) {
      const turned = angles.map((i) => component(observation, i));
      return tf.concat(
        [...others.map((i) => component(observation, i)), ...turned.map((angle) => tf.sin(angle)), ...turned.map((angle) => tf.cos(angle))],
        -1,
      );
    },
  };
}
