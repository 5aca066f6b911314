import { NumericalError, OptionError, type Plan, type Planner, type PlannerState, type PlanRequest, ShapeError } from '@mbrl/core';

const POPULATION = 60;
const ELITES = 6;
const ITERATIONS = 4;

/** A small cross-entropy search within [−1, 1], with one kept sequence: the best. */
export class ToyPlanner implements Planner {
  readonly horizon: number = 4;
  readonly actionSize: number = 2;

  initialState(): PlannerState {
    return { actions: new Float32Array(this.horizon * this.actionSize), kept: new Float32Array(0) };
  }

  shift(state: PlannerState, steps = 1): PlannerState {
    if (!Number.isInteger(steps) || steps < 0)
      throw new OptionError(`ToyPlanner.shift: steps must be an integer in [0, Infinity), got ${steps}`);
    const up = (sequence: Float32Array): Float32Array => {
      const moved = new Float32Array(sequence.length);
      moved.set(sequence.subarray(Math.min(sequence.length, steps * this.actionSize)));
      return moved;
    };
    return { actions: up(state.actions), kept: up(state.kept) };
  }

  check({ observation, evaluator, state, clock, deadlineMs }: PlanRequest): void {
    if (deadlineMs !== undefined && !(clock && deadlineMs > 0))
      throw new OptionError('ToyPlanner.plan: the deadline must be above 0 and have a clock');
    const length = this.horizon * this.actionSize;
    if (evaluator.horizon !== this.horizon || evaluator.actionSize !== this.actionSize)
      throw new ShapeError('ToyPlanner.plan: the evaluator must fit');
    if (state.actions.length !== length || state.kept.length % length !== 0) throw new ShapeError('ToyPlanner.plan: the state must fit');
    if (observation.length !== evaluator.observationSize) throw new ShapeError('ToyPlanner.plan: the observation must fit');
    if (!observation.every(Number.isFinite)) throw new NumericalError('ToyPlanner.plan: the observation must be finite');
  }

  rank(returns: Float32Array): number[] {
    const worth = (n: number): number => (Number.isFinite(returns[n]) ? returns[n]! : -Infinity);
    return Array.from(returns.keys()).sort((a, b) => (worth(a) === worth(b) ? a - b : worth(b) - worth(a)));
  }

  async plan(request: PlanRequest): Promise<Plan> {
    this.check(request);
    const { observation, evaluator, state, rng } = request;
    const length = this.horizon * this.actionSize;
    let mean: Float32Array = state.actions.slice();
    let spread: Float32Array = new Float32Array(length).fill(0.5);
    let best: Float32Array = state.actions.slice();
    const sequences = new Float32Array(POPULATION * length);
    const returns = new Float32Array(POPULATION);
    const lists = { best: [] as number[], elite: [] as number[], spread: [] as number[] };
    let nonFiniteCount = 0;
    const { clock = () => 0, deadlineMs = Infinity } = request;
    const start = clock();
    const elites: Float32Array[] = [];
    let iterations = 0;
    for (let longest = 0; iterations < ITERATIONS; iterations++) {
      const began = clock();
      if (iterations > 0 && began - start + longest > deadlineMs) break;
      rng.fillNormal(sequences);
      for (let k = 0; k < sequences.length; k++)
        sequences[k] = Math.max(-1, Math.min(1, mean[k % length]! + spread[k % length]! * sequences[k]!));
      if (state.kept.length > 0) sequences.set(state.kept.subarray(0, length));
      lists.spread.push(spread.reduce((a, b) => a + b, 0) / length);
      await evaluator.evaluate(observation, sequences, returns, rng);
      if (returns.length !== POPULATION) throw new ShapeError('ToyPlanner.plan: the evaluator must leave its returns');
      longest = Math.max(longest, clock() - began);
      nonFiniteCount += returns.filter((value) => !Number.isFinite(value)).length;
      const ranked = this.rank(returns)
        .slice(0, ELITES)
        .filter((n) => Number.isFinite(returns[n]));
      if (ranked.length === 0) continue;
      const row = (n: number): Float32Array => sequences.slice(n * length, (n + 1) * length);
      const over = (fn: (k: number) => number): Float32Array => Float32Array.from({ length }, (_, k) => fn(k));
      const next = over((k) => ranked.reduce((sum, n) => sum + row(n)[k]!, 0) / ranked.length);
      spread = over((k) => Math.sqrt(ranked.reduce((sum, n) => sum + (row(n)[k]! - next[k]!) ** 2, 0) / ranked.length));
      mean = next;
      elites.push(row(ranked[0]!));
      best = row(ranked[0]!);
      lists.best.push(returns[ranked[0]!]!);
      lists.elite.push(ranked.reduce((sum, n) => sum + returns[n]!, 0) / ranked.length);
    }
    return {
      actions: mean.slice(),
      state: { actions: mean, kept: best },
      diagnostics: {
        bestReturnByIteration: lists.best,
        eliteReturnByIteration: lists.elite,
        spreadByIteration: lists.spread,
        evaluationCount: POPULATION * iterations,
        nonFiniteCount,
        iterationCount: iterations,
        status: iterations < ITERATIONS ? 'deadline' : 'iterationLimit',
        ...(request.clock && { phaseMilliseconds: { sampling: 0, evaluation: clock() - start, update: 0 } }),
        ...(request.recordElites && { elitesByIteration: elites }),
      },
    };
  }
}
