/** The acrobot's swing-up: two links, a motor at the elbow only. */
import { acrobotProblem } from '@mbrl/control';
import type { ControlDemo, PathPoint } from './demo.js';
import { forceArc } from './path-shapes.js';

type Point = readonly [number, number];

const elbowOf = (q: Float64Array): Point => [Math.sin(q[0]!), -Math.cos(q[0]!)];
const tipOf = (q: Float64Array): Point => {
  const [x, y] = elbowOf(q);
  return [x + Math.sin(q[0]! + q[1]!), y - Math.cos(q[0]! + q[1]!)];
};

/** Torque that fills the arc about the elbow, N m. */
const fullTorque = 12;

/** Makes the demo. */
export function acrobotDemo(): ControlDemo {
  return {
    name: 'acrobot',
    title: 'Acrobot: up by the elbow alone',
    words: 'Two links hang from a pivot, and only the elbow has a motor. Five seconds to stand both of them on end, at rest.',
    problem: acrobotProblem(),
    initialState: [0, 0, 0, 0],
    timeStep: 0.1,
    frameStride: 1,
    slowdown: 1,
    method: 'ddp',
    actions: [{ label: 'torque at the elbow, N m', low: -Infinity, high: Infinity }],
    quantities: [
      { label: 'shoulder from hanging, rad', of: (x) => x[0]! },
      { label: 'elbow, rad', of: (x) => x[1]! },
      { label: 'height of the tip, m', of: (x) => tipOf(x)[1] },
    ],
    push: [0, 0, 0.12, 0.2],
    pushWords: 'knocks of 0.12 and 0.2 rad/s (deviation) to the two joints',
    miss: (x) => Math.hypot(tipOf(x)[0], tipOf(x)[1] - 2),
    missLabel: 'tip from upright, m',
    trace: (x): PathPoint => tipOf(x),
    picture: {
      kind: 'flat',
      pathSize: 4,
      scene(frame) {
        const [elbow, tip] = [elbowOf(frame.state), tipOf(frame.state)];
        return {
          view: { left: -3.1, right: 3.1, bottom: -2.3, top: 2.3 },
          shapes: [
            { kind: 'circle', center: [0, 2], radius: 0.16, role: 'faint' },
            { kind: 'circle', center: [0, 2], radius: 0.06, role: 'target' },
            { kind: 'line', from: [0, 0], to: elbow, width: 0.13, role: 'body' },
            { kind: 'line', from: elbow, to: tip, width: 0.11, role: 'accent' },
            { kind: 'circle', center: [0, 0], radius: 0.085, role: 'joint' },
            { kind: 'circle', center: elbow, radius: 0.075, role: 'joint' },
            ...forceArc(elbow, frame.action[0]! / fullTorque, 0.3),
          ],
        };
      },
    },
  };
}
