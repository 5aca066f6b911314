/** Presets that need no model: quick to run, and of the same shape as the real ones. */
import { createRng, type TransitionColumns } from '@mbrl/core';
import { type LoopSettings, loopSettingDefaults, loopSettingDefinitions } from '../src/presets/loop-settings.js';
import { holdsReward, type Preset } from '../src/presets/preset.js';
import { oneOf, realNumber, type SettingDefinition, type Settings, wholeNumber } from '../src/presets/setting.js';
import type { ModelEvaluation } from '../src/report/page/model-evaluation.js';
import { createToyAgent } from './toy-agent.js';
import { createToyCartPole } from './toy-cart-pole.js';

/** A stand-in for a model's judgement: the truth with an error that grows along the prediction. */
function pretendEvaluation(
  seed: number,
  trial: number,
  { count, observationSize: size, nextObservations }: TransitionColumns,
): ModelEvaluation {
  const rng = createRng(seed).split('evaluate').split(trial);
  const horizon = Math.min(25, count);
  const row = (step: number): number[] => Array.from(nextObservations.subarray(step * size, (step + 1) * size));
  const predictions = [0, 0.25, 0.5, 0.75].map((share) => {
    const start = Math.floor(share * Math.max(0, count - horizon));
    const actual = Array.from({ length: horizon }, (_, h) => row(start + h));
    const standardDeviation = actual.map((_, h) => Array.from({ length: size }, () => (0.02 + 0.02 * h) / trial));
    const mean = actual.map((values, h) =>
      values.map((value, i) => value + 0.8 * standardDeviation[h]![i]! * Math.sin(h / 6 + i + rng.uniform())),
    );
    return { start, horizon, mean, standardDeviation, actual };
  });
  const expected = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
  return {
    heldOut: true,
    predictions,
    calibration: { expected, observed: expected.map((p) => p ** (1 + 1 / trial)), count: count * size },
  };
}

/** Makes a toy preset. */
export function toyPreset(
  options: {
    readonly name?: string;
    readonly description?: string;
    readonly labels?: readonly string[];
    readonly settings?: Partial<LoopSettings>;
  } = {},
): Preset {
  const { name = 'toy', description = 'a toy cart-pole with a scripted agent', labels, settings } = options;
  const definitions: { [key: string]: SettingDefinition } = {
    ...(loopSettingDefinitions as unknown as { [key: string]: SettingDefinition }),
    thinkMilliseconds: realNumber('time that each action takes', { min: 0, max: 1000 }),
    epochs: wholeNumber('epochs of a fit', { min: 1, max: 1000 }),
    activation: oneOf('does nothing', ['silu', 'relu']),
  };
  return {
    name,
    description,
    environment: { name: 'ToyCartPole', options: {} },
    goal: holdsReward('hold the pole up', { lastSteps: 40, least: 0.5 }),
    definitions,
    settings: { ...loopSettingDefaults, trials: 4, stepsPerTrial: 200, thinkMilliseconds: 0, epochs: 8, activation: 'silu', ...settings },
    check: () => {},
    createParts: async (given: Settings) => {
      const loop = given as unknown as LoopSettings & { thinkMilliseconds: number; epochs: number };
      return {
        environment: createToyCartPole(labels),
        agent: createToyAgent(loop),
        engine: { name: 'none', version: '0', threadCount: 1 },
        evaluateModel: async ({ trial, trajectory }) => pretendEvaluation(loop.seed, trial, trajectory),
        dispose() {},
      };
    },
  };
}
