/** Pictures of environments, whichever way they describe themselves. */
import { type Environment, UnsupportedError } from '@mbrl/core';
import { renderScene, type ScenePictureOptions } from './render-scene.js';
import { renderSolidScene, type SolidPictureOptions } from './render-solid-scene.js';

/** How to draw an environment: what does not apply to the kind of its scene is not used. */
export interface EnvironmentPictureOptions extends ScenePictureOptions, SolidPictureOptions {}

/**
 * Draws the present frame of an environment: its solids where it has them, else its flat shapes.
 * @returns red, green and blue of each pixel, `[height, width, 3]`, rows from top to bottom.
 * @throws UnsupportedError on an environment that describes no frame; else as {@link renderScene} and
 * {@link renderSolidScene} do.
 */
export function renderEnvironment(
  environment: Pick<Environment, 'name' | 'scene' | 'solidScene'>,
  options: EnvironmentPictureOptions,
): Uint8Array {
  if (environment.solidScene) return renderSolidScene(environment.solidScene(), options);
  if (environment.scene) return renderScene(environment.scene(), options);
  throw new UnsupportedError(`renderEnvironment: ${environment.name} describes no frame: it has neither scene() nor solidScene()`);
}
