/**
 * Some workers that do one kind of job together. Each makes an environment of its own; the data of a job lie in memory
 * that all share. A job starts on every worker at once, and is done when it is done on each.
 */
import { checkInteger, LifecycleError, UnsupportedError } from '@mbrl/core';
import {
  awaitIdle,
  checkMayBlock,
  type ControlBlock,
  controlBlock,
  type ErrorRecord,
  isIdle,
  readError,
  requestJob,
  restoreError,
} from './control-block.js';
import type { EnvironmentSource } from './environment-module.js';
import { startWorker, type StartWorker, type WorkerPort } from './worker-port.js';

/** What a worker is to do: which servant it makes, and what that is given. */
export interface WorkerTask {
  readonly kind: 'simulator' | 'vector';
  readonly environment: EnvironmentSource;
  readonly settings: unknown;
}

/** A message to a worker. */
export type WorkerRequest =
  | { readonly type: 'begin'; readonly id: number; readonly task: WorkerTask; readonly control: SharedArrayBuffer }
  | { readonly type: 'call'; readonly id: number; readonly argument: unknown }
  | { readonly type: 'wake' };

/** A message from a worker. */
export type WorkerReply =
  | { readonly type: 'ready' }
  | { readonly type: 'done' }
  | { readonly type: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: ErrorRecord };

interface Member {
  readonly port: WorkerPort;
  readonly control: ControlBlock;
  ready: () => void;
  readonly answers: Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>;
}

/** Workers that stand by. */
export class WorkerCrew {
  readonly workerCount: number;
  private readonly caller: string;
  private readonly members: Member[] = [];
  private nextId = 0;
  private failure: Error | undefined;
  private isDisposed = false;
  private mayBlock = false;
  /** Called when a worker reports a job done, or fails. */
  private onProgress: () => void = () => {};

  private constructor(caller: string, workerCount: number) {
    this.caller = caller;
    this.workerCount = workerCount;
  }

  /** Starts the workers and gives each its task. @throws what a worker's set-up throws; UnsupportedError without shared memory. */
  static async start(
    caller: string,
    workerCount: number,
    task: (worker: number) => WorkerTask,
    start: StartWorker = startWorker,
  ): Promise<{ readonly crew: WorkerCrew; readonly answers: unknown[] }> {
    checkInteger(caller, 'workerCount', workerCount, { min: 1, max: 1024 });
    if (typeof SharedArrayBuffer === 'undefined')
      throw new UnsupportedError(`${caller}: memory must be shareable; in a browser, the page must be cross-origin isolated`);
    const crew = new WorkerCrew(caller, workerCount);
    try {
      await Promise.all(Array.from({ length: workerCount }, (_, i) => crew.addMember(i, start)));
      const answers = await Promise.all(
        crew.members.map((member, i) =>
          crew.request(member, (id) => ({ type: 'begin', id, task: task(i), control: member.control.words.buffer as SharedArrayBuffer })),
        ),
      );
      return { crew, answers };
    } catch (error) {
      await crew.dispose();
      throw error;
    }
  }

  /** Sends each worker's servant an argument, and gives their answers. */
  async call(argument: (worker: number) => unknown): Promise<unknown[]> {
    this.checkUsable();
    return Promise.all(this.members.map((member, i) => this.request(member, (id) => ({ type: 'call', id, argument: argument(i) }))));
  }

  /** As {@link call}, of the first worker alone. */
  async callOne(argument: unknown): Promise<unknown> {
    this.checkUsable();
    return this.request(this.members[0]!, (id) => ({ type: 'call', id, argument }));
  }

  /** Does a job on every worker. @throws the first worker's error. */
  async run(): Promise<void> {
    this.checkUsable();
    this.members.forEach(({ port }) => port.keepAlive(true));
    try {
      const finished = new Promise<void>((resolve, reject) => {
        this.onProgress = () => {
          if (this.failure) reject(this.failure);
          else if (this.members.every(({ control }) => isIdle(control))) resolve();
        };
      });
      this.startJobs(true);
      await finished;
    } finally {
      this.onProgress = () => {};
      this.members.forEach(({ port }) => port.keepAlive(false));
    }
    this.throwJobError();
  }

