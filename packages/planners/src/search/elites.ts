/** Ranking of candidates: which have the greatest returns. */

/** Whether candidate `a` ranks before `b`: the greater return, and of equal ones the lower index. */
function before(scores: Float64Array, a: number, b: number): boolean {
  const difference = scores[a]! - scores[b]!;
  return difference > 0 || (!(difference < 0) && scores[a]! === scores[b]! && a < b);
}

/** Lets the entry at `position` sink until the worst of `heap[0 … size)` is at the front again. */
function sink(scores: Float64Array, heap: Int32Array, position: number, size: number): void {
  const entry = heap[position]!;
  for (;;) {
    let child = 2 * position + 1;
    if (child >= size) break;
    if (child + 1 < size && before(scores, heap[child]!, heap[child + 1]!)) child++;
    if (!before(scores, entry, heap[child]!)) break;
    heap[position] = heap[child]!;
    position = child;
  }
  heap[position] = entry;
}

/**
 * Copies `returns` into `scores` with every non-finite value replaced by −Infinity, so that it ranks last.
 * @returns how many were not finite.
 */
export function scoreReturns(returns: Float32Array, scores: Float64Array): number {
  let nonFiniteCount = 0;
  for (let i = 0; i < returns.length; i++) {
    const value = returns[i]!;
    // Only a finite value differs from itself by zero.
    if (value - value === 0) scores[i] = value;
    else {
      scores[i] = -Infinity;
      nonFiniteCount++;
    }
  }
  return nonFiniteCount;
}

/**
 * Gives the mean over the D numbers of a plan of the elites' standard deviation (divisor k).
 * @param candidates `[N, D]`
 * @param eliteCount k, how many of `elites` take part; 0 gives 0
 */
export function eliteSpread(candidates: Float32Array, elites: Int32Array, eliteCount: number, size: number): number {
  if (eliteCount === 0) return 0;
  let sum = 0;
  for (let d = 0; d < size; d++) {
    let mean = 0;
    for (let e = 0; e < eliteCount; e++) mean += candidates[elites[e]! * size + d]!;
    mean /= eliteCount;
    let squares = 0;
    for (let e = 0; e < eliteCount; e++) squares += (candidates[elites[e]! * size + d]! - mean) ** 2;
    sum += Math.sqrt(squares / eliteCount);
  }
  return sum / size;
}

/**
 * Writes the indices of the greatest scores, best first, into `elites`. Equal scores rank by lower index, so the
 * result does not depend on how it is found: a heap of the best so far, O(N log k), with nothing allocated.
 * @param scores `[N]`, no NaN
 * @param elites filled with k ≤ N indices
 */
export function selectElites(scores: Float64Array, elites: Int32Array): void {
  const count = elites.length;
  for (let i = 0; i < count; i++) elites[i] = i;
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(scores, elites, i, count);
  for (let i = count; i < scores.length; i++) {
    if (before(scores, i, elites[0]!)) {
      elites[0] = i;
      sink(scores, elites, 0, count);
    }
  }
  for (let size = count - 1; size > 0; size--) {
    const worst = elites[0]!;
    elites[0] = elites[size]!;
    elites[size] = worst;
    sink(scores, elites, 0, size);
  }
}
