/** Gymnasium's pendulum: torque too weak to lift it in one go. */
import { petsPreset } from './pets-preset.js';
import { holdsReward, type Preset } from './preset.js';

/** Swinging up Gymnasium's pendulum. */
export const pendulum: Preset = petsPreset({
  name: 'pendulum',
  description: "swing up Gymnasium's pendulum, whose motor is too weak to lift it in one go",
  environment: { name: 'Pendulum-v1', options: {} },
  goal: holdsReward('hold the pendulum up', { lastSteps: 80, least: -0.5 }),
  settings: {
    trials: 10,
    stepsPerTrial: 200,
    initialSteps: 200,
    stopAfterSolvedTrials: 1,
    hiddenSizes: [64, 64],
    learningRate: 3e-3,
    initialEpochs: 100,
    epochs: 40,
    randomActionCorrelation: 0.9,
    populationSize: 120,
    eliteCount: 12,
    iterations: 3,
    horizon: 25,
    particleCount: 5,
    keptEliteCount: 3,
    noiseCorrelation: 0.7,
    sampling: 'clipped',
    returnMean: 'best',
    threads: 1,
  },
});
