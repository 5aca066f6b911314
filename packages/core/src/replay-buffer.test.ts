import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.js';
import { createReplayBuffer, type ReplayBuffer } from './replay-buffer.js';
import { createRng } from './rng.js';
import { createTrajectory } from './trajectory.js';
import { createTransitionColumns, type Transition } from './transition.js';

/** A transition whose every field tells its number. */
const transition = (i: number): Transition => ({
  observation: Float32Array.of(i, -i),
  action: Float32Array.of(i / 2),
  reward: i / 4,
  nextObservation: Float32Array.of(i + 1, -i - 1),
  terminated: i % 3 === 0,
  truncated: i % 5 === 0,
});

const make = (capacity = 8): ReplayBuffer => createReplayBuffer({ capacity, observationSize: 2, actionSize: 1 });
const filled = (count: number, capacity = 8): ReplayBuffer => {
  const buffer = make(capacity);
  for (let i = 0; i < count; i++) buffer.add(transition(i));
  return buffer;
};

/** Columns as they must be for these transition numbers. */
function columnsOf(numbers: readonly number[]) {
  const columns = createTransitionColumns(numbers.length, 2, 1);
  numbers.forEach((i, row) => {
    const { observation, action, reward, nextObservation, terminated, truncated } = transition(i);
    columns.observations.set(observation, 2 * row);
    columns.actions.set(action, row);
    columns.rewards[row] = reward;
    columns.nextObservations.set(nextObservation, 2 * row);
    columns.terminated[row] = Number(terminated);
    columns.truncated[row] = Number(truncated);
  });
  return columns;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('adding', () => {
  it('keeps the newest up to the capacity, in the order of insertion', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 600 }), (count, capacity) => {
        const buffer = filled(count, capacity);
        expect(buffer.count).toBe(Math.min(count, capacity));
        expect(buffer.addedCount).toBe(count);
        expect(buffer.columns()).toEqual(columnsOf(range(Math.max(0, count - capacity), count)));
      }),
      { numRuns: 30 },
    );
  });

  it('takes columns as it takes rows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }), (parts) => {
        const buffer = make(16);
        let next = 0;
        for (const part of parts) buffer.addColumns(columnsOf(range(next, (next += part))));
        expect(buffer.save()).toEqual(filled(next, 16).save());
      }),
    );
  });

  it('takes its own columns back', () => {
    const buffer = filled(6);
    buffer.addColumns(buffer.columns());
    expect([...buffer.columns().rewards]).toEqual([4, 5, 0, 1, 2, 3, 4, 5].map((i) => i / 4));
  });

  it('takes trajectories', () => {
    const trajectory = createTrajectory({ firstObservation: [0, 0], actionSize: 1 });
    for (let t = 0; t < 3; t++)
      trajectory.append({ action: [t], reward: t, nextObservation: [t + 1, 0], terminated: t === 2, truncated: false });
    const buffer = make();
    buffer.addTrajectory(trajectory);
    expect(buffer.columns()).toEqual(trajectory.toTransitions());
  });

  it('copies: later changes of what was given change nothing', () => {
    const buffer = make();
    const given = transition(1);
    buffer.add(given);
    given.observation.fill(99);
    const columns = buffer.columns();
    columns.rewards.fill(99);
    expect(buffer.columns()).toEqual(columnsOf([1]));
  });

  it('forgets on clear', () => {
    const buffer = filled(11);
    buffer.clear();
    expect(buffer.count).toBe(0);
    buffer.add(transition(5));
    expect(buffer.columns()).toEqual(columnsOf([5]));
    expect(buffer.addedCount).toBe(12);
  });
});

