import { OptionError } from '@mbrl/core';
import {
  type CartPoleSwingUpOptions,
  type ClassicEnvironment,
  createCartPoleSwingUp,
  createPetsCartPole,
  petsCartPoleOptions,
} from '@mbrl/envs';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The physical state in full precision. */
const stateOf = (environment: ClassicEnvironment): number[] => (environment.saveState() as unknown as { physics: number[] }).physics;

const stateAfter = (options: CartPoleSwingUpOptions, state: number[], action: number): number[] => {
  const environment = createCartPoleSwingUp(options);
  environment.reset({ state });
  environment.step(action);
  return stateOf(environment);
};

interface Golden {
  readonly episodes: readonly { readonly state0: number[]; readonly actions: number[]; readonly states: number[][] }[];
}

describe('PETS cart-pole', () => {
  // Made by data/generate-pets-cart-pole.mjs from MuJoCo 3.14.
  const { episodes } = JSON.parse(readFileSync(new URL('data/pets-cart-pole.json', import.meta.url), 'utf8')) as Golden;

  it.each(episodes.map((episode, i) => [i, episode] as const))(
    "follows MuJoCo's trajectory %i to 1e-12",
    (_, { state0, actions, states }) => {
      const environment = createPetsCartPole();
      environment.reset({ state: state0 });
      actions.forEach((action, t) => {
        environment.step(action);
        stateOf(environment).forEach((v, i) => expect(Math.abs(v - states[t]![i]!)).toBeLessThanOrEqual(1e-12));
      });
    },
  );

  it('is covered at the stops by those trajectories', () => {
    const positions = episodes.flatMap(({ states }) => states.map((s) => s[0]!));
    expect(Math.max(...positions)).toBeGreaterThan(2.5);
    expect(Math.min(...positions)).toBeLessThan(-2.5);
  });

  it('pays exp(−‖tip − goal‖² / L²) − 0.01 a² after the step', () => {
    const environment = createPetsCartPole();
    environment.reset({ state: [0.1, 2.5, -0.3, 1] });
    const { reward } = environment.step(1.5);
    const [x, angle] = stateOf(environment) as [number, number];
    const distance = (x - 0.6 * Math.sin(angle)) ** 2 + (-0.6 * Math.cos(angle) - 0.6) ** 2;
    expect(reward).toBeCloseTo(Math.exp(-distance / 0.36) - 0.01 * 1.5 ** 2, 14);
  });

  it('observes (x, θ, ẋ, θ̇), the angle unwrapped, and takes options in place of its own', () => {
    const environment = createPetsCartPole();
    expect(Array.from(environment.reset({ state: [0.5, 7, -1, 2] }).observation)).toEqual([0.5, 7, -1, 2]);
    expect(environment.actionSpace).toMatchObject({ kind: 'box', size: 1 });
    expect(petsCartPoleOptions.cartMass).toBeCloseTo(10.471975512, 8);
    expect(petsCartPoleOptions.poleMass).toBeCloseTo(5.018585355, 8);
    expect(createPetsCartPole({ angle: 'sincos' }).observationSpace.size).toBe(5);
  });
});

