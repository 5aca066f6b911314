import { boxSpace, discreteSpace } from '@mbrl/core';
import { expect, test } from 'vitest';
import { describeSpace } from './describe-space.js';

test.each([
  [discreteSpace(2), '2 choices'],
  [discreteSpace(1), '1 choice'],
  [discreteSpace(2, ['left', 'right']), '2 choices: left, right'],
  [discreteSpace(9, 'abcdefghi'.split('')), '9 choices'],
  [boxSpace({ low: [-2], high: [2] }), '1 number in [−2, 2]'],
  [boxSpace({ low: [-1, -1, -1], high: [1, 1, 1] }), '3 numbers in [−1, 1]'],
  [boxSpace({ low: [-1, -8], high: [1, 8] }), '2 numbers within [−8, 8]'],
  [boxSpace({ low: [-Infinity, -Infinity], high: [Infinity, Infinity] }), '2 numbers'],
  [boxSpace({ low: [0, -Infinity], high: [1, Infinity] }), '2 numbers'],
  [boxSpace({ low: [0], high: [Infinity] }), '1 number in [0, ∞]'],
  [boxSpace({ low: [-28.274333], high: [28.274333] }), '1 number in [−28.27, 28.27]'],
])('%j is %j', (space, words) => {
  expect(describeSpace(space)).toBe(words);
});
