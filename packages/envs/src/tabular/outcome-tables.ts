/**
 * Building and checking the tables of a finite Markov decision process. An outcome is a way that an action can turn
 * out: a next state with its probability, reward, and whether the episode ends there.
 *
 * Symbols: S states, A actions, P[s][a][s′] probabilities, R rewards.
 */
import { checkInteger, checkTabularModel, ShapeError, type TabularModel } from '@mbrl/core';

/** One way that an action can turn out. */
export interface Outcome {
  readonly probability: number;
  readonly nextState: number;
  readonly reward: number;
  /** Whether the episode ends there; false when absent. */
  readonly ends?: boolean;
}

/** What {@link tabularModelFromOutcomes} is made of. */
export interface OutcomeTables {
  readonly stateCount: number;
  readonly actionCount: number;
  /** Discount γ in [0, 1]. Default 1. */
  readonly discount?: number;
  /** The outcomes of an action in a state; none where it cannot be taken. */
  readonly outcomes: (state: number, action: number) => readonly Outcome[];
  /** Where an episode starts: one state, or the probability of each, `[S]`. */
  readonly start: number | ArrayLike<number>;
}

const greatestStateCount = 2 ** 24;

/**
 * Makes a tabular model from a function that lists outcomes.
 * @throws OptionError when probabilities are negative or do not sum to 1, or a next state is out of range; ShapeError
 * on start probabilities of a wrong length.
 */
export function tabularModelFromOutcomes(tables: OutcomeTables): TabularModel {
  const caller = 'tabularModelFromOutcomes';
  const stateCount = checkInteger(caller, 'stateCount', tables.stateCount, { min: 1, max: greatestStateCount });
  const actionCount = checkInteger(caller, 'actionCount', tables.actionCount, { min: 1 });
  const offsets = new Int32Array(stateCount * actionCount + 1);
  const listed: Outcome[] = [];
  for (let state = 0; state < stateCount; state++) {
    for (let action = 0; action < actionCount; action++) {
      listed.push(...tables.outcomes(state, action));
      offsets[state * actionCount + action + 1] = listed.length;
    }
  }
  const model: TabularModel = {
    stateCount,
    actionCount,
    discount: tables.discount ?? 1,
    offsets,
    // Not straight into Int32Array, which would wrap or cut what does not fit instead of letting it be refused.
    nextStates: Int32Array.from(listed, ({ nextState }, i) =>
      checkInteger(caller, `nextState of outcome ${i}`, nextState, { min: 0, max: stateCount - 1 }),
    ),
    probabilities: Float64Array.from(listed, ({ probability }) => probability),
    rewards: Float64Array.from(listed, ({ reward }) => reward),
    endings: Uint8Array.from(listed, ({ ends }) => (ends === true ? 1 : 0)),
    startProbabilities: startVector(caller, tables.start, stateCount),
  };
  return checkTabularModel(caller, model);
}

function startVector(caller: string, start: number | ArrayLike<number>, stateCount: number): Float64Array {
  if (typeof start !== 'number') return Float64Array.from(start);
  const vector = new Float64Array(stateCount);
  vector[checkInteger(caller, 'start', start, { min: 0, max: stateCount - 1 })] = 1;
  return vector;
}

/** Tables as they stand in textbooks. */
export interface DenseTables {
  /** Probability of each next state, `P[s][a][s′]`; an action whose row is all zeros cannot be taken in that state. */
  readonly P: readonly (readonly (readonly number[])[])[];
  /** Reward by state and action, `R[s][a]`, or by next state too, `R[s][a][s′]`. */
  readonly R: readonly (readonly (number | readonly number[])[])[];
  /** Discount γ in [0, 1]. Default 1. */
  readonly discount?: number;
  /** Where an episode starts: one state, or the probability of each, `[S]`. Default state 0. */
  readonly start?: number | readonly number[];
  /** States whose entry ends the episode. Default none. */
  readonly terminalStates?: readonly number[];
}

/**
 * Makes a tabular model from dense tables.
 * @throws ShapeError when the tables' sizes differ; OptionError on a terminal state or start out of range, or on what
 * {@link checkTabularModel} refuses.
 */
export function tabularModelFromTables(tables: DenseTables): TabularModel {
  const caller = 'tabularModelFromTables';
  const { P, R, discount = 1, start = 0, terminalStates = [] } = tables;
  const stateCount = P.length;
  const actionCount = P[0]?.length ?? 0;
  if (stateCount === 0 || actionCount === 0) throw new ShapeError(`${caller}: P must have at least one state and one action`);
  const checkSize = (name: string, list: readonly unknown[] | undefined, size: number): void => {
    if (list?.length !== size) throw new ShapeError(`${caller}: ${name} must have ${size} entries, got ${list?.length ?? 'none'}`);
  };
  checkSize('R', R, stateCount);
  const terminal = new Set(terminalStates.map((state) => checkInteger(caller, 'terminalStates', state, { min: 0, max: stateCount - 1 })));
  return tabularModelFromOutcomes({
    stateCount,
    actionCount,
    discount,
    start,
    outcomes: (state, action) => {
      checkSize(`P[${state}]`, P[state], actionCount);
      checkSize(`R[${state}]`, R[state], actionCount);
      const row = P[state]![action]!;
      const reward = R[state]![action]!;
      checkSize(`P[${state}][${action}]`, row, stateCount);
      if (typeof reward !== 'number') checkSize(`R[${state}][${action}]`, reward, stateCount);
      return row.flatMap((probability, nextState) =>
        probability === 0
          ? []
          : [{ probability, nextState, reward: typeof reward === 'number' ? reward : reward[nextState]!, ends: terminal.has(nextState) }],
      );
    },
  });
}
