/** The generator's contract; see `createRng` for ours. */
import type { Json } from './json.js';

/** A source of random numbers: splittable by key, serialisable, the same stream in every runtime. */
export interface Rng {
  /** A generator of its own for `key`: a function of this generator's seed and the keys that led here, not of how much was drawn. */
  split(key: string | number): Rng;
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** A whole number in [0, bound), without bias; bound in [1, 2³²]. */
  integer(bound: number): number;
  /** A standard normal draw. */
  normal(): number;
  /** Fills `out` (or its part) with standard normal draws. */
  fillNormal(out: Float32Array, start?: number, end?: number): void;
  /** Fills `out` (or its part) with uniform draws in [low, high). */
  fillUniform(out: Float32Array, low?: number, high?: number, start?: number, end?: number): void;
  /** Shuffles in place. */
  shuffle(values: Int32Array | Uint32Array | unknown[]): void;
  /** The whole state; `restore` goes on from it exactly. */
  save(): Json;
  restore(state: Json): void;
}

export { createRng } from './xoshiro.js';
