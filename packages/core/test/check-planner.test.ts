import type { Plan, PlanDiagnostics, Planner, PlannerState, PlanRequest, SequenceEvaluator } from '@mbrl/core';
import { createRng } from '@mbrl/core';
import { checkPlanner, type PlannerCheckOptions, type PlannerClause } from '@mbrl/core/testing';
import { describe, expect, it } from 'vitest';
import { casesOf, expectBroken } from './toys/expect-broken.js';
import { ToyPlanner } from './toys/toy-planner.js';

const options: PlannerCheckOptions = { low: [-1, -1], high: [1, 1] };

/** The toy with some members replaced. */
const wrong = (change: (right: ToyPlanner) => Partial<Planner>) => (): Planner => {
  const right = new ToyPlanner();
  const { horizon, actionSize } = right;
  const members: Planner = {
    horizon,
    actionSize,
    initialState: () => right.initialState(),
    shift: (state, steps) => right.shift(state, steps),
    plan: (request) => right.plan(request),
  };
  return { ...members, ...change(right) };
};
const wrongPlan = (change: (plan: Plan, request: PlanRequest) => Partial<Plan>) =>
  wrong((right) => ({
    plan: async (request) => {
      const plan = await right.plan(request);
      return { ...plan, ...change(plan, request) };
    },
  }));
const wrongDiagnostics = (change: (diagnostics: PlanDiagnostics) => Partial<PlanDiagnostics>) =>
  wrongPlan(({ diagnostics }) => ({ diagnostics: { ...diagnostics, ...change(diagnostics) } }));
const wrongEvaluation = (change: (evaluator: SequenceEvaluator) => SequenceEvaluator['evaluate']) =>
  wrong((right) => ({
    plan: (request) => right.plan({ ...request, evaluator: { ...request.evaluator, evaluate: change(request.evaluator) } }),
  }));
const wrongShift = (change: (shifted: PlannerState, state: PlannerState, steps: number) => Partial<PlannerState>) =>
  wrong((right) => ({
    shift: (state, steps = 1) => {
      const shifted = right.shift(state, steps);
      return { ...shifted, ...change(shifted, state, steps) };
    },
  }));
const withRank = (rank: ToyPlanner['rank']) => (): Planner => Object.assign(new ToyPlanner(), { rank });

