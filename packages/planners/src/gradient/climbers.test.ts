import { boxSpace, createRng } from '@mbrl/core';
import { expect, it } from 'vitest';
import { actionBounds } from '../search/action-bounds.js';
import { createBatches } from '../search/candidate-batch.js';
import { climb, createClimbers } from './climbers.js';
import { createFreeActions } from './free-actions.js';

it('a climber that starts again forgets the steps of the one before; the others go on', () => {
  const free = createFreeActions(actionBounds('test', boxSpace({ low: [-1], high: [1] })), 'project');
  const climbers = createClimbers(2, 3);
  const batch = createBatches([2], 2, 3)[0]!;
  const settings = { optimizer: 'adam', learningRate: 0.1, gradientClip: Infinity } as const;
  const step = (): number => climb(climbers, free, settings, batch, new Float64Array(3), 0.2, createRng(1));
  climbers.gradients.fill(1);
  expect(step()).toBeCloseTo(Math.sqrt(3), 6);
  expect(climbers.memories.map(({ steps }) => steps)).toEqual([1, 1]);
  climbers.gradients.fill(NaN, 0, 1);
  step();
  expect(climbers.memories.map(({ steps }) => steps)).toEqual([0, 2]);
  expect([...climbers.memories[0]!.first, ...climbers.memories[0]!.second]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(climbers.memories[1]!.first[0]).toBeGreaterThan(0);
  // A return that is not finite counts as much as a gradient that is not.
  climbers.gradients.fill(1);
  batch.scores[1] = -Infinity;
  step();
  expect(climbers.memories.map(({ steps }) => steps)).toEqual([1, 0]);
});
