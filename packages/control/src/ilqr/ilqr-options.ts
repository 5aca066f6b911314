/** Settings of iLQR and DDP, with their defaults and bounds. */
import { checkInteger, checkNumber, checkOneOf, OptionError } from '@mbrl/core';

/** How far to go along a step. */
export interface LineSearchOptions {
  /** Ratio of one step length to the one before, in (0, 1). Default 0.5. */
  readonly factor?: number;
  /** Step lengths tried, at least 1. Default 20. */
  readonly maxTrials?: number;
  /** Least ratio of actual to expected decrease, in (0, 1). Default 1e-4. */
  readonly minRatio?: number;
  /** Greatest such ratio, above 1: a decrease far beyond the model's says that the model is wrong. Default Infinity. */
  readonly maxRatio?: number;
  /** Step lengths evaluated in one call of the dynamics; the outcome is the same. Default 1; all where the dynamics are `batched`. */
  readonly parallel?: number;
}

/** What keeps a step small where the model is not convex or not to be trusted. */
export interface RegularizationOptions {
  /** Penalty on deviations of the state, of the action, or both. Default 'both'. */
  readonly on?: 'state' | 'action' | 'both';
  /** Weight at the start. Default 0. */
  readonly initial?: number;
  /** Least weight above 0. Default 1e-6. */
  readonly min?: number;
  /** Weight at which the solver gives up. Default 1e10. */
  readonly max?: number;
  /** The weight's factor grows and shrinks by this, above 1 (Tassa et al. 2012). Default 1.6. */
  readonly factor?: number;
}

/** The augmented Lagrangian's penalty. */
export interface PenaltyOptions {
  /** Above 0. Default 1. */
  readonly initial?: number;
  /** Growth where the violation does not fall fast enough, above 1. Default 10. */
  readonly factor?: number;
  /** Default 1e8. */
  readonly max?: number;
}

/** Settings of a solver. */
export interface IlqrOptions {
  /** Most iterations, over all rounds of the augmented Lagrangian. Default 200. */
  readonly maxIterations?: number;
  /**
   * Largest projected gradient at which a result counts as converged, relative to the terms it is the sum of (at least 1).
   * Default 1e-6; 1e-4 for dynamics in float32.
   */
  readonly gradientTolerance?: number;
  /** Largest violation and complementarity gap of constraints. Default 1e-6; 1e-4 for dynamics in float32. */
  readonly constraintTolerance?: number;
  /** Stops, as 'stalled', when an accepted step lowers the cost by less than this. Default 0. */
  readonly costTolerance?: number;
  /** Adds second derivatives of the dynamics to the model. Default false for `createIlqr`, true for `createDdp`. */
  readonly secondOrder?: boolean;
  readonly lineSearch?: LineSearchOptions;
  readonly regularization?: RegularizationOptions;
  readonly penalty?: PenaltyOptions;
  /**
   * Whether constrained results are refined by Newton steps on their optimality conditions. These take second derivatives of
   * the dynamics: where those are differences of a costly `linearize`, plain rounds may be cheaper. Default true.
   */
  readonly polish?: boolean;
  /** A clock in milliseconds, for deadlines. */
  readonly clock?: () => number;
}

/** All settings, checked. */
export interface IlqrSettings {
  readonly maxIterations: number;
  readonly gradientTolerance: number;
  readonly constraintTolerance: number;
  readonly costTolerance: number;
  readonly secondOrder: boolean;
  readonly factor: number;
  readonly maxTrials: number;
  readonly minRatio: number;
  readonly maxRatio: number;
  readonly parallel: number | undefined;
  readonly regularizeState: boolean;
  readonly regularizeAction: boolean;
  readonly initialRegularization: number;
  readonly minRegularization: number;
  readonly maxRegularization: number;
  readonly regularizationFactor: number;
  readonly initialPenalty: number;
  readonly penaltyFactor: number;
  readonly maxPenalty: number;
  readonly polish: boolean;
  readonly clock: (() => number) | undefined;
}

/** Fills in defaults. @throws OptionError on what is out of bounds. */
export function ilqrSettings(caller: string, options: IlqrOptions, precision: number): IlqrSettings {
  const { lineSearch = {}, regularization = {}, penalty = {} } = options;
  const tolerance = precision > 1e-10 ? 1e-4 : 1e-6;
  const on = checkOneOf(caller, 'regularization.on', regularization.on ?? 'both', ['state', 'action', 'both']);
  const min = checkNumber(caller, 'regularization.min', regularization.min ?? 1e-6, { above: 0 });
  const initialPenalty = checkNumber(caller, 'penalty.initial', penalty.initial ?? 1, { above: 0 });
  const maxTrials = checkInteger(caller, 'lineSearch.maxTrials', lineSearch.maxTrials ?? 20, { min: 1, max: 100 });
  const maxRatio = lineSearch.maxRatio ?? Infinity;
  if (!(maxRatio > 1)) throw new OptionError(`${caller}: lineSearch.maxRatio must be above 1, got ${maxRatio}`);
  return {
    maxIterations: checkInteger(caller, 'maxIterations', options.maxIterations ?? 200, { min: 0 }),
    gradientTolerance: checkNumber(caller, 'gradientTolerance', options.gradientTolerance ?? tolerance, { above: 0 }),
    constraintTolerance: checkNumber(caller, 'constraintTolerance', options.constraintTolerance ?? tolerance, { above: 0 }),
    costTolerance: checkNumber(caller, 'costTolerance', options.costTolerance ?? 0, { min: 0 }),
    secondOrder: options.secondOrder ?? false,
    factor: checkNumber(caller, 'lineSearch.factor', lineSearch.factor ?? 0.5, { above: 0, below: 1 }),
    maxTrials,
    minRatio: checkNumber(caller, 'lineSearch.minRatio', lineSearch.minRatio ?? 1e-4, { above: 0, below: 1 }),
    maxRatio,
    parallel:
      lineSearch.parallel === undefined
        ? undefined
        : checkInteger(caller, 'lineSearch.parallel', lineSearch.parallel, { min: 1, max: maxTrials }),
    regularizeState: on !== 'action',
    regularizeAction: on !== 'state',
    initialRegularization: checkNumber(caller, 'regularization.initial', regularization.initial ?? 0, { min: 0 }),
    minRegularization: min,
    maxRegularization: checkNumber(caller, 'regularization.max', regularization.max ?? 1e10, { min }),
    regularizationFactor: checkNumber(caller, 'regularization.factor', regularization.factor ?? 1.6, { above: 1 }),
    initialPenalty,
    penaltyFactor: checkNumber(caller, 'penalty.factor', penalty.factor ?? 10, { above: 1 }),
    maxPenalty: checkNumber(caller, 'penalty.max', penalty.max ?? 1e8, { min: initialPenalty }),
    polish: options.polish ?? true,
    clock: options.clock,
  };
}
