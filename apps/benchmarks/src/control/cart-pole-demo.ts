/** The cart-pole's swing-up with a weak motor: it has to swing the pole several times. */
import { cartPoleProblem } from '@mbrl/control';
import type { ControlDemo, PathPoint } from './demo.js';

const poleLength = 0.5;
const forceLimit = 3;
const tipOf = (x: Float64Array): readonly [number, number] => [x[0]! + poleLength * Math.sin(x[1]!), -poleLength * Math.cos(x[1]!)];

/** Makes the demo. */
export function cartPoleDemo(): ControlDemo {
  return {
    name: 'cart-pole',
    title: 'Cart-pole: a swing-up with 3 N',
    words: 'A pole hangs from a cart. Within five seconds it has to stand on end, at rest, with the cart back in its place.',
    limits: 'The force stays within ±3 N at every step, and the last state is met exactly.',
    problem: cartPoleProblem({ forceLimit }),
    initialState: [0, 0, 0, 0],
    timeStep: 0.05,
    frameStride: 1,
    slowdown: 1,
    method: 'ddp',
    actions: [{ label: 'force, N', low: -forceLimit, high: forceLimit }],
    quantities: [
      { label: 'position of the cart, m', of: (x) => x[0]! },
      { label: 'pole from hanging, rad', of: (x) => x[1]! },
      { label: 'rate of the pole, rad/s', of: (x) => x[3]! },
    ],
    push: [0, 0, 0.1, 0.4],
    pushWords: 'knocks of 0.1 m/s to the cart and 0.4 rad/s to the pole (deviation)',
    miss: (x) => Math.hypot(tipOf(x)[0], tipOf(x)[1] - poleLength),
    missLabel: 'tip from upright over the start, m',
    trace: (x): PathPoint => tipOf(x),
    picture: {
      kind: 'flat',
      pathSize: 1.3,
      scene(frame) {
        const [x, force] = [frame.state[0]!, frame.action[0]!];
        const tip = tipOf(frame.state);
        const push = (0.35 * force) / forceLimit;
        const side = Math.sign(force) * 0.14;
        return {
          view: { left: -1.5, right: 1.5, bottom: -0.72, top: 0.72 },
          shapes: [
            { kind: 'line', from: [-1.42, -0.085], to: [1.42, -0.085], width: 0.012, role: 'ground' },
            { kind: 'line', from: [0, -0.085], to: [0, -0.12], width: 0.012, role: 'ground' },
            { kind: 'circle', center: [0, poleLength], radius: 0.05, role: 'faint' },
            { kind: 'circle', center: [0, poleLength], radius: 0.02, role: 'target' },
            { kind: 'line', from: [x + side, 0], to: [x + side + push, 0], width: 0.02, role: 'joint' },
            { kind: 'box', center: [x, 0], width: 0.26, height: 0.12, role: 'body' },
            { kind: 'circle', center: [x - 0.08, -0.06], radius: 0.028, role: 'ground' },
            { kind: 'circle', center: [x + 0.08, -0.06], radius: 0.028, role: 'ground' },
            { kind: 'line', from: [x, 0], to: tip, width: 0.032, role: 'accent' },
            { kind: 'circle', center: tip, radius: 0.036, role: 'accent' },
            { kind: 'circle', center: [x, 0], radius: 0.024, role: 'joint' },
          ],
        };
      },
    },
  };
}
