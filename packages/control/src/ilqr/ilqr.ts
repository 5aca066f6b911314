/**
 * iLQR (Li & Todorov 2004; Gauss–Newton model of the dynamics) and DDP (Jacobson & Mayne 1970; full second order),
 * control-limited (Tassa, Mansard & Todorov 2014), feasibility-driven (Mastalli et al. 2020), and constrained by an
 * augmented Lagrangian (Howell, Jackson & Manchester 2019).
 *
 * Second order uses the costates as multipliers of the dynamics' second derivatives, not the value's gradient: so all of
 * them are evaluated in one call, and the step is Newton's on the total cost (Dunn & Bertsekas 1989).
 */
import { checkNumber, LifecycleError, NumericalError, OptionError, ShapeError, UnsupportedError } from '@mbrl/core';
import { ilqrSettings, type IlqrOptions } from './ilqr-options.js';
import { createIteration, type IlqrStatus, type Outcome } from './iterate.js';
import type { IterationRecord } from './iteration-log.js';
import { type OptimalControlProblem, resolveProblem } from './problem.js';
import { createWorkspace } from './workspace.js';

/** Where to start. n state and m action components, T steps, C constraint rows. */
export interface IlqrStart {
  /** x₀ `[n]`. */
  readonly initialState: ArrayLike<number>;
  /** `[T, m]`; clamped to the bounds. Default: zeros, clamped. */
  readonly actions?: ArrayLike<number>;
  /**
   * `[T+1, n]`: states to start from that need not follow from the actions; the gaps are closed along the way. The first is
   * replaced by `initialState`. Default: the rollout of `actions`.
   */
  readonly states?: ArrayLike<number>;
  /**
   * Feedback gains `[T, m, n]`: the start is then the rollout of uₜ + Kₜ(x − xₜ) around `states`, which must be given, or that
   * of uₜ where it costs less, and has no gaps. For unstable systems whose first state is not quite the expected one. Default: none.
   */
  readonly gains?: ArrayLike<number>;
  /** Multipliers `[C]` of an earlier result. Default: zeros. */
  readonly multipliers?: ArrayLike<number>;
  /** Penalty of an earlier result. Default: the settings' `penalty.initial`. */
  readonly penalty?: number;
  /** Reading of the settings' `clock`, which it needs, at which to stop with what there is, milliseconds. Default: none. */
  readonly deadline?: number;
}

/** What a solver found. Arrays are the caller's. */
export interface IlqrResult {
  readonly status: IlqrStatus;
  /** `[T+1, n]`. */
  readonly states: Float64Array;
  /** `[T, m]`. */
  readonly actions: Float64Array;
  /** Feedback gains K `[T, m, n]` of u = uₜ + Kₜ(x − xₜ), of a backward pass over the result. */
  readonly gains: Float64Array;
  /** Total cost of states and actions. */
  readonly cost: number;
  /** Costates `[T+1, n]`: derivative of what follows by the state; multipliers of the dynamics. */
  readonly costates: Float64Array;
  /** Multipliers of the constraint rows `[C]`: step by step, within a step in the order given. At least 0 for inequalities. */
  readonly multipliers: Float64Array;
  /** Penalty at the end, for a warm start. */
  readonly penalty: number;
  /** Largest component of the projected gradient of the Lagrangian by the actions. */
  readonly gradientNorm: number;
  /** The same, relative to the terms it is the sum of (at least 1): what `gradientTolerance` is compared with. */
  readonly relativeGradient: number;
  /** Largest violation of a constraint. */
  readonly constraintViolation: number;
  /** Largest difference between a state and what the dynamics lead to; 0 except where a start from states was cut short. */
  readonly gap: number;
  readonly iterations: number;
  readonly log: readonly IterationRecord[];
}

/** A solver of one problem; its arrays are made once and used by each solve. */
export interface IlqrSolver {
  readonly stateSize: number;
  readonly actionSize: number;
  readonly horizon: number;
  /** Number of constraint rows C. */
  readonly rowCount: number;
  /**
   * Solves where the dynamics are synchronous.
   * @throws ShapeError on wrong sizes, OptionError on a deadline without a clock, NumericalError where dynamics or cost are not finite at the start or have derivatives
   * that are not, UnsupportedError where the dynamics are asynchronous.
   */
  solve(start: IlqrStart): IlqrResult;
  /** The same for dynamics of either kind. @throws (rejects) LifecycleError where another solve is under way. */
  solveAsync(start: IlqrStart): Promise<IlqrResult>;
}

