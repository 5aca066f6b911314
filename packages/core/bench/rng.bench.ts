/**
 * Nanoseconds per draw of the generator, the median and the least of several rounds, beside a plain multiplying copy
 * loop of the same length in the same run. From the package's folder: `npx tsx --conditions=@mbrl/source bench/rng.bench.ts`.
 */
import { createRng } from '@mbrl/core';

const SIZE = 1 << 16;
const REPEATS = 1;
const ROUNDS = 301;
const out = new Float32Array(SIZE);
const source = new Float32Array(SIZE).fill(0.5);
const rng = createRng(1);
let sink = 0;

const cases = {
  'copy loop, Float32Array': () => {
    for (let i = 0; i < SIZE; i++) out[i] = source[i]! * 1.5;
  },
  'Math.random into Float32Array': () => {
    for (let i = 0; i < SIZE; i++) out[i] = Math.random();
  },
  fillUniform: () => rng.fillUniform(out),
  'uniform()': () => {
    for (let i = 0; i < SIZE; i++) sink += rng.uniform();
  },
  'integer(1000)': () => {
    for (let i = 0; i < SIZE; i++) sink += rng.integer(1000);
  },
  'normal()': () => {
    for (let i = 0; i < SIZE; i++) sink += rng.normal();
  },
  fillNormal: () => rng.fillNormal(out),
};

for (const [name, work] of Object.entries(cases)) {
  for (let i = 0; i < 100; i++) work();
  const rounds: number[] = [];
  for (let r = 0; r < ROUNDS; r++) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < REPEATS; i++) work();
    rounds.push(Number(process.hrtime.bigint() - begin) / (SIZE * REPEATS));
  }
  rounds.sort((a, b) => a - b);
  console.log(`${name.padEnd(32)} ${rounds[ROUNDS >> 1]!.toFixed(2)} ns/draw (least ${rounds[0]!.toFixed(2)})`);
}
if (Number.isNaN(sink)) throw new Error('unreachable');
