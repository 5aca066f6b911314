import { createRng, type Environment, LifecycleError, type NumericalError, OptionError, ShapeError, type Trajectory } from '@mbrl/core';
import { checkEnvironment, type EnvironmentCheckOptions } from '@mbrl/core/testing';
import {
  createCartPole,
  createContinuousCartPole,
  createFrozenLake,
  createPendulum,
  type ObservationStatistics,
  withActionRepeat,
  withActionRescale,
  withDelay,
  withFrameStack,
  withNoise,
  withNormalizedObservations,
  withRecording,
  withTimeLimit,
} from '@mbrl/envs';
import { tf } from '@mbrl/jit';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeNoisyPoint } from './worker-tasks.js';

const tensors: NonNullable<EnvironmentCheckOptions['tensors']> = {
  toTensor: (values, shape) => tf.tensor(values, shape),
  toArray: (tensor) => (tensor as tf.Tensor).dataSync(),
};

const point = (): Environment => withTimeLimit(makeNoisyPoint(), 30);

const cases: { readonly [name: string]: () => Environment } = {
  'action repeat': () => withActionRepeat(createPendulum({ maxSteps: 30 }), { repeatCount: 4 }),
  'action rescale': () => withActionRescale(createPendulum({ maxSteps: 30 })),
  'action rescale of two components': () => withActionRescale(point(), { low: [0, -2], high: [3, 5] }),
  'normalised observations': () => withNormalizedObservations(createCartPole()),
  'normalised observations, clipped': () => withNormalizedObservations(point(), { clip: 0.5 }),
  'frame stack': () => withFrameStack(createCartPole(), { count: 3 }),
  'frame stack, zeros': () => withFrameStack(createPendulum({ maxSteps: 30 }), { count: 2, padding: 'zero' }),
  'frame stack of states': () => withFrameStack(createFrozenLake(), { count: 3 }),
  noise: () => withNoise(createContinuousCartPole(), { observationNoise: [0.01, 0, 0.02, 0], actionNoise: 0.3 }),
  'noise on actions alone': () => withNoise(point(), { actionNoise: [0.1, 0] }),
  'action delay': () => withDelay(createFrozenLake(), { actionDelay: 2 }),
  'both delays': () => withDelay(point(), { actionDelay: 3, observationDelay: 2 }),
  'no delay': () => withDelay(createPendulum({ maxSteps: 30 }), {}),
  recording: () => withRecording(createFrozenLake()),
  'all of them': () =>
    withTimeLimit(
      withRecording(
        withFrameStack(
          withNormalizedObservations(
            withNoise(withDelay(withActionRescale(withActionRepeat(makeNoisyPoint(), { repeatCount: 2 })), { actionDelay: 1 }), {
              observationNoise: 0.1,
            }),
          ),
          { count: 2 },
        ),
      ),
      15,
    ),
};

const optionalMembers = [
  'scene',
  'solidScene',
  'sceneOf',
  'snapshot',
  'reseed',
  'batched',
  'tabularModel',
  'dispose',
  'stateLabels',
] as const;
const membersOf = (environment: Environment): readonly string[] =>
  optionalMembers.filter((name) => (environment as never)[name] !== undefined);

/** Observations and rewards of an episode under given actions. */
function play(environment: Environment, actions: readonly number[][], seed = 3): { observations: number[][]; rewards: number[] } {
  const observations = [Array.from(environment.reset({ seed }).observation)];
  const rewards: number[] = [];
  for (const action of actions) {
    const result = environment.step(action);
    observations.push(Array.from(result.observation));
    rewards.push(result.reward);
  }
  return { observations, rewards };
}

