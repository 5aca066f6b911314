export { type CartPoleOptions, type ContinuousCartPoleOptions, createCartPole, createContinuousCartPole } from './cart-pole.js';
export type { ClassicEnvironment, ClassicResetOptions } from './classic-environment.js';
export { createPendulum, type PendulumOptions } from './pendulum.js';
export { createPetsCartPole, petsCartPoleOptions } from './pets-cart-pole.js';
export { createEnvironment, type EnvironmentName, environmentNames, type EnvironmentOptions } from './registry.js';
export { type CartPoleSwingUpOptions, createCartPoleSwingUp, type PoleShape } from './swing-up.js';
export { withTimeLimit } from './time-limit.js';
