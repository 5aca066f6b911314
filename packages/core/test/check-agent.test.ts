import type { Agent, Checkpoint, LearnProgress, Transition } from '@mbrl/core';
import { checkAgent, type AgentCheckOptions, type AgentClause } from '@mbrl/core/testing';
import { describe, expect, it } from 'vitest';
import { casesOf, expectBroken } from './toys/expect-broken.js';
import { ToyAgent } from './toys/toy-agent.js';
import { ToyEnvironment } from './toys/toy-environment.js';

const options: AgentCheckOptions = { environment: () => new ToyEnvironment(), stepCount: 90 };

/** A toy with some members replaced; `self` behaves rightly, with its state. */
const wrong = (change: (self: ToyAgent) => object) => (): Agent => {
  const self = new ToyAgent();
  const changed = change(self);
  return new Proxy(self, {
    get: (target, key) => {
      const from = key in changed ? changed : target;
      const value: unknown = Reflect.get(from, key);
      return typeof value === 'function' ? (value as (...inputs: unknown[]) => unknown).bind(from) : value;
    },
  });
};
const wrongAct = (change: (action: Float32Array, observation: Float32Array) => unknown) =>
  wrong((self) => ({ act: async (observation: Float32Array) => change(await self.act(observation), observation) }));
type LearnOptions = { onProgress?: (progress: LearnProgress) => void };

let count = 0;

const wrongs: { readonly [clause in AgentClause]: { readonly [what: string]: () => Agent } } = {
  'action-form': {
    'acts beyond the bounds': wrongAct((action) => action.map((value) => 5 * value)),
    'acts by a number': wrongAct(([value]) => value),
    'acts by NaN': wrongAct((action) => action.fill(NaN)),
  },
  'observation-untouched': { 'normalises in place': wrongAct((action, observation) => (observation.fill(0), action)) },
  'transition-untouched': {
    'changes the transition': wrong((self) => ({
      observe: (transition: Transition) => (self.observe(transition), transition.action.fill(0)),
    })),
    'cannot remember': wrong(() => ({
      observe: () => {
        throw new Error('no');
      },
    })),
  },
  figures: {
    'reports a text': wrong(() => ({ lastAct: { method: 'random' } })),
    'reports a loss of NaN': wrong((self) => ({ learn: async (given: LearnOptions) => (await self.learn(given)) && { loss: NaN } })),
    'cannot learn': wrong(() => ({ learn: () => Promise.reject(new Error('no')) })),
  },
  progress: {
    'tells percents': wrong((self) => ({
      learn: ({ onProgress }: LearnOptions) =>
        self.learn({ onProgress: ({ fraction, metrics }) => onProgress?.({ fraction: 100 * fraction, metrics }) }),
    })),
    'goes back': wrong((self) => ({
      learn: ({ onProgress }: LearnOptions) =>
        self.learn({ onProgress: ({ fraction, metrics }) => onProgress?.({ fraction: 1 - 0.5 * fraction, metrics }) }),
    })),
  },
  determinism: {
    'draws from elsewhere': wrongAct((action) => action.map((value) => 0.5 * value + 1e-3 * (++count % 7))),
    'reports what differs': wrong(() => ({ lastAct: { loss: 0 }, learn: async () => ({ loss: ++count }) })),
  },
  'own-copy': {
    'keeps the arrays that it is given': wrong((self) => {
      let last: Transition | undefined;
      return {
        observe: (transition: Transition) => (self.observe(transition), (last = transition)),
        act: async (observation: Float32Array) => {
          const [action] = await self.act(observation);
          return Float32Array.of(0.5 * action! + 0.5 * Math.tanh(last?.action[0] ?? 0));
        },
      };
    }),
    'remembers the array that it handed out': wrong((self) => {
      let last = new Float32Array(1);
      return {
        act: async (observation: Float32Array) =>
          (last = (await self.act(observation)).map((value) => 0.5 * value + 0.4 * Math.tanh(last[0]!))),
      };
    }),
  },
  'save-load': {
    'forgets its generator': wrong((self) => {
      const before = self.rng.save();
      return { load: (checkpoint: Checkpoint) => (self.load(checkpoint), self.rng.restore(before)) };
    }),
    'forgets its memory': wrong((self) => ({
      load: (checkpoint: Checkpoint) => (self.load(checkpoint), self.buffer.clear(), self.buffer.add(zero)),
    })),
    'forgets that it is within an episode': wrong((self) => ({
      load: (checkpoint: Checkpoint) => (self.load(checkpoint), (self.episodeStep = 0)),
    })),
    'forgets what it learned': wrong((self) => ({ load: (checkpoint: Checkpoint) => (self.load(checkpoint), (self.gain = 0)) })),
    'cannot load': wrong(() => ({
      load: () => {
        throw new Error('not yet');
      },
    })),
  },
  'save-aliasing': {
    'gives its memory away': wrong((self) => {
      const living = new Float32Array(1);
      return {
        act: async (observation: Float32Array) => (living.fill(observation[0]!), self.act(observation)),
        save: () => ({ ...self.save(), arrays: { ...self.save().arrays, living: { dtype: 'float32', shape: [1], data: living } } }),
      };
    }),
  },
  'load-refusal': {
    'loads any kind': wrong((self) => ({ load: (checkpoint: Checkpoint) => self.load({ ...checkpoint, kind: 'ToyAgent' }) })),
    'loads any version': wrong((self) => ({ load: (checkpoint: Checkpoint) => self.load({ ...checkpoint, version: 1 }) })),
  },
};

const zero: Transition = {
  observation: new Float32Array(2),
  action: new Float32Array(1),
  reward: 0,
  nextObservation: new Float32Array(2),
  terminated: false,
  truncated: false,
};

describe('checkAgent', () => {
  it('finds nothing wrong with a right agent', () => checkAgent(() => new ToyAgent(), options));

  it.each(casesOf(wrongs))('$clause: finds an agent that $what', ({ clause, subject }) =>
    expectBroken('checkAgent', clause, () => checkAgent(subject, options)),
  );
});

describe('its options', () => {
  it('saveAt says where the agent is interrupted', async () => {
    const saves: number[] = [];
    const noting = wrong((self) => ({ save: () => (saves.push(self.stepCount), self.save()) }));
    await checkAgent(noting, { ...options, saveAt: [1, 17, 50] });
    expect(saves.slice(0, 3)).toEqual([1, 17, 50]);
    await checkAgent(wrongs['save-load']['forgets its generator']!, { ...options, saveAt: [] });
  });

  it('stepCount and seed shape the run', async () => {
    let steps = 0;
    const first = new Set<number>();
    const noting = wrong((self) => ({
      act: (observation: Float32Array) => (steps++, self.stepCount === 0 && first.add(observation[0]!), self.act(observation)),
    }));
    await checkAgent(noting, { ...options, stepCount: 7, saveAt: [] });
    expect(steps).toBe(3 * 7);
    await checkAgent(noting, { ...options, stepCount: 7, saveAt: [], seed: 1 });
    expect(first.size).toBe(2);
  });
});
