/** What a run of the interior-point method is told, and how it ends. */

/** Options of one run. */
export interface InteriorPointSettings {
  readonly maxIterations: number;
  /** Bound on violation, stationarity and gap in the units of the original problem. */
  readonly tolerance: number;
  /** ρ. */
  readonly primalProximity: number;
  /** δ. */
  readonly dualProximity: number;
  /** Asked near the end, with the best iterate in `x`, `y`, `active`; true, with these replaced by the solution, ends the run as `converged`. */
  readonly tryFinish: () => boolean;
  /** Asked before every step; true ends the run as `iterationLimit`. */
  readonly shouldStop: () => boolean;
  /** Asked now and then with the iterate in original units; true ends the run as `certified`. */
  readonly isCertificate: (x: Float64Array, y: Float64Array) => boolean;
}

/** How a run ended. */
export type InteriorPointEnd = 'converged' | 'stalled' | 'certified' | 'iterationLimit';
