/** Memory for a program's results: what donated arguments gave up is used again, by element type and shape. */
import { type NdArray, sizeOf } from '@mbrl/core';
import type { ArraySpec } from './trace/trace.js';

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Arrays that were donated and wait to hold results: reading them would give another call's numbers. */
const donated = new WeakSet<NdArray>();

/** Whether the array was donated, so that nobody may use it any more. */
export function wasDonated(array: NdArray): boolean {
  return donated.has(array);
}

const keyOf = ({ dtype, shape }: ArraySpec): string => `${dtype}[${shape.join()}]`;

interface Slot {
  readonly spec: ArraySpec;
  /** Arrays of this kind that wait. */
  readonly waiting: NdArray[];
  /** How many may wait: twice as many as there are results of the kind. */
  limit: number;
}

/** Holds the memory of one program. */
export class ResultMemory {
  readonly #slots = new Map<string, Slot>();
  readonly #results: readonly Slot[];
  readonly #given: readonly { readonly index: number; readonly slot: Slot | undefined }[];

  /**
   * @param results what the program gives
   * @param inputs what it takes
   * @param donatedInputs which of them, by place, give up their memory
   */
  constructor(results: readonly ArraySpec[], inputs: readonly ArraySpec[], donatedInputs: readonly number[]) {
    this.#results = results.map((spec) => {
      const slot = this.#slots.get(keyOf(spec)) ?? { spec, waiting: [], limit: 0 };
      slot.limit += 2;
      this.#slots.set(keyOf(spec), slot);
      return slot;
    });
    this.#given = donatedInputs.map((index) => ({ index, slot: this.#slots.get(keyOf(inputs[index]!)) }));
  }

  /** Gives an array for each result, of donated memory where there is some. */
  take(): NdArray[] {
    return this.#results.map(({ spec, waiting }) => {
      const array = waiting.pop();
      if (array) donated.delete(array);
      return array ?? ({ dtype: spec.dtype, shape: spec.shape, data: new arrayTypes[spec.dtype](sizeOf(spec.shape)) } as NdArray);
    });
  }

  /** Marks the donated ones among a call's arrays, before anyone else can pass them. */
  mark(arrays: readonly NdArray[]): void {
    for (const { index } of this.#given) donated.add(arrays[index]!);
  }

  /** Takes the mark back, as the call failed. */
  unmark(arrays: readonly NdArray[]): void {
    for (const { index } of this.#given) donated.delete(arrays[index]!);
  }

  /** Keeps the memory of the marked arrays, each once, now that the call is over. */
  keep(arrays: readonly NdArray[]): void {
    for (const { index, slot } of this.#given) {
      const array = arrays[index]!;
      if (slot && slot.waiting.length < slot.limit && !slot.waiting.includes(array)) slot.waiting.push(array);
    }
  }
}
