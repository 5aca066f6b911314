import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const oxlint = fileURLToPath(new URL('../../node_modules/oxlint/bin/oxlint', import.meta.url));
const config = fileURLToPath(new URL('../oxlint.json', import.meta.url));
let root = '';

async function lint(file: string, source: string): Promise<string[]> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), source);
  const { stdout } = spawnSync(process.execPath, [oxlint, '--config', config, '--format=json', file], { cwd: root, encoding: 'utf8' });
  const report: { diagnostics: { code: string }[] } = JSON.parse(stdout);
  return report.diagnostics.map(({ code }) => code);
}

describe('oxlint.json', () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'mbrl-oxlint-'));
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it.each([
    ['console', `console.log('x');`, 'eslint(no-console)'],
    ['Math.random', 'export const x = Math.random();', 'eslint(no-restricted-properties)'],
    ['the wall clock', 'export const x = Date.now();', 'eslint(no-restricted-globals)'],
    ['a default export', 'export default 1;', 'import(no-default-export)'],
    ['any', 'export const x = (y: any): unknown => y;', 'typescript(no-explicit-any)'],
    ['@ts-ignore', '// @ts-ignore\nexport const x = 1;', 'typescript(ban-ts-comment)'],
    ['more than 400 lines', `export const x = 1;\n${'void x;\n'.repeat(400)}`, 'eslint(max-lines)'],
  ])('refuses %s in the sources of a package', async (_, source, code) => {
    expect(await lint('packages/models/src/model.ts', source)).toContain(code);
  });

  it('allows an app to write and to read the clock', async () => {
    expect(await lint('apps/benchmarks/src/run.ts', `console.log(Date.now());\n`)).toEqual([]);
  });

  it('refuses file names that are not in kebab case', async () => {
    expect(await lint('packages/models/src/gaussianHead.ts', 'export const x = 1;')).toEqual(['unicorn(filename-case)']);
  });
});
