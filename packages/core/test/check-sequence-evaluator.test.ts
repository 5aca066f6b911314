import { boxSpace, createRng, type SequenceEvaluator, ShapeError } from '@mbrl/core';
import { checkSequenceEvaluator, type SequenceEvaluatorCheckOptions, type SequenceEvaluatorClause } from '@mbrl/core/testing';
import { describe, expect, it } from 'vitest';
import { casesOf, expectBroken } from './toys/expect-broken.js';

type Evaluate = SequenceEvaluator['evaluate'];
const [observationSize, actionSize, horizon] = [3, 2, 4];
const length = actionSize * horizon;

/** The return is the sum of actions weighted by their place, plus noise of the generator when `noise` is given. */
const right = (noise = 0): SequenceEvaluator => ({
  observationSize,
  actionSize,
  horizon,
  async evaluate(observation, sequences, returns, rng) {
    if (observation.length !== observationSize) throw new ShapeError('evaluate: the observation must fit');
    if (sequences.length !== returns.length * length) throw new ShapeError('evaluate: sequences and returns must fit');
    for (let n = 0; n < returns.length; n++) {
      let sum = observation[0]! + noise * rng.normal();
      for (let k = 0; k < length; k++) sum += (k + 1) * sequences[n * length + k]!;
      returns[n] = sum;
    }
  },
});
const wrong = (change: (evaluate: Evaluate) => Evaluate, noise = 0.1): SequenceEvaluator => {
  const evaluator = right(noise);
  return { ...evaluator, evaluate: change(evaluator.evaluate) };
};

/** With gradients and predictions; both can be changed. */
type Gradient = NonNullable<SequenceEvaluator['evaluateWithGradient']>;
type Predict = NonNullable<SequenceEvaluator['predictTrajectory']>;
const whole = (changeGradient = (gradient: Gradient) => gradient, changePredict = (predict: Predict) => predict): SequenceEvaluator => {
  const evaluator = right(0.1);
  const evaluateWithGradient: Gradient = async (o, s, r, g, rng) => {
    if (g.length !== s.length) throw new ShapeError('evaluateWithGradient: gradients must fit');
    await evaluator.evaluate(o, s, r, rng);
    for (let i = 0; i < g.length; i++) g[i] = (i % length) + 1;
  };
  const predictTrajectory: Predict = async (o, s, rng) => {
    if (s.length !== length) throw new ShapeError('predictTrajectory: the sequence must fit');
    const observations = Float32Array.from({ length: 2 * horizon * observationSize }, (_, i) => o[i % observationSize]! + rng.normal());
    return { particleCount: 2, observations };
  };
  return { ...evaluator, evaluateWithGradient: changeGradient(evaluateWithGradient), predictTrajectory: changePredict(predictTrajectory) };
};

let calls = 0;
let cached: Float32Array | undefined;

