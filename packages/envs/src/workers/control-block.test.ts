import { NumericalError } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import {
  awaitIdle,
  awaitJob,
  controlBlock,
  describeError,
  doJobs,
  isIdle,
  readError,
  requestJob,
  restoreError,
  setDozing,
  setGone,
} from './control-block.js';

describe('control block', () => {
  it('counts jobs from one side to the other, and says what is to be announced', () => {
    const mine = controlBlock();
    const theirs = controlBlock(mine.words.buffer as SharedArrayBuffer);
    let count = 0;
    const job = (): void => void count++;
    expect(isIdle(mine)).toBe(true);
    expect(awaitJob(theirs, 1)).toBe(false);
    expect(requestJob(mine, true)).toBe(false);
    expect(isIdle(mine)).toBe(false);
    expect(awaitJob(theirs, 1000)).toBe(true);
    expect(doJobs(theirs, job)).toBe(true);
    expect([count, isIdle(mine)]).toEqual([1, true]);
    expect(awaitIdle(mine, 1000)).toBe('idle');
    setDozing(theirs, true);
    expect(requestJob(mine, false)).toBe(true);
    expect(doJobs(theirs, job)).toBe(false);
    expect(doJobs(theirs, job)).toBe(false);
    expect(count).toBe(2);
  });

  it('waits no longer than it may, and not for a worker that has ended', () => {
    const block = controlBlock();
    requestJob(block, false);
    expect(awaitIdle(block, 5)).toBe('late');
    setGone(block);
    expect(awaitIdle(block, Infinity)).toBe('gone');
    doJobs(block, () => {});
    expect(awaitIdle(block, 5)).toBe('idle');
  });

  it('hands the error of the last job over, and forgets it with the next', () => {
    const block = controlBlock();
    const run = (job: () => void): void => {
      requestJob(block, false);
      doJobs(block, job);
    };
    run(() => {
      throw new NumericalError(`broke at “x” ${'y'.repeat(9000)}`);
    });
    const error = readError(block)!;
    expect(error.code).toBe('NUMERICAL');
    expect(restoreError('call', 2, error)).toBeInstanceOf(NumericalError);
    expect(restoreError('call', 2, error).message).toMatch(/^call: worker 2 failed: broke at “x” yyy/);
    run(() => {});
    expect(readError(block)).toBeUndefined();
  });

  it('knows our errors by their code, whichever copy of the class they are of', () => {
    expect(describeError(Object.assign(new Error('no'), { code: 'SHAPE' }))).toEqual({ code: 'SHAPE', message: 'no' });
    expect(describeError(Object.assign(new TypeError('no'), { code: 'toString' }))).toEqual({ code: 'OTHER', message: 'TypeError: no' });
    expect(describeError('text')).toEqual({ code: 'OTHER', message: 'text' });
    expect(restoreError('call', 0, { code: 'OTHER', message: 'no' })).not.toHaveProperty('code');
  });
});
