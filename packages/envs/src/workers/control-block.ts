/**
 * The memory that a worker shares with the thread that started it: which job is wanted and which is done, and the error
 * of the last one. A worker that has just done a job waits in `Atomics.wait` for the next, which wakes it within
 * microseconds; after a while it goes back to its event loop and must be woken by a message.
 */
import { LifecycleError, type MbrlError, NumericalError, OptionError, ShapeError, UnsupportedError } from '@mbrl/core';

const wantedAt = 0;
const doneAt = 1;
const isDozingAt = 2;
const errorSizeAt = 3;
const isAnnouncedAt = 4;
const isGoneAt = 5;
const wordCount = 6;
const errorCapacity = 8192;

/** A worker's control block, on either side. */
export interface ControlBlock {
  readonly words: Int32Array;
  /** The last error as UTF-16 code units of a JSON record. */
  readonly error: Uint16Array;
}

/** Views a buffer as a control block, or makes one. */
export function controlBlock(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * wordCount + 2 * errorCapacity)): ControlBlock {
  return { words: new Int32Array(buffer, 0, wordCount), error: new Uint16Array(buffer, 4 * wordCount) };
}

/** Asks for a job, to be announced by a message when done or not; says whether the worker dozes and must be sent a message too. */
export function requestJob({ words }: ControlBlock, isAnnounced: boolean): boolean {
  Atomics.store(words, isAnnouncedAt, isAnnounced ? 1 : 0);
  Atomics.add(words, wantedAt, 1);
  Atomics.notify(words, wantedAt);
  return Atomics.load(words, isDozingAt) === 1;
}

/** Whether every job that was asked for is done. */
export function isIdle({ words }: ControlBlock): boolean {
  return Atomics.load(words, doneAt) === Atomics.load(words, wantedAt);
}

/** Checks that this thread may block. @throws UnsupportedError where it may not, as on a browser's page. */
export function checkMayBlock(caller: string): void {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
  } catch (cause) {
    throw new UnsupportedError(`${caller}: this thread must be allowed to wait, which a browser's page is not`, { cause });
  }
}

/**
 * Blocks until every job that was asked for is done, where that is allowed; or until the worker has ended, or some
 * milliseconds have passed without one being done.
 */
export function awaitIdle({ words }: ControlBlock, milliseconds: number): 'idle' | 'gone' | 'late' {
  for (;;) {
    const done = Atomics.load(words, doneAt);
    if (done === Atomics.load(words, wantedAt)) return 'idle';
    if (Atomics.load(words, isGoneAt) === 1) return 'gone';
    if (Atomics.wait(words, doneAt, done, milliseconds) === 'timed-out') return 'late';
  }
}

/** Says, on the worker's side, that the worker ends; who waits for it wakes. */
export function setGone({ words }: ControlBlock): void {
  Atomics.store(words, isGoneAt, 1);
  Atomics.notify(words, doneAt);
}

/** Marks, on the worker's side, that it dozes in its event loop, or not. */
export function setDozing({ words }: ControlBlock, isDozing: boolean): void {
  Atomics.store(words, isDozingAt, isDozing ? 1 : 0);
}

/** Does the jobs that are wanted, and says whether that is to be announced; on the worker's side. */
export function doJobs(block: ControlBlock, job: () => void): boolean {
  const { words } = block;
  let isToAnnounce = false;
  while (Atomics.load(words, doneAt) !== Atomics.load(words, wantedAt)) {
    Atomics.store(words, errorSizeAt, 0);
    try {
      job();
    } catch (error) {
      writeError(block, error);
    }
    // Read before the job is done: the next one may be asked for in another way.
    isToAnnounce = Atomics.load(words, isAnnouncedAt) === 1;
    Atomics.add(words, doneAt, 1);
    Atomics.notify(words, doneAt);
  }
  return isToAnnounce;
}

/** Blocks until a job is wanted, or the time is up; says whether one is. On the worker's side. */
export function awaitJob({ words }: ControlBlock, milliseconds: number): boolean {
  const done = Atomics.load(words, doneAt);
  return Atomics.wait(words, wantedAt, done, milliseconds) !== 'timed-out';
}

const kinds: { readonly [code: string]: new (message: string) => MbrlError } = {
  SHAPE: ShapeError,
  OPTION: OptionError,
  NUMERICAL: NumericalError,
  LIFECYCLE: LifecycleError,
  UNSUPPORTED: UnsupportedError,
};

/** An error as data. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
}

/** Makes data of an error. */
export function describeError(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { code: 'OTHER', message: String(error) };
  // By its code and not its class, of which a module that is loaded on its own may have another copy.
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && Object.hasOwn(kinds, code)) return { code, message: error.message };
  return { code: 'OTHER', message: `${error.name}: ${error.message}` };
}

/** Makes an error of data: of its own kind where it is one of ours. */
export function restoreError(caller: string, worker: number, { code, message }: ErrorRecord): Error {
  const text = `${caller}: worker ${worker} failed: ${message}`;
  const Kind = kinds[code];
  return Kind ? new Kind(text) : new Error(text);
}

function writeError({ words, error }: ControlBlock, cause: unknown): void {
  const { code, message } = describeError(cause);
  const text = JSON.stringify({ code, message: message.slice(0, 2000) }).slice(0, errorCapacity);
  for (let i = 0; i < text.length; i++) error[i] = text.charCodeAt(i);
  Atomics.store(words, errorSizeAt, text.length);
}

/** The error of the last job, or undefined when it went well. */
export function readError({ words, error }: ControlBlock): ErrorRecord | undefined {
  const size = Atomics.load(words, errorSizeAt);
  if (size === 0) return undefined;
  return JSON.parse(String.fromCharCode(...error.subarray(0, size))) as ErrorRecord;
}