function fill(caller: string, name: string, values: ArrayLike<number>, into: Float64Array): void {
  if (values.length !== into.length) throw new ShapeError(`${caller}: ${name} must have ${into.length} elements, got ${values.length}`);
  for (let i = 0; i < into.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) throw new NumericalError(`${caller}: ${name} must be finite, got ${value} at ${i}`);
    into[i] = value;
  }
}

function createSolver(caller: string, problem: OptimalControlProblem, options: IlqrOptions): IlqrSolver {
  const resolved = resolveProblem(caller, problem);
  const { dynamics, T, n, m, low, high, rows } = resolved;
  const settings = ilqrSettings(caller, options, dynamics.precision ?? 2 ** -53);
  const parallel = settings.parallel ?? (dynamics.batched === true ? settings.maxTrials : 1);
  const w = createWorkspace(resolved, parallel, settings.secondOrder || (rows.total > 0 && settings.polish));
  const iteration = createIteration(resolved, settings, w, parallel);

  const begin = (start: IlqrStart): Generator<Promise<void>, Outcome, void> => {
    const { X, U, multipliers } = w;
    if (start.actions) fill('solve', 'actions', start.actions, U);
    else U.fill(0);
    for (let i = 0; i < T * m; i++) U[i] = Math.min(high[i % m]!, Math.max(low[i % m]!, U[i]!));
    if (start.states) fill('solve', 'states', start.states, X);
    if (start.gains) {
      if (!start.states) throw new OptionError('solve: states must be given with gains, got none');
      fill('solve', 'gains', start.gains, w.K);
    }
    fill('solve', 'initialState', start.initialState, w.initial);
    if (start.multipliers) fill('solve', 'multipliers', start.multipliers, multipliers);
    else multipliers.fill(0);
    const penalty = checkNumber('solve', 'penalty', start.penalty ?? settings.initialPenalty, { above: 0 });
    const deadline = start.deadline ?? Infinity;
    if (Number.isNaN(deadline)) throw new OptionError('solve: deadline must be a number, got NaN');
    if (deadline < Infinity && settings.clock === undefined) throw new OptionError('solve: clock must be given with a deadline, got none');
    const from = start.gains ? 'policy' : start.states ? 'states' : 'actions';
    return iteration.run({ from, penalty, deadline });
  };
  const finish = ({ status, iterations }: Outcome): IlqrResult => {
    const multipliers = new Float64Array(rows.total);
    iteration.lagrangian.firstOrder(multipliers);
    const { gradient, relative } = iteration.expansion.stationarity;
    return {
      status,
      states: w.X.slice(),
      actions: w.U.slice(),
      gains: w.K.slice(),
      cost: iteration.cost(),
      costates: w.costates.slice(),
      multipliers,
      penalty: iteration.lagrangian.penalty,
      gradientNorm: gradient,
      relativeGradient: relative,
      constraintViolation: iteration.lagrangian.violation(),
      gap: iteration.gap(),
      iterations,
      log: iteration.log.records(),
    };
  };

  let busy = false;
  const idle = (caller: string): void => {
    if (busy) throw new LifecycleError(`${caller}: must wait for the solve that is under way`);
  };

  return {
    stateSize: n,
    actionSize: m,
    horizon: T,
    rowCount: rows.total,
    solve(start) {
      idle('solve');
      const step = begin(start).next();
      if (step.done !== true) {
        step.value.catch(() => undefined);
        throw new UnsupportedError('solve: dynamics must be synchronous, got a promise; use solveAsync');
      }
      return finish(step.value);
    },
    async solveAsync(start) {
      idle('solveAsync');
      const work = begin(start);
      busy = true;
      try {
        for (let step = work.next(); ; step = work.next()) {
          if (step.done === true) return finish(step.value);
          await step.value;
        }
      } finally {
        busy = false;
      }
    },
  };
}

/**
 * Makes an iLQR solver: the dynamics are modelled to first order.
 * @throws OptionError or ShapeError on what does not fit.
 */
export function createIlqr(problem: OptimalControlProblem, options: IlqrOptions = {}): IlqrSolver {
  return createSolver('createIlqr', problem, options);
}

/**
 * Makes a DDP solver: the dynamics are modelled to second order, and convergence is quadratic.
 * @throws OptionError or ShapeError on what does not fit.
 */
export function createDdp(problem: OptimalControlProblem, options: IlqrOptions = {}): IlqrSolver {
  return createSolver('createDdp', problem, { secondOrder: true, ...options });
}
