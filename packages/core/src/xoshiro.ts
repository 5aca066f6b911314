/**
 * Our generator: xoshiro128** (Blackman and Vigna, 2018; period 2¹²⁸ − 1) over 32-bit integers. A generator is named
 * by a 128-bit key, which `split` derives from the parent's key and never from what was drawn; its stream starts at a
 * state mixed from the key. Normal draws come from a ziggurat, one 32-bit word each in 98.8% of cases.
 *
 * Every operation is exact under IEEE 754 or on integers: the stream is equal, bit for bit, in every runtime.
 */
import { OptionError, ShapeError } from './errors.js';
import { exactExp, exactLog } from './exact-math.js';
import type { Json } from './json.js';
import { checkInteger, checkNumber } from './options.js';
import type { Rng } from './rng.js';
import { deriveKey, permute, rootKey } from './rng-key.js';
import { cellWidths, heights, innerCellCounts, LAYER_COUNT, TAIL_START } from './ziggurat.js';

const ALGORITHM = 'xoshiro128**';
const TO_UNIT = 2 ** -32;
const LAYER_MASK = LAYER_COUNT - 1;

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

class Xoshiro128 implements Rng {
  /** Names the generator; splits derive from it. */
  readonly #key: Int32Array;
  /** The stream's state. */
  readonly #state: Int32Array;

  constructor(key: Int32Array) {
    this.#key = key;
    this.#state = initialState(key);
  }

  /** The next 32 bits, signed. */
  #next(): number {
    const state = this.#state;
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

  split(key: string | number): Rng {
    return new Xoshiro128(deriveKey(this.#key, key, 'Rng.split', 'key'));
  }

  uniform(): number {
    return (this.#next() >>> 0) * TO_UNIT;
  }

  integer(bound: number): number {
    checkInteger('Rng.integer', 'bound', bound, { min: 1, max: 2 ** 32 });
    return this.#below(bound);
  }

  /** Draws until the word is below the greatest multiple of `bound`: no value is favoured. */
  #below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = this.#next() >>> 0;
    while (word >= limit) word = this.#next() >>> 0;
    return word % bound;
  }

  normal(): number {
    const word = this.#next();
    const layer = word & LAYER_MASK;
    const cell = word >> 7;
    if ((cell ^ (cell >> 31)) < innerCellCounts[layer]!) return (cell + 0.5) * cellWidths[layer]!;
    return this.#rareNormal(cell, layer);
  }

  /** Finishes a normal draw whose first word fell beyond the inner cells of its layer. */
  #rareNormal(firstCell: number, firstLayer: number): number {
    let cell = firstCell;
    let layer = firstLayer;
    for (;;) {
      if (layer === 0) return this.#tailNormal(cell < 0);
      const x = (cell + 0.5) * cellWidths[layer]!;
      const y = heights[layer]! + this.uniform() * (heights[layer + 1]! - heights[layer]!);
      if (y < exactExp(-0.5 * x * x)) return x;
      const word = this.#next();
      layer = word & LAYER_MASK;
      cell = word >> 7;
      if ((cell ^ (cell >> 31)) < innerCellCounts[layer]!) return (cell + 0.5) * cellWidths[layer]!;
    }
  }

  /** A draw beyond the tail's start (Marsaglia, 1964). */
  #tailNormal(negative: boolean): number {
    for (;;) {
      const beyond = -exactLog(((this.#next() >>> 0) + 0.5) * TO_UNIT) / TAIL_START;
      const height = -exactLog(((this.#next() >>> 0) + 0.5) * TO_UNIT);
      if (2 * height > beyond * beyond) return negative ? -(TAIL_START + beyond) : TAIL_START + beyond;
    }
  }

  fillNormal(out: Float32Array, start = 0, end: number = out.length): void {
    checkRange('Rng.fillNormal', out.length, start, end);
    const state = this.#state;
    const widths = cellWidths;
    const inner = innerCellCounts;
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
      const layer = word & LAYER_MASK;
      const cell = word >> 7;
      if ((cell ^ (cell >> 31)) < inner[layer]!) {
        out[i] = (cell + 0.5) * widths[layer]!;
      } else {
        state[0] = s0;
        state[1] = s1;
        state[2] = s2;
        state[3] = s3;
        out[i] = this.#rareNormal(cell, layer);
        s0 = state[0]!;
        s1 = state[1]!;
        s2 = state[2]!;
        s3 = state[3]!;
      }
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }

  fillUniform(out: Float32Array, low = 0, high = 1, start = 0, end: number = out.length): void {
    checkRange('Rng.fillUniform', out.length, start, end);
    checkNumber('Rng.fillUniform', 'low', low);
    checkNumber('Rng.fillUniform', 'high', high, { above: low });
    const least = roundUp(low);
    const greatest = roundDownBelow(high);
    if (least > greatest) throw new OptionError(`Rng.fillUniform: [low, high) must hold a float32 number, got [${low}, ${high})`);
    const width = high - low;
    for (let i = start; i < end; i++) {
      const value = low + width * ((this.#next() >>> 0) * TO_UNIT);
      out[i] = value < least ? least : value > greatest ? greatest : value;
    }
  }

  shuffle(values: Int32Array | Uint32Array | unknown[]): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.#below(i + 1);
      const kept = values[i];
      values[i] = values[j]!;
      values[j] = kept as number;
    }
  }

  save(): Json {
    return { algorithm: ALGORITHM, key: [...this.#key], state: [...this.#state] };
  }

  restore(state: Json): void {
    const { key, words } = readState(state);
    this.#key.set(key);
    this.#state.set(words);
  }
}

const isWords = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length === 4 && value.every((word) => Number.isInteger(word) && (word | 0) === word);

function readState(state: Json): { key: number[]; words: number[] } {
  const record = (state !== null && typeof state === 'object' ? state : {}) as { [name: string]: unknown };
  if (record['algorithm'] !== ALGORITHM) {
    throw new OptionError(`Rng.restore: state must be what save gave with algorithm ${ALGORITHM}, got ${JSON.stringify(state)?.slice(0, 80)}`);
  }
  const { key, state: words } = record;
  if (!isWords(key) || !isWords(words) || words.every((word) => word === 0)) {
    throw new OptionError('Rng.restore: key and state must each be four 32-bit integers, and state not all zero');
  }
  return { key, words };
}

const floatView = new Float32Array(1);
const intView = new Int32Array(floatView.buffer);

/** The neighbour of a float32 number in the given direction. */
function neighbour(value: number, direction: 1 | -1): number {
  floatView[0] = value;
  if (value === 0) return direction * 2 ** -149;
  intView[0]! += value > 0 === direction > 0 ? 1 : -1;
  return floatView[0]!;
}

/** The least float32 number that is at least `value`. */
function roundUp(value: number): number {
  const nearest = Math.fround(value);
  return nearest < value ? neighbour(nearest, 1) : nearest;
}

/** The greatest float32 number that is less than `value`. */
function roundDownBelow(value: number): number {
  const nearest = Math.fround(value);
  return nearest >= value ? neighbour(nearest, -1) : nearest;
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
