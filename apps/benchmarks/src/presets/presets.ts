/** The presets of the `mbrl` command, in the order in which it lists them. */
import { cartpoleBalance, cartpoleBalancePets } from './cartpole-balance.js';
import { cartpoleSwingup, cartpoleSwingupPets } from './cartpole-swingup.js';
import { pendulum } from './pendulum.js';
import type { Preset } from './preset.js';

/** All presets. */
export const presets: readonly Preset[] = [cartpoleSwingup, cartpoleSwingupPets, cartpoleBalance, cartpoleBalancePets, pendulum];