describe('swing-up physics', () => {
  const energy = (state: readonly number[], inertia: number, centerDistance: number): number => {
    const [, angle, v, w] = state as [number, number, number, number];
    const kinetic = 0.5 * 1.3 * v * v - 0.3 * centerDistance * v * w * Math.cos(angle) + 0.5 * inertia * w * w;
    return kinetic - 0.3 * 9.81 * centerDistance * Math.cos(angle);
  };

  it.each([
    ['point', 0.3 * 0.36, 0.6],
    ['rod', (0.3 * 0.36) / 3, 0.3],
  ] as const)('conserves the energy of a free %s pole, better by 2⁴ with half the step', (pole, inertia, centerDistance) => {
    const start = [0, 2, 0.4, 1];
    const drift = (integrationSteps: number): number => {
      const environment = createCartPoleSwingUp({ pole, integrationSteps });
      environment.reset({ state: start });
      for (let t = 0; t < 50; t++) environment.step(0);
      return Math.abs(energy(stateOf(environment), inertia, centerDistance) - energy(start, inertia, centerDistance));
    };
    expect(drift(1)).toBeLessThan(0.05);
    expect(drift(8) / drift(16)).toBeGreaterThan(10);
    expect(drift(16)).toBeLessThan(1e-6);
  });

  it('conserves momentum along the track without friction', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -4, max: 4, noNaN: true }), (angle, w) => {
        const momentum = ([, a, v, u]: number[]): number => 1.3 * v! - 0.3 * 0.6 * Math.cos(a!) * u!;
        const start = [0, angle, 0.5, w];
        expect(momentum(stateAfter({ integrationSteps: 20 }, start, 0))).toBeCloseTo(momentum(start), 6);
      }),
    );
  });

  it('swings with the period of a small oscillation', () => {
    // Linearised about hanging, a point pole on a free cart: ω² = (g / L)(M + m) / M.
    const environment = createCartPoleSwingUp({ maxSteps: 10_000, timeStep: 0.001 });
    environment.reset({ state: [0, 1e-4, 0, 0] });
    let steps = 0;
    while (stateOf(environment)[1]! > 0) {
      environment.step(0);
      steps++;
    }
    const quarter = Math.PI / 2 / Math.sqrt((9.81 / 0.6) * 1.3);
    expect(Math.abs(steps * 0.001 - quarter)).toBeLessThanOrEqual(0.001);
  });

  it('rests hanging and rests standing', () => {
    expect(stateAfter({}, [0.3, 0, 0, 0], 0)).toEqual([0.3, 0, 0, 0]);
    stateAfter({}, [0.3, Math.PI, 0, 0], 0).forEach((v, i) => expect(v).toBeCloseTo([0.3, Math.PI, 0, 0][i]!, 12));
  });

  it('mirrors: the mirrored state and push give the mirrored state', () => {
    const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, coordinate, fc.double({ min: -1, max: 1, noNaN: true }), (x, angle, v, w, a) => {
        const there = stateAfter({ railLimit: 2 }, [x, angle, v, w], a);
        const mirrored = stateAfter({ railLimit: 2 }, [-x, -angle, -v, -w], -a);
        mirrored.forEach((value, i) => expect(value).toBeCloseTo(-there[i]!, 10));
      }),
    );
  });
});

