/**
 * The module that a worker runs: it makes an environment and a servant that works with it, answers calls, and does the
 * jobs that are asked for through shared memory.
 */
import type { Environment } from '@mbrl/core';
import { createSimulatorServant } from '../simulator/simulator-servant.js';
import { createVectorServant } from '../vector/vector-servant.js';
import { awaitJob, type ControlBlock, controlBlock, describeError, doJobs, setDozing, setGone } from './control-block.js';
import { type EnvironmentSource, makeEnvironment } from './environment-module.js';
import type { Servant } from './servant.js';
import type { WorkerReply, WorkerRequest, WorkerTask } from './worker-crew.js';

/** Milliseconds that a worker waits for its next job before it goes back to its event loop. */
const standByMilliseconds = 2;

interface Scope {
  postMessage(message: WorkerReply, transfer: readonly never[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

interface NodeThreads {
  readonly parentPort: {
    postMessage(message: WorkerReply, transfer: readonly never[]): void;
    on(event: 'message', listener: (message: unknown) => void): void;
  };
}

interface Process {
  readonly versions?: { readonly node?: string };
  readonly on?: (event: 'exit', listener: () => void) => void;
}

const { process } = globalThis as { process?: Process };

const servants: { readonly [Kind in WorkerTask['kind']]: (make: () => Promise<Environment>, settings: never) => Promise<Servant> } = {
  simulator: createSimulatorServant,
  vector: createVectorServant,
};

function serve(post: (reply: WorkerReply) => void): (message: unknown) => void {
  let servant: Servant | undefined;
  let control: ControlBlock | undefined;
  const work = (): void => {
    if (!servant || !control) return;
    const { job } = servant;
    setDozing(control, false);
    do {
      if (doJobs(control, job)) post({ type: 'done' });
    } while (awaitJob(control, standByMilliseconds));
    setDozing(control, true);
    // A job that was asked for just before came without a message.
    if (doJobs(control, job)) post({ type: 'done' });
  };
  const begin = async ({ kind, environment, settings }: WorkerTask, shared: SharedArrayBuffer): Promise<unknown> => {
    const source: EnvironmentSource = environment;
    servant = await servants[kind](() => makeEnvironment(source), settings as never);
    control = controlBlock(shared);
    const own = control;
    process?.on?.('exit', () => setGone(own));
    setDozing(control, true);
    return servant.description;
  };
  return (message) => {
    const request = message as WorkerRequest;
    if (request.type === 'wake') return work();
    const { id } = request;
    const answer = async (): Promise<unknown> =>
      request.type === 'begin' ? begin(request.task, request.control) : servant?.call(request.argument);
    answer().then(
      (value) => post({ type: 'answer', id, value }),
      (error: unknown) => post({ type: 'answer', id, error: describeError(error) }),
    );
  };
}

function serveBrowser(): void {
  const scope = globalThis as unknown as Scope;
  const receive = serve((reply) => scope.postMessage(reply, []));
  scope.addEventListener('message', ({ data }) => receive(data));
  scope.postMessage({ type: 'ready' }, []);
}

async function serveNode(): Promise<void> {
  const name = 'node:worker_threads';
  const { parentPort } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as NodeThreads;
  parentPort.on(
    'message',
    serve((reply) => parentPort.postMessage(reply, [])),
  );
  parentPort.postMessage({ type: 'ready' }, []);
}

// Without an await, which the plain scripts that some bundlers make of workers do not have at the top.
if (process?.versions?.node === undefined) serveBrowser();
else void serveNode();
