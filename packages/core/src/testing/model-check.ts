/** What the parts of the check of a dynamics model share. */
import type { DynamicsModel, Prediction } from '../dynamics-model.js';
import { float32, type NdArray } from '../nd-array.js';
import type { TransitionColumns } from '../transition.js';
import { allFinite, type Contract, firstDifference, show } from './contract.js';

/** Rows of numbers. */
export type Float32 = NdArray<'float32'>;

/** The clauses of {@link checkDynamicsModel}. */
export type DynamicsModelClause =
  | 'description'
  | 'fit-report'
  | 'fit-determinism'
  | 'fit-abort'
  | 'fit-refusal'
  | 'learns'
  | 'predict-form'
  | 'predict-determinism'
  | 'row-independence'
  | 'inputs-untouched'
  | 'sizes'
  | 'sample-form'
  | 'sample-determinism'
  | 'sample-distribution'
  | 'linearize'
  | 'linearize-batch'
  | 'save-load'
  | 'save-aliasing'
  | 'load-refusal'
  | 'disposed';

/** How to check a dynamics model. */
export interface DynamicsModelCheckOptions {
  /** What to learn from; transitions of a noisy linear system when absent. */
  readonly data?: TransitionColumns;
  /** Rows of that linear system; 256 when absent. */
  readonly rowCount?: number;
  /** 0 when absent. */
  readonly seed?: number;
  /** Greatest squared error of the change of the observation after the fit, by that of predicting no change; 0.5 when absent. */
  readonly errorRatio?: number;
  /** Whether samples vary; true when absent. Give false for a model without noise. */
  readonly stochastic?: boolean;
  /** Draws for the comparison of samples with the prediction; 2,000 when absent. */
  readonly sampleCount?: number;
  /** Greatest difference of a row's prediction alone and in a batch, relative to 1 + the magnitude; 1e-4 when absent. */
  readonly rowTolerance?: number;
  /** Greatest difference of `linearize` from finite differences, relative to 1 + the magnitude; 0.05 when absent. */
  readonly linearizeTolerance?: number;
}

/** What the parts of the check work with. */
export interface ModelCheck {
  readonly model: DynamicsModel;
  readonly factory: () => DynamicsModel;
  readonly contract: Contract<DynamicsModelClause>;
  readonly data: TransitionColumns;
  readonly seed: number;
  /** A few rows of the data. */
  readonly observations: Float32;
  readonly actions: Float32;
  readonly options: DynamicsModelCheckOptions;
}

/** The first rows of a column, copied, `[count, size]`. */
export const rowsOf = (values: Float32Array, size: number, count: number): Float32 => float32([count, size], values.slice(0, count * size));
/** The fields of a prediction with their names. */
export const fieldsOf = (prediction: Prediction): [string, Float32][] => [
  ['mean', prediction.mean],
  ['aleatoricVariance', prediction.aleatoricVariance],
  ['epistemicVariance', prediction.epistemicVariance],
];
/** Whether two predictions are equal bit for bit. */
export const samePrediction = (a: Prediction, b: Prediction): boolean =>
  fieldsOf(a).every(([name, field]) => firstDifference(field.data, b[name as keyof Prediction].data) === -1);

/** Requires a finite float32 array of this shape. */
export function checkArray(
  { require }: Contract<DynamicsModelClause>,
  clause: DynamicsModelClause,
  name: string,
  array: Float32,
  shape: readonly number[],
): void {
  require(clause, array.dtype === 'float32' && array.data instanceof Float32Array, `${name} must be a float32 array`);
  require(clause, array.shape.join() === shape.join() &&
    array.data.length ===
      shape.reduce((a, b) => a * b, 1), `${name} must have shape [${shape.join(', ')}], got [${array.shape.join(', ')}]`);
  require(clause, allFinite(array.data), () => `${name} must be finite, got ${show(array.data)}`);
}
