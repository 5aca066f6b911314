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

const WIDTH = 12;

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
  const width = WIDTH;
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
      Array.from({ length: count }, (_, index) => {
        const at = index * width;
        return {
          iteration: rows[at]!,
          round: rows[at + 1]!,
          cost: rows[at + 2]!,
          merit: rows[at + 3]!,
          expectedDecrease: rows[at + 4]!,
          actualDecrease: rows[at + 5]!,
          stepLength: rows[at + 6]!,
          regularization: rows[at + 7]!,
          gradientNorm: rows[at + 8]!,
          constraintViolation: rows[at + 9]!,
          gap: rows[at + 10]!,
          penalty: rows[at + 11]!,
        };
      }),
  };
}
