/**
 * A car that parks between two others. Each car is covered by three discs of radius r along its axis, at 0, 1 and 2 m from the rear
 * axle; every disc of the car that moves keeps its distance from every disc of those that stand:
 *
 *   (2r)² − |p + s(cos θ, sin θ) − c|² ≤ 0   for each s in 0, 1, 2 and each disc c.
 */
import { CAR_WHEELBASE, carParkingProblem, type Constraint, goalConstraint } from '@mbrl/control';
import type { SceneShape } from '@mbrl/core';
import type { ControlDemo, PathPoint } from './demo.js';

const discPlaces = [0, 1, 2];
/** Covers a body of 3 m by 1.1 m: at half way between two discs √(0.75² − 0.5²) = 0.559 m to either side. */
const discRadius = 0.75;
const bodyLength = 3;
const bodyWidth = 1.1;
const [steeringLimit, accelerationLimit] = [0.5, 2];
/** Rear axles of the cars that stand, both along x. */
const parked: readonly (readonly [number, number])[] = [
  [-3.7, 0],
  [3.7, 0],
];
const discs: readonly (readonly [number, number])[] = parked.flatMap(([x, y]) => discPlaces.map((s) => [x + s, y] as const));

/** Keeps a car `[x, y, θ, v]` clear of the discs, at every step after the first. */
export function clearanceConstraint(): Constraint {
  const least = (2 * discRadius) ** 2;
  return {
    kind: 'inequality',
    size: discs.length * discPlaces.length,
    from: 1,
    to: 'terminal',
    evaluate(x, _u, _t, out) {
      const [c, s] = [Math.cos(x[2]!), Math.sin(x[2]!)];
      let row = 0;
      for (const [discX, discY] of discs)
        for (const place of discPlaces) out[row++] = least - (x[0]! + place * c - discX) ** 2 - (x[1]! + place * s - discY) ** 2;
    },
    linearize(x, _u, _t, outX) {
      const [c, s] = [Math.cos(x[2]!), Math.sin(x[2]!)];
      let at = 0;
      for (const [discX, discY] of discs)
        for (const place of discPlaces) {
          const [dx, dy] = [x[0]! + place * c - discX, x[1]! + place * s - discY];
          outX[at] = -2 * dx;
          outX[at + 1] = -2 * dy;
          outX[at + 2] = 2 * place * (dx * s - dy * c);
          at += 4;
        }
    },
  };
}

/** Distance of the nearest two discs less what they cover, m. */
export function clearanceOf(x: ArrayLike<number>): number {
  const gaps = discs.flatMap(([discX, discY]) =>
    discPlaces.map((place) => Math.hypot(x[0]! + place * Math.cos(x[2]!) - discX, x[1]! + place * Math.sin(x[2]!) - discY)),
  );
  return Math.min(...gaps) - 2 * discRadius;
}

/** A car from above; its front wheels turn by `steering`. */
function car(x: number, y: number, heading: number, steering: number, role: 'accent' | 'body'): SceneShape[] {
  const [c, s] = [Math.cos(heading), Math.sin(heading)];
  const at = (along: number, aside: number): [number, number] => [x + along * c - aside * s, y + along * s + aside * c];
  const wheel = (along: number, aside: number, angle: number): SceneShape => ({
    kind: 'box',
    center: at(along, aside),
    width: 0.55,
    height: 0.2,
    angle: heading + angle,
    role: 'joint',
  });
  const side = 0.47 * bodyWidth;
  return [
    wheel(0, side, 0),
    wheel(0, -side, 0),
    wheel(CAR_WHEELBASE, side, steering),
    wheel(CAR_WHEELBASE, -side, steering),
    { kind: 'box', center: at(CAR_WHEELBASE / 2, 0), width: bodyLength, height: bodyWidth, angle: heading, role },
    { kind: 'box', center: at(1.62, 0), width: 0.45, height: 0.82 * bodyWidth, angle: heading, role: 'faint' },
    { kind: 'box', center: at(0.05, 0), width: 0.3, height: 0.76 * bodyWidth, angle: heading, role: 'faint' },
  ];
}

/** Makes the demo. */
export function carParkingDemo(): ControlDemo {
  const base = carParkingProblem({ horizon: 250 });
  return {
    name: 'car-parking',
    title: 'Car parking: into a gap of 4.4 m',
    words:
      'A car of three metres stands beside the one in front. In seven and a half seconds it parks between the two, straight and at rest.',
    limits:
      'Three discs cover each car, and none may touch those of another; the steering stays within ±0.5 rad, the acceleration within ±2 m/s², and the place is met exactly.',
    problem: { ...base, constraints: [clearanceConstraint(), goalConstraint([0, 0, 0, 0])] },
    initialState: [4.5, 2.2, 0, 0],
    timeStep: 0.03,
    frameStride: 2,
    slowdown: 1,
    method: 'ddp',
    actions: [
      { label: 'steering, rad', low: -steeringLimit, high: steeringLimit },
      { label: 'acceleration, m/s²', low: -accelerationLimit, high: accelerationLimit },
    ],
    quantities: [
      { label: 'gap to the other cars, m', of: clearanceOf, low: 0 },
      { label: 'heading, rad', of: (x) => x[2]! },
      { label: 'speed, m/s', of: (x) => x[3]! },
    ],
    push: [0.03, 0.03, 0.03, 0.1],
    pushWords: 'slips of 3 cm, 0.03 rad and 0.1 m/s (deviation)',
    miss: (x) => Math.hypot(x[0]!, x[1]!),
    missLabel: 'rear axle from its place, m',
    trace: (x): PathPoint => [x[0]!, x[1]!],
    picture: {
      kind: 'flat',
      pathSize: 6,
      scene: (frame) => ({
        view: { left: -5.6, right: 8.2, bottom: -2, top: 4 },
        shapes: [
          { kind: 'box', center: [1.3, -1.35], width: 13.8, height: 0.9, role: 'faint' },
          { kind: 'line', from: [-5.6, -0.9], to: [8.2, -0.9], width: 0.05, role: 'ground' },
          ...[-0.95, 2.95].map((x): SceneShape => ({ kind: 'line', from: [x, -0.8], to: [x, 0.85], width: 0.04, role: 'ground' })),
          ...parked.flatMap(([x, y]) => car(x, y, 0, 0, 'body')),
          ...car(frame.state[0]!, frame.state[1]!, frame.state[2]!, frame.action[0]!, 'accent'),
        ],
      }),
    },
  };
}
