/**
 * The iteration of iLQR and DDP: expand around the iterate, sweep backward, search forward; rounds of the augmented
 * Lagrangian around it where there are constraints (ALTRO: Howell, Jackson & Manchester 2019).
 *
 * It is a generator that yields a promise wherever the dynamics need time, and nothing else: driven synchronously it
 * costs nothing, driven asynchronously it waits.
 */
import { NumericalError } from '@mbrl/core';
import { type AugmentedLagrangian, createAugmentedLagrangian } from './augmented-lagrangian.js';
import { createBackwardPass } from './backward-pass.js';
import { createExpansion, type Expansion } from './expansion.js';
import { createGapModel } from './gap-model.js';
import type { IlqrSettings } from './ilqr-options.js';
import { createIterationLog, type IterationLog } from './iteration-log.js';
import { createPolish } from './polish.js';
import type { ResolvedProblem } from './problem.js';
import { createRegularization } from './regularization.js';
import { createRollout } from './rollout.js';
import type { Workspace } from './workspace.js';

/**
 * Why a solver ended. `converged`: gradient, constraints and complementarity within their tolerances. `iterationLimit`.
 * `stalled`: no step lowers the cost any more, though the gradient is above its tolerance (or `costTolerance` was set).
 * `infeasible`: the violation of constraints is stationary at the greatest penalty. `deadline`: time ran out.
 */
export type IlqrStatus = 'converged' | 'iterationLimit' | 'stalled' | 'infeasible' | 'deadline';

/** What the iteration left besides the arrays of its workspace. */
export interface Outcome {
  readonly status: IlqrStatus;
  readonly iterations: number;
}

/** What a run starts from: the rollout of U; X as it is, with gaps; the better rollout of U with feedback K around X and without. */
export type StartKind = 'actions' | 'states' | 'policy';

/** The iteration over one workspace. */
export interface Iteration {
  readonly log: IterationLog;
  readonly expansion: Expansion;
  readonly lagrangian: AugmentedLagrangian;
  /** Cost of the current iterate, without terms of the augmented Lagrangian. */
  cost(): number;
  /** Largest gap of the current iterate. */
  gap(): number;
  /** Runs from x₀, U and multipliers, and what else the kind of start takes. */
  run(start: { readonly from: StartKind; readonly penalty: number; readonly deadline: number }): Generator<Promise<void>, Outcome, void>;
}

/** Consecutive steps whose change of the cost is lost in rounding. */
const MAX_NOISY_STEPS = 5;
/** Rounds at the greatest penalty without progress before the problem counts as infeasible. */
const MAX_FUTILE_ROUNDS = 3;

