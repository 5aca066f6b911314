/**
 * The loop that all planners which draw and score candidates share: draw, evaluate, rank, learn, as often as asked for
 * or as time allows. What is drawn and what is learned is the method's; checks, counts, diagnostics, deadline and the
 * reuse of buffers are here.
 */
import {
  type Plan,
  type PlanDiagnostics,
  type Planner,
  type PlannerState,
  type PlanRequest,
  type Rng,
  ShapeError,
  UnsupportedError,
} from '@mbrl/core';
import type { ActionBounds } from './action-bounds.js';
import type { CandidateBatch } from './candidate-batch.js';
import { checkRequest } from './check-request.js';
import { eliteSpread, scoreReturns, selectElites } from './elites.js';
import { checkState, middleState, type PlanFill, type PlanStateShape, shiftState } from './plan-state.js';

/** What the loop reads and writes in the buffers of every method. */
export interface SearchWorkspace {
  /** Mean standard deviation of the last draws, in action units; set by `draw`. */
  spread: number;
  /** The greatest return so far; −Infinity while none is finite. */
  bestReturn: number;
  /** `[H, A]`, the sequence of that return. */
  readonly best: Float32Array;
}

/** What a search starts its next call from, and what it found. */
export interface SearchResult {
  readonly actions: Float32Array;
  readonly state: PlannerState;
}

/** One way to draw candidates and to learn from their returns. It may write nothing but its workspace. */
export interface SearchMethod<W extends SearchWorkspace> {
  /** Greatest number of iterations. */
  readonly iterations: number;
  createWorkspace(): W;
  /** Starts a search from a state, which is checked. */
  begin(workspace: W, state: PlannerState, rng: Rng): void;
  /** How many candidates the iteration will draw; its time is foretold from it. */
  countOf(workspace: W, iteration: number): number;
  /** Draws the candidates of an iteration. */
  draw(workspace: W, iteration: number, rng: Rng): CandidateBatch;
  /**
   * Learns from a batch whose scores and elites are filled; not called when no return was finite.
   * @param finiteElites how many of the elites have a finite return, at least 1
   * @returns whether there is nothing left to gain.
   */
  learn(workspace: W, batch: CandidateBatch, finiteElites: number, rng: Rng, iteration: number): boolean;
  /** `[N, D]`, where the derivatives of the returns of an iteration's batch are wanted; undefined where they are not. */
  gradients?(workspace: W, iteration: number): Float32Array | undefined;
  /** (Σ w)² / Σ w² of the last weights, where the method weights. */
  effectiveSampleSize?(workspace: W): number;
  /** The plan and the next state, in new arrays. */
  finish(workspace: W): SearchResult;
}

/** A search method as a planner. */
export interface SearchPlannerOptions<W extends SearchWorkspace> {
  readonly bounds: ActionBounds;
  readonly shape: PlanStateShape;
  readonly fill: PlanFill;
  readonly method: SearchMethod<W>;
}

/** Makes a planner that searches by a method. It may serve several requests at once. */
export function createSearchPlanner<W extends SearchWorkspace>({ bounds, shape, fill, method }: SearchPlannerOptions<W>): Planner {
  const { horizon, actionSize } = shape;
  // Buffers of searches that are over, for the next ones.
  const idle: W[] = [];
  return {
    horizon,
    actionSize,
    initialState: () => middleState(horizon, bounds),
    shift: (state, steps = 1) => {
      checkState('shift', state, shape);
      return shiftState('shift', state, steps, shape, bounds, fill);
    },
    plan: async (request): Promise<Plan> => {
      checkState('plan', request.state, shape);
      checkRequest(request, shape);
      const workspace = idle.pop() ?? method.createWorkspace();
      const plan = await runSearch(method, workspace, request, shape);
      // Not after an error: the evaluator may still read them.
      idle.push(workspace);
      return plan;
    },
  };
}

/**
 * Has the candidates scored.
 * @param gradients filled with the derivatives of the returns by the candidates, `[N, D]`, where given
 * @throws ShapeError when the evaluator does not leave one return for each; UnsupportedError when it gives no gradient.
 */
export async function evaluateBatch(
  { evaluator, observation, rng }: PlanRequest,
  batch: CandidateBatch,
  shape: PlanStateShape,
  gradients?: Float32Array,
): Promise<void> {
  const { candidates, returns, count } = batch;
  // A return that the evaluator leaves out counts as not finite.
  returns.fill(NaN);
  let answer: unknown;
  if (gradients === undefined) answer = await evaluator.evaluate(observation, candidates, returns, rng);
  else {
    if (!evaluator.evaluateWithGradient) {
      throw new UnsupportedError(
        'plan: evaluator must give gradients (evaluateWithGradient) for a planner that climbs them, got one without',
      );
    }
    gradients.fill(NaN);
    answer = await evaluator.evaluateWithGradient(observation, candidates, returns, gradients, rng);
  }
  if (returns.length !== count || candidates.length !== count * shape.horizon * shape.actionSize) {
    throw new ShapeError(`plan: evaluator must leave the arrays that it is given, ${count} returns, got ${returns.length} after its call`);
  }
  if (answer !== returns && (ArrayBuffer.isView(answer) || Array.isArray(answer))) {
    throw new ShapeError(
      `plan: evaluator must write its ${count} returns into the array that it is given, got another of ${(answer as ArrayLike<number>).length}`,
    );
  }
  if (evaluator.horizon !== shape.horizon || evaluator.actionSize !== shape.actionSize) {
    throw new ShapeError(
      `plan: evaluator must go on scoring sequences of shape [${shape.horizon}, ${shape.actionSize}], got one for [${evaluator.horizon}, ${evaluator.actionSize}] after its call`,
    );
  }
}

