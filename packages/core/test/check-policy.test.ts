import { boxSpace, discreteSpace, type Policy, type Rng } from '@mbrl/core';
import { checkPolicy, type PolicyCheckOptions, type PolicyClause } from '@mbrl/core/testing';
import { describe, expect, it } from 'vitest';
import { casesOf, expectBroken } from './toys/expect-broken.js';
import { ToyPolicy } from './toys/toy-agent.js';

const options: PolicyCheckOptions = { observationSize: 2, actionSpace: boxSpace({ low: [-1], high: [1] }) };

const wrong = (change: (right: ToyPolicy) => Partial<Policy>) => (): Policy => {
  const right = new ToyPolicy();
  return { reset: () => right.reset(), act: (observation, rng) => right.act(observation, rng), ...change(right) };
};
const wrongAct = (change: (action: Float32Array, observation: Float32Array, rng: Rng) => unknown) =>
  wrong((right) => ({ act: async (observation, rng) => change(await right.act(observation, rng), observation, rng) as Float32Array }));

let count = 0;

const wrongs: { readonly [clause in PolicyClause]: { readonly [what: string]: () => Policy } } = {
  'action-form': {
    'acts beyond the bounds': wrongAct((action) => action.map((value) => 3 * value)),
    'acts with two components': wrongAct(() => new Float32Array(2)),
    'acts by a list': wrongAct((action) => [...action]),
    'acts by NaN': wrongAct((action) => action.map(() => NaN)),
    throws: wrong(() => ({ act: () => Promise.reject(new Error('no')) })),
  },
  'own-copy': {
    'hands out one array': wrong((right) => {
      const shared = new Float32Array(1);
      return { act: async (observation, rng) => (shared.set(await right.act(observation, rng)), shared) };
    }),
    'remembers the array that it handed out': wrong((right) => {
      let last = new Float32Array(1);
      return {
        reset: () => (right.reset(), (last = new Float32Array(1)), undefined),
        act: async (observation, rng) => {
          const action = (await right.act(observation, rng)).map((value) => 0.5 * value + 0.5 * last[0]!);
          last = action;
          return action;
        },
      };
    }),
  },
  'observation-untouched': { 'normalises in place': wrongAct((action, observation) => (observation.fill(0), action)) },
  determinism: { 'draws from elsewhere': wrongAct((action) => action.map((value) => 0.9 * value + 1e-3 * (++count % 5))) },
  reset: {
    'does not forget': wrong(() => ({ reset: () => undefined })),
    'cannot be reset': wrong(() => ({
      reset: () => {
        throw new Error('no');
      },
    })),
  },
  sizes: {
    'reads what is there': wrong((right) => ({
      act: (observation, rng) => right.act(Float32Array.of(observation[0]!, observation[1] ?? 0), rng),
    })),
    'throws what anybody throws': wrong((right) => ({
      act: (observation, rng) =>
        observation.length === 2 ? right.act(observation, rng) : Promise.reject(new RangeError('offset is out of bounds')),
    })),
  },
  'observation-finite': {
    'takes NaN for zero': wrong((right) => ({
      act: (observation, rng) =>
        right.act(
          observation.map((x) => (Number.isFinite(x) ? x : 0)),
          rng,
        ),
    })),
  },
  'refusal-unchanged': {
    'notes what it refuses': wrong((right) => ({
      act: (observation, rng) => {
        if (observation.length !== 2) right.average += 1;
        return right.act(observation, rng);
      },
    })),
  },
};

describe('checkPolicy', () => {
  it('finds nothing wrong with a right policy', () => checkPolicy(() => new ToyPolicy(), options));

  it('finds nothing wrong with a right policy of discrete actions', () =>
    checkPolicy(
      wrongAct((action) => action.map((value) => (value > 0 ? 1 : 0))),
      { ...options, actionSpace: discreteSpace(2) },
    ));

  it.each(casesOf(wrongs))('$clause: finds a policy that $what', ({ clause, subject }) =>
    expectBroken('checkPolicy', clause, () => checkPolicy(subject, options)),
  );
});

describe('its options', () => {
  it('actionSpace says what is allowed', () =>
    expectBroken('checkPolicy', 'action-form', () => checkPolicy(() => new ToyPolicy(), { ...options, actionSpace: discreteSpace(2) })));

  it('observations and seed are what the policy is given', async () => {
    const seen: number[][] = [];
    const noting = wrong((right) => ({ act: (observation, rng) => (seen.push([...observation]), right.act(observation, rng)) }));
    await checkPolicy(noting, { ...options, observations: [Float32Array.of(1, 2), Float32Array.of(3, 4)] });
    expect(seen.slice(0, 2)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    seen.length = 0;
    await checkPolicy(noting, options);
    const [first] = seen;
    seen.length = 0;
    await checkPolicy(noting, { ...options, seed: 1 });
    expect(seen[0]).not.toEqual(first);
  });
});
