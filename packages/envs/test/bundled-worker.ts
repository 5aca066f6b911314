/**
 * Starts the worker module as a bundle of its sources, which takes a tenth of the time that a loader on each thread does.
 * The registry is left out: a test that makes environments by their names gives `startSourceWorker`.
 */
import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { nodeWorkerPort, type StartWorker } from '@mbrl/envs';

/** A bundle on the disk. */
export interface BundledWorker {
  readonly start: StartWorker;
  /** URL of the bundled module `worker-tasks`. */
  readonly tasks: string;
  remove(): Promise<void>;
}

/** Makes the bundle. */
export async function bundleWorker(): Promise<BundledWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'mbrl-worker-'));
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  await build({
    entryPoints: { main: path('../src/workers/worker-main.ts'), tasks: path('worker-tasks.ts') },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@mbrl/source'],
    external: ['../registry.js'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  });
  return {
    start: () => nodeWorkerPort(new Worker(pathToFileURL(join(folder, 'main.mjs')))),
    tasks: pathToFileURL(join(folder, 'tasks.mjs')).href,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
