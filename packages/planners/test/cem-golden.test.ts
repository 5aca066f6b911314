import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cemGoldenCases, planGolden } from './data/cem-golden-cases.js';

const golden = JSON.parse(readFileSync(new URL('data/cem-golden.json', import.meta.url), 'utf8')) as { [name: string]: string[] };

it.each(Object.keys(cemGoldenCases))('createCem plans bit for bit as its first version did: %s', async (name) => {
  expect(await planGolden(cemGoldenCases[name]!)).toEqual(golden[name]);
});
