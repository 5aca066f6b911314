/** The published form of the workspace's packages: their tarballs, as `pnpm publish` would send them. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Absolute path of the workspace. */
export const workspaceRoot: string = fileURLToPath(new URL('../..', import.meta.url));

/** A package that goes to npm. */
export interface PublishedPackage {
  readonly name: string;
  /** Its folder's name under `packages`. */
  readonly shortName: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** What its published exports map offers, as import specifiers. */
  readonly specifiers: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> };
}

/** Lists every package under `packages` that is not private. */
export function publishedPackages(): PublishedPackage[] {
  const parent = join(workspaceRoot, 'packages');
  return readdirSync(parent)
    .filter((name) => existsSync(join(parent, name, 'package.json')))
    .flatMap((shortName) => {
      const folder = join(parent, shortName);
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
      if (manifest.private === true) return [];
      const specifiers = Object.keys(manifest.publishConfig?.exports ?? {}).map((subpath) => manifest.name + subpath.slice(1));
      return [{ name: manifest.name, shortName, folder, specifiers }];
    });
}

/** Packs a package into `destination` and returns the tarball's path. */
export async function pack({ folder }: PublishedPackage, destination: string): Promise<string> {
  const pnpm = join(workspaceRoot, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  const { stdout } = await execute(process.execPath, [pnpm, 'pack', '--json', '--pack-destination', destination], { cwd: folder });
  const { filename } = JSON.parse(stdout) as { filename: string };
  return join(destination, basename(filename));
}
