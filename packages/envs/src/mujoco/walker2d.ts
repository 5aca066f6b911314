/** Walking on two legs in a plane: Gymnasium 1.3's `Walker2d-v5`. */
import type { MujocoEnvironment } from './mujoco-task.js';
import { PlanarWalker, type PlanarWalkerOptions } from './planar-walker.js';
import type { PlanarWalkerKind } from './planar-walker-model.js';

/** Options of {@link createWalker2d}. */
export interface Walker2dOptions extends PlanarWalkerOptions {}

const kind: PlanarWalkerKind = {
  name: 'walker2d',
  defaults: {
    joint: { armature: 0.01, damping: 0.1, limited: true },
    geom: { contype: 1, conaffinity: 0, condim: 3, friction: [0.7, 0.1, 0.1], rgba: [0.8, 0.6, 0.4, 1] },
  },
  legs: [{ suffix: '' }, { suffix: '_left', rgba: [0.7, 0.3, 0.6, 1] }],
  footLength: 0.2,
  ankle: { toOrigin: 1, toCentre: 0.5 },
  footFriction: 1.9,
  floorSize: [40, 40, 40],
  gear: 100,
};

/**
 * Makes Gymnasium 1.3's `Walker2d-v5`: 17 observations (18 with x), 6 torques in ±1 (times 100 N m), 0.008 s a step. The
 * info has `x_position`, `z_distance_from_origin`, `x_velocity`, `reward_forward`, `reward_ctrl` and `reward_survive`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createWalker2d(options: Walker2dOptions = {}): MujocoEnvironment {
  return new PlanarWalker(
    {
      name: 'Walker2d-v5',
      caller: 'createWalker2d',
      kind,
      healthyZRange: [0.8, 2],
      healthyAngleRange: [-1, 1],
      healthyStateRange: [-Infinity, Infinity],
    },
    options,
  );
}
