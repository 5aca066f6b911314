/** Balancing a pole that starts upright: the tasks and settings of mbrl-lib. */
import { petsPreset } from './pets-preset.js';
import { type Preset, reachesReturn } from './preset.js';

const environment = { name: 'ContinuousCartPole-v0', options: {} };
const goal = reachesReturn('balance the pole for a whole trial', 200);

/** The settings of mbrl-lib's PETS notebook, to the letter. */
export const cartpoleBalance: Preset = petsPreset({
  name: 'cartpole-balance',
  description: 'keep an upright pole up; the settings of the mbrl-lib notebook',
  environment,
  goal,
  settings: {
    trials: 10,
    stepsPerTrial: 200,
    initialSteps: 200,
    ensembleSize: 5,
    eliteMemberCount: 5,
    hiddenSizes: [200, 200, 200],
    activation: 'leakyRelu',
    learningRate: 1e-3,
    weightDecay: 5e-5,
    normalizeTargets: false,
    batchSize: 32,
    initialEpochs: 50,
    epochs: 50,
    holdoutRatio: 0.05,
    patience: 50,
    populationSize: 500,
    eliteCount: 50,
    iterations: 5,
    momentum: 0.1,
    // mbrl-lib's reward function for plans gives 1 where the pole stands and 0 where it has fallen.
    endingReward: 'none',
    horizon: 15,
    particleCount: 20,
    propagation: 'tsInfinity',
  },
});

/** The settings of mbrl-lib's `pets_cartpole`: 5,000 steps, a fit every 50. */
export const cartpoleBalancePets: Preset = petsPreset({
  name: 'cartpole-balance-pets',
  description: 'keep an upright pole up; the settings of pets_cartpole in mbrl-lib',
  environment,
  goal,
  settings: {
    trials: 1000,
    totalSteps: 5000,
    stepsPerTrial: 200,
    initialSteps: 200,
    ensembleSize: 7,
    eliteMemberCount: 5,
    hiddenSizes: [200, 200, 200, 200],
    activation: 'silu',
    learningRate: 7.5e-4,
    weightDecay: 3e-5,
    normalizeTargets: false,
    batchSize: 256,
    initialEpochs: 25,
    epochs: 25,
    // mbrl-lib picks elites by the training data here; ours are picked on a little that is held out.
    holdoutRatio: 0.05,
    patience: 25,
    trainEverySteps: 50,
    populationSize: 350,
    eliteCount: 35,
    iterations: 5,
    momentum: 0.1,
    // mbrl-lib's reward function for plans gives 1 where the pole stands and 0 where it has fallen.
    endingReward: 'none',
    horizon: 15,
    particleCount: 20,
    propagation: 'ts1',
  },
});
