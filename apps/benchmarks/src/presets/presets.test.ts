import { expect, test } from 'vitest';
import type { PetsSettings } from './pets-settings.js';
import { holdsComponent, holdsReward, reachesReturn } from './preset.js';
import { presets } from './presets.js';
import { checkStoredSettings, differences, findPreset, parseAssignment, resolveSettings, showSetting } from './resolve-settings.js';
import type { Settings } from './setting.js';

const settingsOf = (name: string): PetsSettings => findPreset(presets, name).settings as unknown as PetsSettings;

test('cartpole-balance has the settings of the mbrl-lib notebook', () => {
  expect(settingsOf('cartpole-balance')).toMatchObject({
    trials: 10,
    stepsPerTrial: 200,
    initialSteps: 200,
    ensembleSize: 5,
    hiddenSizes: [200, 200, 200],
    activation: 'leakyRelu',
    learningRate: 1e-3,
    weightDecay: 5e-5,
    batchSize: 32,
    epochs: 50,
    holdoutRatio: 0.05,
    populationSize: 500,
    eliteCount: 50,
    iterations: 5,
    momentum: 0.1,
    horizon: 15,
    particleCount: 20,
    propagation: 'tsInfinity',
    returnMean: 'mean',
  });
});

test('cartpole-balance-pets has those of pets_cartpole', () => {
  expect(settingsOf('cartpole-balance-pets')).toMatchObject({
    totalSteps: 5000,
    stepsPerTrial: 200,
    ensembleSize: 7,
    eliteMemberCount: 5,
    hiddenSizes: [200, 200, 200, 200],
    activation: 'silu',
    learningRate: 7.5e-4,
    weightDecay: 3e-5,
    batchSize: 256,
    epochs: 25,
    trainEverySteps: 50,
    populationSize: 350,
    eliteCount: 35,
    iterations: 5,
    horizon: 15,
    particleCount: 20,
    propagation: 'ts1',
  });
});

test('cartpole-swingup-pets has those of handful-of-trials', () => {
  expect(settingsOf('cartpole-swingup-pets')).toMatchObject({
    trials: 50,
    stepsPerTrial: 200,
    ensembleSize: 5,
    hiddenSizes: [500, 500, 500],
    weightDecay: [1e-4, 2.5e-4, 2.5e-4, 5e-4],
    batchSize: 32,
    epochs: 5,
    bootstrap: true,
    populationSize: 400,
    eliteCount: 40,
    iterations: 5,
    momentum: 0.1,
    horizon: 25,
    particleCount: 20,
    propagation: 'tsInfinity',
  });
});

test('every setting of every preset passes its own definition, as text too', () => {
  for (const preset of presets) {
    expect(Object.keys(preset.definitions).sort()).toEqual(Object.keys(preset.settings).sort());
    for (const [key, value] of Object.entries(preset.settings)) {
      expect(parseAssignment(preset, `${key}=${showSetting(value)}`)).toEqual({ key, value });
    }
    expect(() => preset.check(preset.settings)).not.toThrow();
  }
});

// One whose settings stay as they are: they are those of its reference.
const balance = findPreset(presets, 'cartpole-balance');

test.each([
  ['hiddenSizes=64,32', 'hiddenSizes', [64, 32]],
  ['weightDecay=0', 'weightDecay', 0],
  ['weightDecay=1e-4,2e-4,3e-4,4e-4', 'weightDecay', [1e-4, 2e-4, 3e-4, 4e-4]],
  ['bootstrap=false', 'bootstrap', false],
  ['propagation=ts1', 'propagation', 'ts1'],
  ['horizon=30', 'horizon', 30],
])('%s is read', (assignment, key, value) => {
  expect(resolveSettings(balance, [assignment])[key]).toEqual(value);
});

