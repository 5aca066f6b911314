/**
 * Runs a preset with several seeds, one after the other, and prints the return of every trial.
 * usage: node apps/benchmarks/measure/seeds.mjs PRESET [--seeds N] [--first N] [--out DIR] [-- options of mbrl run]
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measurementArguments, runMbrl } from './run-mbrl.mjs';

const { values, preset, passedOn } = measurementArguments({
  seeds: { type: 'string', default: '10' },
  first: { type: 'string', default: '0' },
  out: { type: 'string' },
});
if (!preset) throw new Error('usage: seeds.mjs PRESET [--seeds N] [--first N] [--out DIR] [-- options of mbrl run]');
const out = values.out ?? mkdtempSync(join(tmpdir(), 'mbrl-seeds-'));
const first = Number(values.first);

const median = (list) => {
  const sorted = list.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const times = [];
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const folder = join(out, `seed-${seed}`);
  const { code, output } = await runMbrl(['run', preset, '--seed', String(seed), '--out', folder, ...passedOn]);
  if (code !== 0) throw new Error(`seed ${seed} ended with ${code}:\n${output}`);
  const { solved, trials, elapsedMilliseconds } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
  const when = solved
    ? `solved in trial ${solved.trial} after ${(solved.elapsedMilliseconds / 1000).toFixed(1)} s`
    : `not solved in ${(elapsedMilliseconds / 1000).toFixed(1)} s`;
  times.push(solved ? solved.elapsedMilliseconds / 1000 : Infinity);
  console.log(`seed ${seed}  ${when}  returns ${trials.map((trial) => trial.return.toFixed(1)).join(' ')}`);
}
const solvedCount = times.filter(Number.isFinite).length;
console.log(
  `${preset}: ${solvedCount} of ${times.length} seeds solved, median ${median(times).toFixed(1)} s from the first random step; runs in ${out}`,
);
