/** Reads the quadratic programs of `test/data/qp` (Maros and Mészáros 1999; sparse by columns, null = unbounded). */
import type { QuadraticProgram } from '@mbrl/control';

interface SparseColumns {
  readonly rows: number;
  readonly cols: number;
  readonly colPtr: readonly number[];
  readonly rowIndex: readonly number[];
  readonly values: readonly number[];
}

/** A program with its constant and published optimum. */
export interface QpFile {
  readonly name: string;
  readonly n: number;
  readonly m: number;
  readonly program: Required<Pick<QuadraticProgram, 'P' | 'q' | 'A' | 'l' | 'u'>>;
  readonly constant: number;
  readonly optimum: number;
}

const spread = ({ rows, cols, colPtr, rowIndex, values }: SparseColumns): Float64Array => {
  const out = new Float64Array(rows * cols);
  for (let j = 0; j < cols; j++) for (let k = colPtr[j]!; k < colPtr[j + 1]!; k++) out[rowIndex[k]! * cols + j]! += values[k]!;
  return out;
};

/** Reads the text of one file. */
export function readQpFile(text: string): QpFile {
  const file = JSON.parse(text) as {
    name: string;
    P: SparseColumns;
    A: SparseColumns;
    q: number[];
    r: number;
    l: (number | null)[];
    u: (number | null)[];
    optimum: number;
  };
  return {
    name: file.name,
    n: file.q.length,
    m: file.l.length,
    program: {
      P: spread(file.P),
      q: Float64Array.from(file.q),
      A: spread(file.A),
      l: Float64Array.from(file.l, (value) => value ?? -Infinity),
      u: Float64Array.from(file.u, (value) => value ?? Infinity),
    },
    constant: file.r,
    optimum: file.optimum,
  };
}
