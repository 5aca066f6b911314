/**
 * Our generator: xoshiro128** (Blackman and Vigna, 2018; period 2¹²⁸ − 1) over 32-bit integers. A generator is named
 * by a 128-bit key, which `split` derives from the parent's key and never from what was drawn; its stream starts at a
 * state mixed from the key. Normal draws come from a ziggurat, one 32-bit word each in 98.8% of cases.
 *
 * Every operation is exact under IEEE 754 or on integers: the stream is equal, bit for bit, in every runtime.
 */
import { OptionError, ShapeError } from './errors.js';
import { exactExp, exactLog } from './exact-math.js';
import { greatestBelow, leastAtLeast } from './float32-rounding.js';
import type { Json } from './json.js';
import { checkInteger, checkNumber } from './options.js';
import type { Rng } from './rng.js';
import { deriveKey, permute, rootKey } from './rng-key.js';
import { cellWidths, heights, innerCellCounts, LAYER_COUNT, TAIL_START } from './ziggurat.js';

const ALGORITHM = 'xoshiro128**';
const TO_UNIT = 2 ** -32;
const LAYER_MASK = LAYER_COUNT - 1;
/** Bits of a word that choose the layer; the rest, signed, is the cell. */
const CELL_SHIFT = 7;

/** The state a stream starts from: never all zeros, where xoshiro would stand still. */
function initialState(key: Int32Array): Int32Array {
  const state = Int32Array.of(key[0]! ^ 0x9e3779b9, key[1]!, key[2]!, key[3]!);
  permute(state, 8);
  if ((state[0]! | state[1]! | state[2]! | state[3]!) === 0) state[0] = 1;
  return state;
}

function checkRange(caller: string, length: number, start: number, end: number): void {
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= length)) {
    throw new ShapeError(`${caller}: start and end must be in order within [0, ${length}], got ${start} and ${end}`);
  }
}

/** Advances the state and gives the next 32 bits, signed. */
function next(state: Int32Array): number {
  const s0 = state[0]!;
  const s1 = state[1]!;
  const s2 = state[2]! ^ s0;
  const s3 = state[3]! ^ s1;
  const scrambled = Math.imul(s1, 5);
  state[0] = s0 ^ s3;
  state[1] = s1 ^ s2;
  state[2] = s2 ^ (s1 << 9);
  state[3] = (s3 << 11) | (s3 >>> 21);
  return Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
}

/** A whole number in [0, bound): draws until the word is below the greatest multiple of `bound`, so no value is favoured. */
function drawBelow(state: Int32Array, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let word = next(state) >>> 0;
  while (word >= limit) word = next(state) >>> 0;
  return word % bound;
}

/** Whether a cell lies wholly under the curve. Cells c and −c − 1 mirror each other. */
const isInner = (cell: number, layer: number): boolean => (cell ^ (cell >> 31)) < innerCellCounts[layer]!;

/** Finishes a normal draw whose first word fell beyond the inner cells of its layer. */
function finishNormal(state: Int32Array, firstCell: number, firstLayer: number): number {
  let cell = firstCell;
  let layer = firstLayer;
  while (layer !== 0) {
    const x = (cell + 0.5) * cellWidths[layer]!;
    const y = heights[layer]! + (next(state) >>> 0) * TO_UNIT * (heights[layer + 1]! - heights[layer]!);
    if (y < exactExp(-0.5 * x * x)) return x;
    const word = next(state);
    layer = word & LAYER_MASK;
    cell = word >> CELL_SHIFT;
    if (isInner(cell, layer)) return (cell + 0.5) * cellWidths[layer]!;
  }
  return tailNormal(state, cell < 0);
}

/** A draw beyond the tail's start (Marsaglia, 1964). */
function tailNormal(state: Int32Array, negative: boolean): number {
  for (;;) {
    const beyond = -exactLog(((next(state) >>> 0) + 0.5) * TO_UNIT) / TAIL_START;
    const height = -exactLog(((next(state) >>> 0) + 0.5) * TO_UNIT);
    if (2 * height > beyond * beyond) return negative ? -(TAIL_START + beyond) : TAIL_START + beyond;
  }
}

class Xoshiro128 implements Rng {
  /** Names the generator; splits derive from it. */
  readonly #key: Int32Array;
  /** The stream's state. */
  readonly #state: Int32Array;

  constructor(key: Int32Array) {
    this.#key = key;
    this.#state = initialState(key);
  }

