import type { Scene, SceneRole, SceneShape, SolidScene } from '@mbrl/core';
import { type ClassicEnvironment, createEnvironment, type SpatialEnvironment } from '@mbrl/envs';
import { describe, expect, it } from 'vitest';
import type { ClassicOptions } from '../src/classic/catalogue.js';

const ofRole = (scene: Scene, role: SceneRole): SceneShape[] => scene.shapes.filter((shape) => shape.role === role);

const at = <Name extends keyof ClassicOptions>(name: Name, state: number[]): ClassicEnvironment => {
  const environment: ClassicEnvironment = createEnvironment(name);
  environment.reset({ state });
  return environment;
};
const flight = (position: number[], attitude = [1, 0, 0, 0]): number[] => [...position, ...attitude, 0, 0, 0, 0, 0, 0];
/** Where the last circle of a role is. */
const circle = (scene: Scene, role: SceneRole): readonly [number, number] =>
  ofRole(scene, role)
    .flatMap((shape) => (shape.kind === 'circle' ? [shape.center] : []))
    .at(-1)!;
const close = (x: number, y: number): unknown => [expect.closeTo(x, 6), expect.closeTo(y, 6)];

describe('pictures of the classic tasks', () => {
  it('a chain hangs at zero, stands at π, and bends its second link counter-clockwise', () => {
    for (const name of ['Acrobot-v1', 'AcrobotSwingUp-v0', 'DoublePendulum-v0'] as const) {
      expect(circle(at(name, [0, 0, 0, 0]).scene(), 'accent')).toEqual(close(0, -2));
      expect(circle(at(name, [Math.PI, 0, 0, 0]).scene(), 'accent')).toEqual(close(0, 2));
      expect(circle(at(name, [0, Math.PI / 2, 0, 0]).scene(), 'accent')).toEqual(close(1, -1));
    }
    expect(circle(at('Reacher2-v0', [0, Math.PI / 2, 0, 0, 0.3, -0.2]).scene(), 'accent')).toEqual(close(0.5, 0.4));
    expect(circle(at('Reacher2-v0', [0, Math.PI / 2, 0, 0, 0.3, -0.2]).scene(), 'target')).toEqual(close(0.3, -0.2));
    expect(ofRole(at('Acrobot-v1', [0, 0, 0, 0]).scene(), 'target')).toMatchObject([{ kind: 'line', from: [expect.anything(), 1] }]);
  });

  it('torques are arcs at their joints, counter-clockwise for positive ones', () => {
    const environment = at('DoublePendulum-v0', [0, 0, 0, 0]);
    environment.step([0, 1]);
    const heads = ofRole(environment.scene(), 'target').flatMap((shape) => (shape.kind === 'polygon' ? [shape.points] : []));
    expect(heads).toHaveLength(1);
    // About the elbow, 1 m below the base, the head of a positive torque is on the left.
    expect(heads[0]![0]![0]).toBeLessThan(-0.2);
    expect(Math.abs(heads[0]![0]![1] + 1)).toBeLessThan(0.4);
  });

  it('the mountain car leans with its slope', () => {
    const lean = (position: number): number => {
      const body = ofRole(at('MountainCar-v0', [position, 0]).scene(), 'accent')[0]!;
      return body.kind === 'box' ? body.angle! : NaN;
    };
    expect(lean(0)).toBeGreaterThan(0.5);
    expect(lean(-1)).toBeLessThan(-0.5);
    expect(lean(-Math.PI / 6)).toBeCloseTo(0, 6);
  });

  it('vehicles stand where they are and head where they go', () => {
    expect(circle(at('PlanarQuadrotor-v0', [1, 2, 0, 0, 0, 0]).scene(), 'body')[0]).toBeCloseTo(1, 6);
    const car = at('KinematicBicycle-v0', [1, 2, 0.7, 0]);
    car.step([0, 1]);
    const scene = car.scene();
    expect(ofRole(scene, 'accent')[0]).toMatchObject({ kind: 'box', angle: expect.closeTo(0.7, 5) });
    // Rear wheels along the car, front wheels steered.
    const wheels = ofRole(scene, 'joint').map((shape) => (shape.kind === 'box' ? shape.angle! : NaN));
    expect(wheels.filter((angle) => Math.abs(angle - 0.7) < 1e-5)).toHaveLength(2);
    expect(wheels.filter((angle) => Math.abs(angle - 1.3) < 1e-5)).toHaveLength(2);
    const walker = (x: number): Scene => at('CliffHill-v0', [x, 0]).scene();
    expect(circle(walker(8), 'accent')[1]).toBeGreaterThan(2);
    expect(circle(walker(12.1), 'accent')[1]).toBeLessThan(0);
  });

  it('thrust is drawn below the rotors that give it', () => {
    const environment = at('PlanarQuadrotor-v0', [0, 1.5, 0, 0, 0, 0]);
    environment.step([-1, 1]);
    const jets = ofRole(environment.scene(), 'target').flatMap((shape) => (shape.kind === 'polygon' ? [shape.points[2]!] : []));
    expect(jets[1]![1]).toBeLessThan(jets[0]![1] - 0.3);
    expect(jets[1]![0]).toBeGreaterThan(0);
  });

  it('scenes in space: bodies at their positions, turned by their attitudes, seen by the camera', () => {
    const solid = (name: 'Quadrotor-v0' | 'Lander-v0' | 'WindyQuadrotor-v0' | 'Reacher7-v0', state: number[]): SolidScene =>
      (at(name, state) as SpatialEnvironment).solidScene();
    const turned = [0.8, 0, 0.6, 0];
    for (const name of ['Quadrotor-v0', 'Lander-v0'] as const) {
      const { shapes } = solid(name, flight([0.5, -0.4, 2], turned));
      const body = shapes.find(({ form }) => form.kind === 'box')!;
      expect(body.position).toEqual([0.5, -0.4, 2]);
      expect(Array.from(body.rotation)).toEqual(turned.map((v) => expect.closeTo(v, 12)));
      // The four rotors are level with the body's plane: their middle is just above the body's.
      const rotors = shapes.filter(({ form, role }) => form.kind === 'cylinder' && role === 'accent');
      expect(rotors).toHaveLength(4);
      const middle = [0, 1, 2].map((i) => rotors.reduce((sum, { position }) => sum + position[i]! / 4, 0));
      const up = [2 * 0.8 * 0.6, 0, 0.8 ** 2 - 0.6 ** 2];
      const offset = middle.map((v, i) => v - [0.5, -0.4, 2][i]!);
      const height = Math.hypot(...offset);
      offset.forEach((v, i) => expect(v / height).toBeCloseTo(up[i]!, 6));
    }
    const sock = (wind: number[]): readonly number[] =>
      solid('WindyQuadrotor-v0', [...flight([0, 0, 1.5]), ...wind, 0]).shapes.at(-1)!.position;
    expect(sock([6, 0])[0]! - sock([0, 0])[0]!).toBeGreaterThan(0.1);
    expect(sock([0, 6])[1]! - sock([0, 0])[1]!).toBeGreaterThan(0.1);
    const arm = solid('Reacher7-v0', [...Array.from({ length: 14 }, () => 0), 0.3, 0.4, 0.5]);
    expect(arm.shapes.find(({ role }) => role === 'target')!.position).toEqual([0.3, 0.4, 0.5]);
    // Stretched along x, the hand's middle is 0.085 m before the end.
    expect(arm.shapes.find(({ role }) => role === 'accent')!.position).toEqual([
      expect.closeTo(0.99 - 0.085, 9),
      expect.closeTo(0, 9),
      expect.closeTo(1, 9),
    ]);
  });

  it('a hidden wind is not drawn in the picture of an observation', () => {
    const arrows = (observeWind: boolean): number => {
      const environment = createEnvironment('WindyQuadrotor-v0', { observeWind });
      const { observation } = environment.reset({ state: [...flight([0, 0, 1.5]), 5, 1, 0] });
      return environment.sceneOf(observation).shapes.length;
    };
    expect(arrows(true)).toBe(arrows(false) + 2);
  });
});
