#!/usr/bin/env node
/**
 * Sets the workspace up, from a fresh clone with only Node and npm: installs with the pinned pnpm and builds.
 * With `--test` it then checks types and lint and runs every test. What is already done is not done again: the
 * install is remembered by a stamp over the lockfile and manifests, everything else by turbo's cache.
 *
 *   node tooling/setup.mjs            install, build
 *   node tooling/setup.mjs --test     install, build, types, lint, tests; ends with "N passed, N failed"
 *   node tooling/setup.mjs --force    as if nothing had been done before
 *
 * Plain Node without dependencies, because it runs before there are any.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { sumResults } from './test-results.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.mbrl-install');
const binFolder = join(root, 'node_modules', '.bin');
const manifest = readJson(join(root, 'package.json'));
const started = performance.now();

/** Exits with a message when this Node is older than `engines.node` of the root manifest asks for. */
function checkNode() {
  const wanted = manifest.engines.node.replace(/^>=/, '');
  const [major, minor] = wanted.split('.').map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  process.stderr.write(`mbrl needs Node ${wanted} or newer; this is Node ${process.versions.node} (${process.execPath}).\n`);
  process.exit(1);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Folders of the workspace's packages, as the `packages:` list of pnpm-workspace.yaml names them. */
function workspaceFolders() {
  const yaml = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const list = /^packages:\n((?: +- .*\n)+)/m.exec(yaml)?.[1] ?? '';
  const patterns = [...list.matchAll(/- *['"]?([^'"\n]+)/g)].map((match) => match[1].trim());
  return patterns
    .flatMap((pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const parent = pattern.slice(0, -2);
      return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
    })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort();
}

/** A digest of everything that decides what an install puts into node_modules. */
function installDigest() {
  const digest = createHash('sha256');
  digest.update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  const manifests = ['', ...workspaceFolders()].map((folder) => join(folder, 'package.json'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    digest.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  }
  return digest.digest('hex');
}

function environment() {
  return {
    ...process.env,
    PATH: `${binFolder}${delimiter}${process.env.PATH ?? ''}`,
    CI: process.env.CI ?? 'true',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
    MBRL_NODE: `${process.version} ${process.platform} ${process.arch}`,
    MBRL_ENGINES: `browser=${findBrowser() ?? 'none'} tfjs-node=${hasTfjsNode()}`,
  };
}

/** Path of the browser that browser tests use; its coming or going makes those tests run again. */
function findBrowser() {
  return [process.env.CHROMIUM, '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));
}

function hasTfjsNode() {
  return existsSync(join(root, 'apps/benchmarks/node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node'));
}

/** Runs a command with its output kept; resolves to its exit status and that output. */
function run(command, args) {
  return new Promise((resolve) => {
    const shell = process.platform === 'win32';
    const child = spawn(command, args, { cwd: root, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], shell });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ ok: false, output: `${output}${command}: ${error.message}\n` }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

function runTurbo(task, concurrency) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const options = [
    `--concurrency=${concurrency}`,
    '--continue=dependencies-successful',
    '--output-logs=errors-only',
    '--log-order=grouped',
    '--no-color',
  ];
  return run(process.execPath, [turbo, 'run', task, ...options, ...(force ? ['--force'] : [])]);
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one phase and prints its line; the kept output only when the phase fails. `work` may print lines before by `say`. */
async function phase(name, work) {
  const since = performance.now();
  const title = process.stdout.isTTY ? `${name.padEnd(9)} …` : '';
  const erase = process.stdout.isTTY ? '\r\u001b[2K' : '';
  const say = (line) => process.stdout.write(`${erase}${line}\n${title}`);
  process.stdout.write(title);
  const { ok, output, detail = '' } = await work(say);
  const line = [name.padEnd(9), ok ? 'ok    ' : 'FAILED', seconds(since).padStart(8), detail === '' ? '' : `  ${detail}`]
    .join(' ')
    .trimEnd();
  process.stdout.write(`${erase}${line}\n`);
  if (!ok) process.stdout.write(`\n${output.trimEnd()}\n\n`);
  return ok;
}

/** How much of a turbo run came from its cache, in words. */
function cacheDetail(output) {
  const match = /Cached:\s+(\d+) cached, (\d+) total/.exec(output);
  if (match === null || match[1] === '0') return '';
  return match[1] === match[2] ? 'unchanged' : `${match[1]} of ${match[2]} unchanged`;
}

async function install() {
  const digest = installDigest();
  if (!force && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) return { ok: true, output: '', detail: 'unchanged' };
  rmSync(stampFile, { force: true });
  const options = ['--frozen-lockfile', '--config.confirmModulesPurge=false'];
  const result = await run('npx', ['--yes', manifest.packageManager, 'install', ...options]);
  if (!result.ok) return result;
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, digest);
  const note = hasTfjsNode() ? '' : 'without @tensorflow/tfjs-node: its library could not be had; nothing depends on it';
  return { ok: true, output: '', detail: note };
}

async function turboPhase(task, concurrency) {
  const result = await runTurbo(task, concurrency);
  return { ...result, detail: cacheDetail(result.output) };
}

/** Runs every package's tests, one package after the other, with a line for each as it ends. */
async function tests(say) {
  const pending = new Map(workspaceFolders().map((folder) => [join(root, folder, '.vitest', 'results.json'), folder]));
  for (const file of pending.keys()) rmSync(file, { force: true });
  const reports = [];
  const collect = () => {
    for (const [file, folder] of pending) {
      const report = readReport(file);
      if (report === null) continue;
      pending.delete(file);
      reports.push(report);
      const { passed, failed, skipped } = sumResults([report]);
      const parts = [`${passed} passed`, failed > 0 ? `${failed} failed` : '', skipped > 0 ? `${skipped} skipped` : ''];
      say(`  ${folder.padEnd(20)} ${parts.filter((part) => part !== '').join(', ')}`);
    }
  };
  const timer = setInterval(collect, 250);
  const result = await runTurbo('test', 1);
  clearInterval(timer);
  collect();
  return { ...result, sum: sumResults(reports), detail: cacheDetail(result.output) };
}

/** Reads a report of vitest; null while it is not there or not whole. */
function readReport(file) {
  try {
    return readJson(file);
  } catch {
    return null;
  }
}

const force = process.argv.includes('--force');
const unknown = process.argv.slice(2).filter((argument) => !['--test', '--force'].includes(argument));
if (unknown.length > 0) {
  process.stderr.write(`setup: unknown argument ${unknown[0]}; allowed are --test and --force\n`);
  process.exit(2);
}

checkNode();
if (!(await phase('install', install))) process.exit(1);
const built = await phase('build', () => turboPhase('build', 2));
if (!process.argv.includes('--test')) process.exit(built ? 0 : 1);

const checked = [built, await phase('types', () => turboPhase('types', 2)), await phase('lint', () => turboPhase('//#lint', 1))];
let sum = { passed: 0, failed: 0, skipped: 0 };
const tested = await phase('tests', async (say) => {
  const result = await tests(say);
  sum = result.sum;
  return result;
});
const failed = sum.failed + checked.filter((ok) => !ok).length + (!tested && sum.failed === 0 ? 1 : 0);
process.stdout.write(`\nin ${seconds(started)}\n${sum.passed} passed, ${failed} failed, ${sum.skipped} skipped\n`);
process.exit(failed === 0 ? 0 : 1);