  /**
   * As {@link run}, blocking this thread, which a browser's page does not allow. A blocked thread does not hear of the
   * end of a worker as others do: a worker says so in its memory where it can, and for the others there is the limit.
   * @param limitSeconds for each worker
   * @throws LifecycleError on a worker that has ended or is late; the workers are of no use then.
   */
  runNow(limitSeconds: number): void {
    this.checkUsable();
    // Before anything is started, and once: the answer stays.
    if (!this.mayBlock) checkMayBlock(this.caller);
    this.mayBlock = true;
    this.startJobs(false);
    for (const [index, { control }] of this.members.entries()) {
      const found = awaitIdle(control, 1000 * limitSeconds);
      if (found === 'idle') continue;
      const what =
        found === 'gone'
          ? `worker ${index} stopped at work`
          : `worker ${index} must be done within ${limitSeconds} s; it hangs or has stopped`;
      this.fail(new LifecycleError(`${this.caller}: ${what}`));
      this.checkUsable();
    }
    this.throwJobError();
  }

  /** Ends the workers. More than once does no harm. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    await Promise.all(this.members.map(({ port }) => port.terminate()));
    this.fail(new LifecycleError(`${this.caller}: it was disposed of while at work`));
  }

  private async addMember(index: number, start: StartWorker): Promise<void> {
    const port = await start();
    const member: Member = { port, control: controlBlock(), ready: () => {}, answers: new Map() };
    this.members[index] = member;
    port.keepAlive(true);
    await new Promise<void>((resolve, reject) => {
      member.ready = resolve;
      port.listen(
        (message) => this.receive(index, message as WorkerReply),
        (reason) => {
          const error = new LifecycleError(`${this.caller}: worker ${index} stopped: ${reason}`);
          reject(error);
          this.fail(error);
        },
      );
      port.keepAlive(true);
    });
    port.keepAlive(false);
  }

  private receive(index: number, reply: WorkerReply): void {
    const member = this.members[index]!;
    if (reply.type === 'ready') member.ready();
    else if (reply.type === 'done') this.onProgress();
    else {
      const waiting = member.answers.get(reply.id);
      member.answers.delete(reply.id);
      if (reply.error) waiting?.reject(restoreError(this.caller, index, reply.error));
      else waiting?.resolve(reply.value);
    }
  }

  private async request(member: Member, message: (id: number) => WorkerRequest): Promise<unknown> {
    const id = this.nextId++;
    member.port.keepAlive(true);
    try {
      return await new Promise<unknown>((resolve, reject) => {
        member.answers.set(id, { resolve, reject });
        member.port.post(message(id));
      });
    } finally {
      member.port.keepAlive(false);
    }
  }

  private startJobs(isAnnounced: boolean): void {
    for (const { port, control } of this.members) if (requestJob(control, isAnnounced)) port.post({ type: 'wake' } satisfies WorkerRequest);
  }

  private throwJobError(): void {
    for (const [index, { control }] of this.members.entries()) {
      const error = readError(control);
      if (error) throw restoreError(this.caller, index, error);
    }
  }

  private checkUsable(): void {
    if (this.isDisposed) throw new LifecycleError(`${this.caller}: it must not be used after dispose`);
    if (this.failure) throw this.failure;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { answers } of this.members) {
      for (const { reject } of answers.values()) reject(error);
      answers.clear();
    }
    this.onProgress();
  }
}

/** How many workers suit this machine: its cores, as far as it tells. */
export function defaultWorkerCount(): number {
  const { navigator } = globalThis as { navigator?: { readonly hardwareConcurrency?: number } };
  return Math.max(1, Math.min(navigator?.hardwareConcurrency ?? 2, 16));
}
