/** Plays one episode in closed loop and keeps every plan of it: what it expected, and how it was found. */
import { type Environment, OptionError, type PlanDiagnostics, type Planner, type Rng, type SequenceEvaluator } from '@mbrl/core';
import { createMpc } from '@mbrl/planners';
import { playEpisode, type PlayedSteps } from '../show/play-episode.js';

/** What one plan expected, by component of the observation; `[O][H]` each. */
export interface ExpectedPath {
  readonly mean: readonly (readonly number[])[];
  /** Tenth and ninetieth percentile of the particles; absent where the future is certain. */
  readonly low?: readonly (readonly number[])[];
  readonly high?: readonly (readonly number[])[];
}

/** One plan. */
export interface KeptPlan {
  /** Step that it was made at, counted from 0. */
  readonly step: number;
  /** `[H, A]` */
  readonly actions: Float32Array;
  readonly diagnostics: PlanDiagnostics;
  /** Absent where the evaluator cannot tell. */
  readonly expected?: ExpectedPath;
  /** Milliseconds that the search took. */
  readonly milliseconds: number;
}

/** An episode with its plans. */
export interface PlannedEpisode extends PlayedSteps {
  readonly plans: readonly KeptPlan[];
}

/** What to play. */
export interface PlannedEpisodeRequest {
  readonly environment: Environment;
  readonly planner: Planner;
  readonly evaluator: SequenceEvaluator;
  readonly replanEvery: number;
  readonly seed: number;
  readonly maxSteps: number;
  readonly rng: Rng;
  /** Milliseconds from any origin. */
  readonly clock: () => number;
  /** Told after each step. */
  readonly onStep?: (step: number) => void;
}

const rounded = (value: number): number => Number(value.toPrecision(5));

/** Summarises particles `[P, H, O]`. */
function summarize(particleCount: number, horizon: number, size: number, observations: Float32Array): ExpectedPath {
  const at = (p: number, t: number, i: number): number => observations[(p * horizon + t) * size + i]!;
  const rows = (pick: (values: number[]) => number): number[][] =>
    Array.from({ length: size }, (_, i) =>
      Array.from({ length: horizon }, (__, t) => rounded(pick(Array.from({ length: particleCount }, (___, p) => at(p, t, i))))),
    );
  const mean = rows((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  if (particleCount === 1) return { mean };
  const rank = (share: number) => (values: number[]) => values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))]!;
  return { mean, low: rows(rank(0.1)), high: rows(rank(0.9)) };
}

/**
 * Plays until the episode ends or `maxSteps` are taken.
 * @throws OptionError on a planner and an evaluator that do not fit the environment; the errors of both.
 */
export async function playPlannedEpisode(request: PlannedEpisodeRequest): Promise<PlannedEpisode> {
  const { environment, planner, evaluator, replanEvery, seed, maxSteps, rng, clock, onStep } = request;
  if (planner.actionSize !== environment.actionSpace.size) {
    throw new OptionError(`the planner must give actions of ${environment.actionSpace.size} components, got ${planner.actionSize}`);
  }
  const mpc = createMpc({ planner, evaluator, replanEvery, clock, recordElites: true });
  const plans: KeptPlan[] = [];
  const policy = {
    description: 'a planner',
    async act(observation: Float32Array, step: number): Promise<Float32Array> {
      const before = mpc.plan;
      const start = clock();
      const action = await mpc.act(observation, rng.split('act').split(step));
      const milliseconds = clock() - start;
      const { plan } = mpc;
      if (plan && plan !== before) {
        const predicted = await evaluator.predictTrajectory?.(observation, plan.actions, rng.split('predict').split(step));
        plans.push({
          step,
          actions: plan.actions.slice(),
          diagnostics: plan.diagnostics,
          milliseconds,
          ...(predicted && {
            expected: summarize(predicted.particleCount, planner.horizon, evaluator.observationSize, predicted.observations),
          }),
        });
      }
      onStep?.(step + 1);
      return action;
    },
  };
  return { ...(await playEpisode(environment, policy, seed, maxSteps)), plans };
}
