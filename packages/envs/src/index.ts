export { type AcrobotOptions, createAcrobot } from './classic/acrobot.js';
export { type CartPoleOptions, type ContinuousCartPoleOptions, createCartPole, createContinuousCartPole } from './classic/cart-pole.js';
export type { ClassicEnvironment, ClassicResetOptions } from './classic/classic-environment.js';
export { createMountainCar, createMountainCarContinuous, type MountainCarOptions } from './classic/mountain-car.js';
export { createPendulum, type PendulumOptions } from './classic/pendulum.js';
export { createPetsCartPole, petsCartPoleOptions } from './classic/pets-cart-pole.js';
export { type CartPoleSwingUpOptions, createCartPoleSwingUp, type PoleShape } from './classic/swing-up.js';
export { darkPalette, lightPalette, type Rgb, type ScenePalette } from './pixels/palette.js';
export type { PictureOptions } from './pixels/picture-options.js';
export { type EnvironmentPictureOptions, renderEnvironment } from './pixels/render-environment.js';
export { renderScene, type ScenePictureOptions } from './pixels/render-scene.js';
export { renderSolidScene, type SolidPictureOptions } from './pixels/render-solid-scene.js';
export { planeSquareSize } from './pixels/solid-surface.js';
export { type PixelEnvironment, type PixelOptions, withPixels } from './pixels/with-pixels.js';
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
