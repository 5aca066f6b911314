/**
 * The cart-pole of the PETS paper's own code, a MuJoCo model, by its public numbers: capsules of density 1000, two RK4 steps
 * of 0.02 s an action. Our equations reproduce MuJoCo 3.14's states to 1e-12, the track's stops included. One deviation:
 * the original's pole is tilted against its own angle by 0.0017 rad, ours is not.
 */
import type { ClassicEnvironment } from './classic-environment.js';
import { type CartPoleSwingUpOptions, makeSwingUp } from './swing-up.js';

const density = 1000;
const cartRadius = 0.1;
const cartLength = 0.2;
const poleRadius = 0.049;

/** Mass and moment of inertia across the axis through the centre of a capsule: a cylinder between two half balls. */
function capsule(radius: number, length: number): { mass: number; inertia: number } {
  const cylinder = density * Math.PI * radius ** 2 * length;
  const ball = (density * 4 * Math.PI * radius ** 3) / 3;
  return {
    mass: cylinder + ball,
    inertia: cylinder * (length ** 2 / 12 + radius ** 2 / 4) + ball * ((2 * radius ** 2) / 5 + length ** 2 / 4 + (3 * length * radius) / 8),
  };
}

const petsLength = 0.6;
const petsPole: { mass: number; inertia: number } = capsule(poleRadius, petsLength);

/**
 * The options that give the cart-pole of the PETS paper's own code, a MuJoCo model: capsules of density 1000 (cart
 * 10.47 kg, pole 5.02 kg), damping 1 on both joints, up to ±3 · 100 N, a track of ±2.5 m with stops, two RK4 steps of
 * 0.02 s, start N(0, 0.1) about hanging, the raw angle in the observation.
 */
export const petsCartPoleOptions: Required<Omit<CartPoleSwingUpOptions, 'seed'>> = {
  cartMass: capsule(cartRadius, cartLength).mass,
  poleMass: petsPole.mass,
  poleLength: petsLength,
  pole: { centerDistance: petsLength / 2, pivotInertia: petsPole.inertia + (petsPole.mass * petsLength ** 2) / 4 },
  gravity: 9.81,
  cartFriction: 1,
  poleFriction: 1,
  actionLimit: 3,
  forceGain: 100,
  railLimit: 2.5,
  timeStep: 0.04,
  integrationSteps: 2,
  angle: 'raw',
  startDeviation: 0.1,
  actionCost: 0.01,
  maxSteps: 200,
};

/**
 * Makes the swing-up with the physics of the PETS paper's code; `options` replace single values of
 * {@link petsCartPoleOptions}.
 * @throws OptionError on an option outside of its bounds.
 */
export function createPetsCartPole(options: CartPoleSwingUpOptions = {}): ClassicEnvironment {
  return makeSwingUp('PetsCartPole-v0', 'createPetsCartPole', { ...petsCartPoleOptions, ...options });
}