describe('wrappers', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(Object.keys(cases))('%s: keeps the contract of an environment', (name) => {
    expect(() => tf.tidy(() => checkEnvironment(cases[name]!, { tensors, mustEnd: true, stepLimit: 300 }))).not.toThrow();
  });

  it.each(Object.keys(cases))('%s: refuses the state of another wrapper', (name) => {
    const environment = cases[name]!();
    const other = withTimeLimit(
      name === 'recording' ? withFrameStack(createFrozenLake(), { count: 2 }) : withRecording(createFrozenLake()),
      5,
    );
    expect(() => environment.restoreState((other.saveState() as { limited: never }).limited)).toThrow(OptionError);
  });

  it('keep what stays true, and nothing else', () => {
    const pendulum = ['scene', 'sceneOf', 'snapshot', 'reseed', 'stateLabels'];
    const lake = ['scene', 'sceneOf', 'snapshot', 'reseed'];
    const sorted = (environment: Environment): string[] => membersOf(environment).toSorted();
    const kept: readonly (readonly [Environment, readonly string[]])[] = [
      [withTimeLimit(createFrozenLake(), 3), [...lake, 'tabularModel']],
      [withTimeLimit(makeNoisyPoint({ withSnapshots: false }), 3), ['reseed']],
      [withActionRepeat(createPendulum(), { repeatCount: 2 }), pendulum],
      [withActionRescale(createPendulum()), [...pendulum, 'batched']],
      [withNormalizedObservations(createPendulum()), pendulum.filter((name) => name !== 'sceneOf')],
      [withFrameStack(createPendulum(), { count: 2 }), [...pendulum, 'batched']],
      [withNoise(createPendulum(), { actionNoise: 1 }), pendulum],
      [withNoise(createPendulum(), { observationNoise: 1 }), pendulum.filter((name) => name !== 'sceneOf')],
      [withDelay(createPendulum(), { actionDelay: 1 }), pendulum],
      [withDelay(createPendulum(), { observationDelay: 1 }), pendulum.filter((name) => name !== 'sceneOf')],
      [withDelay(createPendulum(), {}), [...pendulum, 'batched']],
      [withRecording(createPendulum()), [...pendulum, 'batched']],
      [withRecording(createFrozenLake()), [...lake, 'tabularModel']],
      [withFrameStack(createFrozenLake(), { count: 2 }), lake],
    ];
    for (const [environment, expected] of kept) expect(sorted(environment)).toEqual([...expected].toSorted());
  });

  it('free what they wrap', () => {
    let count = 0;
    const disposable = (): Environment => Object.assign(makeNoisyPoint(), { dispose: () => void count++ });
    const wraps = [
      withTimeLimit(disposable(), 2),
      withActionRepeat(disposable(), { repeatCount: 2 }),
      withRecording(disposable()),
      withNoise(disposable(), { actionNoise: 1 }),
    ];
    for (const wrapped of wraps) wrapped.dispose!();
    expect(count).toBe(wraps.length);
  });

  it('want a reset first and after an end', () => {
    for (const name of Object.keys(cases)) {
      const environment = cases[name]!();
      const action = new Float32Array(environment.actionSpace.size);
      expect(() => environment.step(action)).toThrow(LifecycleError);
    }
  });
});

describe('action repeat', () => {
  it('adds up the rewards of the steps that it takes, discounted, and gives the last observation', () => {
    const actions = [[1], [-2], [0.5]];
    const fine = play(
      createPendulum(),
      actions.flatMap((action) => [action, action, action]),
    );
    for (const discount of [1, 0.5]) {
      const coarse = play(withActionRepeat(createPendulum(), { repeatCount: 3, discount }), actions);
      const sums = [0, 3, 6].map((t) => fine.rewards[t]! + discount * fine.rewards[t + 1]! + discount ** 2 * fine.rewards[t + 2]!);
      coarse.rewards.forEach((reward, i) => expect(reward).toBeCloseTo(sums[i]!, 12));
      expect(coarse.observations).toEqual([0, 3, 6, 9].map((t) => fine.observations[t]));
    }
  });

  it('stops at an end within a repeat, of either kind, and tells its time', () => {
    const limited = withActionRepeat(createPendulum({ maxSteps: 5 }), { repeatCount: 3 });
    expect(limited.timeStep).toBeCloseTo(0.15, 12);
    const fine = play(createPendulum(), [[1], [1], [1], [0], [0]]);
    limited.reset({ seed: 3 });
    expect(limited.step(1).truncated).toBe(false);
    const last = limited.step(0);
    expect(last.truncated).toBe(true);
    expect(last.reward).toBeCloseTo(fine.rewards[3]! + fine.rewards[4]!, 12);
    const falling = withActionRepeat(createCartPole(), { repeatCount: 500 });
    falling.reset({ seed: 1 });
    const fall = falling.step(1);
    expect(fall.terminated).toBe(true);
    expect(fall.reward).toBeLessThan(30);
    expect(() => withActionRepeat(createCartPole(), { repeatCount: 0 })).toThrow('withActionRepeat: repeatCount must be an integer');
    expect(() => withActionRepeat(createCartPole(), { repeatCount: 2, discount: 2 })).toThrow(OptionError);
  });
});

