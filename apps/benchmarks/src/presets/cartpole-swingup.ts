/** Swinging up a pole that hangs: our quick settings, and those of the PETS paper's code. */
import { petsPreset, quickPets } from './pets-preset.js';
import { holdsComponent, type Preset, reachesReturn } from './preset.js';

/** Ours, tuned to be quick; `npm start` runs it. */
export const cartpoleSwingup: Preset = petsPreset({
  name: 'cartpole-swingup',
  description: 'swing a hanging pole up and hold it there; quick on two cores',
  environment: { name: 'CartPoleSwingUp-v0', options: {} },
  // Component 2 of the observation is the cosine of the pole's angle from hanging: −1 is upright, −0.9 is 26° off.
  goal: holdsComponent('hold the pole up', 'the pole is within 26° of upright at each of the last 100 steps', {
    component: 2,
    lastSteps: 100,
    most: -0.9,
  }),
  settings: { ...quickPets, trials: 10, stepsPerTrial: 200 },
});

/** The settings of handful-of-trials, the code of the PETS paper. */
export const cartpoleSwingupPets: Preset = petsPreset({
  name: 'cartpole-swingup-pets',
  description: 'swing a pole up; the settings of handful-of-trials, the code of the PETS paper',
  environment: { name: 'PetsCartPole-v0', options: {}, angleComponents: [1] },
  goal: reachesReturn('swing the pole up and keep it there', 180),
  settings: {
    trials: 50,
    stepsPerTrial: 200,
    initialSteps: 200,
    ensembleSize: 5,
    eliteMemberCount: 5,
    hiddenSizes: [500, 500, 500],
    activation: 'silu',
    learningRate: 1e-3,
    weightDecay: [1e-4, 2.5e-4, 2.5e-4, 5e-4],
    normalizeTargets: false,
    learnLogVarianceBounds: true,
    batchSize: 32,
    initialEpochs: 5,
    epochs: 5,
    populationSize: 400,
    eliteCount: 40,
    iterations: 5,
    momentum: 0.1,
    horizon: 25,
    particleCount: 20,
    propagation: 'tsInfinity',
  },
});
