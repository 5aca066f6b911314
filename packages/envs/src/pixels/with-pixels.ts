/** An environment seen through its picture: what a camera gives, in place of the state. */
import {
  type Action,
  boxSpace,
  type BoxSpace,
  checkOneOf,
  type Environment,
  type EnvironmentState,
  type ResetResult,
  type Scene,
  ShapeError,
  type SolidScene,
  type Space,
  type StepResult,
  UnsupportedError,
} from '@mbrl/core';
import { checkPicture } from './picture-options.js';
import { type EnvironmentPictureOptions, renderEnvironment } from './render-environment.js';
import { checkView } from './render-scene.js';
import { checkSamples } from './render-solid-scene.js';

/** How pictures become observations. */
export interface PixelOptions extends Omit<EnvironmentPictureOptions, 'out'> {
  /** One part for each pixel, its luminance, in place of red, green and blue; false when absent. */
  readonly grayscale?: boolean;
  /** `unit`: parts in [0, 1], byte / 255; `byte`: whole numbers in [0, 255]. `unit` when absent. */
  readonly scale?: 'unit' | 'byte';
}

/** An environment whose observations are pictures. */
export interface PixelEnvironment extends Environment {
  readonly observationSpace: BoxSpace;
  /** How an observation is laid out: rows from top to bottom, columns, parts of a pixel. */
  readonly observationShape: readonly [height: number, width: number, channels: number];
}

/** Wraps an environment; see {@link withPixels}. */
class Pixels implements PixelEnvironment {
  readonly name: string;
  readonly observationSpace: BoxSpace;
  readonly observationShape: readonly [number, number, number];
  readonly actionSpace: Space;
  readonly timeStep: number;
  readonly scene?: () => Scene;
  readonly solidScene?: () => SolidScene;
  readonly snapshot?: (into?: Float64Array) => Float64Array;
  readonly restoreSnapshot?: (buffer: Float64Array) => void;
  readonly reseed?: (seed: number) => void;
  readonly dispose?: () => void;
  private readonly inner: Environment;
  private readonly picture: EnvironmentPictureOptions & { readonly out: Uint8Array };
  private readonly grayscale: boolean;
  /** Where the environment writes the observation that its picture stands for. */
  private readonly unseen: Float32Array;
  private readonly unit: number;

  constructor(inner: Environment, { grayscale = false, scale = 'unit', ...picture }: PixelOptions) {
    const { width, height, out } = checkPicture('withPixels', picture);
    if (picture.view) checkView('withPixels', picture.view);
    checkSamples('withPixels', picture.samplesPerSide);
    checkOneOf('withPixels', 'scale', scale, ['unit', 'byte']);
    if (!inner.scene && !inner.solidScene) {
      throw new UnsupportedError(`withPixels: ${inner.name} describes no frame: it has neither scene() nor solidScene()`);
    }
    const channels = grayscale ? 1 : 3;
    const size = height * width * channels;
    this.inner = inner;
    this.name = inner.name;
    this.actionSpace = inner.actionSpace;
    this.timeStep = inner.timeStep;
    this.observationShape = [height, width, channels];
    this.observationSpace = boxSpace({ low: new Float64Array(size), high: new Float64Array(size).fill(scale === 'unit' ? 1 : 255) });
    this.picture = { ...picture, out };
    this.grayscale = grayscale;
    this.unseen = new Float32Array(inner.observationSpace.size);
    this.unit = scale === 'unit' ? 255 : 1;
    if (inner.scene) this.scene = () => inner.scene!();
    if (inner.solidScene) this.solidScene = () => inner.solidScene!();
    if (inner.snapshot && inner.restoreSnapshot) {
      this.snapshot = (into) => inner.snapshot!(into);
      this.restoreSnapshot = (buffer) => inner.restoreSnapshot!(buffer);
    }
    if (inner.reseed) this.reseed = (seed) => inner.reseed!(seed);
    if (inner.dispose) this.dispose = () => inner.dispose!();
  }

  reset(options?: { readonly seed?: number }): ResetResult {
    const { info } = this.inner.reset(options);
    return { observation: this.observe(), info };
  }

  step(action: Action, into?: Float32Array): StepResult {
    const { size } = this.observationSpace;
    if (into !== undefined && into.length !== size)
      throw new ShapeError(`${this.name}.step: into must have ${size} components, got ${into.length}`);
    const { reward, terminated, truncated, info } = this.inner.step(action, this.unseen);
    return { observation: this.observe(into), reward, terminated, truncated, info };
  }

  saveState(): EnvironmentState {
    return this.inner.saveState();
  }

  restoreState(state: EnvironmentState): void {
    this.inner.restoreState(state);
  }

  private observe(observation: Float32Array = new Float32Array(this.observationSpace.size)): Float32Array {
    const bytes = renderEnvironment(this.inner, this.picture);
    if (this.grayscale) {
      // Luma of ITU-R BT.601, in whole numbers.
      for (let i = 0, at = 0; i < observation.length; i++, at += 3) {
        observation[i] = Math.floor((299 * bytes[at]! + 587 * bytes[at + 1]! + 114 * bytes[at + 2]! + 500) / 1000) / this.unit;
      }
    } else {
      for (let i = 0; i < observation.length; i++) observation[i] = bytes[i]! / this.unit;
    }
    return observation;
  }
}

/**
 * Gives pictures of an environment in place of its observations: `[height, width, channels]` in one flat array, rows
 * from top to bottom. All else passes through, except what is told in terms of the old observation: `batched`,
 * `sceneOf` and `tabularModel` are gone. One picture shows no speeds: stack a few where the task needs them. The
 * environment given is used, not copied: step it through the result only.
 * @throws OptionError on a size, palette or scale outside of its bounds; UnsupportedError on an environment that
 * describes no frame.
 */
export function withPixels(environment: Environment, options: PixelOptions): PixelEnvironment {
  return new Pixels(environment, options);
}
