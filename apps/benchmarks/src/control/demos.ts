/** The demonstrations by name. */
import { OptionError } from '@mbrl/core';
import { nearestNames } from '../presets/nearest-name.js';
import { acrobotDemo } from './acrobot-demo.js';
import { armDemo } from './arm-demo.js';
import { carParkingDemo } from './car-parking-demo.js';
import { cartPoleDemo } from './cart-pole-demo.js';
import type { ControlDemo } from './demo.js';
import { quadrotorDemo } from './quadrotor-demo.js';

const makers: readonly (() => ControlDemo)[] = [acrobotDemo, cartPoleDemo, carParkingDemo, quadrotorDemo, armDemo];

/** Makes all of them. */
export function controlDemos(): ControlDemo[] {
  return makers.map((make) => make());
}

/** Makes the one with this name. @throws OptionError that names what is near. */
export function openDemo(name: string): ControlDemo {
  const demos = controlDemos();
  const found = demos.find((demo) => demo.name === name);
  if (found) return found;
  const names = demos.map((demo) => demo.name);
  const near = nearestNames(name, names, 2);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${names.join(', ')}`;
  throw new OptionError(`there is no demo ${JSON.stringify(name)}; ${hint}`);
}
