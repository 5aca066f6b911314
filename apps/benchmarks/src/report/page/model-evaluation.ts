/** What a model predicted, against what happened. Shapes: `H` steps, `O` observation size. */

/**
 * An open-loop prediction: from one real observation the model is run forward on the actions that were taken, without
 * seeing what followed.
 */
export interface OpenLoopPrediction {
  /** Step of the trial it starts from. */
  readonly start: number;
  /** Steps predicted, H. */
  readonly horizon: number;
  /** Expected observation after 1 … H steps, `[H, O]` by row. */
  readonly mean: readonly (readonly number[])[];
  /** Standard deviation over the particles of all members, `[H, O]` by row: noise and disagreement together. */
  readonly standardDeviation: readonly (readonly number[])[];
  /** What was observed, `[H, O]` by row. */
  readonly actual: readonly (readonly number[])[];
}

/** How often reality fell inside the intervals that the model gave, over all steps and components. */
export interface Calibration {
  /** Coverage that the interval claims, each in [0, 1], increasing. */
  readonly expected: readonly number[];
  /** Share of outcomes that fell inside. */
  readonly observed: readonly number[];
  /** Outcomes counted for each point. */
  readonly count: number;
}

/** The model judged on one trial. */
export interface ModelEvaluation {
  /** Whether the model had learned from no part of this trial. */
  readonly heldOut: boolean;
  readonly predictions: readonly OpenLoopPrediction[];
  /** One-step calibration. */
  readonly calibration: Calibration;
}
