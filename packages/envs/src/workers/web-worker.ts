/** Starting the worker module in a browser, in the words that bundlers know. */
import { type WebWorkerLike, webWorkerPort, type WorkerPort } from './worker-port.js';

declare const Worker: new (url: unknown, options: { readonly type: 'module' }) => WebWorkerLike;
declare const URL: new (path: string, base: string) => unknown;

/** Starts it. */
export function startWebWorker(): WorkerPort {
  return webWorkerPort(
    new Worker(new URL('./worker-main.js', (import.meta as unknown as { readonly url: string }).url), { type: 'module' }),
  );
}
