import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readmes = ['packages', 'apps'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}/README.md`));
const documents = ['README.md', 'CONTRIBUTING.md', ...readmes.filter((file) => existsSync(join(root, file)))];

interface Manifest {
  readonly packageManager: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe.each(documents)('%s', (document) => {
  it('links only to files that exist', () => {
    const targets = [...readFileSync(join(root, document), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => String(match[1]));
    const local = targets.filter((target) => !/^(https?:|#)/.test(target)).map((target) => target.replace(/#.*/, ''));
    expect(local.filter((target) => !existsSync(join(root, dirname(document), target)))).toEqual([]);
  });
});

it('names one version of pnpm everywhere', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  expect(manifest.packageManager).toBe(`pnpm@${manifest.devDependencies['pnpm']}`);
  expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain(`npx ${manifest.packageManager} install`);
});
