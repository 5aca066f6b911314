/** What a worker has at hand: it answers calls and does jobs. */
export interface Servant {
  /** What the other side is told at the beginning. */
  readonly description: unknown;
  /** Takes an argument, such as new memory, and gives an answer. */
  call(argument: unknown): unknown;
  /** Does one job, whose data lie in shared memory. */
  readonly job: () => void;
}
