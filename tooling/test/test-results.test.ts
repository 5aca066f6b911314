import { describe, expect, it } from 'vitest';
import { sumResults } from '../test-results.mjs';

const passedFile = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const failedFile = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
const brokenFile = { status: 'failed', assertionResults: [] };

function report(passed: number, failed: number, pending: number, todo: number, testResults: object[]): object {
  return { numPassedTests: passed, numFailedTests: failed, numPendingTests: pending, numTodoTests: todo, testResults };
}

describe('sumResults', () => {
  it('is zero for no reports', () => {
    expect(sumResults([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });

  it('adds up, counting skipped and todo together', () => {
    expect(sumResults([report(4, 0, 2, 1, [passedFile]), report(3, 1, 0, 0, [passedFile, failedFile])])).toEqual({
      passed: 7,
      failed: 1,
      skipped: 3,
    });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(sumResults([report(1, 0, 0, 0, [passedFile, brokenFile])])).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });
});
