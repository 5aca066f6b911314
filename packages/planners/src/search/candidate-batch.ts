/** The candidates of one iteration and what is found out about them, on buffers that are made once. */

/** N candidates of D = H·A numbers, with their returns. */
export interface CandidateBatch {
  /** N. */
  readonly count: number;
  /** `[N, D]` */
  readonly candidates: Float32Array;
  /** `[N]`, as the evaluator gave them. */
  readonly returns: Float32Array;
  /** `[N]`, the returns with −Infinity for those that are not finite. */
  readonly scores: Float64Array;
  /** `[k]`, rows of the greatest scores, best first. */
  readonly elites: Int32Array;
}

/**
 * Makes batches of the given sizes that share one set of buffers: only one is in use at a time.
 * @param counts N of each batch
 * @param eliteCount k of each batch, at most its N
 * @param size D
 */
export function createBatches(counts: readonly number[], eliteCount: number, size: number): CandidateBatch[] {
  const greatest = Math.max(...counts);
  const candidates = new Float32Array(greatest * size);
  const returns = new Float32Array(greatest);
  const scores = new Float64Array(greatest);
  const elites = new Int32Array(Math.min(eliteCount, greatest));
  const bySize = new Map<number, CandidateBatch>();
  for (const count of counts) {
    const isWhole = count === greatest;
    bySize.set(count, {
      count,
      candidates: isWhole ? candidates : candidates.subarray(0, count * size),
      returns: isWhole ? returns : returns.subarray(0, count),
      scores: isWhole ? scores : scores.subarray(0, count),
      elites: elites.length <= count ? elites : elites.subarray(0, count),
    });
  }
  return counts.map((count) => bySize.get(count)!);
}