const wrongs: { readonly [clause in PlannerClause]: { readonly [what: string]: () => Planner } } = {
  description: {
    'has no horizon': wrong(() => ({ horizon: 0 })),
    'has half an action': wrong(() => ({ actionSize: 0.5 })),
  },
  'initial-state': {
    'begins with a single action': wrong(() => ({ initialState: () => ({ actions: new Float32Array(2), kept: new Float32Array(0) }) })),
    'begins with NaN': wrong((right) => ({ initialState: () => ({ ...right.initialState(), actions: new Float32Array(8).fill(NaN) }) })),
    'begins with lists': wrong(() => ({ initialState: () => ({ actions: Array(8).fill(0), kept: [] }) as never })),
    'keeps half a sequence': wrong((right) => ({ initialState: () => ({ ...right.initialState(), kept: new Float32Array(4) }) })),
    'has one initial state for all': wrong((right) => {
      const state = right.initialState();
      return { initialState: () => state };
    }),
  },
  'plan-form': {
    'gives the first action alone': wrongPlan(({ actions }) => ({ actions: actions.slice(0, 2) })),
    'gives a plan of NaN': wrongPlan(({ actions }) => ({ actions: actions.map(() => NaN) })),
    'gives a state of another size': wrongPlan(({ state }) => ({ state: { ...state, actions: state.actions.slice(2) } })),
    throws: wrong(() => ({ plan: () => Promise.reject(new Error('out of ideas')) })),
  },
  bounds: {
    'plans beyond the bounds': wrongPlan(({ actions }) => ({ actions: actions.map((value, i) => (i === 7 ? 1.01 : value)) })),
    'tries candidates beyond the bounds': wrongEvaluation((evaluator) => (observation, sequences, returns, rng) => {
      sequences[3] = -1.5;
      return evaluator.evaluate(observation, sequences, returns, rng);
    }),
  },
  'plan-determinism': {
    'draws from a generator of its own': (() => {
      let count = 0;
      return wrong((right) => ({ plan: (request) => right.plan({ ...request, rng: createRng(count++) }) }));
    })(),
  },
  'rng-matters': { 'ignores the generator': wrong((right) => ({ plan: (request) => right.plan({ ...request, rng: createRng(3) }) })) },
  'state-untouched': {
    'writes to the state': wrongPlan((plan, { state }) => (state.actions.set(plan.actions), {})),
    'writes to the observation': wrongPlan((_, { observation }) => (observation.fill(0), {})),
  },
  'own-copy': { 'gives its state away': wrongPlan(({ state }) => ({ actions: state.actions })) },
  'no-hidden-state': {
    'carries its own warm start': wrong((right) => {
      const seen = new Set<string>();
      return {
        plan: async (request) => {
          // Deterministic for the first state, so that only later requests show it.
          const plan = await right.plan(request);
          if (request.state.actions.every((value) => value === 0)) return plan;
          const key = plan.actions.join();
          const offset = seen.has(key) ? 0.001 : 0;
          seen.add(key);
          return { ...plan, actions: plan.actions.map((value) => value + offset) };
        },
      };
    }),
  },
  improves: {
    'returns what it was given': wrongPlan((_, { state }) => ({ actions: state.actions.slice() })),
    minimises: wrong((right) => ({
      plan: async (request) => {
        const plan = await right.plan(request);
        return { ...plan, actions: plan.actions.map((value) => -value) };
      },
    })),
  },
  'warm-start': {
    'starts from the opposite': wrongPlan(({ state }, request) =>
      request.state.actions.every((value) => value === 0) ? {} : { actions: state.actions.map((value) => -value) },
    ),
  },
  'evaluator-arguments': {
    'passes an observation of its own': wrongEvaluation(
      (evaluator) => (_, sequences, returns, rng) => evaluator.evaluate(new Float32Array(3), sequences, returns, rng),
    ),
    'asks for too many returns': wrongEvaluation((evaluator) => async (observation, sequences, returns, rng) => {
      const more = new Float32Array(returns.length + 1);
      await evaluator.evaluate(observation, sequences, more, rng);
      returns.set(more.subarray(1));
    }),
    'tries sequences of NaN': wrongEvaluation((evaluator) => (observation, sequences, returns, rng) => {
      sequences[0] = NaN;
      return evaluator.evaluate(observation, sequences, returns, rng);
    }),
    'passes no generator': wrongEvaluation(
      (evaluator) => (observation, sequences, returns) => evaluator.evaluate(observation, sequences, returns, undefined as never),
    ),
  },
  diagnostics: {
    'counts iterations as evaluations': wrongDiagnostics(() => ({ evaluationCount: 4 })),
    'counts what is not there': wrongDiagnostics(({ nonFiniteCount }) => ({ nonFiniteCount: nonFiniteCount + 1 })),
    'forgets an iteration': wrongDiagnostics(({ spreadByIteration }) => ({ spreadByIteration: spreadByIteration.slice(1) })),
    'reports nothing': wrongDiagnostics(() => ({ bestReturnByIteration: [], eliteReturnByIteration: [], spreadByIteration: [] })),
    'reports NaN': wrongDiagnostics(({ eliteReturnByIteration }) => ({ eliteReturnByIteration: eliteReturnByIteration.map(() => NaN) })),
    'reports costs': wrongDiagnostics(({ bestReturnByIteration }) => ({
      bestReturnByIteration: bestReturnByIteration.map((value) => -value),
    })),
  },
  'non-finite': {
    'ranks infinity first': withRank((returns) => {
      const worth = (n: number): number => (Number.isNaN(returns[n]) ? -Infinity : returns[n]!);
      return Array.from(returns.keys()).sort((a, b) => (worth(b) > worth(a) ? 1 : -1));
    }),
    'takes NaN for nearly zero': wrongEvaluation((evaluator) => async (observation, sequences, returns, rng) => {
      await evaluator.evaluate(observation, sequences, returns, rng);
      returns.forEach((value, i) => (returns[i] = Number.isNaN(value) ? -1e-10 : value));
    }),
    'does not count': wrongDiagnostics(({ nonFiniteCount, evaluationCount }) => ({
      nonFiniteCount: nonFiniteCount === evaluationCount ? nonFiniteCount : 0,
    })),
  },
  'all-non-finite': {
    'gives up': wrongPlan(({ diagnostics }) => {
      if (diagnostics.nonFiniteCount === diagnostics.evaluationCount) throw new Error('no candidate left');
      return {};
    }),
    'averages nothing': wrongPlan(({ actions, diagnostics }) =>
      diagnostics.nonFiniteCount === diagnostics.evaluationCount ? { actions: actions.map(() => NaN) } : {},
    ),
  },
  shift: {
    'does not move': wrongShift((_, state) => ({ actions: state.actions.slice() })),
    'moves by one always': wrong((right) => ({ shift: (state, steps = 1) => (right.shift(state, steps), right.shift(state, 1)) })),
    'leaves the kept sequences': wrongShift((_, state) => ({ kept: state.kept.slice() })),
    'moves in place': wrongShift((shifted, state) => (state.actions.set(shifted.actions), {})),
    'fills with NaN': wrongShift(({ actions }) => ({ actions: actions.map((value, i) => (i >= 6 ? NaN : value)) })),
    'drops the end': wrongShift(({ actions }) => ({ actions: actions.slice(0, 6) })),
    'takes any steps': wrong((right) => ({ shift: (state, steps = 1) => right.shift(state, Math.max(0, Math.round(steps) || 0)) })),
    'refuses to shift beyond the end': wrong((right) => ({
      shift: (state, steps = 1) => {
        if (steps > right.horizon) throw new RangeError('too far');
        return right.shift(state, steps);
      },
    })),
  },
  sizes: {
    'takes any evaluator': wrong((right) => ({
      plan: (request) =>
        right.plan({ ...request, evaluator: { ...request.evaluator, horizon: right.horizon, actionSize: right.actionSize } }),
    })),
    'cuts the state': wrong((right) => ({
      plan: (request) => right.plan({ ...request, state: { ...request.state, actions: request.state.actions.slice(0, 8) } }),
    })),
    'cuts the observation': wrong((right) => ({
      plan: (request) => right.plan({ ...request, observation: request.observation.slice(0, 3) }),
    })),
    'takes missing returns for bad ones': wrongEvaluation((evaluator) => async (observation, sequences, returns, rng) => {
      const copy = returns.slice();
      await evaluator.evaluate(observation, sequences, copy, rng);
      returns.set(copy.length === returns.length ? copy : returns.map(() => NaN));
    }),
  },
  clock: {
    'makes times up': wrongDiagnostics(() => ({ phaseMilliseconds: { sampling: 1, evaluation: 1, update: 1 } })),
    'counts time twice': wrongDiagnostics(({ phaseMilliseconds }) =>
      phaseMilliseconds ? { phaseMilliseconds: { ...phaseMilliseconds, update: phaseMilliseconds.evaluation } } : {},
    ),
    'plans by the clock': wrongPlan(({ actions }, { clock }) => ({ actions: clock ? actions.map((value) => value * 0.99) : actions })),
  },
  deadline: {
    'ignores the deadline': wrong((right) => ({
      plan: (request) => (
        right.check(request),
        right.plan({ ...request, ...(request.deadlineMs !== undefined && { deadlineMs: Infinity }) })
      ),
    })),
    'looks at the clock too late': wrong((right) => ({
      plan: (request) =>
        right.plan({ ...request, ...(request.deadlineMs !== undefined && request.clock && { deadlineMs: request.deadlineMs + 10 }) }),
    })),
    'does not say why it ended': wrongDiagnostics(() => ({ status: 'iterationLimit' as const })),
    'miscounts its iterations': wrongDiagnostics(() => ({ iterationCount: 1 })),
    'takes a deadline without a clock': wrong((right) => ({
      plan: (request) => right.plan({ ...request, ...(request.deadlineMs !== undefined && { clock: request.clock ?? (() => 0) }) }),
    })),
  },
  'record-elites': {
    'records always': wrong((right) => ({ plan: (request) => right.plan({ ...request, recordElites: true }) })),
    'records the plan instead': wrongPlan(({ actions, diagnostics }, { recordElites }) => ({
      diagnostics: recordElites
        ? { ...diagnostics, elitesByIteration: diagnostics.bestReturnByIteration.map(() => actions.map((value) => value / 2)) }
        : diagnostics,
    })),
    'forgets an iteration': wrongDiagnostics(({ elitesByIteration }) =>
      elitesByIteration ? { elitesByIteration: elitesByIteration.slice(1) } : {},
    ),
  },
  'observation-finite': {
    'plans from NaN': wrong((right) => ({
      plan: (request) => right.plan({ ...request, observation: request.observation.map((x) => (Number.isFinite(x) ? x : 0)) }),
    })),
  },
};

