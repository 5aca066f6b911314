import { type Environment, OptionError, type SolidScene, UnsupportedError } from '@mbrl/core';
import { checkEnvironment } from '@mbrl/core/testing';
import { createCartPole, createCartPoleSwingUp, renderEnvironment, renderScene, renderSolidScene, withPixels } from '@mbrl/envs';
import { describe, expect, test, vi } from 'vitest';

/** A ball that moves with the cart, for an environment in space. */
function solidCartPole(): Environment {
  const environment = createCartPole();
  let x = 0;
  const scene = (): SolidScene => ({
    camera: { position: [0, -3, 1], target: [0, 0, 0], fieldOfView: 45 },
    shapes: [{ form: { kind: 'sphere', radius: 0.3 }, position: [x, 0, 0], rotation: [1, 0, 0, 0], role: 'body' }],
  });
  const track = <T extends { readonly observation: Float32Array }>(result: T): T => {
    x = result.observation[0]!;
    return result;
  };
  return {
    name: environment.name,
    observationSpace: environment.observationSpace,
    actionSpace: environment.actionSpace,
    timeStep: environment.timeStep,
    reset: (options) => track(environment.reset(options)),
    step: (action) => track(environment.step(action)),
    saveState: () => environment.saveState(),
    restoreState: (state) => environment.restoreState(state),
    scene: () => environment.scene(),
    solidScene: scene,
  };
}

describe('renderEnvironment', () => {
  test('draws the flat scene, and the solids where there are some', () => {
    const environment = createCartPole();
    environment.reset({ seed: 3 });
    const size = { width: 40, height: 30 };
    expect(renderEnvironment(environment, size)).toEqual(renderScene(environment.scene(), size));
    const solid = solidCartPole();
    solid.reset({ seed: 3 });
    expect(renderEnvironment(solid, size)).toEqual(renderSolidScene(solid.solidScene!(), size));
  });

  test('says when an environment describes no frame', () => {
    const { scene: _, solidScene: __, ...blind } = solidCartPole();
    expect(() => renderEnvironment(blind, { width: 4, height: 4 })).toThrow(UnsupportedError);
    expect(() => withPixels(blind as Environment, { width: 4, height: 4 })).toThrow(/withPixels: CartPole-v1 describes no frame/);
  });
});

describe('withPixels', () => {
  test.each([
    ['cart-pole', () => withPixels(createCartPole(), { width: 16, height: 12 })],
    ['cart-pole in grey bytes', () => withPixels(createCartPole(), { width: 16, height: 12, grayscale: true, scale: 'byte' })],
    ['swing-up', () => withPixels(createCartPoleSwingUp(), { width: 16, height: 12 })],
    ['solids', () => withPixels(solidCartPole(), { width: 16, height: 12, samplesPerSide: 1 })],
  ])('keeps the contract: %s', (name, factory) => {
    expect(() => checkEnvironment(factory, { mustEnd: true, stepLimit: 300, episodeCount: 2 })).not.toThrow();
    expect(factory().snapshot === undefined).toBe(name === 'solids');
  });

  test('observes the picture, rows from top to bottom and red, green, blue for each pixel', () => {
    const plain = createCartPole();
    const seen = withPixels(createCartPole(), { width: 20, height: 10 });
    expect(seen.observationShape).toEqual([10, 20, 3]);
    expect(seen.observationSpace.size).toBe(600);
    expect([seen.observationSpace.low[0], seen.observationSpace.high[599]]).toEqual([0, 1]);
    plain.reset({ seed: 5 });
    seen.reset({ seed: 5 });
    const result = plain.step(1);
    const { observation, ...rest } = seen.step(1);
    const picture = renderEnvironment(plain, { width: 20, height: 10 });
    expect(observation).toEqual(Float32Array.from(picture, (byte) => byte / 255));
    expect(rest).toEqual({ reward: result.reward, terminated: false, truncated: false, info: result.info });
  });

  test('gives luminance, bytes, another palette, another view on request', () => {
    const observe = (options: object): Float32Array => {
      const { observation } = withPixels(createCartPole(), { width: 20, height: 10, ...options }).reset({ seed: 5 });
      return observation;
    };
    const bytes = observe({ scale: 'byte' });
    expect(observe({})).toEqual(Float32Array.from(bytes, (byte) => byte / 255));
    expect(bytes.some((byte) => byte > 1)).toBe(true);
    const grey = observe({ grayscale: true, scale: 'byte' });
    expect(grey.length).toBe(200);
    for (let i = 0; i < grey.length; i++) {
      expect(Math.abs(grey[i]! - (0.299 * bytes[3 * i]! + 0.587 * bytes[3 * i + 1]! + 0.114 * bytes[3 * i + 2]!))).toBeLessThanOrEqual(
        0.5001,
      );
      expect(Number.isInteger(grey[i])).toBe(true);
    }
    expect(observe({ grayscale: true })).toEqual(Float32Array.from(grey, (byte) => byte / 255));
    expect(observe({ palette: { background: [0, 0, 0] } })[0]).toBe(0);
    expect(observe({ view: { left: -0.5, right: 0.5, bottom: -0.25, top: 0.25 } })).not.toEqual(observe({}));
    const solid = (options: object): Float32Array =>
      withPixels(solidCartPole(), { width: 20, height: 10, ...options }).reset({ seed: 1 }).observation;
    expect(solid({ samplesPerSide: 1 })).not.toEqual(solid({}));
    expect(solid({ shadows: false }).length).toBe(600);
  });

  test('leaves out what is told in terms of the old observation, and hands on the rest', () => {
    const inner = createCartPole();
    const dispose = vi.fn<() => void>();
    const reseed = vi.fn<(seed: number) => void>();
    const seen = withPixels(Object.assign(inner, { dispose, reseed }), { width: 8, height: 8 });
    expect([seen.batched, seen.sceneOf, seen.tabularModel]).toEqual([undefined, undefined, undefined]);
    expect([seen.name, seen.timeStep, seen.actionSpace]).toEqual([inner.name, inner.timeStep, inner.actionSpace]);
    seen.reset({ seed: 1 });
    expect(seen.scene!()).toEqual(inner.scene());
    seen.dispose!();
    expect(dispose).toHaveBeenCalledOnce();
    seen.reseed!(7);
    expect(reseed).toHaveBeenCalledWith(7);
  });

  test.each([
    [{ width: 0, height: 8 }, /withPixels: width must be an integer in \[1, 4096\], got 0/],
    [{ width: 8, height: 8, scale: 'float' }, /withPixels: scale must be one of "unit", "byte", got "float"/],
    [{ width: 8, height: 8, samplesPerSide: 0 }, /withPixels: samplesPerSide must be an integer in \[1, 4\], got 0/],
    [{ width: 8, height: 8, view: { left: 1, right: 0, bottom: 0, top: 1 } }, /withPixels: view must be a rectangle/],
    [{ width: 8, height: 8, palette: { sun: [1, 2, 3] } }, /withPixels: palette must have parts among/],
  ])('refuses %j', (options, message) => {
    const act = (): unknown => withPixels(createCartPole(), options as never);
    expect(act).toThrow(OptionError);
    expect(act).toThrow(message);
  });
});
