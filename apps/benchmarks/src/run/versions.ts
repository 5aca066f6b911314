/** Versions of what a run depends on. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const packages = ['@mbrl/core', '@mbrl/jit', '@mbrl/models', '@mbrl/planners', '@mbrl/envs', '@mbrl/agents', '@tensorflow/tfjs'];

/** Version in the manifest of a package installed here, found without running any of it. */
function versionOf(name: string): string | undefined {
  const roots = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const manifest = roots.map((root) => join(root, name, 'package.json')).find(existsSync);
  return manifest ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : undefined;
}

/** Version of the command itself. */
export function commandVersion(): string {
  const manifest = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Versions by name: the command, Node, platform and the packages underneath. */
export function collectVersions(): { [name: string]: string } {
  const versions: { [name: string]: string } = {
    mbrl: commandVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  for (const name of packages) {
    const version = versionOf(name);
    if (version !== undefined) versions[name] = version;
  }
  return versions;
}
