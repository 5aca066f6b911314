/**
 * Discrete-time dynamics x⁺ = f(t, x, u) in float64, with n state and m action components: what every controller of
 * this package acts on. Points come in batches, so that a compiled network is called once for a whole trajectory or
 * for all step lengths of a line search; dynamics in plain JavaScript loop over the batch.
 */

/** Dynamics with derivatives. All arrays are flat and row-major; the caller owns them, and outputs are overwritten. */
export interface Dynamics {
  /** n. */
  readonly stateSize: number;
  /** m. */
  readonly actionSize: number;
  /**
   * Rounding unit of what `step` computes in: 2⁻⁵³ (the default) or, for float32 networks, 2⁻²⁴. Solvers do not ask
   * for decreases below it.
   */
  readonly precision?: number;
  /**
   * Whether a call with many points costs about as much as with one, as with compiled networks: solvers then try all step
   * lengths in one call. Default false.
   */
  readonly batched?: boolean;
  /**
   * Writes next states `[count, n]` for states `[count, n]` and actions `[count, m]`; the arrays may be longer.
   * @param times step index of each point, `[count]`; stationary dynamics ignore it
   * @returns a promise where the work is asynchronous; the arrays stay untouched by others until it settles
   */
  step(states: Float64Array, actions: Float64Array, next: Float64Array, count: number, times: Int32Array): void | Promise<void>;
  /** Writes the derivatives by the state, A `[count, n, n]`, and by the action, B `[count, n, m]`. */
  linearize(
    states: Float64Array,
    actions: Float64Array,
    A: Float64Array,
    B: Float64Array,
    count: number,
    times: Int32Array,
  ): void | Promise<void>;
  /**
   * Writes the second derivatives contracted with a multiplier λ `[count, n]`: Σᵢ λᵢ ∇²fᵢ as `[count, n+m, n+m]`, for
   * full second-order methods. Absent: those fall back on differences of `linearize`.
   */
  contractSecond?(
    states: Float64Array,
    actions: Float64Array,
    multipliers: Float64Array,
    hessians: Float64Array,
    count: number,
    times: Int32Array,
  ): void | Promise<void>;
}
