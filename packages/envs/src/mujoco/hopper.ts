/** Hopping on one leg: Gymnasium 1.3's `Hopper-v5`. */
import type { MujocoEnvironment } from './mujoco-task.js';
import type { Bounds } from './option-checks.js';
import { PlanarWalker, type PlanarWalkerOptions } from './planar-walker.js';
import type { PlanarWalkerKind } from './planar-walker-model.js';

/** Options of {@link createHopper}. */
export interface HopperOptions extends PlanarWalkerOptions {
  /** Values of all positions and velocities but x and height that are healthy, both ends left out. Default ±100. */
  readonly healthyStateRange?: Bounds;
}

const kind: PlanarWalkerKind = {
  name: 'hopper',
  defaults: {
    joint: { armature: 1, damping: 1, limited: true },
    geom: { contype: 1, conaffinity: 1, condim: 1, margin: 0.001, solimp: [0.8, 0.8, 0.01], solref: [0.02, 1], rgba: [0.8, 0.6, 0.4, 1] },
  },
  legs: [{ suffix: '' }],
  footLength: 0.39,
  ankle: { toOrigin: 1 / 3, toCentre: 1 / 6 },
  footFriction: 2,
  floorSize: [20, 20, 0.125],
  gear: 200,
};

/**
 * Makes Gymnasium 1.3's `Hopper-v5`: 11 observations (12 with x), 3 torques in ±1 (times 200 N m), 0.008 s a step. The
 * info has `x_position`, `z_distance_from_origin`, `x_velocity`, `reward_forward`, `reward_ctrl` and `reward_survive`. Its
 * batched functions see velocities within ±10 only, so that of the bounds ±100 they know those of the positions.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createHopper(options: HopperOptions = {}): MujocoEnvironment {
  const { healthyStateRange = [-100, 100] } = options;
  return new PlanarWalker(
    { name: 'Hopper-v5', caller: 'createHopper', kind, healthyZRange: [0.7, Infinity], healthyAngleRange: [-0.2, 0.2], healthyStateRange },
    options,
  );
}
