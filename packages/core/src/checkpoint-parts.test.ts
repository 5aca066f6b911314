import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.js';
import { checkpointArray, combineCheckpoints, expectCheckpoint, separateCheckpoint } from './checkpoint-parts.js';
import type { Checkpoint } from './checkpoint.js';

const vector = (...values: number[]) => ({ dtype: 'float32' as const, shape: [values.length], data: Float32Array.from(values) });
const model: Checkpoint = { kind: 'Model', version: 2, json: { layers: [1, 2] }, arrays: { w: vector(1, 2), 'adam/w': vector(3) } };
const buffer: Checkpoint = { kind: 'Buffer', version: 1, json: null, arrays: { w: vector(9) } };
const refusal = (message: string) => expect.objectContaining({ code: 'CHECKPOINT', message });

describe('expectCheckpoint', () => {
  it('returns a checkpoint of the kind and version', () => {
    expect(expectCheckpoint(model, { kind: 'Model', version: 2, caller: 'f' })).toBe(model);
    expect(expectCheckpoint(model, { kind: 'Model', version: 3, oldestVersion: 1, caller: 'f' })).toBe(model);
  });

  it('says which kind or version was asked for', () => {
    const expecting = (options: { kind?: string; version?: number; oldestVersion?: number }) => () =>
      expectCheckpoint(model, { kind: 'Model', version: 2, caller: 'f', ...options });
    expect(expecting({ kind: 'Agent' })).toThrow(refusal('f: the checkpoint must be of kind Agent, got Model'));
    expect(expecting({ version: 1 })).toThrow(refusal('f: the version of Model must be 1, got 2: a newer mbrl wrote it'));
    expect(expecting({ version: 3 })).toThrow(refusal('f: the version of Model must be 3, got 2'));
    expect(expecting({ version: 4, oldestVersion: 3 })).toThrow(refusal('f: the version of Model must be in [3, 4], got 2'));
  });
});

describe('checkpointArray', () => {
  it('gives the array of this dtype and shape', () => {
    expect(checkpointArray(model, 'w', { dtype: 'float32', shape: [2], caller: 'f' }).data).toBe(model.arrays['w']!.data);
    expect(checkpointArray(model, 'w', { dtype: 'float32', shape: [null], caller: 'f' }).shape).toEqual([2]);
    expect(checkpointArray(model, 'w', { dtype: 'float32', caller: 'f' }).shape).toEqual([2]);
  });

  it('says what is missing or differs', () => {
    expect(() => checkpointArray(model, 'v', { dtype: 'float32', caller: 'f' })).toThrow(
      refusal('f: the Model checkpoint must have an array "v"'),
    );
    expect(() => checkpointArray(model, 'toString', { dtype: 'float32', caller: 'f' })).toThrow(
      refusal('f: the Model checkpoint must have an array "toString"'),
    );
    expect(() => checkpointArray(model, 'w', { dtype: 'float64', caller: 'f' })).toThrow(
      refusal('f: array "w" must be float64, got float32'),
    );
    expect(() => checkpointArray(model, 'w', { dtype: 'float32', shape: [3], caller: 'f' })).toThrow(
      refusal('f: array "w" must have shape [3], got [2]'),
    );
    expect(() => checkpointArray(model, 'w', { dtype: 'float32', shape: [null, 1], caller: 'f' })).toThrow(
      refusal('f: array "w" must have shape [any, 1], got [2]'),
    );
  });
});

describe('composite checkpoints', () => {
  const agent = combineCheckpoints({ kind: 'Agent', version: 1, json: { step: 5 }, arrays: { w: vector(7) }, parts: { model, buffer } });

  it('come apart into what went in, through bytes, however deep', () => {
    const run = combineCheckpoints({ kind: 'Run', version: 1, parts: { agent } });
    const opened = separateCheckpoint(decodeCheckpoint(encodeCheckpoint(run)), { parts: ['agent'], caller: 'f' });
    expect(opened.json).toBeNull();
    expect(opened.arrays).toEqual({});
    expect(opened.parts.agent).toStrictEqual(agent);
    const inner = separateCheckpoint(opened.parts.agent, { parts: ['model', 'buffer'], caller: 'f' });
    expect(inner).toStrictEqual({ json: { step: 5 }, arrays: { w: vector(7) }, parts: { model, buffer } });
  });

  it('keep arrays of equal names apart', () => {
    expect(Object.keys(agent.arrays).sort()).toEqual(['buffer/w', 'model/adam/w', 'model/w', 'w']);
  });

  it('refuse names that would be ambiguous', () => {
    expect(() => combineCheckpoints({ kind: 'A', version: 1, parts: { 'a/b': model } })).toThrow(
      refusal('combineCheckpoints: a name must be a text without "/", got "a/b"'),
    );
    expect(() => combineCheckpoints({ kind: 'A', version: 1, arrays: { 'a/b': vector(1) }, parts: {} })).toThrow(
      refusal('combineCheckpoints: a name must be a text without "/", got "a/b"'),
    );
  });

  it('say which part is missing', () => {
    expect(() => separateCheckpoint(agent, { parts: ['policy'], caller: 'f' })).toThrow(
      refusal('f: the Agent checkpoint must have a part "policy"'),
    );
    expect(() => separateCheckpoint(agent, { parts: ['toString'], caller: 'f' })).toThrow(
      refusal('f: the Agent checkpoint must have a part "toString"'),
    );
    expect(() => separateCheckpoint(model, { parts: [], caller: 'f' })).toThrow(refusal('f: the Model checkpoint must be made of parts'));
    expect(() => separateCheckpoint({ ...agent, json: { own: null, parts: { model: 5 } } }, { parts: ['model'], caller: 'f' })).toThrow(
      refusal('f: the Agent checkpoint must have a part "model"'),
    );
  });
});
