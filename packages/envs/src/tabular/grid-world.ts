/** Making an environment of a grid: its tables, its picture, and the limit on its steps. */
import type { SceneRole, SceneShape, TabularModel } from '@mbrl/core';
import { withTimeLimit } from '../wrappers/time-limit.js';
import { checkStepLimit, type Move } from './grid.js';
import { gridScene } from './grid-scene.js';
import { type TabularEnvironment, TabularTask } from './tabular-environment.js';

/** What {@link createGridWorld} needs. */
export interface GridWorldOptions {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly moves: readonly Move[];
  readonly moveLabels: readonly string[];
  readonly stages: readonly { readonly model: TabularModel; readonly untilStep?: number }[];
  /** Role of a cell in a stage. */
  readonly roleOf: (state: number, stage: number) => SceneRole | undefined;
  readonly extra?: readonly SceneShape[];
  readonly maxSteps: number;
  readonly seed: number;
}

/** Makes it. @throws OptionError on a step limit that is neither a whole number nor Infinity. */
export function createGridWorld(options: GridWorldOptions): TabularEnvironment {
  const { name, rows, columns, moves, moveLabels, stages, roleOf, extra = [], maxSteps, seed } = options;
  const task = new TabularTask({
    name,
    stages,
    seed,
    actionLabels: moveLabels,
    drawScene: (state, lastAction, stage) =>
      gridScene({ rows, columns, roleOf: (cell) => roleOf(cell, stage), agent: state, lastMove: moves[lastAction], extra }),
  });
  return checkStepLimit(name, maxSteps) === Infinity ? task : withTimeLimit(task, maxSteps);
}
