import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestNames } from './nearest-names.js';

describe('editDistance', () => {
  it('counts known examples', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('abc', 'abc')).toBe(0);
  });

  it('is symmetric and keeps the triangle inequality', () => {
    const word = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});

describe('nearestNames', () => {
  it('ranks regardless of case and cuts to the count', () => {
    expect(nearestNames('pendulum', ['CartPole-v1', 'Pendulum-v1', 'Acrobot-v1'], 1)).toEqual(['Pendulum-v1']);
    expect(nearestNames('x', ['aa', 'b', 'c'])).toEqual(['b', 'c', 'aa']);
  });
});
