/** The state of a generator as numbers, for the snapshots of environments whose steps draw from one. */
import type { Rng } from '@mbrl/core';

/** Numbers that a generator takes in a snapshot: its key and its words. */
export const generatorSize = 8;

interface GeneratorState {
  readonly algorithm: string;
  readonly key: readonly number[];
  readonly state: readonly number[];
}

/** Writes a generator's state to `generatorSize` numbers of `into`, from `at` on. */
export function writeGenerator(rng: Rng, into: Float64Array, at: number): void {
  const { key, state } = rng.save() as unknown as GeneratorState;
  for (let i = 0; i < 4; i++) {
    into[at + i] = key[i]!;
    into[at + 4 + i] = state[i]!;
  }
}

/** Makes a generator go on from what {@link writeGenerator} wrote. @throws OptionError on words that no generator has. */
export function readGenerator(rng: Rng, from: Float64Array, at: number): void {
  const { algorithm } = rng.save() as unknown as GeneratorState;
  rng.restore({
    algorithm,
    key: [from[at]!, from[at + 1]!, from[at + 2]!, from[at + 3]!],
    state: [from[at + 4]!, from[at + 5]!, from[at + 6]!, from[at + 7]!],
  });
}
