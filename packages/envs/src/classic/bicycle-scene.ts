/** The picture of the kinematic bicycle from above: the field, obstacles, the goal, and a car whose front wheels turn. */
import type { Scene, SceneShape } from '@mbrl/core';

/** What is to be drawn; lengths in m. */
export interface BicycleFrame {
  readonly x: number;
  readonly y: number;
  readonly sin: number;
  readonly cos: number;
  /** Angle of the front wheels, rad. */
  readonly steering: number;
  readonly frontLength: number;
  readonly rearLength: number;
  readonly carRadius: number;
  readonly obstacles: readonly { readonly x: number; readonly y: number; readonly radius: number }[];
  readonly goal: readonly [x: number, y: number];
  readonly goalRadius: number;
  readonly fieldRadius: number;
}

/** Describes one frame. */
export function bicycleScene(frame: BicycleFrame): Scene {
  const { x, y, sin, cos, steering, frontLength, rearLength, carRadius, obstacles, goal, goalRadius, fieldRadius } = frame;
  const middle: readonly [number, number] = [goal[0] / 2, goal[1] / 2];
  const heading = Math.atan2(sin, cos);
  const width = 0.5 * (frontLength + rearLength);
  const at = (along: number, aside: number): readonly [number, number] => [x + along * cos - aside * sin, y + along * sin + aside * cos];
  const edge: [number, number][] = Array.from({ length: 64 }, (_, i) => {
    const a = (2 * Math.PI * i) / 64;
    return [middle[0] + fieldRadius * Math.cos(a), middle[1] + fieldRadius * Math.sin(a)];
  });
  const shapes: SceneShape[] = edge.map((from, i) => ({
    kind: 'line',
    from,
    to: edge[(i + 1) % edge.length]!,
    width: 0.012 * fieldRadius,
    role: 'ground',
  }));
  for (const obstacle of obstacles)
    shapes.push({ kind: 'circle', center: [obstacle.x, obstacle.y], radius: obstacle.radius + carRadius, role: 'faint' });
  for (const obstacle of obstacles)
    shapes.push({ kind: 'circle', center: [obstacle.x, obstacle.y], radius: obstacle.radius, role: 'body' });
  shapes.push({ kind: 'circle', center: goal, radius: goalRadius, role: 'target' });
  const wheel = 0.3 * (frontLength + rearLength);
  for (const side of [-1, 1]) {
    shapes.push({
      kind: 'box',
      center: at(-rearLength, side * width * 0.55),
      width: wheel,
      height: 0.4 * wheel,
      angle: heading,
      role: 'joint',
    });
    shapes.push({
      kind: 'box',
      center: at(frontLength, side * width * 0.55),
      width: wheel,
      height: 0.4 * wheel,
      angle: heading + steering,
      role: 'joint',
    });
  }
  const long = 1.35 * (frontLength + rearLength);
  shapes.push({
    kind: 'box',
    center: at((frontLength - rearLength) / 2, 0),
    width: long,
    height: width,
    angle: heading,
    role: 'accent',
  });
  shapes.push({
    kind: 'box',
    center: at(frontLength * 0.35, 0),
    width: 0.22 * long,
    height: 0.75 * width,
    angle: heading,
    role: 'faint',
  });
  const reach = 1.04 * fieldRadius;
  return { view: { left: middle[0] - reach, right: middle[0] + reach, bottom: middle[1] - reach, top: middle[1] + reach }, shapes };
}
