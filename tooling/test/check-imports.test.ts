import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../check-imports.mjs', import.meta.url));
let root = '';

async function write(file: string, content: string | object): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

function check(): { status: number | null; lines: string[] } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return { status, lines: stdout.trim().split('\n').slice(0, -1) };
}

async function writePackage(name: string, dependencies: object = {}, devDependencies: object = {}): Promise<void> {
  const exports = { '.': './dist/index.js', './testing': './dist/testing/index.js' };
  await write(`packages/${name}/package.json`, { name: `@mbrl/${name}`, exports, dependencies, devDependencies });
}

describe('check-imports', () => {
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'mbrl-imports-'));
    await write('package.json', { name: 'root', devDependencies: { vitest: '4' } });
    await writePackage('core');
    await writePackage('models', { '@mbrl/core': 'workspace:^' }, { 'fast-check': '4' });
    await writePackage('planners', { '@mbrl/core': 'workspace:^' });
    await write('apps/demo/package.json', { name: '@mbrl/demo', private: true, dependencies: { '@mbrl/models': 'workspace:^' } });
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('accepts imports that go down, inside and through the exports map', async () => {
    await write('packages/models/src/index.ts', `export { createModel } from './model.js';`);
    await write(
      'packages/models/src/model.ts',
      `import type { Rng } from '@mbrl/core';\nexport const createModel = (rng: Rng): Rng => rng;`,
    );
    await write(
      'packages/models/test/model.test.ts',
      `import { it } from 'vitest';\nimport fc from 'fast-check';\nimport '@mbrl/core/testing';\nimport { createModel } from '@mbrl/models';\nimport { readFileSync } from 'node:fs';\nexport { it, fc, createModel, readFileSync };`,
    );
    await write(
      'apps/demo/src/index.ts',
      `import { createModel } from '@mbrl/models';\nimport { join } from 'node:path';\nexport { createModel, join };`,
    );
    expect(check()).toEqual({ status: 0, lines: [] });
  });

  it.each([
    [
      'a sibling',
      'packages/planners/src/cem.ts',
      `import '@mbrl/models';`,
      '@mbrl/planners must not import @mbrl/models, which is its sibling',
    ],
    ['a sibling in a test', 'packages/planners/src/cem.test.ts', `import '@mbrl/models';`, 'which is its sibling'],
    ['a package above', 'packages/core/src/rng.ts', `import '@mbrl/models';`, '@mbrl/core must not import @mbrl/models, which is above it'],
    ['a type from above', 'packages/core/src/rng.ts', `export type M = import('@mbrl/models').Model;`, 'which is above it'],
    ['an app', 'packages/models/src/a.ts', `export * as demo from '@mbrl/demo';`, 'must not import @mbrl/demo'],
    ['a path into a package', 'packages/models/src/a.ts', `import '@mbrl/core/src/rng.js';`, 'is not in the exports of @mbrl/core'],
    ['a path into another package', 'packages/models/test/a.test.ts', `import 'vitest/dist/node.js';`, 'reaches into vitest'],
    ['a relative path out of the package', 'packages/models/src/a.ts', `import '../../core/src/rng.js';`, 'leaves the package'],
    [
      'an undeclared package',
      'packages/models/src/a.ts',
      `await import('left-pad');`,
      `'left-pad' is not in the dependencies of @mbrl/models`,
    ],
    ['an undeclared sibling', 'apps/demo/src/a.ts', `import '@mbrl/core';`, `'@mbrl/core' is not in the dependencies of @mbrl/demo`],
    ['a devDependency in a source', 'packages/models/src/a.ts', `import 'fast-check';`, `'fast-check' is not in the dependencies`],
    ['a Node module in a source', 'packages/models/src/a.ts', `import 'node:fs';`, 'does not exist in a browser'],
    ['a Node module without its prefix', 'packages/models/src/node/a.ts', `import 'fs/promises';`, `write 'node:fs/promises'`],
    ['an undeclared internal import', 'packages/models/src/a.ts', `import '#engine';`, `'#engine' is not in the imports of @mbrl/models`],
    ['a missing extension', 'packages/models/src/a.ts', `import './b';`, 'must end in .js'],
    ['export *', 'packages/models/src/index.ts', `export * from './a.js';`, 'list the names'],
    ['a vague file name', 'packages/models/src/utils.ts', `export const a = 1;`, 'names no concept'],
  ])('refuses %s', async (_, file, source, message) => {
    await write(file, `// a comment\n${source}`);
    const { status, lines } = check();
    expect(status).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${file}:[12]: `));
    expect(lines[0]).toContain(message);
  });

  it('is not misled by comments and strings', async () => {
    await write('packages/core/src/a.ts', `// import '@mbrl/models';\nexport const text = "import '@mbrl/models'";`);
    expect(check()).toEqual({ status: 0, lines: [] });
  });

  it('refuses a manifest that depends upwards, sideways or on a fixed version', async () => {
    await writePackage('core', {}, { '@mbrl/models': 'workspace:^' });
    await writePackage('models', { '@mbrl/core': '^1.0.0' });
    await writePackage('planners', { '@mbrl/models': 'workspace:^' });
    const { status, lines } = check();
    expect(status).toBe(1);
    expect(lines).toEqual([
      expect.stringContaining('packages/core/package.json: @mbrl/core must not import @mbrl/models, which is above it'),
      'packages/models/package.json: @mbrl/core must be depended on by workspace:^, got ^1.0.0',
      expect.stringContaining('packages/planners/package.json: @mbrl/planners must not import @mbrl/models, which is its sibling'),
    ]);
  });

  it('reads a package that it does not know as the top layer', async () => {
    await writePackage('mystery', { '@mbrl/models': 'workspace:^' });
    await write('packages/mystery/src/a.ts', `import '@mbrl/models';`);
    expect(check().lines).toEqual([]);
  });
});
