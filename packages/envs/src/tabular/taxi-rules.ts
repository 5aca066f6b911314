/**
 * The rules of Dietterich's taxi (2000, "Hierarchical reinforcement learning with the MAXQ value function
 * decomposition"), as Gymnasium 1.3 has them. A state is ((row · 5 + column) · 5 + passenger) · 4 + destination; the
 * passenger waits at one of four stands (0 red, 1 green, 2 yellow, 3 blue) or sits in the taxi (4).
 */
import type { Outcome } from './outcome-tables.js';

/** Rows and columns of the town. */
export const townSize = 5;
/** Row and column of each stand: red, green, yellow, blue. */
export const stands: readonly (readonly [row: number, column: number])[] = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
];
/** The passenger's place in the taxi. */
export const inTaxi = 4;
/** States: places of the taxi, of the passenger, and destinations. */
export const taxiStateCount = 500;
/** South, north, east, west, pick up, drop off. */
export const taxiActionCount = 6;

/** For each row, the columns that have a wall on their right. */
const wallsRightOf: readonly (readonly number[])[] = [[1], [1], [], [0, 2], [0, 2]];

/** Whether a wall stands between a cell and the one on its right. */
export const hasWallRightOf = (row: number, column: number): boolean => wallsRightOf[row]!.includes(column);

/** What a state stands for. */
export interface TaxiState {
  readonly row: number;
  readonly column: number;
  readonly passenger: number;
  readonly destination: number;
}

/** The index of a state. */
export const encodeTaxi = ({ row, column, passenger, destination }: TaxiState): number =>
  ((row * townSize + column) * 5 + passenger) * 4 + destination;

/** What an index stands for. */
export function decodeTaxi(state: number): TaxiState {
  const place = Math.floor(state / 20);
  return {
    row: Math.floor(place / townSize),
    column: place % townSize,
    passenger: Math.floor(state / 4) % 5,
    destination: state % 4,
  };
}

/** South, north, east, west. */
const headings = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;
/** The headings to the left and to the right of each. */
const sides = [
  [2, 3],
  [3, 2],
  [1, 0],
  [0, 1],
] as const;

function driven({ row, column }: TaxiState, heading: number): readonly [row: number, column: number] {
  const [down, right] = headings[heading]!;
  const [nextRow, nextColumn] = [row + down, column + right];
  const isOpen = (right === 1 && !hasWallRightOf(row, column)) || (right === -1 && !hasWallRightOf(row, nextColumn)) || right === 0;
  const isInTown = nextRow >= 0 && nextRow < townSize && nextColumn >= 0 && nextColumn < townSize;
  return isOpen && isInTown ? [nextRow, nextColumn] : [row, column];
}

const standAt = (row: number, column: number): number => stands.findIndex(([r, c]) => r === row && c === column);

/**
 * What an action leads to.
 * @param straightRate probability of going straight on where the way ahead is free; the rest is shared by both sides
 */
export function taxiOutcomes(index: number, action: number, straightRate: number): Outcome[] {
  const state = decodeTaxi(index);
  const { row, column, passenger, destination } = state;
  const stand = standAt(row, column);
  if (action === 4) {
    const isThere = passenger < inTaxi && stand === passenger;
    return [{ probability: 1, nextState: isThere ? encodeTaxi({ ...state, passenger: inTaxi }) : index, reward: isThere ? -1 : -10 }];
  }
  if (action === 5) {
    if (passenger !== inTaxi || stand === -1) return [{ probability: 1, nextState: index, reward: -10 }];
    const arrives = stand === destination;
    return [{ probability: 1, nextState: encodeTaxi({ ...state, passenger: stand }), reward: arrives ? 20 : -1, ends: arrives }];
  }
  const towards = (heading: number): number => {
    const [nextRow, nextColumn] = driven(state, heading);
    return encodeTaxi({ ...state, row: nextRow, column: nextColumn });
  };
  if (straightRate === 1) return [{ probability: 1, nextState: towards(action), reward: -1 }];
  const sideRate = (1 - straightRate) / 2;
  const ahead = towards(action);
  // Before a wall the taxi stays where it is, and does not drift.
  const [left, right] = ahead === index ? [index, index] : sides[action]!.map(towards);
  return [
    { probability: straightRate, nextState: ahead, reward: -1 },
    { probability: sideRate, nextState: left!, reward: -1 },
    { probability: sideRate, nextState: right!, reward: -1 },
  ];
}

/** Which of the six actions change something in a state, 1 or 0 each: Gymnasium's `action_mask`. */
export function taxiActionMask(index: number): number[] {
  const { row, column, passenger } = decodeTaxi(index);
  const stand = standAt(row, column);
  return Array.from({ length: taxiActionCount }, (_, action) => {
    if (action === 4) return passenger < inTaxi && stand === passenger ? 1 : 0;
    if (action === 5) return passenger === inTaxi && stand !== -1 ? 1 : 0;
    return taxiOutcomes(index, action, 1)[0]!.nextState === index ? 0 : 1;
  });
}

/** Probability of starting in each state: even over all places, passengers at a stand, and other destinations. */
export function taxiStart(): Float64Array {
  return Float64Array.from({ length: taxiStateCount }, (_, index) => {
    const { passenger, destination } = decodeTaxi(index);
    return passenger < inTaxi && passenger !== destination ? 1 / 300 : 0;
  });
}