describe('swing-up options', () => {
  const start = [0.2, 1, 0.5, -1];
  const base = stateAfter({}, start, 0.5);

  it.each<[string, CartPoleSwingUpOptions]>([
    ['cartMass', { cartMass: 2 }],
    ['poleMass', { poleMass: 0.5 }],
    ['poleLength', { poleLength: 0.8 }],
    ['pole', { pole: 'rod' }],
    ['pole by its moments', { pole: { centerDistance: 0.4, pivotInertia: 0.06 } }],
    ['gravity', { gravity: 1.62 }],
    ['cartFriction', { cartFriction: 0.5 }],
    ['poleFriction', { poleFriction: 0.05 }],
    ['actionLimit', { actionLimit: 0.25 }],
    ['forceGain', { forceGain: 20 }],
    ['railLimit', { railLimit: 0.1 }],
    ['timeStep', { timeStep: 0.02 }],
    ['integrationSteps', { integrationSteps: 4 }],
  ])('%s changes the motion', (_, options) => {
    expect(stateAfter(options, start, 0.5)).not.toEqual(base);
  });

  it('the moments of a point and a rod are those', () => {
    expect(stateAfter({ pole: { centerDistance: 0.6, pivotInertia: 0.3 * 0.6 * 0.6 } }, start, 0.5)).toEqual(base);
    expect(stateAfter({ pole: { centerDistance: 0.3, pivotInertia: (0.3 * 0.6 * 0.6) / 3 } }, start, 0.5)).toEqual(
      stateAfter({ pole: 'rod' }, start, 0.5),
    );
  });

  it('angle chooses the observation', () => {
    const raw = createCartPoleSwingUp({ angle: 'raw' }).reset({ state: start }).observation;
    const sincos = createCartPoleSwingUp({ angle: 'sincos' }).reset({ state: start }).observation;
    expect(Array.from(raw)).toEqual(start.map(Math.fround));
    expect(Array.from(sincos)).toEqual([0.2, Math.sin(1), Math.cos(1), 0.5, -1].map(Math.fround));
    expect(Array.from(createCartPoleSwingUp().reset({ state: start }).observation)).toEqual(Array.from(sincos));
  });

  it('startDeviation spreads the starts as a normal about hanging', () => {
    const environment = createCartPoleSwingUp({ startDeviation: 0.2, seed: 3 });
    const draws = Array.from({ length: 1000 }, () => {
      environment.reset();
      return stateOf(environment);
    }).flat();
    const deviation = Math.sqrt(draws.reduce((sum, v) => sum + v * v, 0) / draws.length);
    expect(Math.abs(deviation - 0.2)).toBeLessThan(0.01);
    expect(Array.from(createCartPoleSwingUp({ startDeviation: 0 }).reset().observation)).toEqual([0, 0, 1, 0, 0]);
  });

  it('actionCost weighs the squared action, as clipped', () => {
    const reward = (actionCost: number, action: number): number => {
      const environment = createCartPoleSwingUp({ actionCost });
      environment.reset({ state: start });
      return environment.step(action).reward;
    };
    expect(reward(0, 0.5) - reward(0.4, 0.5)).toBeCloseTo(0.1, 12);
    expect(reward(0.4, 5)).toBe(reward(0.4, 1));
  });

  it('maxSteps and seed do what they say', () => {
    const environment = createCartPoleSwingUp({ maxSteps: 3 });
    environment.reset();
    expect([1, 2, 3].map(() => environment.step(0).truncated)).toEqual([false, false, true]);
    const first = (seed: number): number[] => Array.from(createCartPoleSwingUp({ seed }).reset().observation);
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it.each<[string, CartPoleSwingUpOptions]>([
    ['cartMass', { cartMass: 0 }],
    ['poleMass', { poleMass: -1 }],
    ['poleLength', { poleLength: NaN }],
    ['pole', { pole: 'chain' as 'rod' }],
    ['pole.pivotInertia', { pole: { centerDistance: 0.6, pivotInertia: 0.01 } }],
    ['gravity', { gravity: Infinity }],
    ['cartFriction', { cartFriction: -0.1 }],
    ['poleFriction', { poleFriction: -0.1 }],
    ['actionLimit', { actionLimit: 0 }],
    ['forceGain', { forceGain: 0 }],
    ['railLimit', { railLimit: 0 }],
    ['timeStep', { timeStep: 0 }],
    ['integrationSteps', { integrationSteps: 1.5 }],
    ['angle', { angle: 'degrees' as 'raw' }],
    ['startDeviation', { startDeviation: -1 }],
    ['actionCost', { actionCost: -1 }],
    ['maxSteps', { maxSteps: 0 }],
    ['seed', { seed: -1 }],
  ])('%s outside of its bounds is refused by name', (name, options) => {
    expect(() => createCartPoleSwingUp(options)).toThrow(OptionError);
    expect(() => createCartPoleSwingUp(options)).toThrow(name);
  });

  it('a state that blows up is an error, not a NaN', () => {
    const environment = createCartPoleSwingUp({ poleMass: 1e-6, forceGain: 1e200, cartMass: 1e-3 });
    environment.reset();
    expect(() => {
      for (let t = 0; t < 100; t++) environment.step(1);
    }).toThrow(/CartPoleSwingUp-v0\.step: state must stay finite/);
  });
});