  split(key: string | number): Rng {
    return new Xoshiro128(deriveKey(this.#key, key, 'Rng.split', 'key'));
  }

  uniform(): number {
    return (next(this.#state) >>> 0) * TO_UNIT;
  }

  integer(bound: number): number {
    checkInteger('Rng.integer', 'bound', bound, { min: 1, max: 2 ** 32 });
    return drawBelow(this.#state, bound);
  }

  normal(): number {
    const state = this.#state;
    const word = next(state);
    const layer = word & LAYER_MASK;
    const cell = word >> CELL_SHIFT;
    return isInner(cell, layer) ? (cell + 0.5) * cellWidths[layer]! : finishNormal(state, cell, layer);
  }

  fillNormal(out: Float32Array, start = 0, end: number = out.length): void {
    checkRange('Rng.fillNormal', out.length, start, end);
    const state = this.#state;
    let i = start;
    while (i < end) {
      // The common case runs with the state in locals, without calls; the loop is left for each rare draw.
      let s0 = state[0]!;
      let s1 = state[1]!;
      let s2 = state[2]!;
      let s3 = state[3]!;
      let cell = 0;
      let layer = 0;
      let isRare = false;
      for (; i < end; i++) {
        const scrambled = Math.imul(s1, 5);
        const word = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
        const shifted = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = (s3 << 11) | (s3 >>> 21);
        layer = word & LAYER_MASK;
        cell = word >> CELL_SHIFT;
        if (!isInner(cell, layer)) {
          isRare = true;
          break;
        }
        out[i] = (cell + 0.5) * cellWidths[layer]!;
      }
      state[0] = s0;
      state[1] = s1;
      state[2] = s2;
      state[3] = s3;
      if (isRare) out[i++] = finishNormal(state, cell, layer);
    }
  }

  fillUniform(out: Float32Array, low = 0, high = 1, start = 0, end: number = out.length): void {
    checkRange('Rng.fillUniform', out.length, start, end);
    checkNumber('Rng.fillUniform', 'low', low);
    checkNumber('Rng.fillUniform', 'high', high, { above: low });
    const least = leastAtLeast(low);
    const greatest = greatestBelow(high);
    if (least > greatest) throw new OptionError(`Rng.fillUniform: [low, high) must hold a float32 number, got [${low}, ${high})`);
    const step = (high - low) * TO_UNIT;
    const state = this.#state;
    let s0 = state[0]!;
    let s1 = state[1]!;
    let s2 = state[2]!;
    let s3 = state[3]!;
    for (let i = start; i < end; i++) {
      const scrambled = Math.imul(s1, 5);
      const word = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      const shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
      const value = low + step * (word >>> 0);
      out[i] = value < least ? least : value > greatest ? greatest : value;
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }

  shuffle(values: Int32Array | Uint32Array | unknown[]): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = drawBelow(this.#state, i + 1);
      const kept = values[i];
      values[i] = values[j]!;
      values[j] = kept as number;
    }
  }

  save(): Json {
    return { algorithm: ALGORITHM, key: wordsOf(this.#key), state: wordsOf(this.#state) };
  }

  restore(state: Json): void {
    const { key, words } = readState(state);
    this.#key.set(key);
    this.#state.set(words);
  }
}

/** Four words as a list, without an iterator: planners save and restore often. */
const wordsOf = (words: Int32Array): number[] => [words[0]!, words[1]!, words[2]!, words[3]!];

const isWords = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length === 4 && value.every((word) => Number.isInteger(word) && (word | 0) === word);

function readState(state: Json): { key: number[]; words: number[] } {
  const record = (state !== null && typeof state === 'object' ? state : {}) as { [name: string]: unknown };
  if (record['algorithm'] !== ALGORITHM) {
    throw new OptionError(
      `Rng.restore: state must be what save gave with algorithm ${ALGORITHM}, got ${JSON.stringify(state)?.slice(0, 80)}`,
    );
  }
  const { key, state: words } = record;
  if (!isWords(key) || !isWords(words) || words.every((word) => word === 0)) {
    throw new OptionError('Rng.restore: key and state must each be four 32-bit integers, and state not all zero');
  }
  return { key, words };
}

/**
 * Makes a generator from a seed.
 *
 * Equal seeds give equal streams in every runtime; a number and its text give different ones.
 * @param seed a safe integer or any string
 * @throws OptionError on any other seed.
 * @example
 * const rng = createRng(7);
 * const noise = new Float32Array(4);
 * rng.split('exploration').fillNormal(noise);
 */
export function createRng(seed: number | string): Rng {
  return new Xoshiro128(deriveKey(rootKey, seed, 'createRng', 'seed'));
}