const wrongs: { readonly [clause in SequenceEvaluatorClause]: { readonly [what: string]: SequenceEvaluator } } = {
  description: { 'has no horizon': { ...right(), horizon: 0 }, 'has no observation': { ...right(), observationSize: -1 } },
  'writes-all': {
    'leaves the last return': wrong((evaluate) => async (o, s, r, rng) => {
      const written = new Float32Array(r.length);
      await evaluate(o, s, written, rng);
      r.set(written.subarray(0, -1));
    }),
  },
  finite: { 'gives infinity': wrong((evaluate) => async (o, s, r, rng) => (await evaluate(o, s, r, rng), void (r[0] = Infinity))) },
  determinism: { 'draws from elsewhere': wrong((evaluate) => (o, s, r) => evaluate(o, s, r, createRng(++calls))) },
  'inputs-untouched': {
    'clips in place': wrong((evaluate) => (o, s, r, rng) => evaluate(o, s.fill(0.5, 0, 1), r, rng)),
    'writes to the observation': wrong((evaluate) => (o, s, r, rng) => evaluate(o.fill(1), s, r, rng)),
  },
  'any-count': {
    'knows one batch size': wrong(
      (evaluate) => (o, s, r, rng) => (r.length === 1 ? Promise.reject(new Error('batch of 1')) : evaluate(o, s, r, rng)),
    ),
    'keeps what a smaller batch left': wrong((evaluate) => async (o, s, r, rng) => {
      await evaluate(o, s, r, rng);
      if (r.length === 3) cached = r.map((value) => value + 1);
      else if (cached) r.set(cached);
    }),
  },
  'actions-matter': { 'is indifferent': wrong(() => async (_, __, r) => void r.fill(1)) },
  'row-independence': {
    'adds the place': wrong(
      (evaluate) => async (o, s, r, rng) => (await evaluate(o, s, r, rng), r.forEach((value, n) => (r[n] = value + n))),
      0,
    ),
    'subtracts the mean of the batch': wrong(
      (evaluate) => async (o, s, r, rng) => {
        await evaluate(o, s, r, rng);
        const mean = r.reduce((a, b) => a + b, 0) / r.length;
        r.forEach((value, n) => (r[n] = value - mean));
      },
      0,
    ),
  },
  gradient: {
    'gives other returns': whole((gradient) => async (o, s, r, g, rng) => (await gradient(o, s, r, g, rng), void (r[1] = 99))),
    'leaves the last row': whole((gradient) => async (o, s, r, g, rng) => {
      const written = new Float32Array(g.length);
      await gradient(o, s, r, written, rng);
      g.set(written.subarray(0, -1));
    }),
    'points down': whole((gradient) => async (o, s, r, g, rng) => (await gradient(o, s, r, g, rng), g.forEach((x, i) => (g[i] = -x)))),
    'is flat': whole((gradient) => async (o, s, r, g, rng) => (await gradient(o, s, r, g, rng), void g.fill(0))),
    'is not finite': whole((gradient) => async (o, s, r, g, rng) => (await gradient(o, s, r, g, rng), void (g[3] = NaN))),
    'writes what fits': whole(
      (gradient) => (o, s, r, g, rng) => gradient(o, s, r, g.length === s.length ? g : new Float32Array(s.length), rng),
    ),
  },
  prediction: {
    'is cut': whole(undefined, (predict) => async (o, s, rng) => {
      const { particleCount, observations } = await predict(o, s, rng);
      return { particleCount, observations: observations.subarray(1) };
    }),
    'has no particles': whole(undefined, () => async () => ({ particleCount: 0, observations: new Float32Array(0) })),
    'is not finite': whole(undefined, (predict) => async (o, s, rng) => {
      const { particleCount, observations } = await predict(o, s, rng);
      return { particleCount, observations: observations.fill(Infinity, 0, 1) };
    }),
    'draws from elsewhere': whole(undefined, (predict) => (o, s) => predict(o, s, createRng(++calls))),
    'takes any sequence': whole(undefined, (predict) => (o, _s, rng) => predict(o, new Float32Array(length), rng)),
  },
  sizes: {
    'cuts the observation': wrong((evaluate) => (o, s, r, rng) => evaluate(o.slice(0, 3), s, r, rng)),
    'cuts sequences': wrong((evaluate) => (o, s, r, rng) => evaluate(o, s.length === 15 ? new Float32Array(16) : s, r, rng)),
    'fills what it can': wrong((evaluate) => (o, s, r, rng) => evaluate(o, s, r.subarray(0, Math.floor(s.length / length)), rng)),
  },
};

describe('checkSequenceEvaluator', () => {
  it.each([
    [0, true],
    [0.5, false],
  ])('finds nothing wrong with a right evaluator with noise %s', (noise, deterministic) =>
    checkSequenceEvaluator(right(noise), { deterministic }),
  );

  it.each(casesOf(wrongs))('$clause: finds an evaluator that $what', ({ clause, subject }) => {
    cached = undefined;
    return expectBroken('checkSequenceEvaluator', clause, () =>
      checkSequenceEvaluator(subject, { deterministic: clause === 'row-independence' }),
    );
  });
});

describe('its options', () => {
  it('deterministic requires that noise plays no part', () =>
    expectBroken('checkSequenceEvaluator', 'row-independence', () => checkSequenceEvaluator(right(0.5), { deterministic: true })));

  it('finite: false allows infinite returns', () => checkSequenceEvaluator(wrongs.finite['gives infinity']!, { finite: false }));

  it('tolerance allows rounding by place', async () => {
    const rounding = wrong(
      (evaluate) => async (o, s, r, rng) => (await evaluate(o, s, r, rng), r.forEach((value, n) => (r[n] = value + n * 1e-3))),
      0,
    );
    await expectBroken('checkSequenceEvaluator', 'row-independence', () => checkSequenceEvaluator(rounding, { deterministic: true }));
    await checkSequenceEvaluator(rounding, { deterministic: true, tolerance: 0.1 });
  });

  it('observation, actionSpace, sequenceCount and seed shape the inputs', async () => {
    const seen: { o: Float32Array; s: Float32Array }[] = [];
    const noting = wrong((evaluate) => (o, s, r, rng) => (seen.push({ o: o.slice(), s: s.slice() }), evaluate(o, s, r, rng)));
    const given: SequenceEvaluatorCheckOptions = {
      observation: Float32Array.of(1, 2, 3),
      actionSpace: boxSpace({ low: [5, -6], high: [6, -5] }),
      sequenceCount: 9,
    };
    await checkSequenceEvaluator(noting, given);
    const [{ o, s }] = seen as [(typeof seen)[0]];
    expect([...o]).toEqual([1, 2, 3]);
    expect(s.length).toBe(9 * length);
    expect(s.every((value, k) => (k % 2 === 0 ? value >= 5 && value <= 6 : value >= -6 && value <= -5))).toBe(true);
    seen.length = 0;
    await checkSequenceEvaluator(noting, { ...given, seed: 1 });
    expect(seen[0]!.s).not.toEqual(s);
  });
});
