/** Turns plans into what a page can carry. */
import type { Space } from '@mbrl/core';
import { labelsOf } from '../show/shown-episode.js';
import type { PlanData, PlanRecord } from './page/plan-data.js';
import type { KeptPlan } from './planned-episode.js';

/** Elites of an iteration at most, and numbers of all elites in a page: beyond that fewer are kept. */
const mostElites = 8;
const mostNumbers = 600_000;

const rounded = (value: number): number => Number(value.toPrecision(4));
const finite = (value: number): number | null => (Number.isFinite(value) ? rounded(value) : null);

/** `[H, A]` by component, `[A][H]`. */
function byComponent(sequence: Float32Array, size: number): number[][] {
  return Array.from({ length: size }, (_, a) =>
    Array.from({ length: sequence.length / size }, (__, t) => rounded(sequence[t * size + a]!)),
  );
}

/** How many elites of each iteration a page has room for, at least 1. */
export function elitesKept(plans: readonly KeptPlan[]): number {
  const iterations = plans.reduce((sum, { diagnostics }) => sum + (diagnostics.elitesByIteration?.length ?? 0), 0);
  const numbers = iterations * (plans[0]?.actions.length ?? 1);
  return Math.max(1, Math.min(mostElites, Math.floor(mostNumbers / Math.max(1, numbers))));
}

/** One plan with `eliteCount` elites of each iteration. */
function encodePlan(plan: KeptPlan, actionSize: number, eliteCount: number): PlanRecord {
  const { diagnostics, actions, expected } = plan;
  const length = actions.length;
  const { phaseMilliseconds: phases } = diagnostics;
  return {
    step: plan.step,
    milliseconds: rounded(plan.milliseconds),
    best: diagnostics.bestReturnByIteration.map(finite),
    elite: diagnostics.eliteReturnByIteration.map(finite),
    spread: diagnostics.spreadByIteration.map(rounded),
    eliteSpread: diagnostics.eliteSpreadByIteration?.map(rounded) ?? null,
    effective: diagnostics.effectiveSampleSizeByIteration?.map(rounded) ?? null,
    evaluations: diagnostics.evaluationCount,
    nonFinite: diagnostics.nonFiniteCount,
    phases: phases ? [rounded(phases.sampling), rounded(phases.evaluation), rounded(phases.update)] : null,
    actions: byComponent(actions, actionSize),
    elites: (diagnostics.elitesByIteration ?? []).map((elites) =>
      Array.from({ length: Math.min(eliteCount, elites.length / length) }, (_, e) =>
        byComponent(elites.subarray(e * length, (e + 1) * length), actionSize),
      ),
    ),
    mean: expected?.mean ?? null,
    low: expected?.low ?? null,
    high: expected?.high ?? null,
  };
}

/** All plans of an episode, and the bounds that their actions lie in. */
export function encodePlans(plans: readonly KeptPlan[], actionSpace: Space): Pick<PlanData, 'horizon' | 'plans' | 'actionBounds'> {
  const { size } = actionSpace;
  const eliteCount = elitesKept(plans);
  const actionBounds =
    actionSpace.kind === 'discrete'
      ? [{ label: 'action', low: 0, high: actionSpace.count - 1, whole: true }]
      : labelsOf(actionSpace, 'action').map((label, a) => ({
          label,
          low: actionSpace.low[a]!,
          high: actionSpace.high[a]!,
          whole: false,
        }));
  return {
    horizon: (plans[0]?.actions.length ?? 0) / size,
    plans: plans.map((plan) => encodePlan(plan, size, eliteCount)),
    actionBounds,
  };
}
