/**
 * Keys of generators: 128 bits that name a generator, and their derivation from a seed and a path of split keys.
 * Absorbing a word is `state[0] ^= word` followed by four ChaCha quarter-rounds, a permutation of the 128 bits, so two
 * parents never give the same child for one key, and the chance that two keys of one parent collide is that of
 * 96 random bits. Not a cryptographic hash. Only 32-bit integer operations: equal in every runtime.
 */
import { OptionError } from './errors.js';

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

/** Applies `rounds` ChaCha quarter-rounds (RFC 8439, section 2.1) to the four words in place. */
export function permute(state: Int32Array, rounds: number): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < rounds; i++) {
    a = (a + b) | 0;
    d = rotate(d ^ a, 16);
    c = (c + d) | 0;
    b = rotate(b ^ c, 12);
    a = (a + b) | 0;
    d = rotate(d ^ a, 8);
    c = (c + d) | 0;
    b = rotate(b ^ c, 7);
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

const absorb = (state: Int32Array, word: number): void => {
  state[0]! ^= word;
  permute(state, 4);
};

/** The key from which seeds are derived: the first 128 bits of the fraction of π. */
export const rootKey: Int32Array = Int32Array.of(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344);

/**
 * Derives the key of a child. Numbers and strings never meet: `7` and `'7'` give different children.
 * @param caller names the function in error messages
 * @param what names the argument in error messages
 * @throws OptionError on a number that is not a safe integer, or on anything but a number or a string.
 */
export function deriveKey(parent: Int32Array, key: string | number, caller: string, what: string): Int32Array {
  const state = Int32Array.from(parent);
  if (typeof key === 'number') {
    if (!Number.isSafeInteger(key)) throw new OptionError(`${caller}: ${what} must be a string or a safe integer, got ${key}`);
    absorb(state, 1);
    absorb(state, key | 0);
    absorb(state, Math.floor(key / 0x1_0000_0000) | 0);
  } else if (typeof key === 'string') {
    absorb(state, 2);
    absorb(state, key.length);
    for (let i = 0; i < key.length; i++) absorb(state, key.charCodeAt(i));
  } else {
    throw new OptionError(`${caller}: ${what} must be a string or a safe integer, got ${String(key)}`);
  }
  permute(state, 8);
  return state;
}
