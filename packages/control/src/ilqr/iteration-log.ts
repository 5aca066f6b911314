/** What happened in each iteration of a solver: kept in flat columns while it runs, handed out as records. */

/** One iteration. */
export interface IterationRecord {
  /** Counted from 1. */
  readonly iteration: number;
  /** Round of the augmented Lagrangian, counted from 1. */
  readonly round: number;
  /** Cost of the trajectory after the iteration, without terms of the augmented Lagrangian. */
  readonly cost: number;
  /** What the line search lowers: the cost, with those terms and the weight of gaps. */
  readonly merit: number;
  /** Decrease of the merit that the quadratic model promised at the step length taken. */
  readonly expectedDecrease: number;
  /** Decrease found. */
  readonly actualDecrease: number;
  /** Step length taken; 0 where none was accepted. */
  readonly stepLength: number;
  /** Weight of the regularisation in this iteration. */
  readonly regularization: number;
  /** Projected gradient, its largest component, after the iteration. */
  readonly gradientNorm: number;
  /** Largest violation of a constraint after the iteration. */
  readonly constraintViolation: number;
  /** Largest gap between a state and what the dynamics lead to. */
  readonly gap: number;
  /** Penalty of the augmented Lagrangian. */
  readonly penalty: number;
}

const FIELDS = [
  'iteration',
  'round',
  'cost',
  'merit',
  'expectedDecrease',
  'actualDecrease',
  'stepLength',
  'regularization',
  'gradientNorm',
  'constraintViolation',
  'gap',
  'penalty',
] as const satisfies readonly (keyof IterationRecord)[];

/** Rows of numbers in the order of {@link IterationRecord}. */
export interface IterationLog {
  /** One row to fill, in that order, before {@link IterationLog.push}. */
  readonly row: Float64Array;
  clear(): void;
  push(): void;
  records(): IterationRecord[];
}

/** Makes a log for `capacity` iterations. */
export function createIterationLog(capacity: number): IterationLog {
  const width = FIELDS.length;
  const rows = new Float64Array(capacity * width);
  const row = new Float64Array(width);
  let count = 0;
  return {
    row,
    clear() {
      count = 0;
    },
    push() {
      if (count === capacity) return;
      for (let i = 0; i < width; i++) rows[count * width + i] = row[i]!;
      count += 1;
    },
    records: () =>
      Array.from(
        { length: count },
        (_, at) => Object.fromEntries(FIELDS.map((field, i) => [field, rows[at * width + i]!])) as unknown as IterationRecord,
      ),
  };
}
