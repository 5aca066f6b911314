/**
 * Steps a second of each environment through its public `step`, in one thread, and as a ratio to a bare loop over the
 * same equations on local numbers (no observation array, no result, no checks). Episodes are reset as they end.
 *
 *   npx tsx --conditions=@mbrl/source bench/steps.bench.ts
 */
import { createEnvironment, environmentNames, type EnvironmentName, petsCartPoleOptions } from '@mbrl/envs';
import { advanceCartPole, cartPoleEnded } from '../src/classic/cart-pole-physics.js';
import { SwingUpDynamics, swingUpCoefficients } from '../src/classic/swing-up-dynamics.js';

/** One environment's result. */
export interface StepsResult {
  readonly name: EnvironmentName;
  /** Median steps a second through `step`. */
  readonly stepsPerSecond: number;
  /** Median steps a second of the bare equations. */
  readonly barePerSecond: number;
}

const actionCount = 1024;

/** Runs some steps; returns a number that depends on all of them, so that none can be left out. */
type Loop = (steps: number) => number;

function environmentLoop(name: EnvironmentName): Loop {
  const environment = createEnvironment(name);
  const space = environment.actionSpace;
  const high = space.kind === 'box' ? space.high[0]! : 0;
  const actions = Array.from({ length: actionCount }, (_, i) =>
    space.kind === 'discrete' ? (i * 7 + (i >> 2)) % space.count : Math.fround(high * Math.sin(i * i * 0.37)),
  );
  environment.reset({ seed: 1 });
  return (steps) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const result = environment.step(actions[i & (actionCount - 1)]!);
      sum += result.observation[0]! + result.reward;
      if (result.terminated || result.truncated) environment.reset();
    }
    return sum;
  };
}

function bareCartPole(): Loop {
  const state = new Float64Array(4);
  return (steps) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      advanceCartPole(state, (i & 1) === 0 ? 10 : -10);
      sum += state[0]!;
      if (cartPoleEnded(state)) state.fill(0.01);
    }
    return sum;
  };
}

function bareSwingUp(pets: boolean): Loop {
  const pole = petsCartPoleOptions.pole as { centerDistance: number; pivotInertia: number };
  const light = {
    cartMass: 1,
    poleMass: 0.3,
    centerDistance: 0.6,
    pivotInertia: 0.108,
    gravity: 9.81,
    cartFriction: 0,
    poleFriction: 0,
    timeStep: 0.04,
    integrationSteps: 1,
    railLimit: Infinity,
  };
  const dynamics = new SwingUpDynamics(swingUpCoefficients(pets ? { ...petsCartPoleOptions, ...pole } : light));
  const scale = pets ? 300 : 10;
  const pushes = Float64Array.from({ length: actionCount }, (_, i) => scale * Math.sin(i * i * 0.37));
  const state = new Float64Array(4);
  return (steps) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      dynamics.advance(state, pushes[i & (actionCount - 1)]!);
      sum += state[0]!;
      if (i % 200 === 0) state.fill(0.01);
    }
    return sum;
  };
}

function barePendulum(): Loop {
  return (steps) => {
    let sum = 0;
    let angle = 1;
    let speed = 0;
    for (let i = 0; i < steps; i++) {
      const torque = (i & 31) < 16 ? 2 : -2;
      speed = Math.max(-8, Math.min(8, speed + (15 * Math.sin(angle) + 3 * torque) * 0.05));
      angle += speed * 0.05;
      sum += Math.cos(angle) + Math.sin(angle);
    }
    return sum;
  };
}

const bareLoops: { readonly [Name in EnvironmentName]: () => Loop } = {
  'CartPole-v1': bareCartPole,
  'ContinuousCartPole-v0': bareCartPole,
  'CartPoleSwingUp-v0': () => bareSwingUp(false),
  'PetsCartPole-v0': () => bareSwingUp(true),
  'Pendulum-v1': barePendulum,
};

function medianRate(loop: Loop, steps: number, repeats: number): number {
  loop(steps);
  const rates: number[] = [];
  for (let r = 0; r < repeats; r++) {
    const start = performance.now();
    const sum = loop(steps);
    rates.push((1000 * steps) / (performance.now() - start));
    if (!Number.isFinite(sum)) throw new Error('benchSteps: the sum must stay finite');
  }
  rates.sort((a, b) => a - b);
  return rates[repeats >> 1]!;
}

/**
 * Times every environment. All are warmed up first, in one process, so that none gains from being the only kind
 * that its callers have seen.
 */
export function benchSteps({ steps = 200_000, repeats = 15 }: { steps?: number; repeats?: number } = {}): StepsResult[] {
  const loops = environmentNames().map((name) => ({ name, stepped: environmentLoop(name), bare: bareLoops[name]() }));
  for (const { stepped, bare } of loops) {
    stepped(steps / 5);
    bare(steps / 5);
  }
  return loops.map(({ name, stepped, bare }) => ({
    name,
    stepsPerSecond: medianRate(stepped, steps, repeats),
    barePerSecond: medianRate(bare, steps, repeats),
  }));
}

if (process.argv[1]?.endsWith('steps.bench.ts')) {
  for (const { name, stepsPerSecond, barePerSecond } of benchSteps()) {
    const million = (rate: number): string => `${(rate / 1e6).toFixed(2).padStart(6)} M/s`;
    process.stdout.write(
      `${name.padEnd(24)} step ${million(stepsPerSecond)}   bare ${million(barePerSecond)}   ratio ${(stepsPerSecond / barePerSecond).toFixed(2)}\n`,
    );
  }
}
