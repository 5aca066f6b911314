import { createRng, float32, type NdArray, treeLeaves } from '@mbrl/core';
import { jit } from '@mbrl/jit';
import { expect, test } from 'vitest';
import { ourStep, sketchStep, type StepState, type TrainingProcedure } from './training-steps.js';

type Float32 = NdArray<'float32'>;

const normal = (...shape: number[]): Float32 => {
  const array = float32(shape);
  createRng(shape.at(-1)!).fillNormal(array.data);
  return array;
};
const [inputs, targets] = [normal(5, 4, 6), normal(5, 4, 4)];

async function run(
  { step, initialState }: TrainingProcedure,
  steps: number,
): Promise<{ losses: Float32Array; parameters: Float32Array[] }> {
  type HostStep = (state: StepState<Float32>, x: Float32, y: Float32) => Promise<{ state: StepState<Float32>; losses: Float32 }>;
  const compiled = jit(step);
  let state = initialState(createRng(1));
  let losses: Float32Array = new Float32Array();
  for (let i = 0; i < steps; i++) {
    const next = await (compiled as unknown as HostStep)(state, inputs, targets);
    ({ state } = next);
    losses = next.losses.data;
  }
  compiled.dispose();
  return { losses, parameters: treeLeaves<Float32>(state.layers).map((leaf) => leaf.data) };
}

test("our step and the sketch's do the same work: equal losses and parameters after three steps", async () => {
  const [ours, sketch, before] = [await run(ourStep, 3), await run(sketchStep, 3), await run(ourStep, 1)];
  expect(ours.losses).toHaveLength(5);
  ours.losses.forEach((loss, member) => {
    expect(loss).toBeCloseTo(sketch.losses[member]!, 4);
    expect(loss).toBeLessThan(before.losses[member]!);
  });
  ours.parameters.forEach((array, i) => {
    const distance = array.reduce((sum, value, k) => sum + Math.abs(value - sketch.parameters[i]![k]!), 0) / array.length;
    const way = array.reduce((sum, value, k) => sum + Math.abs(value - before.parameters[i]![k]!), 0) / array.length;
    expect(way).toBeGreaterThan(1e-4);
    expect(distance).toBeLessThan(1e-2 * way);
  });
});
