/** The MuJoCo tasks by name. */
import type { Catalogue } from '../catalogue.js';
import { createHalfCheetah, type HalfCheetahOptions } from './half-cheetah.js';
import { loadMujoco } from './load-mujoco.js';
import type { MujocoEnvironment } from './mujoco-task.js';

/** The options of every MuJoCo task, by its name. */
export interface MujocoOptions {
  readonly 'HalfCheetah-v5': HalfCheetahOptions;
}

const load = (): Promise<void> => loadMujoco();
const taskKeys = { frameSkip: true, maxSteps: true, seed: true } as const;
const worldKeys = { gravity: true, physicsTimeStep: true, friction: true } as const;
const runnerKeys = {
  forwardRewardWeight: true,
  ctrlCostWeight: true,
  resetNoiseScale: true,
  excludeCurrentPositionsFromObservation: true,
} as const;
const source = 'Gymnasium 1.3';

/** Every MuJoCo task. */
export const mujocoCatalogue: Catalogue<MujocoOptions, MujocoEnvironment> = {
  'HalfCheetah-v5': {
    create: createHalfCheetah,
    load,
    keys: {
      ...taskKeys,
      ...worldKeys,
      ...runnerKeys,
      torsoLength: true,
      backLegScale: true,
      frontLegScale: true,
      radius: true,
      totalMass: true,
    },
    reward: 'speed (m/s) − 0.1 ‖action‖²',
    source,
  },
};
