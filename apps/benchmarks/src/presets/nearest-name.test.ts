import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.js';

const names = ['ensembleSize', 'eliteCount', 'eliteMemberCount', 'horizon', 'epochs', 'initialEpochs'];

test.each([
  ['horizn', 'horizon'],
  ['ensemblesize', 'ensembleSize'],
  ['ensembelSize', 'ensembleSize'],
  ['elite', 'eliteCount'],
  ['epoch', 'epochs'],
])('%s is near %s', (given, near) => {
  expect(nearestName(given, names)).toBe(near);
});

test('nothing is near what resembles nothing', () => {
  expect(nearestName('batteryVoltage', names)).toBeUndefined();
  expect(nearestName('x', names)).toBeUndefined();
});
