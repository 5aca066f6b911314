/** The maps of the frozen lake: Gymnasium's two, and random ones that can be crossed. */
import { checkInteger, checkNumber, createRng, OptionError, type Rng } from '@mbrl/core';
import { moveWithin, fourMoves } from './grid.js';

/** How to draw a map. */
export interface RandomFrozenLakeMap {
  /** Cells along a side, at least 2. */
  readonly size: number;
  /** Probability in (0, 1] that a cell is ice and not a hole. Default 0.8. */
  readonly iceRatio?: number;
  /** Seed of the map, an integer. Default 0. */
  readonly seed?: number;
}

/** A map by name, by its lines, or drawn at random. */
export type FrozenLakeMap = '4x4' | '8x8' | readonly string[] | RandomFrozenLakeMap;

const named: { readonly [name: string]: readonly string[] } = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
};

/** Maps that are drawn before giving up. */
const greatestTries = 1000;

/** The lines of a map. @throws OptionError on a name that is not there. */
export function frozenLakeMap(map: FrozenLakeMap): readonly string[] {
  if (typeof map === 'string') {
    if (!Object.hasOwn(named, map))
      throw new OptionError(`createFrozenLake: map must be 4x4, 8x8, lines or a size, got ${JSON.stringify(map)}`);
    return named[map]!;
  }
  if (Array.isArray(map)) return map as readonly string[];
  const { size, iceRatio = 0.8, seed = 0 } = map as RandomFrozenLakeMap;
  return randomFrozenLakeMap({ size, iceRatio, rng: createRng(seed) });
}

/** Whether ice leads from the upper left to a goal. */
function canBeCrossed(cells: readonly string[], size: number): boolean {
  const seen = new Set([0]);
  for (const state of seen) {
    if (cells[state] === 'G') return true;
    for (const move of fourMoves) {
      const next = moveWithin({ rows: size, columns: size }, state, move);
      if (cells[next] !== 'H') seen.add(next);
    }
  }
  return false;
}

/**
 * Draws a map with the start in the upper left and the goal in the lower right, again and again until the goal can be
 * reached; the distribution of Gymnasium's `generate_random_map`.
 * @throws OptionError on an option outside of its bounds, or so little ice that no map can be crossed.
 */
export function randomFrozenLakeMap(options: { readonly size: number; readonly iceRatio?: number; readonly rng: Rng }): string[] {
  const caller = 'randomFrozenLakeMap';
  const { size, iceRatio = 0.8, rng } = options;
  checkInteger(caller, 'size', size, { min: 2, max: 1024 });
  checkNumber(caller, 'iceRatio', iceRatio, { above: 0, max: 1 });
  for (let tries = 0; tries < greatestTries; tries++) {
    const cells = Array.from({ length: size * size }, (): string => (rng.uniform() < iceRatio ? 'F' : 'H'));
    cells[0] = 'S';
    cells[size * size - 1] = 'G';
    if (canBeCrossed(cells, size)) return Array.from({ length: size }, (_, row) => cells.slice(row * size, (row + 1) * size).join(''));
  }
  throw new OptionError(
    `${caller}: iceRatio must let a map be crossed, got ${iceRatio} and none in ${greatestTries} maps of ${size} × ${size}`,
  );
}