describe('action rescale', () => {
  it('maps the new bounds to the old, and what is between in proportion', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const rescaled = withActionRescale(createPendulum(), { low: 10, high: 30 });
        const a = play(rescaled, [[10 + 20 * share]]);
        const b = play(createPendulum(), [[-2 + 4 * share]]);
        a.observations[1]!.forEach((value, i) => expect(value).toBeCloseTo(b.observations[1]![i]!, 6));
      }),
    );
    expect(withActionRescale(createPendulum()).actionSpace).toMatchObject({ low: Float64Array.of(-1), high: Float64Array.of(1) });
    const exact = (action: number, low: number, high: number): number[] =>
      play(withActionRescale(createPendulum(), { low, high }), [[action]]).observations[1]!;
    expect(exact(0.7, -0.3, 0.7)).toEqual(play(createPendulum(), [[2]]).observations[1]);
    expect(exact(9, -1, 1)).toEqual(play(createPendulum(), [[2]]).observations[1]);
  });

  it('refuses what has no bounds to map', () => {
    expect(() => withActionRescale(createCartPole())).toThrow('environment must have a box of actions, got discrete ones');
    expect(() => withActionRescale(createPendulum(), { low: 1, high: 1 })).toThrow(OptionError);
    expect(() => withActionRescale(createPendulum(), { low: [0, 0] })).toThrow(ShapeError);
    expect(() => withActionRescale(createPendulum(), { low: -Infinity })).toThrow(OptionError);
  });
});

