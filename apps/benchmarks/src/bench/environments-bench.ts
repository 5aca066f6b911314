/** Steps a second of each environment through its public `step`, in one thread, beside a bare loop over equations. */
import { type Action, createRng, sampleSpace } from '@mbrl/core';
import { createEnvironment, describeEnvironment, type EnvironmentName, environmentNames } from '@mbrl/envs';
import { type Bench, compareRatio, withFigureTarget } from './bench-figure.js';
import { quantityOf, timeRatio, timeTogether } from './time-together.js';

const ACTION_COUNT = 4096;

/** Millions of steps a second that are asked of the tasks of the foundation. */
const least = 5;
const foundation: ReadonlySet<EnvironmentName> = new Set([
  'CartPole-v1',
  'ContinuousCartPole-v0',
  'CartPoleSwingUp-v0',
  'PetsCartPole-v0',
  'Pendulum-v1',
]);

/** Runs some steps; returns a number that depends on all of them, so that none can be left out. */
type Loop = (steps: number) => number;

/** Random actions, drawn before; episodes start anew as they end. */
function environmentLoop(name: EnvironmentName): Loop {
  const environment = createEnvironment(name);
  const { actionSpace } = environment;
  const rng = createRng(1);
  const draw = (): Action => {
    const vector = sampleSpace(actionSpace, rng);
    return actionSpace.size === 1 ? vector[0]! : vector;
  };
  const actions = Array.from({ length: ACTION_COUNT }, draw);
  environment.reset({ seed: 1 });
  return (steps) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const { observation, reward, terminated, truncated } = environment.step(actions[i & (ACTION_COUNT - 1)]!);
      sum += observation[0]! + reward;
      if (terminated || truncated) environment.reset();
    }
    return sum;
  };
}

/** Gymnasium's cart-pole by Euler's rule on four local numbers: no observation, no result, no checks. */
function bareCartPole(steps: number): number {
  let [position, velocity, angle, angularVelocity, sum] = [0, 0, 0.01, 0, 0];
  for (let i = 0; i < steps; i++) {
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    const push = ((i & 1) === 0 ? 10 : -10) + 0.05 * angularVelocity * angularVelocity * sine;
    const turn = (9.8 * sine - (cosine * push) / 1.1) / (0.5 * (4 / 3 - (0.1 * cosine * cosine) / 1.1));
    const acceleration = (push - 0.05 * turn * cosine) / 1.1;
    position += 0.02 * velocity;
    velocity += 0.02 * acceleration;
    angle += 0.02 * angularVelocity;
    angularVelocity += 0.02 * turn;
    if (Math.abs(position) > 2.4 || Math.abs(angle) > 0.2095) [position, velocity, angle, angularVelocity] = [0, 0, 0.01, 0];
    sum += position;
  }
  return sum;
}

/** Every environment of the registry that needs no physics engine; those have a bench of their own in `packages/envs`. */
export const environmentsBench: Bench = {
  name: 'environments',
  description: 'steps a second of each environment in one thread',
  async run({ quick }) {
    const steps = quick ? 2000 : 200_000;
    const checked = (loop: Loop) => ({
      run(): void {
        if (!Number.isFinite(loop(steps))) throw new Error('environments: the sum over all steps must stay finite');
      },
    });
    const names = environmentNames().filter((name) => !describeEnvironment(name).needsLoading);
    const loops = { bare: checked(bareCartPole), ...Object.fromEntries(names.map((name) => [name, checked(environmentLoop(name))])) };
    const times = await timeTogether(loops as { [K in EnvironmentName | 'bare']: { run(): void } }, {
      rounds: quick ? 2 : 11,
      warmUp: quick ? 1 : 3,
      settle: false,
    });
    const rate = (milliseconds: number): number => steps / milliseconds / 1000;
    const bare = quantityOf(times.bare, 'M/s', rate);
    return names.map((name) => {
      const figure = quantityOf(times[name], 'M/s', rate);
      const comparison = compareRatio('a bare cart-pole loop', bare, timeRatio(times.bare, times[name]), 'rate');
      return {
        bench: environmentsBench.name,
        size: `${name}, ${steps.toLocaleString('en')} random steps, episodes reset`,
        figure,
        comparisons: [
          foundation.has(name) ? withFigureTarget(comparison, figure, { kind: 'atLeast', limit: least, unit: 'M/s' }) : comparison,
        ],
      };
    });
  },
};
