export { type CartPoleOptions, type ContinuousCartPoleOptions, createCartPole, createContinuousCartPole } from './classic/cart-pole.js';
export type { ClassicEnvironment, ClassicResetOptions } from './classic/classic-environment.js';
export { createPendulum, type PendulumOptions } from './classic/pendulum.js';
export { createPetsCartPole, petsCartPoleOptions } from './classic/pets-cart-pole.js';
export { type CartPoleSwingUpOptions, createCartPoleSwingUp, type PoleShape } from './classic/swing-up.js';
export {
  createEnvironment,
  describeEnvironment,
  type EnvironmentName,
  environmentNames,
  type EnvironmentOf,
  type EnvironmentOptions,
  loadEnvironment,
} from './registry.js';
export { withTimeLimit } from './wrappers/time-limit.js';