describe('sampling', () => {
  it('draws whole rows, each equally often', () => {
    const buffer = filled(20, 8);
    const counts = new Map<number, number>();
    const batch = buffer.sample(40_000, createRng(1));
    for (let i = 0; i < batch.count; i++) {
      const number = batch.rewards[i]! * 4;
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(range(12, 20));
    for (const n of counts.values()) expect(Math.abs(n - 5000)).toBeLessThan(4.5 * Math.sqrt(5000));
    const rows = buffer.sample(50, createRng(2));
    expect(rows).toEqual(columnsOf([...rows.rewards].map((reward) => reward * 4)));
  });

  it('fills out when given, and draws the same rows', () => {
    const buffer = filled(12);
    const out = createTransitionColumns(5, 2, 1);
    const sampled = buffer.sample(5, createRng(3), out);
    expect(sampled).toBe(out);
    expect(out).toEqual(buffer.sample(5, createRng(3)));
  });

  it('is a function of the generator, which it advances', () => {
    const buffer = filled(8);
    const rng = createRng(1);
    const [first, second] = [buffer.sample(6, rng), buffer.sample(6, rng)];
    expect(first).not.toEqual(second);
    expect(first).toEqual(buffer.sample(6, createRng(1)));
  });
});

describe('saving', () => {
  it('gives back the rows, and sampling and adding go on equally, through bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (count) => {
        const buffer = filled(count);
        const loaded = filled(3);
        loaded.load(decodeCheckpoint(encodeCheckpoint(buffer.save())));
        for (const each of [buffer, loaded]) for (let i = 0; i < 5; i++) each.add(transition(100 + i));
        expect(loaded.columns()).toEqual(buffer.columns());
        expect(loaded.addedCount).toBe(buffer.addedCount);
        expect(loaded.sample(20, createRng(count))).toEqual(buffer.sample(20, createRng(count)));
      }),
      { numRuns: 30 },
    );
  });

  it('saves an empty buffer', () => {
    const loaded = filled(4);
    loaded.load(decodeCheckpoint(encodeCheckpoint(make().save())));
    expect(loaded.count).toBe(0);
    expect(loaded.addedCount).toBe(0);
  });

  const saved = filled(4).save();
  it.each([
    ['another kind', { ...saved, kind: 'Trajectory' }, 'must be of kind ReplayBuffer, got Trajectory'],
    ['a newer version', { ...saved, version: 2 }, 'the version of ReplayBuffer must be 1, got 2: a newer mbrl wrote it'],
    ['another capacity', { ...saved, json: { capacity: 9, addedCount: 4 } }, 'capacity must be 8, got 9'],
    ['no facts', { ...saved, json: null }, 'capacity must be 8, got undefined'],
    [
      'too few added',
      { ...saved, json: { capacity: 8, addedCount: 3 } },
      'addedCount and capacity must be at least the 4 rows, got 3 and 8',
    ],
    ['more rows than capacity', filled(9, 9).save(), 'capacity must be 8, got 9'],
    [
      'other sizes',
      { ...saved, arrays: { ...saved.arrays, actions: { dtype: 'float32', shape: [4, 2], data: new Float32Array(8) } } },
      'array "actions" must have shape [4, 1], got [4, 2]',
    ],
    [
      'another dtype',
      { ...saved, arrays: { ...saved.arrays, actions: { dtype: 'float64', shape: [4, 1], data: new Float64Array(4) } } },
      'array "actions" must be float32, got float64',
    ],
    [
      'values that are not finite',
      { ...saved, arrays: { ...saved.arrays, rewards: { dtype: 'float32', shape: [4], data: new Float32Array(4).fill(NaN) } } },
      'the rows must be finite',
    ],
  ])('refuses %s, and stays as it was', (_, checkpoint, message) => {
    const buffer = filled(2);
    expect(() => buffer.load(checkpoint as never)).toThrowError(
      expect.objectContaining({
        code: 'CHECKPOINT',
        message: expect.stringMatching(new RegExp(`^ReplayBuffer.load: .*${message.replaceAll(/[[\]]/g, '\\$&')}`)),
      }),
    );
    expect(buffer.save()).toEqual(filled(2).save());
  });
});

describe('bad input', () => {
  it('names the field, and adds nothing', () => {
    const buffer = make();
    const good = transition(1);
    expect(() => buffer.add({ ...good, observation: new Float32Array(3) })).toThrow(
      'ReplayBuffer.add: observation must have 2 elements, got 3',
    );
    expect(() => buffer.add({ ...good, action: new Float32Array(0) })).toThrow('ReplayBuffer.add: action must have 1 elements, got 0');
    expect(() => buffer.add({ ...good, nextObservation: Float32Array.of(0, NaN) })).toThrow(
      'ReplayBuffer.add: nextObservation must be finite, got NaN at index 1',
    );
    expect(() => buffer.add({ ...good, reward: 1e39 })).toThrow('ReplayBuffer.add: reward must be finite as float32, got 1e+39');
    const columns = columnsOf([1, 2]);
    columns.rewards[1] = NaN;
    expect(() => buffer.addColumns(columns)).toThrow('ReplayBuffer.addColumns: rewards must be finite, got NaN at index 1');
    expect(() => buffer.addColumns(createTransitionColumns(1, 3, 1))).toThrow(
      'ReplayBuffer.addColumns: observationSize and actionSize must be 2 and 1, got 3 and 1',
    );
    expect(() => buffer.addTrajectory(createTrajectory({ firstObservation: [0], actionSize: 1 }))).toThrow(
      'ReplayBuffer.addTrajectory: observationSize',
    );
    expect(buffer.addedCount).toBe(0);
  });

  it('refuses to sample from nothing, into what does not fit, and by no whole number', () => {
    const rng = createRng(1);
    expect(() => make().sample(1, rng)).toThrowError(expect.objectContaining({ code: 'LIFECYCLE' }));
    expect(() => filled(1).sample(0, rng)).toThrow('ReplayBuffer.sample: batchSize must be an integer in [1, Infinity), got 0');
    expect(() => filled(1).sample(2, rng, createTransitionColumns(3, 2, 1))).toThrow(
      'ReplayBuffer.sample: out must have batchSize=2 rows, got 3',
    );
    expect(() => filled(1).sample(2, rng, createTransitionColumns(2, 2, 2))).toThrow(
      'ReplayBuffer.sample: observationSize and actionSize must be 2 and 1, got 2 and 2',
    );
  });

  it.each([
    ['capacity', 0],
    ['observationSize', 1.5],
    ['actionSize', -1],
  ])('refuses %s = %s', (name, value) => {
    expect(() => createReplayBuffer({ capacity: 1, observationSize: 1, actionSize: 1, [name]: value })).toThrow(
      `createReplayBuffer: ${name} must be an integer in [1, `,
    );
  });
});