/** Makes the iteration. */
export function createIteration(problem: ResolvedProblem, settings: IlqrSettings, w: Workspace, parallel: number): Iteration {
  const { dynamics, cost, T, n, m, rows } = problem;
  const { X, U, gaps, K, k, times, candidateCosts, x, u } = w;
  const { maxIterations, gradientTolerance, constraintTolerance, maxTrials, minRatio, maxRatio, clock } = settings;
  const lagrangian = createAugmentedLagrangian(problem, w);
  const expansion = createExpansion(problem, w, lagrangian);
  const backward = createBackwardPass(problem, w);
  const rollout = createRollout(problem, w, lagrangian);
  const gapModel = createGapModel(problem, w, settings.secondOrder);
  const regularization = createRegularization(settings);
  const polish = rows.total > 0 && settings.polish ? createPolish(problem, w, expansion, lagrangian) : undefined;
  const log = createIterationLog(maxIterations);
  const precision = dynamics.precision ?? 2 ** -53;
  const stepLengths = Float64Array.from({ length: maxTrials }, (_, i) => settings.factor ** i);
  const one = Float64Array.of(1);
  const expected = { linear: 0, quadratic: 0 };
  const total = new Float64Array(1);
  const keptK = new Float64Array(K.length);

  const totalCost = (augmented: boolean): number => {
    total[0] = 0;
    for (let t = 0; t <= T; t++) {
      for (let i = 0; i < n; i++) x[i] = X[t * n + i]!;
      for (let i = 0; i < m; i++) u[i] = t < T ? U[t * m + i]! : 0;
      total[0] = total[0]! + (t < T ? cost.stage(x, u, t) : cost.terminal(x));
      if (augmented) lagrangian.addValue(t, x, u, total, 0);
    }
    return total[0]!;
  };
  const largestGap = (): number => {
    let largest = 0;
    for (let i = 0; i < T * n; i++) largest = Math.max(largest, Math.abs(gaps[i]!));
    return largest;
  };
  const totalGap = (): number => {
    let sum = 0;
    for (let i = 0; i < T * n; i++) sum += Math.abs(gaps[i]!);
    return sum;
  };

  /** Sweeps backward: to second order where that model is convex, else to first; false where neither is. */
  const sweep = (): boolean => {
    const muX = settings.regularizeState ? regularization.weight : 0;
    const muU = settings.regularizeAction ? regularization.weight : 0;
    return (settings.secondOrder && backward.run(muX, muU, true) < 0) || backward.run(muX, muU, false) < 0;
  };

  function* roll(): Generator<Promise<void>, void, void> {
    rollout.begin(one, 0, 1, w.initial);
    for (let wait = rollout.advance(); wait !== undefined; wait = rollout.advance()) yield wait;
  }

  function* start(from: StartKind): Generator<Promise<void>, number, void> {
    if (from === 'states') {
      for (let i = 0; i < n; i++) X[i] = w.initial[i]!;
      const wait = dynamics.step(X, U, gaps, T, times);
      if (wait !== undefined) yield wait;
      for (let i = 0; i < T * n; i++) {
        const value = gaps[i]!;
        if (value - value !== 0)
          throw new NumericalError(`ilqr: the next state must be finite, got ${value} from step ${Math.floor(i / n)}`);
        gaps[i] = value - X[n + i]!;
      }
      return totalCost(true);
    }
    k.fill(0);
    gaps.fill(0);
    let withFeedback = Infinity;
    if (from === 'policy') {
      keptK.set(K);
      yield* roll();
      withFeedback = candidateCosts[0]!;
    }
    K.fill(0);
    yield* roll();
    // Feedback around a plan that no longer fits may do worse than none.
    if (from === 'policy' && !(candidateCosts[0]! <= withFeedback)) {
      K.set(keptK);
      yield* roll();
    }
    for (let i = 0; i < (T + 1) * n; i++) {
      const value = w.candidateX[i]!;
      if (value - value === 0) continue;
      const at = Math.floor(i / n) - 1;
      throw new NumericalError(`ilqr: the next state must be finite, got ${value} from step ${at} of the starting actions`);
    }
    rollout.accept(0);
    const value = totalCost(false);
    if (value - value !== 0) throw new NumericalError(`ilqr: the cost must be finite, got ${value} for the starting actions`);
    return totalCost(true);
  }

  function* expand(secondOrder = settings.secondOrder): Generator<Promise<void>, void, void> {
    const wait = expansion.dynamics();
    if (wait !== undefined) yield wait;
    expansion.finish();
    if (!secondOrder) return;
    for (let stage = 0; ; stage++) {
      const work = expansion.second(stage);
      if (work === undefined) return;
      if (work.wait !== undefined) yield work.wait;
    }
  }

  const expandSecond = (): Generator<Promise<void>, void, void> => expand(true);

  /** Rolls the iterate out, with feedback but no change of its actions. */
  function* follow(): Generator<Promise<void>, void, void> {
    k.fill(0);
    yield* roll();
    rollout.accept(0);
  }

  /** Ends a run: the gains become those of the final iterate. */
  const finish = (status: IlqrStatus, iterations: number): Outcome => {
    sweep();
    return { status, iterations };
  };

  function* run({ from, penalty, deadline }: Parameters<Iteration['run']>[0]): Generator<Promise<void>, Outcome, void> {
    const constrained = rows.total > 0;
    log.clear();
    regularization.reset();
    lagrangian.reset(penalty);
    let objective = yield* start(from);
    yield* expand();
    let gapSum = totalGap();
    let gapWeight = 0;
    let iteration = 0;
    let noisy = 0;
    let round = 1;
    let futile = 0;
    let lastResidual = Infinity;
    const loosest = constrained ? Math.max(gradientTolerance, 1e-2) : gradientTolerance;
    let tolerance = loosest;

    for (;;) {
      // Inner problem: the augmented Lagrangian with its multipliers held.
      let inner: IlqrStatus | undefined;
      while (inner === undefined) {
        const closed = gapSum <= 1e-12 * (1 + T);
        if (closed && expansion.stationarity.relative <= tolerance) inner = 'converged';
        else if (iteration === maxIterations) inner = 'iterationLimit';
        else if (clock !== undefined && clock() >= deadline) inner = 'deadline';
        if (inner !== undefined) break;
        iteration += 1;

        while (!sweep()) {
          if (!regularization.increase()) {
            inner = 'stalled';
            break;
          }
        }
        if (inner !== undefined) break;
        const weight = regularization.weight;

        expected.linear = backward.expected.linear;
        expected.quadratic = backward.expected.quadratic;
        if (gapSum > 0) {
          gapModel(expected);
          // The weight makes the whole step a descent of cost + weight × gaps by at least half of what closing them is worth.
          gapWeight = Math.max(gapWeight, (2 * Math.max(0, expected.linear + expected.quadratic)) / gapSum, 1);
        }
        const merit = objective + gapWeight * gapSum;
        const noise = 16 * precision * Math.max(1, Math.abs(objective));
        const promised = -(expected.linear + expected.quadratic) + gapWeight * gapSum;
        const unseen = promised <= noise;
        const trials = unseen ? 1 : maxTrials;

        let taken = -1;
        let alpha = 0;
        let decrease = 0;
        let promise = promised;
        for (let first = 0; first < trials && taken < 0; first += parallel) {
          const count = Math.min(parallel, trials - first);
          rollout.begin(stepLengths, first, count, w.initial);
          for (let wait = rollout.advance(); wait !== undefined; wait = rollout.advance()) yield wait;
          for (let l = 0; l < count; l++) {
            alpha = stepLengths[first + l]!;
            promise = -alpha * (expected.linear + alpha * expected.quadratic) + gapWeight * alpha * gapSum;
            decrease = merit - (candidateCosts[l]! + gapWeight * (1 - alpha) * gapSum);
            const ratio = decrease / promise;
            if (unseen ? decrease >= -noise : promise > 0 && ratio >= minRatio && ratio <= maxRatio) {
              taken = l;
              break;
            }
          }
        }

        if (taken >= 0) {
          objective = candidateCosts[taken]!;
          rollout.accept(taken);
          gapSum = totalGap();
          regularization.decrease();
          noisy = unseen ? noisy + 1 : 0;
          yield* expand();
          if (noisy > MAX_NOISY_STEPS) inner = 'stalled';
          else if (decrease < settings.costTolerance && gapSum === 0) inner = 'stalled';
        } else {
          alpha = 0;
          decrease = 0;
          if (unseen || !regularization.increase()) inner = 'stalled';
        }

        const row = log.row;
        row[0] = iteration;
        row[1] = round;
        row[2] = constrained ? totalCost(false) : objective;
        row[3] = objective + gapWeight * gapSum;
        row[4] = promise;
        row[5] = decrease;
        row[6] = alpha;
        row[7] = weight;
        row[8] = expansion.stationarity.gradient;
        row[9] = lagrangian.violation();
        row[10] = largestGap();
        row[11] = lagrangian.penalty;
        log.push();
        if (inner === 'stalled' && gapSum <= 1e-12 * (1 + T) && expansion.stationarity.relative <= tolerance) inner = 'converged';
      }

      if (!constrained || inner === 'iterationLimit' || inner === 'deadline') {
        return finish(inner, iteration);
      }
      const residual = lagrangian.residual();
      const stationary = expansion.stationarity.relative <= gradientTolerance;
      if (residual <= constraintTolerance && stationary && gapSum === 0) return finish('converged', iteration);
      if (residual <= constraintTolerance && inner === 'stalled' && tolerance === gradientTolerance) return finish('stalled', iteration);
      if (polish !== undefined && gapSum === 0 && residual <= 0.1 && expansion.stationarity.relative <= 1e-2) {
        const done = yield* polish.run({ gradient: gradientTolerance, constraint: constraintTolerance }, expandSecond, follow);
        if (done) return finish('converged', iteration);
      }
      let nextPenalty = lagrangian.penalty;
      if (residual > 0.25 * lastResidual) {
        if (nextPenalty >= settings.maxPenalty) futile += 1;
        nextPenalty = Math.min(settings.maxPenalty, nextPenalty * settings.penaltyFactor);
      } else futile = 0;
      if (futile >= MAX_FUTILE_ROUNDS) {
        return finish(residual > constraintTolerance ? 'infeasible' : 'stalled', iteration);
      }
      lastResidual = residual;
      lagrangian.update(nextPenalty);
      // To solve for multipliers more exactly than they are known is in vain.
      tolerance = Math.max(gradientTolerance, residual > constraintTolerance ? Math.min(loosest, 0.03 * residual) : 0.1 * tolerance);
      regularization.reset();
      noisy = 0;
      round += 1;
      objective = totalCost(true);
      yield* expand();
    }
  }

  return { log, expansion, lagrangian, cost: () => totalCost(false), gap: largestGap, run };
}
