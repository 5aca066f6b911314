/** An environment of any finite Markov decision process that is given as tables. */
import { OptionError, type TabularModel } from '@mbrl/core';
import { withTimeLimit } from '../wrappers/time-limit.js';
import { graphScene } from './graph-scene.js';
import { checkStepLimit } from './grid.js';
import { type DenseTables, tabularModelFromTables } from './outcome-tables.js';
import { type TabularEnvironment, TabularTask } from './tabular-environment.js';

/** What the environment is called and how long its episodes last. */
export interface TabularEnvironmentSettings {
  /** Default `Tabular`. */
  readonly name?: string;
  /** Steps after which an episode is truncated, at least 1. Default Infinity: never. */
  readonly maxSteps?: number;
  /** Seed of what is drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
  readonly stateLabels?: readonly string[];
  readonly actionLabels?: readonly string[];
}

/** Dense tables, or a model whose tables are sparse. */
export type TabularEnvironmentOptions = TabularEnvironmentSettings & (DenseTables | { readonly model: TabularModel });

/**
 * Makes an environment of tables.
 * @throws ShapeError when the tables' sizes differ; OptionError on probabilities that are negative or do not sum to 1,
 * and on states out of range. A step with an action that cannot be taken in its state throws an OptionError.
 * @example
 * // Two states: action 1 goes to the other one and earns 1 there and back.
 * const environment = createTabularEnvironment({
 *   P: [[[1, 0], [0, 1]], [[0, 1], [1, 0]]],
 *   R: [[0, 1], [0, 1]],
 *   discount: 0.9,
 * });
 */
export function createTabularEnvironment(options: TabularEnvironmentOptions): TabularEnvironment {
  const { name = 'Tabular', maxSteps = Infinity, seed = 0, stateLabels, actionLabels } = options;
  if (name === '') throw new OptionError('createTabularEnvironment: name must not be empty');
  const model = 'model' in options ? options.model : tabularModelFromTables(options);
  const task = new TabularTask({
    name,
    stages: [{ model }],
    seed,
    drawScene: graphScene(model),
    ...(stateLabels ? { stateLabels } : {}),
    ...(actionLabels ? { actionLabels } : {}),
  });
  return checkStepLimit('createTabularEnvironment', maxSteps) === Infinity ? task : withTimeLimit(task, maxSteps);
}
