/** Starts the worker module from its source: what the tests and benches give as `startWorker`. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { nodeWorkerPort, type StartWorker } from '@mbrl/envs';

/** Registers tsx's loader on the thread first, which Node does not hand on to it. */
export const startSourceWorker: StartWorker = () => {
  const api = new URL('dist/esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))).href;
  const main = new URL('../src/workers/worker-main.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(api)}).then(({ register }) => { register(); return import(${JSON.stringify(main)}); });`;
  return nodeWorkerPort(new Worker(code, { eval: true, execArgv: ['--conditions=@mbrl/source'] }));
};
