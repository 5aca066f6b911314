import type { Scene, SceneRole, SceneShape } from '@mbrl/core';
import {
  createAbExample,
  createBlockingMaze,
  createCliffWalking,
  createDynaMaze,
  createFrozenLake,
  createTabularEnvironment,
  createTaxi,
  createWindyGridWorld,
} from '@mbrl/envs';
import { describe, expect, it } from 'vitest';

const ofRole = (scene: Scene, role: SceneRole, kind: SceneShape['kind']): SceneShape[] =>
  scene.shapes.filter((shape) => shape.role === role && shape.kind === kind);
const centers = (shapes: readonly SceneShape[]): unknown[] => shapes.map((shape) => ('center' in shape ? shape.center : undefined));
const pointer = (scene: Scene): readonly (readonly [number, number])[] | undefined =>
  scene.shapes.flatMap((shape) => (shape.kind === 'polygon' ? [shape.points] : []))[0];

describe('scenes of tables', () => {
  it('a maze: the agent in its cell, row 0 at the top, walls and goal where the map has them', () => {
    const maze = createDynaMaze();
    maze.reset();
    const scene = maze.scene();
    expect(scene.view.right).toBeGreaterThan(9);
    expect(centers(ofRole(scene, 'accent', 'circle'))).toEqual([[0.5, 3.5]]);
    expect(centers(ofRole(scene, 'target', 'box'))).toEqual([[8.5, 5.5]]);
    expect(centers(ofRole(scene, 'ground', 'box'))).toHaveLength(7);
    expect(centers(ofRole(scene, 'ground', 'box'))).toContainEqual([5.5, 1.5]);
    expect(centers(ofRole(maze.sceneOf([53]), 'accent', 'circle'))).toEqual([[8.5, 0.5]]);
  });

  it('a pointer shows the last move, and is gone after a reset', () => {
    const maze = createCliffWalking();
    maze.reset();
    expect(pointer(maze.scene())).toBeUndefined();
    maze.step(0);
    const [tip, ...rest] = pointer(maze.scene())!;
    for (const point of rest) expect(tip![1]).toBeGreaterThan(point[1]);
    maze.step(1);
    const [ahead, ...behind] = pointer(maze.scene())!;
    for (const point of behind) expect(ahead![0]).toBeGreaterThan(point[0]);
    maze.reset();
    expect(pointer(maze.scene())).toBeUndefined();
  });

  it('a maze that changes shows its present walls', () => {
    const maze = createBlockingMaze({ changeAfterSteps: 1 });
    maze.reset();
    const gap = (): unknown => {
      const walls = centers(ofRole(maze.scene(), 'ground', 'box')).map((center) => (center as [number, number])[0]);
      return [0.5, 8.5].find((x) => !walls.includes(x));
    };
    expect(gap()).toBe(8.5);
    maze.step(0);
    expect(gap()).toBe(0.5);
  });

  it('wind is an arrow for each cell that it lifts by', () => {
    const environment = createWindyGridWorld();
    environment.reset();
    expect(ofRole(environment.scene(), 'joint', 'line')).toHaveLength(8);
  });

  it('a lake shows its holes, its start and its goal', () => {
    const environment = createFrozenLake();
    environment.reset();
    const scene = environment.scene();
    expect(centers(ofRole(scene, 'body', 'box'))).toEqual([
      [1.5, 2.5],
      [3.5, 2.5],
      [3.5, 1.5],
      [0.5, 0.5],
    ]);
    expect(centers(ofRole(scene, 'target', 'box'))).toEqual([[3.5, 0.5]]);
    expect(centers(ofRole(scene, 'faint', 'box'))).toEqual([[0.5, 3.5]]);
  });

  it('the taxi carries its passenger; six pieces of wall stand', () => {
    const environment = createTaxi();
    // At the red stand with the passenger there, bound for blue.
    environment.reset({ state: 3 });
    const waiting = centers(ofRole(environment.scene(), 'body', 'circle'));
    environment.step(4);
    environment.step(0);
    const driven = environment.scene();
    expect(waiting).toEqual([[0.2, 4.8]]);
    expect(centers(ofRole(driven, 'body', 'circle'))).toEqual(centers(ofRole(driven, 'accent', 'circle')));
    expect(centers(ofRole(driven, 'accent', 'circle'))).toEqual([[0.5, 3.5]]);
    expect(centers(ofRole(driven, 'target', 'box'))).toEqual([[3.5, 0.5]]);
    expect(ofRole(driven, 'joint', 'line')).toHaveLength(6);
  });

  it('any process: its states on a circle, the present one marked, ends apart, links where one may follow the other', () => {
    const environment = createAbExample();
    environment.reset({ state: 0 });
    const scene = environment.scene();
    expect(ofRole(scene, 'body', 'circle')).toHaveLength(2);
    expect(ofRole(scene, 'target', 'circle')).toHaveLength(1);
    expect(ofRole(scene, 'ground', 'line')).toHaveLength(2);
    expect(centers(ofRole(scene, 'accent', 'circle'))).toEqual([centers(ofRole(scene, 'body', 'circle'))[0]]);
    const many = createTabularEnvironment({
      P: Array.from({ length: 40 }, (_, s) => [Array.from({ length: 40 }, (_, next) => (next === (s + 1) % 40 ? 1 : 0))]),
      R: Array.from({ length: 40 }, () => [0]),
    });
    many.reset();
    expect(ofRole(many.scene(), 'body', 'circle')).toHaveLength(40);
    expect(ofRole(many.scene(), 'ground', 'line')).toEqual([]);
  });
});