describe('checkPlanner', () => {
  it('finds nothing wrong with a right planner', () => checkPlanner(() => new ToyPlanner(), options));

  it.each(casesOf(wrongs))('$clause: finds a planner that $what', ({ clause, subject }) =>
    expectBroken('checkPlanner', clause, () => checkPlanner(subject, options)),
  );
});

describe('its options', () => {
  it('without bounds, none are required', () => checkPlanner(wrongs.bounds['tries candidates beyond the bounds']!));

  it('stochastic: false allows a planner that draws nothing', () =>
    checkPlanner(wrongs['rng-matters']['ignores the generator']!, { ...options, stochastic: false }));

  it('improvement sets how far a search must come', async () => {
    await checkPlanner(() => new ToyPlanner(), { ...options, improvement: 0.9 });
    await expectBroken('checkPlanner', 'improves', () => checkPlanner(() => new ToyPlanner(), { ...options, improvement: 1 }));
  });

  it('observationSize and seed reach the requests', async () => {
    const sizes = new Set<number>();
    const firstDraws = new Set<number>();
    const noting = wrong((right) => ({
      plan: (request) => (sizes.add(request.observation.length), firstDraws.add(createRngCopy(request)), right.plan(request)),
    }));
    await checkPlanner(noting, { ...options, observationSize: 5, seed: 42 });
    expect(sizes).toContain(5);
    expect(firstDraws).toContain(createRng(42).uniform());
  });
});

function createRngCopy({ rng }: PlanRequest): number {
  const copy = createRng(0);
  copy.restore(rng.save());
  return copy.uniform();
}
