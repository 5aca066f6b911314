/**
 * How uncertainty is carried along a rollout (Chua et al. 2018, section 5). P particles follow each of N candidates;
 * the rows of a rollout are ordered particle-major (row p·N + n) and dealt to the E members in equal blocks.
 *
 * - `tsInfinity`: a particle stays with its member for the whole horizon, so the member's error is one consistent
 *   possible world. With fewer particles than members, candidates are judged by different ones.
 * - `ts1`: rows are dealt to members anew at each step.
 * - `expectation`: one particle, the mean of all members' means; no noise.
 * - `momentMatching`: after each step the particles of a candidate are redrawn from the normal distribution with
 *   their mean and variance.
 */
/** Names of the ways to propagate. */
export type Propagation = 'ts1' | 'tsInfinity' | 'expectation' | 'momentMatching';

/** All of them. */
export const PROPAGATIONS: readonly Propagation[] = ['ts1', 'tsInfinity', 'expectation', 'momentMatching'];

/** Sizes of a rollout. */
export interface RolloutLayout {
  /** Candidates N. */
  readonly populationSize: number;
  /** Particles P of each candidate; one for `expectation`. */
  readonly particleCount: number;
  /** Members E. */
  readonly memberCount: number;
  /** Rows in all: N · P. */
  readonly rowCount: number;
}

/**
 * Lays rows out. Where the rows cannot be dealt to the members in equal blocks, there are more candidates than asked for,
 * as few as will do; their results count for nothing.
 */
export function rolloutLayout(populationSize: number, particleCount: number, memberCount: number, propagation: Propagation): RolloutLayout {
  if (propagation === 'expectation') return { populationSize, particleCount: 1, memberCount, rowCount: populationSize };
  let filled = populationSize;
  while ((filled * particleCount) % memberCount !== 0) filled++;
  return { populationSize: filled, particleCount, memberCount, rowCount: filled * particleCount };
}