/**
 * How much longer than the longest iteration so far the next one is taken to be, for each iteration that was seen: one
 * alone may have been a fast one.
 */
const CAUTION = 0.25;

/** Where a search stands in time, in milliseconds from its beginning. */
interface Stopwatch {
  readonly phases: { sampling: number; evaluation: number; update: number };
  /** The longest time of an iteration so far by its number of candidates. */
  longestPerCandidate: number;
}

function copyElites(batch: CandidateBatch, finiteElites: number, size: number): Float32Array {
  const copy = new Float32Array(finiteElites * size);
  for (let e = 0; e < finiteElites; e++) {
    const start = batch.elites[e]! * size;
    copy.set(batch.candidates.subarray(start, start + size), e * size);
  }
  return copy;
}

async function runSearch<W extends SearchWorkspace>(
  method: SearchMethod<W>,
  workspace: W,
  request: PlanRequest,
  shape: PlanStateShape,
): Promise<Plan> {
  const { rng, clock, deadlineMs = Infinity, recordElites = false } = request;
  const size = shape.horizon * shape.actionSize;
  const now = clock ?? (() => 0);
  const start = now();
  const watch: Stopwatch = { phases: { sampling: 0, evaluation: 0, update: 0 }, longestPerCandidate: 0 };
  const bestReturnByIteration: number[] = [];
  const eliteReturnByIteration: number[] = [];
  const spreadByIteration: number[] = [];
  const eliteSpreadByIteration: number[] = [];
  const effectiveSampleSizeByIteration: number[] = [];
  const elitesByIteration: Float32Array[] = [];
  let evaluationCount = 0;
  let nonFiniteCount = 0;
  let status: NonNullable<PlanDiagnostics['status']> = 'iterationLimit';

  workspace.bestReturn = -Infinity;
  method.begin(workspace, request.state, rng);
  for (let iteration = 0; iteration < method.iterations; iteration++) {
    const began = now();
    const foretold = iteration > 0 ? watch.longestPerCandidate * method.countOf(workspace, iteration) * (1 + CAUTION / iteration) : 0;
    if (iteration > 0 && began - start + foretold > deadlineMs) {
      status = 'deadline';
      break;
    }
    const batch = method.draw(workspace, iteration, rng);
    const drawn = now();
    await evaluateBatch(request, batch, shape, method.gradients?.(workspace, iteration));
    const evaluated = now();

    const { count, scores, elites } = batch;
    const unusable = scoreReturns(batch.returns, scores);
    selectElites(scores, elites);
    const finiteElites = Math.min(elites.length, count - unusable);
    let eliteSum = 0;
    for (let e = 0; e < finiteElites; e++) eliteSum += scores[elites[e]!]!;
    evaluationCount += count;
    nonFiniteCount += unusable;
    spreadByIteration.push(workspace.spread);
    bestReturnByIteration.push(scores[elites[0]!]!);
    eliteReturnByIteration.push(finiteElites > 0 ? eliteSum / finiteElites : -Infinity);
    eliteSpreadByIteration.push(eliteSpread(batch.candidates, elites, finiteElites, size));
    if (recordElites) elitesByIteration.push(copyElites(batch, finiteElites, size));
    let isDone = false;
    if (finiteElites > 0) {
      if (scores[elites[0]!]! > workspace.bestReturn) {
        workspace.bestReturn = scores[elites[0]!]!;
        workspace.best.set(batch.candidates.subarray(elites[0]! * size, (elites[0]! + 1) * size));
      }
      isDone = method.learn(workspace, batch, finiteElites, rng, iteration);
    }
    if (method.effectiveSampleSize) effectiveSampleSizeByIteration.push(finiteElites > 0 ? method.effectiveSampleSize(workspace) : 0);
    const ended = now();
    watch.phases.sampling += drawn - began;
    watch.phases.evaluation += evaluated - drawn;
    watch.phases.update += ended - evaluated;
    watch.longestPerCandidate = Math.max(watch.longestPerCandidate, (ended - began) / count);
    if (isDone) {
      status = 'converged';
      break;
    }
  }
  return {
    ...method.finish(workspace),
    diagnostics: {
      bestReturnByIteration,
      eliteReturnByIteration,
      spreadByIteration,
      eliteSpreadByIteration,
      evaluationCount,
      nonFiniteCount,
      iterationCount: bestReturnByIteration.length,
      status,
      ...(method.effectiveSampleSize && { effectiveSampleSizeByIteration }),
      ...(clock && { phaseMilliseconds: watch.phases }),
      ...(recordElites && { elitesByIteration }),
    },
  };
}
