import type { Scene, SceneLine, SceneRole, SceneShape } from '@mbrl/core';
import {
  type ClassicEnvironment,
  createCartPole,
  createCartPoleSwingUp,
  createEnvironment,
  createPendulum,
  createPetsCartPole,
} from '@mbrl/envs';
import { describe, expect, it } from 'vitest';
import { classicNames } from './classic-names.js';

const ofRole = (scene: Scene, role: SceneRole): SceneShape[] => scene.shapes.filter((shape) => shape.role === role);

/** The pole: the one line in the accent colour, from hinge to tip. */
const pole = (scene: Scene): SceneLine => ofRole(scene, 'accent').find((shape): shape is SceneLine => shape.kind === 'line')!;

const sceneAt = (environment: ClassicEnvironment, state: number[]): Scene => {
  const { observation } = environment.reset({ state });
  return environment.sceneOf(observation);
};

const near = (x: number, y: number): unknown => [expect.closeTo(x, 5), expect.closeTo(y, 5)];

describe('scenes', () => {
  it.each(classicNames)('%s: scene() after a reset is sceneOf() of its observation', (name) => {
    const environment = createEnvironment(name);
    const { observation } = environment.reset({ seed: 2 });
    const a = environment.scene();
    const b = environment.sceneOf(observation);
    expect(b.shapes.map(({ kind, role }) => [kind, role])).toEqual(a.shapes.map(({ kind, role }) => [kind, role]));
    const numbers = (scene: Scene): number[] =>
      JSON.stringify(scene)
        .match(/-?\d+(\.\d+)?(e-?\d+)?/g)!
        .map(Number);
    const [fromState, fromObservation] = [numbers(a), numbers(b)];
    expect(fromObservation.length).toBe(fromState.length);
    fromState.forEach((value, i) => expect(fromObservation[i]).toBeCloseTo(value, 4));
  });

  it('a balancing pole leans to the right for a positive angle', () => {
    const scene = sceneAt(createCartPole(), [0.5, 0, 0.2, 0]);
    expect(pole(scene).from).toEqual(near(0.5, 0));
    expect(pole(scene).to).toEqual(near(0.5 + Math.sin(0.2), Math.cos(0.2)));
  });

  it('a swing-up pole hangs at angle 0 and swings to the left for a positive one, raw or not', () => {
    for (const angle of ['raw', 'sincos'] as const) {
      expect(pole(sceneAt(createCartPoleSwingUp({ angle }), [0.3, 0, 0, 0])).to).toEqual(near(0.3, -0.6));
      expect(pole(sceneAt(createCartPoleSwingUp({ angle }), [0.3, 1, 0, 0])).to).toEqual(near(0.3 - 0.6 * Math.sin(1), -0.6 * Math.cos(1)));
    }
    const goal = ofRole(sceneAt(createCartPoleSwingUp({ poleLength: 0.9 }), [0, 0, 0, 0]), 'target')[0]!;
    expect(goal).toMatchObject({ kind: 'circle', center: [0, 0.9] });
  });

  it('a pendulum turns counter-clockwise from upright', () => {
    expect(pole(sceneAt(createPendulum(), [Math.PI / 2, 0])).to).toEqual(near(-1, 0));
    expect(pole(sceneAt(createPendulum(), [0, 0])).to).toEqual(near(0, 1));
  });

  it('the view keeps a cart that goes far in sight, and shows the end of the track there', () => {
    for (const x of [-7, -0.5, 0, 2, 30]) {
      const { view } = sceneAt(createCartPoleSwingUp(), [x, 0, 0, 0]);
      expect(view.left).toBeLessThan(x - 0.7);
      expect(view.right).toBeGreaterThan(x + 0.7);
    }
    const vertical = (scene: Scene): number[] =>
      ofRole(scene, 'ground').flatMap((shape) =>
        shape.kind === 'line' && shape.from[0] === shape.to[0] && shape.width > 0.03 ? [shape.from[0]] : [],
      );
    expect(vertical(sceneAt(createPetsCartPole(), [2.2, 0, 0, 0]))).toEqual([2.5]);
    expect(vertical(sceneAt(createPetsCartPole(), [0, 0, 0, 0]))).toEqual([]);
  });

  it('a push is an arrow on its side, a torque an arc; both are gone after a reset', () => {
    const arrow = (environment: ClassicEnvironment, action: number): SceneShape[] => {
      environment.reset({ state: environment.stateLabels.map(() => 0) });
      const before = environment.scene().shapes.length;
      environment.step(action);
      const { shapes } = environment.scene();
      return before === shapes.length ? [] : shapes.filter(({ kind, role }) => kind === 'polygon' && role === 'target');
    };
    const point = (shape: SceneShape | undefined): readonly [number, number] => (shape?.kind === 'polygon' ? shape.points[0]! : [0, 0]);
    expect(point(arrow(createCartPoleSwingUp(), 0.8)[0])[0]).toBeGreaterThan(0.2);
    expect(point(arrow(createCartPoleSwingUp(), -0.8)[0])[0]).toBeLessThan(-0.2);
    expect(arrow(createCartPoleSwingUp(), 0)).toEqual([]);
    expect(arrow(createPendulum(), 2)).toHaveLength(1);
    expect(arrow(createPendulum(), 0)).toEqual([]);
  });
});
