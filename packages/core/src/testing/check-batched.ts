/** The clauses of an environment about its batched functions: they say what `step` says. */
import type { TensorLike } from '../batched-functions.js';
import type { Environment } from '../environment.js';
import type { EnvironmentClause } from './check-environment.js';
import type { Contract } from './contract.js';
import type { RecordedStep } from './episode.js';

/** Makes tensors and reads them, so that core needs no TensorFlow.js. */
export interface TensorAdapters {
  /** Makes a float32 tensor: `(values, shape) => tf.tensor(values, shape)`. */
  readonly toTensor: (values: Float32Array, shape: number[]) => TensorLike;
  /** Reads all values in order: `(tensor) => tensor.dataSync()`. */
  readonly toArray: (tensor: TensorLike) => ArrayLike<number>;
}

/** Holds the batched functions against the steps that were played. */
export function checkBatched(
  { require, allow }: Contract<EnvironmentClause>,
  environment: Environment,
  played: readonly RecordedStep[],
  tensors: TensorAdapters | undefined,
  tolerance: number,
): void {
  const { batched } = environment;
  if (!batched) return;
  if (!tensors)
    return require('batched-reward', false, 'the environment has batched functions: give the option tensors, so that they can be checked');
  const steps = played.filter(({ action }) => action.length > 0);
  const count = steps.length;
  const observationSize = environment.observationSpace.size;
  const gather = (pick: (step: RecordedStep) => Float32Array, size: number): TensorLike => {
    const values = new Float32Array(count * size);
    steps.forEach((step, row) => values.set(pick(step), row * size));
    return tensors.toTensor(values, [count, size]);
  };
  const observation = gather((step) => step.before, observationSize);
  const action = gather((step) => step.action, environment.actionSpace.size);
  const next = gather((step) => step.observation, observationSize);

  const compare = (
    clause: EnvironmentClause,
    name: string,
    result: TensorLike,
    shape: number[],
    dtype: string,
    expected: (row: number, column: number) => number,
    error: number,
  ): void => {
    require(clause, result.shape.join() ===
      shape.join(), `${name} must have shape [${shape.join(', ')}], got [${result.shape.join(', ')}]`);
    require(clause, result.dtype === dtype, `${name} must be ${dtype}, got ${result.dtype}`);
    const values = tensors.toArray(result);
    const width = shape[1] ?? 1;
    for (let i = 0; i < count * width; i++) {
      const wanted = expected(Math.floor(i / width), i % width);
      const actual = Number(values[i]);
      const close = Math.abs(actual - wanted) <= error * (1 + Math.abs(wanted));
      require(clause, close, () => {
        const step = steps[Math.floor(i / width)]!;
        return `${name} must equal step's ${wanted}, got ${actual} for observation ${step.before.join(', ')} and action ${step.action.join(', ')}`;
      });
    }
  };

  if (batched.reward) {
    const result = allow('batched-reward', 'batched.reward', () => batched.reward!(observation, action, next));
    compare('batched-reward', 'batched.reward', result, [count], 'float32', (row) => steps[row]!.reward, tolerance);
  }
  if (batched.terminated) {
    const result = allow('batched-terminated', 'batched.terminated', () => batched.terminated!(observation, action, next));
    compare('batched-terminated', 'batched.terminated', result, [count], 'bool', (row) => Number(steps[row]!.terminated), 0);
  } else {
    require('batched-terminated', steps.every(
      ({ terminated }) => !terminated,
    ), 'without batched.terminated no step may terminate, but one did');
  }
  if (batched.dynamics) {
    const result = allow('batched-dynamics', 'batched.dynamics', () => batched.dynamics!(observation, action));
    compare(
      'batched-dynamics',
      'batched.dynamics',
      result,
      [count, observationSize],
      'float32',
      (row, column) => steps[row]!.observation[column]!,
      tolerance,
    );
  }
}
