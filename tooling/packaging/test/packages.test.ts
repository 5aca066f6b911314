import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMessage } from 'publint/utils';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsumerProject, createConsumerProject, type ProgramResult } from '../consumer-project.js';
import { pack, publishedPackages, workspaceRoot } from '../package-tarballs.js';
import { firstTypeScriptBlock, readmeExample } from '../readme-example.js';

const packages = publishedPackages();
const tarballs = new Map<string, string>();
let destination = '';
let project: ConsumerProject | undefined;

function tarballOf(name: string): string {
  const path = tarballs.get(name);
  if (path === undefined) throw new Error(`${name} was not packed`);
  return path;
}

function consumer(): ConsumerProject {
  if (project === undefined) throw new Error('the tarballs could not be installed');
  return project;
}

/** The program ended well and printed something, and no library printed anything: those are silent, warnings included. */
function expectOnlyOwnOutput({ status, stdout, stderr }: ProgramResult): void {
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.trim()).not.toBe('');
  expect(stdout).not.toContain('TensorFlow.js in Node.js');
}

beforeAll(async () => {
  destination = await mkdtemp(join(tmpdir(), 'mbrl-tarballs-'));
  for (const published of packages) tarballs.set(published.name, await pack(published, destination));
  project = await createConsumerProject(tarballs, { '@tensorflow/tfjs': '4.22.0', '@types/node': '^20.19.0' });
}, 300_000);

afterAll(async () => {
  await project?.remove();
  await rm(destination, { recursive: true, force: true });
});

it('covers every package', () => {
  expect(packages.map(({ shortName }) => shortName)).toEqual(
    expect.arrayContaining(['agents', 'control', 'core', 'envs', 'jit', 'models', 'planners']),
  );
});

describe.each(packages)('$name', ({ name, shortName, folder, specifiers }) => {
  it('packs its build with the sources that the maps point to, README and LICENSE, and neither tests nor build state', () => {
    const { stdout } = spawnSync('tar', ['-tzf', tarballOf(name)], { encoding: 'utf8' });
    const files = stdout.trim().split('\n');
    const wanted = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/index.js.map', 'src/index.ts'];
    expect(wanted.filter((file) => !files.includes(`package/${file}`))).toEqual([]);
    expect(files.filter((file) => /\.test\.|tsbuildinfo|tsconfig|vitest/.test(file))).toEqual([]);
  });

  it('passes publint in strict mode', async () => {
    const buffer = await readFile(tarballOf(name));
    const tarball = new Uint8Array(buffer).buffer;
    const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('resolves with its types under every resolution that it supports (attw)', () => {
    const attw = join(workspaceRoot, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
    const { status, stdout } = spawnSync(process.execPath, [attw, tarballOf(name), '--profile', 'esm-only', '--no-color', '--no-emoji'], {
      encoding: 'utf8',
    });
    expect(status, stdout).toBe(0);
  }, 60_000);

  it('offers everything in its exports map once installed', async () => {
    const source = specifiers
      .map((specifier, i) => `import * as m${i} from '${specifier}';\nconsole.log(Object.keys(m${i}).length);`)
      .join('\n');
    expect(await consumer().typeCheck(`${shortName}-exports`, source)).toBe('');
    const { status, stdout, stderr } = await consumer().run(`${shortName}-exports`, source);
    expect(status, stderr).toBe(0);
    expect(stdout.trim().split('\n').map(Number)).toEqual(specifiers.map(() => expect.toSatisfy((count: number) => count > 0)));
  });

  it('has a README whose example type-checks and runs where only the published packages are', async () => {
    const source = readmeExample(folder);
    expect(await consumer().typeCheck(shortName, source)).toBe('');
    expectOnlyOwnOutput(await consumer().run(shortName, source));
  }, 150_000);
});

it("runs the first program of the workspace's README, which learns", async () => {
  const source = firstTypeScriptBlock(await readFile(join(workspaceRoot, 'README.md'), 'utf8'));
  if (source === null) throw new Error('README.md has no first program');
  expect(await consumer().typeCheck('first-program', source)).toBe('');
  const result = await consumer().run('first-program', source);
  expectOnlyOwnOutput(result);
  const steps = [...result.stdout.matchAll(/stood for (\d+) steps/g)].map((match) => Number(match[1]));
  expect(Math.min(...steps)).toBeLessThan(40);
  expect(Math.max(...steps)).toBeGreaterThan(100);
}, 150_000);
