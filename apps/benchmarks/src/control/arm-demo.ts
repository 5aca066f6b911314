/** A seven-joint arm that reaches for a point and comes to rest there. */
import { armPositions, armReachProblem, armStart } from '@mbrl/control';
import type { SolidShape } from '@mbrl/core';
import type { ControlDemo } from './demo.js';
import { level, type Point3, solidPaths, turnOnto } from './path-shapes.js';

const goal: readonly [number, number, number] = [0.3, 0.45, 0.7];
/** Greatest torques, N m. The last joint turns the hand about its own axis, where nothing is to be gained. */
const torqueLimits = [6, 22, 16, 12, 4, 3, 1];
const rateLimit = 4;
const joints = 7;
/** Points of the chain between which there is length, of the eight: base, shoulder, elbow, wrist, hand. */
const ends = [0, 1, 3, 5, 7];

const pointsOf = (state: Float64Array): Point3[] => {
  const all = armPositions(state.subarray(0, joints));
  return ends.map((i) => [all[3 * i]!, all[3 * i + 1]!, all[3 * i + 2]!]);
};
const handOf = (state: Float64Array): Point3 => pointsOf(state).at(-1)!;

/** The arm as capsules between balls. */
function armShapes(state: Float64Array): SolidShape[] {
  const points = pointsOf(state);
  return points.slice(1).flatMap((to, i): SolidShape[] => {
    const from = points[i]!;
    const along: Point3 = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
    // Lengths are those of the start, so that rounding changes no form.
    const halfLength = [0.17, 0.2, 0.2, 0.063][i]!;
    const isHand = i === points.length - 2;
    return [
      {
        position: [from[0] + along[0] / 2, from[1] + along[1] / 2, from[2] + along[2] / 2],
        rotation: turnOnto(along),
        form: { kind: 'capsule', radius: isHand ? 0.026 : 0.05 - 0.007 * i, halfLength },
        role: isHand ? 'accent' : 'body',
      },
      {
        position: to,
        rotation: level,
        form: { kind: 'sphere', radius: isHand ? 0.03 : 0.06 - 0.008 * i },
        role: isHand ? 'accent' : 'joint',
      },
    ];
  });
}

/** Makes the demo. */
export function armDemo(): ControlDemo {
  return {
    name: 'arm',
    title: 'Seven joints reach for a point',
    words: 'An arm of seven joints moves its hand to a point in 0.8 s and comes to rest, against gravity and its own inertia.',
    limits:
      'The hand meets the point exactly; torques stay within limits that press on the second and the third joint, and joints within ±4 rad/s.',
    problem: { ...armReachProblem({ goal, horizon: 40 }), actionLow: torqueLimits.map((limit) => -limit), actionHigh: torqueLimits },
    initialState: armStart,
    timeStep: 0.02,
    frameStride: 1,
    slowdown: 3,
    method: 'ilqr',
    actions: torqueLimits.map((limit, i) => ({ label: `joint ${i + 1}, N m`, low: -limit, high: limit })),
    quantities: [
      { label: 'hand from the point, m', of: (x) => Math.hypot(...handOf(x).map((value, i) => value - goal[i]!)) },
      {
        label: 'fastest joint, rad/s',
        of: (x) => Math.max(...Array.from(x.subarray(joints), Math.abs)),
        high: rateLimit,
      },
    ],
    push: [...new Array<number>(joints).fill(0), ...new Array<number>(joints).fill(0.2)],
    pushWords: 'knocks of 0.2 rad/s to every joint (deviation)',
    miss: (x) => Math.hypot(...handOf(x).map((value, i) => value - goal[i]!)),
    missLabel: 'hand from the point, m',
    trace: handOf,
    picture: {
      kind: 'solid',
      scene: (frame) => ({
        camera: { position: [1.75, -1.35, 1.35], target: [0.12, 0.12, 0.5], fieldOfView: 36 },
        shapes: [
          { position: [0, 0, 0], rotation: level, form: { kind: 'plane' }, role: 'ground' },
          { position: [0, 0, 0.015], rotation: level, form: { kind: 'cylinder', radius: 0.12, halfLength: 0.015 }, role: 'joint' },
          { position: goal, rotation: level, form: { kind: 'sphere', radius: 0.036 }, role: 'target' },
          ...solidPaths(frame, 0.009),
          ...armShapes(frame.state),
        ],
      }),
    },
  };
}
