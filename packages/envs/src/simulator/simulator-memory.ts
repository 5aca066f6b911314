/** The memory that the threads of a simulator pool share: where to start, the sequences, the returns, and who does what. */

const nextAt = 0;
const countAt = 1;
const baseAt = 2;

/** The buffers, as they are sent to the workers. */
export interface SimulatorBuffers {
  readonly job: SharedArrayBuffer;
  readonly start: SharedArrayBuffer;
  readonly sequences: SharedArrayBuffer;
  readonly returns: SharedArrayBuffer;
}

/** The buffers, seen as arrays. */
export interface SimulatorMemory {
  readonly buffers: SimulatorBuffers;
  readonly job: Int32Array;
  readonly start: Float64Array;
  readonly sequences: Float32Array;
  readonly returns: Float32Array;
}

/** Views buffers as arrays. */
export function viewSimulatorMemory(buffers: SimulatorBuffers): SimulatorMemory {
  return {
    buffers,
    job: new Int32Array(buffers.job),
    start: new Float64Array(buffers.start),
    sequences: new Float32Array(buffers.sequences),
    returns: new Float32Array(buffers.returns),
  };
}

/** Makes memory for `capacity` sequences of `stride` numbers and a snapshot of `startSize`. */
export function makeSimulatorMemory(capacity: number, stride: number, startSize: number): SimulatorMemory {
  return viewSimulatorMemory({
    job: new SharedArrayBuffer(4 * 4),
    start: new SharedArrayBuffer(8 * startSize),
    sequences: new SharedArrayBuffer(4 * capacity * stride),
    returns: new SharedArrayBuffer(4 * capacity),
  });
}

/** Sets the next job: `count` sequences with the noise of `base`. */
export function setJob({ job }: SimulatorMemory, count: number, base: number): void {
  Atomics.store(job, baseAt, base | 0);
  Atomics.store(job, countAt, count);
  Atomics.store(job, nextAt, 0);
}

/** Number of sequences of the job, and the seed of its noise. */
export function readJob({ job }: SimulatorMemory): { readonly count: number; readonly base: number } {
  return { count: Atomics.load(job, countAt), base: Atomics.load(job, baseAt) >>> 0 };
}

/** Takes the next `size` sequences of the job for this thread, and returns the first of them. */
export function takeSequences({ job }: SimulatorMemory, size: number): number {
  return Atomics.add(job, nextAt, size);
}
