/** A thread, seen from the one that started it: Node's workers and the browser's behind one face. */
import { UnsupportedError } from '@mbrl/core';

/** A running worker. */
export interface WorkerPort {
  post(message: unknown): void;
  /** Called for each message, from the first on. */
  listen(onMessage: (message: unknown) => void, onFailure: (reason: string) => void): void;
  /** Whether the worker keeps the process alive; it does not at first. */
  keepAlive(isNeeded: boolean): void;
  terminate(): Promise<void>;
}

/** Starts a worker that runs this package's worker module, for set-ups in which the default cannot find it. */
export type StartWorker = () => WorkerPort | Promise<WorkerPort>;

/** What is used of a `Worker` of Node's `worker_threads`. */
export interface NodeWorkerLike {
  postMessage(message: unknown, transfer: readonly never[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

/** What is used of the browser's `Worker`. */
export interface WebWorkerLike {
  postMessage(message: unknown, transfer: readonly never[]): void;
  addEventListener(type: string, listener: (event: { readonly data?: unknown; readonly message?: string }) => void): void;
  terminate(): void;
}

/** Puts a `Worker` of Node's `worker_threads` behind the common face. */
export function nodeWorkerPort(worker: NodeWorkerLike): WorkerPort {
  let isEnding = false;
  worker.unref();
  return {
    post: (message) => worker.postMessage(message, []),
    listen(onMessage, onFailure) {
      worker.on('message', onMessage);
      worker.on('error', (error) => onFailure(error instanceof Error ? error.message : String(error)));
      worker.on('exit', (code) => {
        if (!isEnding) onFailure(`it ended with code ${String(code)}`);
      });
      // Listening takes hold of the process again.
      worker.unref();
    },
    keepAlive: (isNeeded) => (isNeeded ? worker.ref() : worker.unref()),
    async terminate() {
      isEnding = true;
      await worker.terminate();
    },
  };
}

/** Puts a browser's `Worker` behind the common face. */
export function webWorkerPort(worker: WebWorkerLike): WorkerPort {
  return {
    post: (message) => worker.postMessage(message, []),
    listen(onMessage, onFailure) {
      worker.addEventListener('message', ({ data }) => onMessage(data));
      worker.addEventListener('error', ({ message }) => onFailure(message ?? 'it could not be loaded'));
    },
    keepAlive() {},
    terminate: async () => worker.terminate(),
  };
}

/** Starts the package's worker module on a thread, in Node or in a browser. @throws UnsupportedError where there are no workers. */
export async function startWorker(): Promise<WorkerPort> {
  const { process, Worker } = globalThis as { process?: { versions?: { node?: string } }; Worker?: unknown };
  if (process?.versions?.node !== undefined) return (await import('./node-worker.js')).startNodeWorker();
  if (Worker !== undefined) return (await import('./web-worker.js')).startWebWorker();
  throw new UnsupportedError('startWorker: this runtime must have workers');
}