describe('normalised observations', () => {
  const actions = Array.from({ length: 25 }, (_, t) => [Math.sin(t)]);

  it('are what mean and variance of all observations so far make of them', () => {
    const { observations } = play(createPendulum(), actions);
    const environment = withNormalizedObservations(createPendulum());
    const normalised = play(environment, actions).observations;
    // The prior: 10⁻⁴ of an observation, with mean 0 and variance 1.
    for (const t of [0, 1, 10, 25]) {
      const seen = observations.slice(0, t + 1);
      const weight = seen.length + 1e-4;
      for (let i = 0; i < 3; i++) {
        const mean = seen.reduce((sum, o) => sum + o[i]!, 0) / weight;
        const second = (seen.reduce((sum, o) => sum + o[i]! ** 2, 0) + 1e-4) / weight;
        const expected = (observations[t]![i]! - mean) / Math.sqrt(second - mean ** 2 + 1e-8);
        expect(Math.abs(normalised[t]![i]! - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
      }
    }
    expect(environment.statistics.count).toBeCloseTo(26.0001, 9);
  });

  it('stay as they are when frozen, and take statistics over', () => {
    const learner = withNormalizedObservations(createPendulum());
    play(learner, actions);
    const { statistics } = learner;
    learner.isFrozen = true;
    learner.reset({ seed: 9 });
    learner.step(1);
    expect(learner.statistics).toEqual(statistics);
    const heir = withNormalizedObservations(createPendulum(), { statistics, isFrozen: true });
    expect(play(heir, actions)).toEqual(play(learner, actions));
    learner.isFrozen = false;
    learner.step(1);
    expect(learner.statistics.count).toBeCloseTo(statistics.count + 1, 9);
    const fresh = withNormalizedObservations(createPendulum());
    expect(learner.reset({ seed: 4 })).toEqual(fresh.reset({ seed: 4 }));
  });

  it('are cut by clip, and softened by epsilon', () => {
    const plain = play(withNormalizedObservations(createPendulum()), actions).observations.flat();
    const clipped = play(withNormalizedObservations(createPendulum(), { clip: 0.7 }), actions).observations.flat();
    expect(Math.max(...plain)).toBeGreaterThan(0.8);
    expect(clipped.map((value) => Math.abs(value)).reduce((a, b) => Math.max(a, b))).toBeCloseTo(0.7, 6);
    const soft = play(withNormalizedObservations(createPendulum(), { epsilon: 100 }), actions).observations.flat();
    expect(Math.max(...soft)).toBeLessThan(0.5);
  });

  it('refuse statistics that do not fit', () => {
    const make =
      (statistics: Partial<ObservationStatistics>): (() => unknown) =>
      () =>
        withNormalizedObservations(createPendulum(), {
          statistics: { count: 1, mean: new Float64Array(3), variance: new Float64Array(3), ...statistics },
        });
    expect(make({})).not.toThrow();
    expect(make({ mean: new Float64Array(2) })).toThrow(ShapeError);
    expect(make({ variance: Float64Array.of(1, -1, 1) })).toThrow(
      expect.objectContaining({ code: 'NUMERICAL' } satisfies Partial<NumericalError>),
    );
    expect(make({ count: 0 })).toThrow(OptionError);
    expect(() => withNormalizedObservations(createPendulum(), { epsilon: 0 })).toThrow(OptionError);
    expect(() => withNormalizedObservations(createPendulum(), { clip: -1 })).toThrow(OptionError);
  });
});

describe('frame stack', () => {
  const actions = Array.from({ length: 6 }, (_, t) => [t - 3]);
  const single = (): number[][] => play(createPendulum(), actions).observations;

  it('gives the last observations from the oldest on, the first or zeros before them', () => {
    const frames = single();
    const at = (t: number): number[] => frames[Math.max(0, t)]!;
    const stacked = play(withFrameStack(createPendulum(), { count: 3 }), actions).observations;
    stacked.forEach((stack, t) => expect(stack).toEqual([...at(t - 2), ...at(t - 1), ...at(t)]));
    const zero = (t: number): number[] => (t < 0 ? [0, 0, 0] : at(t));
    const padded = play(withFrameStack(createPendulum(), { count: 3, padding: 'zero' }), actions).observations;
    padded.forEach((stack, t) => expect(stack).toEqual([...zero(t - 2), ...zero(t - 1), ...zero(t)]));
  });

  it('names what it stacks and draws the newest', () => {
    const environment = withFrameStack(createPendulum(), { count: 2 });
    const { observationSpace } = environment;
    expect(observationSpace.kind === 'box' && observationSpace.labels?.at(0)).toMatch(/1 steps ago$/);
    const frames = single();
    expect(environment.sceneOf!([...frames[0]!, ...frames[4]!])).toEqual(createPendulum().sceneOf(frames[4]!));
  });

  it('stacks pictures by channels', () => {
    // Two pixels of two channels each, which count the steps.
    const pictures = Object.assign(makeNoisyPoint({ noise: 0 }), { observationShape: [1, 1, 2] as const });
    const stacked = withFrameStack(pictures, { count: 2 });
    expect(stacked.observationShape).toEqual([1, 1, 4]);
    let t = 0;
    const wide = {
      ...makeNoisyPoint(),
      observationShape: [1, 2, 2] as const,
      observationSpace: { kind: 'box', size: 4, low: new Float64Array(4), high: new Float64Array(4).fill(99) } as const,
      reset: () => ({ observation: Float32Array.of(1, 2, 3, 4), info: {} }),
      step: () => {
        t += 10;
        return { observation: Float32Array.of(t + 1, t + 2, t + 3, t + 4), reward: 0, terminated: false, truncated: false, info: {} };
      },
    } as unknown as Environment & { readonly observationShape: readonly [number, number, number] };
    const both = withFrameStack(wide, { count: 2 });
    both.reset();
    expect(Array.from(both.step([0, 0]).observation)).toEqual([1, 2, 11, 12, 3, 4, 13, 14]);
    expect(both.observationShape).toEqual([1, 2, 4]);
    expect(() => withFrameStack(Object.assign(makeNoisyPoint(), { observationShape: [2, 2, 2] as const }), { count: 2 })).toThrow(
      OptionError,
    );
    expect(() => withFrameStack(createPendulum(), { count: 0 })).toThrow(OptionError);
    expect(() => withFrameStack(createPendulum(), { count: 2, padding: 'none' as 'zero' })).toThrow(/padding must be one of/);
  });
});

describe('noise', () => {
  const still = Array.from({ length: 400 }, () => [0]);

  it('has the deviation that was asked for, by component, and leaves the motion alone', () => {
    const clean = play(createPendulum({ maxSteps: 400 }), still).observations;
    const noisy = play(withNoise(createPendulum({ maxSteps: 400 }), { observationNoise: [0.1, 0, 2] }), still).observations;
    const deviation = (i: number): number => Math.sqrt(noisy.reduce((sum, o, t) => sum + (o[i]! - clean[t]![i]!) ** 2, 0) / noisy.length);
    expect(Math.abs(deviation(0) / 0.1 - 1)).toBeLessThan(0.15);
    expect(deviation(1)).toBe(0);
    expect(Math.abs(deviation(2) / 2 - 1)).toBeLessThan(0.15);
    const space = withNoise(createPendulum(), { observationNoise: [0.1, 0, 2] }).observationSpace;
    expect(space).toMatchObject({ low: Float64Array.of(-Infinity, -1, -Infinity) });
  });

  it('disturbs actions within their bounds', () => {
    const taken: number[] = [];
    const spy = makeNoisyPoint({ noise: 0 });
    const step = spy.step.bind(spy);
    spy.step = (action) => {
      taken.push(...Array.from(action as ArrayLike<number>));
      return step(action);
    };
    const environment = withNoise(spy, { actionNoise: [0.5, 0] });
    for (let episode = 0; episode < 40; episode++) {
      environment.reset();
      for (let t = 0; t < 40 && !environment.step([0, 0.25]).terminated; t++);
    }
    const first = taken.filter((_, i) => i % 2 === 0);
    expect(taken.every((value, i) => i % 2 === 0 || value === 0.25)).toBe(true);
    expect(Math.max(...first)).toBe(1);
    expect(Math.min(...first)).toBe(-1);
    const inner = first.filter((value) => Math.abs(value) < 1);
    // A normal draw of deviation 0.5 stays within ±1 in 95.4 % of cases.
    expect(Math.abs(inner.length / first.length - 0.954)).toBeLessThan(0.03);
  });

  it('has a seed of its own before a reset that has one', () => {
    const first = (seed: number): number[] => Array.from(withNoise(createPendulum(), { observationNoise: 1, seed }).reset().observation);
    expect(first(1)).not.toEqual(first(2));
    expect(first(1)).toEqual(first(1));
  });

  it('refuses what has no sense', () => {
    expect(() => withNoise(createPendulum(), { observationNoise: -1 })).toThrow(OptionError);
    expect(() => withNoise(createPendulum(), { observationNoise: [1] })).toThrow(ShapeError);
    expect(() => withNoise(createCartPole(), { actionNoise: 1 })).toThrow('withNoise: actionNoise must be 0 for a discrete space, got 1');
  });
});

describe('delay', () => {
  const actions = Array.from({ length: 8 }, (_, t) => [Math.cos(t)]);

  it('lets actions take effect later, after idle ones', () => {
    const delayed = play(withDelay(createPendulum(), { actionDelay: 2 }), actions);
    expect(delayed).toEqual(play(createPendulum(), [[0], [0], ...actions.slice(0, 6)]));
    const idle = play(withDelay(createPendulum(), { actionDelay: 2, idleAction: [1.5] }), actions);
    expect(idle).toEqual(play(createPendulum(), [[1.5], [1.5], ...actions.slice(0, 6)]));
  });

  it('lets observations be seen later, the first until then, and rewards at once', () => {
    const now = play(createPendulum(), actions);
    const delayed = play(withDelay(createPendulum(), { observationDelay: 3 }), actions);
    expect(delayed.rewards).toEqual(now.rewards);
    delayed.observations.forEach((observation, t) => expect(observation).toEqual(now.observations[Math.max(0, t - 3)]));
  });

  it('refuses what has no sense', () => {
    expect(() => withDelay(createPendulum(), { actionDelay: -1 })).toThrow(OptionError);
    expect(() => withDelay(createPendulum(), { observationDelay: 0.5 })).toThrow(OptionError);
    expect(() => withDelay(createPendulum(), { actionDelay: 1, idleAction: [3] })).toThrow('withDelay: idleAction must be in [-2, 2]');
    expect(() => withDelay(createPendulum(), { actionDelay: 1, idleAction: [0, 0] })).toThrow(ShapeError);
  });
});

describe('recording', () => {
  it('writes down each episode as it was', () => {
    const environment = withRecording(createPendulum({ maxSteps: 4 }));
    const { observations, rewards } = play(environment, [[1], [0], [-1], [2]]);
    const [episode] = environment.episodes;
    expect(environment.current).toBeUndefined();
    expect(Array.from(episode!.observations)).toEqual(observations.flat());
    expect(Array.from(episode!.actions)).toEqual([1, 0, -1, 2]);
    expect(Array.from(episode!.rewards)).toEqual(rewards);
    expect([episode!.terminated, episode!.truncated]).toEqual([false, true]);
  });

  it('hands over episodes that are cut off, and begins anew after a restore', () => {
    const seen: Trajectory[] = [];
    const environment = withRecording(createPendulum(), { onEpisode: (trajectory) => seen.push(trajectory) });
    environment.reset({ seed: 1 });
    environment.reset({ seed: 2 });
    expect(seen).toEqual([]);
    environment.step(1);
    expect(environment.current!.stepCount).toBe(1);
    environment.reset({ seed: 3 });
    expect(seen.map(({ stepCount, ended }) => [stepCount, ended])).toEqual([[1, false]]);
    const state = environment.saveState();
    environment.step(1);
    environment.step(1);
    environment.restoreState(state);
    environment.step(1);
    expect(environment.current).toBeUndefined();
    environment.reset();
    environment.step(1);
    expect(seen.map(({ stepCount }) => stepCount)).toEqual([1, 2]);
    expect(environment.episodes).toEqual([]);
  });

  it('keeps the latest that it is to keep', () => {
    const environment = withRecording(createPendulum({ maxSteps: 1 }), { keptCount: 2 });
    const starts: number[] = [];
    for (let episode = 0; episode < 5; episode++) {
      starts.push(environment.reset().observation[0]!);
      environment.step(0);
    }
    expect(environment.episodes.map(({ observations }) => observations[0])).toEqual(starts.slice(3));
    expect(() => withRecording(createPendulum(), { keptCount: -1 })).toThrow(OptionError);
  });
});

it('wrapped environments plan as the bare ones do: their snapshots hold queues and generators', () => {
  const environment = withDelay(withNoise(createPendulum(), { observationNoise: 0.1, actionNoise: 0.1 }), {
    actionDelay: 2,
    observationDelay: 1,
  });
  environment.reset({ seed: 1 });
  const rng = createRng(1);
  const steps = (count: number): number[] => Array.from({ length: count }, () => environment.step(rng.normal()).reward);
  steps(5);
  const snapshot = environment.snapshot!();
  const state = rng.save();
  const first = steps(10);
  environment.restoreSnapshot!(snapshot);
  rng.restore(state);
  expect(steps(10)).toEqual(first);
});
