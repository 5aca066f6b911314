/**
 * What a plan is scored by beyond the task's reward, all of it inside the compiled program.
 *
 * Symbols: H horizon, P particles, γ discount, G_p return of particle p, a_t action, u_t disagreement at step t: the
 * root mean square over the observation's components of the members' standard deviation about their mean, each in units
 * of the greatest standard deviation that the model predicts for it, so that no unit of measurement matters.
 */
import { checkNumber, checkOneOf, OptionError, type TensorLike } from '@mbrl/core';
import type { ArrayTree, TensorTree } from '@mbrl/jit';

/** The value of where the horizon ends, so that a short horizon sees beyond itself. */
export interface TerminalValue {
  /** Values `[B]` of observations `[B, O]`, in plain TensorFlow.js ops. */
  readonly apply: (observation: TensorLike, parameters: TensorTree) => TensorLike;
  /** The parameters of `apply` at the time of a call; shapes stay the same. Default: none, an empty list. */
  readonly parameters?: () => ArrayTree;
}

/**
 * How the returns of a candidate's particles become one number:
 * - `mean`: their mean
 * - `deviation`: mean − weight · standard deviation (a negative weight seeks risk)
 * - `cvar`: the conditional value at risk: mean of the worst share of the particles, at least one
 */
export type Risk =
  | { readonly kind: 'mean' }
  | { readonly kind: 'deviation'; readonly weight: number }
  | { readonly kind: 'cvar'; readonly share: number };

/** A bound on the probability that something happens on the way: P(unsafe at any step) ≤ maximumProbability. */
export interface Chance {
  /** Whether each transition is unsafe, `[B]` bool. */
  readonly unsafe: (observation: TensorLike, action: TensorLike, nextObservation: TensorLike) => TensorLike;
  /** Share of particles that may be unsafe, in [0, 1). */
  readonly maximumProbability: number;
  /** Taken off the return for each unit of probability above that, at least 0. */
  readonly penalty: number;
}

/** What the members' disagreement u_t costs, earns or ends. Needs a model with at least two predicting members. */
export interface Disagreement {
  /** Taken off the reward of each step times u_t, at least 0 (MOPO, Yu et al. 2020). Default 0. */
  readonly penalty?: number;
  /** Added to the reward of each step times u_t², at least 0: a bonus for epistemic variance, to explore by. Default 0. */
  readonly bonus?: number;
  /** A particle ends at the step where u_t exceeds this, above 0 (MOReL, Kidambi et al. 2020). Default: never. */
  readonly bound?: number;
  /** Reward of the step that exceeds the bound, in place of the task's. Default 0. */
  readonly boundReward?: number;
}

/** What a plan is scored by. The default is the mean over particles of the plain sum of rewards. */
export interface PlanObjective {
  /** γ in (0, 1]. Default 1. */
  readonly discount?: number;
  /** Reward of a step that ends the episode, in place of the task's: 0 to earn nothing by it, less to shun it. Default: the task's. */
  readonly endingReward?: number;
  /** Added at the horizon, discounted by γ^H, for particles that have not ended. Default: nothing. */
  readonly terminalValue?: TerminalValue;
  /** Taken off times Σ_t γ^t ‖a_t‖², at least 0. Default 0. */
  readonly actionPenalty?: number;
  /** Taken off times Σ_t γ^t ‖a_t − a_{t−1}‖², at least 0. Default 0. */
  readonly ratePenalty?: number;
  /** The action before the first, `[A]`, for the rate penalty; without it the first step has no rate. */
  readonly previousAction?: () => ArrayLike<number>;
  /** Default `{ kind: 'mean' }`. */
  readonly risk?: Risk;
  /** Default: none. */
  readonly chance?: Chance;
  /** Default: none. */
  readonly disagreement?: Disagreement;
}

/**
 * Checks an objective.
 * @param memberCount members whose disagreement can be told; 1 for a known model
 * @throws OptionError on a value outside of its bounds, and on `disagreement` where no members disagree.
 */
export function checkObjective(caller: string, objective: PlanObjective, memberCount: number): PlanObjective {
  const { discount, endingReward, terminalValue, actionPenalty, ratePenalty, previousAction, risk, chance, disagreement } = objective;
  if (discount !== undefined) checkNumber(caller, 'objective.discount', discount, { above: 0, max: 1 });
  if (endingReward !== undefined) checkNumber(caller, 'objective.endingReward', endingReward);
  if (actionPenalty !== undefined) checkNumber(caller, 'objective.actionPenalty', actionPenalty, { min: 0 });
  if (ratePenalty !== undefined) checkNumber(caller, 'objective.ratePenalty', ratePenalty, { min: 0 });
  if (previousAction !== undefined) checkFunction(caller, 'objective.previousAction', previousAction);
  if (terminalValue !== undefined) checkFunction(caller, 'objective.terminalValue.apply', terminalValue.apply);
  if (risk !== undefined) {
    checkOneOf(caller, 'objective.risk.kind', risk.kind, ['mean', 'deviation', 'cvar']);
    if (risk.kind === 'deviation') checkNumber(caller, 'objective.risk.weight', risk.weight);
    if (risk.kind === 'cvar') checkNumber(caller, 'objective.risk.share', risk.share, { above: 0, max: 1 });
  }
  if (chance !== undefined) {
    checkFunction(caller, 'objective.chance.unsafe', chance.unsafe);
    checkNumber(caller, 'objective.chance.maximumProbability', chance.maximumProbability, { min: 0, below: 1 });
    checkNumber(caller, 'objective.chance.penalty', chance.penalty, { min: 0 });
  }
  if (disagreement !== undefined) {
    const { penalty, bonus, bound, boundReward } = disagreement;
    if (memberCount < 2) {
      throw new OptionError(`${caller}: objective.disagreement must have a model with at least 2 predicting members, got ${memberCount}`);
    }
    if (penalty !== undefined) checkNumber(caller, 'objective.disagreement.penalty', penalty, { min: 0 });
    if (bonus !== undefined) checkNumber(caller, 'objective.disagreement.bonus', bonus, { min: 0 });
    if (bound !== undefined) checkNumber(caller, 'objective.disagreement.bound', bound, { above: 0 });
    if (boundReward !== undefined) checkNumber(caller, 'objective.disagreement.boundReward', boundReward);
  }
  return objective;
}

/** Particles in the worst share of P, at least one. */
export function worstCount(share: number, particleCount: number): number {
  // A product such as 0.07 · 100 lies above 7 by its last digit, which is no further particle.
  return Math.max(1, Math.ceil(share * particleCount * (1 - 4 * Number.EPSILON)));
}

function checkFunction(caller: string, name: string, value: unknown): void {
  if (typeof value !== 'function') throw new OptionError(`${caller}: ${name} must be a function, got ${String(value)}`);
}
