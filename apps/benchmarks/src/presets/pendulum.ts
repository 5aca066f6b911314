/** Gymnasium's pendulum: torque too weak to lift it in one go. */
import { petsPreset, quickPets } from './pets-preset.js';
import { holdsReward, type Preset } from './preset.js';

/** Swinging up Gymnasium's pendulum. */
export const pendulum: Preset = petsPreset({
  name: 'pendulum',
  description: "swing up Gymnasium's pendulum, whose motor is too weak to lift it in one go",
  environment: { name: 'Pendulum-v1', options: {} },
  goal: holdsReward('hold the pendulum up', { lastSteps: 80, least: -0.5 }),
  settings: { ...quickPets, trials: 10, stepsPerTrial: 200 },
});
