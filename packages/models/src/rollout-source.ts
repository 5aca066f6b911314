/**
 * What a plan evaluator rolls out through: a learned ensemble or known dynamics, seen as a pure rollout with the noise
 * and the parameters that it takes.
 */
import type { NdArray, Rng } from '@mbrl/core';
import type { tf } from '@mbrl/jit';
import type { RolloutLayout } from './propagation.js';
import type { RolloutNoise, RolloutRows } from './rollout.js';

/** A way to roll out. */
export interface RolloutSource {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Members whose disagreement can be told; 1 where there is one only. */
  readonly memberCount: number;
  /** Lays out the rows of N candidates, or of a few more; see `propagation.ts`. */
  layout(populationSize: number): RolloutLayout;
  /** Lays out one candidate with as many particles as needed to hear all members alike. */
  singleLayout(): RolloutLayout;
  /** Makes the buffers of random numbers for a layout. */
  createNoise(layout: RolloutLayout, horizon: number): RolloutNoise<NdArray>;
  /** Fills them. */
  drawNoise(noise: RolloutNoise<NdArray>, rng: Rng, layout: RolloutLayout): void;
  /** The present parameters: a tree of arrays whose shapes stay the same. */
  parameters(): unknown;
  /** Rolls out inside of a program; `disagreement` asks for that of the members at each row. */
  roll(
    parameters: never,
    start: tf.Tensor,
    sequences: tf.Tensor,
    noise: RolloutNoise<tf.Tensor>,
    layout: RolloutLayout,
    disagreement: boolean,
  ): RolloutRows;
}
