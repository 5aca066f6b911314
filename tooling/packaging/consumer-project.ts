/** A project of a user of the packages: a folder outside the workspace with the tarballs installed. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { workspaceRoot } from './package-tarballs.js';

const execute = promisify(execFile);

/** How a program ended. */
export interface ProgramResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with packages installed in which programs can be type-checked and run. */
export interface ConsumerProject {
  readonly folder: string;
  /** Writes `source` as `name`.ts, takes its types off and runs it in plain Node. */
  run(name: string, source: string): Promise<ProgramResult>;
  /** Type-checks `source` against the installed declarations; returns the compiler's complaints, empty when it has none. */
  typeCheck(name: string, source: string): Promise<string>;
  /** Removes the folder. */
  remove(): Promise<void>;
}

/** Settings of a strict project, as `tsc --init` would recommend for Node. */
const compilerOptions = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
};

/**
 * Installs tarballs into a new folder under the system's temporary one, without install scripts.
 *
 * @param tarballs path of the tarball by package name
 * @param others other packages to install, with their ranges, such as the peers that the README tells users to add
 */
export async function createConsumerProject(
  tarballs: ReadonlyMap<string, string>,
  others: Readonly<Record<string, string>>,
): Promise<ConsumerProject> {
  const folder = await mkdtemp(join(tmpdir(), 'mbrl-consumer-'));
  const files = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]));
  await writeJson(join(folder, 'package.json'), {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { ...files, ...others },
    pnpm: { overrides: files },
  });
  const pnpm = join(workspaceRoot, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  await execute(process.execPath, [pnpm, 'install', '--ignore-scripts', '--prefer-offline', '--ignore-workspace', '--no-frozen-lockfile'], {
    cwd: folder,
  });

  return {
    folder,
    async run(name, source) {
      const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20', sourcefile: `${name}.ts` });
      await writeFile(join(folder, `${name}.mjs`), code);
      const { status, stdout, stderr } = spawnSync(process.execPath, [`${name}.mjs`], { cwd: folder, encoding: 'utf8', timeout: 120_000 });
      return { status, stdout, stderr };
    },
    async typeCheck(name, source) {
      const project = join(folder, 'checks', name);
      await mkdir(project, { recursive: true });
      await writeFile(join(project, 'program.mts'), source);
      await writeJson(join(project, 'tsconfig.json'), { compilerOptions, files: ['program.mts'] });
      const tsc = join(workspaceRoot, 'node_modules', 'typescript', 'bin', 'tsc');
      const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: folder, encoding: 'utf8' });
      return stdout + stderr;
    },
    async remove() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, JSON.stringify(value, null, 2));
}
