import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boxSpace, type Environment, OptionError } from '@mbrl/core';
import { createEnvironment } from '@mbrl/envs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.js';
import { openPolicy } from './policy-source.js';

const root = temporaryFolder();
const pendulum = createEnvironment('Pendulum-v1');
const observation = Float32Array.of(1, 0, 0.5);

function write(name: string, text: string): string {
  const file = join(root, name);
  writeFileSync(file, text);
  return file;
}

/** The first actions of a policy. */
async function actions(name: string, count = 3, environment: Environment = pendulum, seed = 0): Promise<(number[] | undefined)[]> {
  const policy = await openPolicy(name, environment, seed);
  const taken: (number[] | undefined)[] = [];
  for (let step = 0; step < count; step++) {
    const action = await policy.act(observation, step);
    taken.push(action && [...action]);
  }
  return taken;
}

test('random actions lie in the space and are a function of the seed', async () => {
  const some = await actions('random', 50);
  expect(some.every((action) => Math.abs(action![0]!) <= 2)).toBe(true);
  expect(new Set(some.map((action) => action![0])).size).toBe(50);
  expect(await actions('random', 50)).toEqual(some);
  expect(await actions('random', 50, pendulum, 1)).not.toEqual(some);
});

test('the zero action is zero, moved into the bounds', async () => {
  expect(await actions('zero', 1)).toEqual([[0]]);
  expect(await actions('zero', 1, createEnvironment('CartPole-v1'))).toEqual([[0]]);
  const actionSpace = boxSpace({ low: [1, -2, -1], high: [3, -1.5, 1] });
  expect(await actions('zero', 1, { ...pendulum, actionSpace })).toEqual([[1, -1.5, 0]]);
});

test('JSON Lines give one action a line, until there are no more', async () => {
  const file = write('two.jsonl', '1.5\n\n[-0.5]\n');
  expect(await actions(file)).toEqual([[1.5], [-0.5], undefined]);
  expect((await openPolicy(file, pendulum, 0)).description).toBe('2 actions of a file');
  expect((await openPolicy(write('one.jsonl', '[1]'), pendulum, 0)).description).toBe('1 action of a file');
});

test.each([
  ['act.mjs', 'export const act = (observation) => observation[2];'],
  ['default.mjs', 'export default async (observation) => [observation[2]];'],
  ['policy.mjs', 'export const policy = { gain: 1, act(observation) { return Float32Array.of(this.gain * observation[2]); } };'],
  ['default-policy.mjs', 'export default { act: (observation) => observation[2] };'],
  ['create.mjs', 'export const createPolicy = async ({ name }) => (observation) => (name === "Pendulum-v1" ? observation[2] : 9);'],
  ['create-object.mjs', 'export const createPolicy = () => ({ act: (observation) => observation[2] });'],
])('a module acts: %s', async (name, text) => {
  expect(await actions(write(name, text), 1)).toEqual([[0.5]]);
});

test('a policy is reset before it acts, and draws from a generator that is a function of the seed', async () => {
  const file = write('reset.mjs', 'let n = 7; export const policy = { reset() { n = 0; }, act: (_, rng) => [n++, rng.uniform()] };');
  const [first, second] = await actions(file, 2);
  expect([first![0], second![0]]).toEqual([0, 1]);
  expect(await actions(file, 2)).toEqual([first, second]);
  expect(await actions(file, 2, pendulum, 1)).not.toEqual([first, second]);
});

test.each([
  ['no.jsonl', '\n\n', /must hold at least one action, a line for each/],
  ['text.jsonl', '1\nleft\n', /line 2 must be JSON, got "left"/],
  ['object.jsonl', '{"action":1}\n', /line 1 must be a number or a list of numbers, got \{"action":1\}/],
  ['empty.jsonl', '[]\n', /line 1 must be a number or a list of numbers, got \[\]/],
  ['mixed.jsonl', '[1,"2"]\n', /line 1 must be a number or a list of numbers/],
  ['syntax.mjs', 'export const = 3;', /the module does not load: /],
  ['nothing.mjs', 'export const gain = 3;', /must export createPolicy, policy, act or a default with act, got gain/],
  ['bare.mjs', '1 + 1;', /must export createPolicy, policy, act or a default with act, got nothing/],
  ['wrong.mjs', 'export const act = () => "left";', /the action of step 1 must be a number or a list of numbers, got "left"/],
])('%s is refused', async (name, text, message) => {
  const taken = actions(write(name, text), 1);
  await expect(taken).rejects.toThrow(OptionError);
  await expect(taken).rejects.toThrow(message);
});

test('a file that is not there is refused', async () => {
  await expect(actions(join(root, 'absent.jsonl'))).rejects.toThrow(/--policy must be random, zero, or a file that exists, got/);
});