test.each([
  ['hiddenSizes=64,x', /hiddenSizes must be whole numbers in \[1, 8192\] joined by commas, got "64,x"/],
  ['hiddenSizes=', /hiddenSizes must be/],
  ['learningRate=0', /learningRate must be a number in \(0, 1\], got "0"/],
  ['learningRate=NaN', /learningRate must be/],
  ['learningRate=0x1', /learningRate must be/],
  ['horizon=2.5', /horizon must be a whole number in \[1, 1000\], got "2.5"/],
  ['horizon=', /horizon must be/],
  ['bootstrap=yes', /bootstrap must be true or false, got "yes"/],
  ['propagation=ts2', /propagation must be one of ts1, tsInfinity, expectation, momentMatching, got "ts2"/],
  ['__proto__=1', /no setting "__proto__"/],
  ['toString=1', /no setting "toString"/],
  ['eliteCount=501', /eliteCount must be at most populationSize=500, got 501/],
  ['keptEliteCount=51', /keptEliteCount must be at most eliteCount=50, got 51/],
  ['replanEvery=16', /replanEvery must be at most horizon=15, got 16/],
  ['weightDecay=0.1,0.2', /weightDecay must be one number or one for each of the 4 layers, got 2 numbers/],
  ['holdoutRatio=0', /patience needs held-out data/],
  ['initialSteps=0', /initialSteps must be at least 1/],
])('%s is refused by name', (assignment, message) => {
  expect(() => resolveSettings(balance, [assignment])).toThrow(message);
});

test('settings of a run that was made before are checked like new ones', () => {
  const stored =
    (changes: Settings): (() => void) =>
    () =>
      checkStoredSettings(balance, { ...balance.settings, ...changes }, 'here');
  expect(stored({})).not.toThrow();
  expect(stored({ horizon: 'abc' })).toThrow(/^here: horizon must be a whole number in \[1, 1000\], got "abc"$/);
  expect(stored({ horizn: 3 })).toThrow(/here: cartpole-balance has no setting "horizn"; another version made the run/);
  expect(stored({ eliteCount: 501 })).toThrow(/eliteCount must be at most populationSize=500/);
  const { horizon: _, ...rest } = balance.settings;
  expect(() => checkStoredSettings(balance, rest, 'here')).toThrow(/here: the setting horizon is missing; another version made the run/);
});

test('elites need held-out data', () => {
  expect(() => resolveSettings(balance, ['holdoutRatio=0', 'patience=0', 'eliteMemberCount=3'])).toThrow(
    /elites are chosen on held-out data/,
  );
});

test('differences names what differs, and nothing else', () => {
  expect(differences({ a: 1, b: [1, 2] }, { a: 1, b: [1, 2] })).toEqual([]);
  expect(differences({ a: 1, b: [1, 2] }, { a: 2, b: [1, 2], c: true })).toEqual(['a: 1 there, 2 here', 'c: nothing there, true here']);
});

test('goals: a return reached, rewards held, a component held', () => {
  const trial = (rewards: number[], component: number[] = []) => ({
    rewards,
    observations: component.map((value) => [0, value]),
    stepsPerTrial: 4,
  });
  expect(reachesReturn('', 4).isSolved(trial([1, 1, 1, 1]))).toBe(true);
  expect(reachesReturn('', 4).isSolved(trial([1, 1, 1, 0.9]))).toBe(false);
  const holds = holdsReward('', { lastSteps: 2, least: 0.5 });
  expect(holds.isSolved(trial([0, 0, 0.5, 0.6]))).toBe(true);
  expect(holds.isSolved(trial([0, 1, 0.4, 0.6]))).toBe(false);
  expect(holds.isSolved(trial([0, 0.6, 0.6]))).toBe(false);
  const upright = holdsComponent('', '', { component: 1, lastSteps: 2, most: -0.9 });
  expect(upright.isSolved(trial([0, 0, 0, 0], [1, 1, 1, -0.95, -0.9]))).toBe(true);
  expect(upright.isSolved(trial([0, 0, 0, 0], [1, 1, 1, -0.85, -0.9]))).toBe(false);
  expect(upright.isSolved(trial([0, 0, 0], [1, 1, -1, -1]))).toBe(false);
});
