import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const tooling = fileURLToPath(new URL('..', import.meta.url));
let root = '';

function write(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content, { mode: 0o755 });
}

/** Stands in for npx: notes its arguments, and fails where a file `broken-install` lies. */
const fakeNpx = `#!/usr/bin/env node
import { appendFileSync, existsSync } from 'node:fs';
appendFileSync('calls.log', 'npx ' + process.argv.slice(2).join(' ') + '\\n');
if (existsSync('broken-install')) { console.error('ERR_PNPM_OUTDATED_LOCKFILE'); process.exit(1); }
`;

/** Stands in for turbo: notes its task, fails those named in \`broken-tasks\`, and writes test results. */
const fakeTurbo = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const task = process.argv[3];
appendFileSync('calls.log', 'turbo ' + task + ' ' + process.env.TURBO_TELEMETRY_DISABLED + '\\n');
const broken = existsSync('broken-tasks') && readFileSync('broken-tasks', 'utf8').split(',').includes(task);
const report = { numPassedTests: 7, numFailedTests: broken ? 2 : 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };
if (task === 'test') { mkdirSync('packages/a/.vitest', { recursive: true }); writeFileSync('packages/a/.vitest/results.json', JSON.stringify(report)); }
console.log(broken ? 'what went wrong in ' + task : 'noise of ' + task);
console.log('Cached:    1 cached, 3 total');
process.exit(broken ? 1 : 0);
`;

function setup(...options: string[]): { status: number | null; lines: string[]; calls: string[] } {
  rmSync(join(root, 'calls.log'), { force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tooling', 'setup.mjs'), ...options], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH']}` },
  });
  const calls = existsSync(join(root, 'calls.log')) ? readFileSync(join(root, 'calls.log'), 'utf8').trim().split('\n') : [];
  return { status, lines: (stdout + stderr).trim().split('\n'), calls };
}

describe('setup.mjs', () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mbrl-setup-'));
    for (const file of ['setup.mjs', 'test-results.mjs']) cpSync(join(tooling, file), join(root, 'tooling', file));
    write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=20.19' }, packageManager: 'pnpm@1.2.3' }));
    write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
    write('pnpm-lock.yaml', 'lockfileVersion: 9');
    write('packages/a/package.json', '{}');
    write('bin/package.json', '{"type":"module"}');
    write('bin/npx', fakeNpx);
    write('node_modules/turbo/package.json', '{"type":"module"}');
    write('node_modules/turbo/bin/turbo', fakeTurbo);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('installs with the pinned pnpm and the frozen lockfile, then builds, in a line each', () => {
    const { status, lines, calls } = setup();
    expect(status).toBe(0);
    expect(calls).toEqual([expect.stringMatching(/^npx --yes pnpm@1\.2\.3 install --frozen-lockfile/), 'turbo build 1']);
    expect(lines).toEqual([
      expect.stringMatching(/^install +ok +\d+\.\d s .*tfjs-node/),
      expect.stringMatching(/^build +ok +\d+\.\d s +1 of 3 unchanged$/),
    ]);
  });

  it('does not install again until a lockfile or manifest changes', () => {
    setup();
    expect(setup().calls).toEqual(['turbo build 1']);
    write('packages/a/package.json', '{"dependencies":{}}');
    expect(setup().calls).toHaveLength(2);
    write('pnpm-lock.yaml', 'lockfileVersion: 10');
    expect(setup().calls).toHaveLength(2);
    expect(setup().calls).toHaveLength(1);
    expect(setup('--force').calls).toHaveLength(2);
  });

  it('shows the output of an install that fails, stops, and tries again the next time', () => {
    write('broken-install', '');
    const { status, lines, calls } = setup();
    expect(status).toBe(1);
    expect(calls).toHaveLength(1);
    expect(lines[0]).toMatch(/^install +FAILED/);
    expect(lines).toContain('ERR_PNPM_OUTDATED_LOCKFILE');
    rmSync(join(root, 'broken-install'));
    expect(setup().calls).toHaveLength(2);
  });

  it('runs all checks with --test and ends with the sum', () => {
    const { status, lines, calls } = setup('--test');
    expect(status).toBe(0);
    expect(calls.slice(1)).toEqual(['turbo build 1', 'turbo types 1', 'turbo //#lint 1', 'turbo test 1']);
    expect(lines.at(-1)).toBe('7 passed, 0 failed, 1 skipped');
    expect(lines).toContain('  packages/a           7 passed, 1 skipped');
    expect(lines.join()).not.toContain('noise');
  });

  it.each([
    ['test', '7 passed, 2 failed'],
    ['types', '7 passed, 1 failed'],
    ['//#lint,build', '7 passed, 2 failed'],
  ])('fails and shows the output when %s fails', (tasks, sum) => {
    write('broken-tasks', tasks);
    const { status, lines } = setup('--test');
    expect(status).toBe(1);
    expect(lines).toContain(`what went wrong in ${tasks.split(',')[0]}`);
    expect(lines.at(-1)).toContain(sum);
  });

  it('refuses an argument that it does not know', () => {
    const { status, lines } = setup('--tets');
    expect(status).toBe(2);
    expect(lines[0]).toContain('--tets');
  });

  it('says which Node it needs when this one is older', () => {
    const script = `Object.defineProperty(process.versions, 'node', { value: '20.18.3' }); await import(${JSON.stringify(join(root, 'tooling', 'setup.mjs'))});`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mbrl needs Node 20\.19 or newer; this is Node 20\.18\.3/);
  });
});
