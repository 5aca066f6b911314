/**
 * Kills a run with SIGKILL at random moments, resumes it each time, and compares what is left with a run that was never
 * killed: all records but the clock's, and all arrays of the last checkpoint, bit for bit.
 * usage: node apps/benchmarks/measure/kill-and-resume.mjs [PRESET] [--kills N] [--seed N] [-- options of mbrl run]
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { decodeCheckpoint } from '@mbrl/core';
import { measurementArguments, runMbrl } from './run-mbrl.mjs';

const {
  values,
  preset = 'cartpole-swingup',
  passedOn,
} = measurementArguments({
  kills: { type: 'string', default: '10' },
  seed: { type: 'string', default: '0' },
});
const root = mkdtempSync(join(tmpdir(), 'mbrl-kill-'));
const whole = join(root, 'whole');
const killed = join(root, 'killed');
const options = ['--seed', values.seed, ...passedOn];

/** Records without what depends on the clock. */
function timeless(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.jsonl?$/.test(name));
  const clock = /"(\w*Milliseconds|startedAt)":\s*("[^"]*"|[-\d.e]+|\[[^\]]*\])/g;
  return new Map(names.toSorted().map((name) => [name, readFileSync(join(folder, name), 'utf8').replace(clock, '"$1":0')]));
}

const latest = (folder) => decodeCheckpoint(readFileSync(join(folder, 'checkpoints', 'latest.safetensors')));

const started = performance.now();
const reference = await runMbrl(['run', preset, ...options, '--out', whole]);
if (reference.code !== 0) throw new Error(reference.output);
const duration = performance.now() - started;

let kills = 0;
while (true) {
  const remaining = Number(values.kills) - kills;
  const resume = existsSync(join(killed, 'config.json'));
  // Each part lives long enough to begin, and on average for a share of the run that leaves room for all kills.
  const killAfterMilliseconds = remaining > 0 ? 900 + Math.random() * ((1.2 * duration) / Number(values.kills)) : Infinity;
  const { code, signal, output } = await runMbrl(resume ? ['run', '--resume', killed] : ['run', preset, ...options, '--out', killed], {
    killAfterMilliseconds,
  });
  if (signal === 'SIGKILL') {
    kills++;
    for (const [name, text] of timeless(killed)) if (name.endsWith('.json')) JSON.parse(text);
    const steps = existsSync(join(killed, 'checkpoints', 'latest.safetensors')) ? latest(killed).json.loop.environmentSteps : 0;
    console.log(`kill ${kills} after ${(killAfterMilliseconds / 1000).toFixed(1)} s; the checkpoint holds ${steps} steps`);
    continue;
  }
  if (code !== 0) throw new Error(output);
  break;
}

const expected = timeless(whole);
const got = timeless(killed);
const different = [...expected].filter(([name, text]) => got.get(name) !== text).map(([name]) => name);
if (got.size !== expected.size) different.push('the list of files');
const arrays = latest(killed).arrays;
for (const [name, { data }] of Object.entries(latest(whole).arrays)) {
  const bytes = (view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  if (!arrays[name] || Buffer.compare(bytes(data), bytes(arrays[name].data)) !== 0) different.push(`array ${name}`);
}
const left = readdirSync(killed, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp') || name === 'lock');
console.log(
  `${kills} kills; files compared: ${expected.size}; arrays compared: ${Object.keys(arrays).length}; left behind: ${left.length}`,
);
console.log(different.length === 0 ? 'identical, bit for bit' : `different: ${different.join(', ')}`);
process.exitCode = different.length === 0 && left.length === 0 ? 0 : 1;
