/** Starting the worker module on a thread of Node. */
import { type NodeWorkerLike, nodeWorkerPort, type WorkerPort } from './worker-port.js';

interface NodeThreads {
  readonly Worker: new (url: unknown) => NodeWorkerLike;
}

declare const URL: new (path: string, base: string) => unknown;

/** Starts it. Only the built module can be: Node has no loader for the sources on a new thread. */
export async function startNodeWorker(): Promise<WorkerPort> {
  const name = 'node:worker_threads';
  const { Worker } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as NodeThreads;
  const { url } = import.meta as unknown as { readonly url: string };
  return nodeWorkerPort(new Worker(new URL('./worker-main.js', url)));
}
