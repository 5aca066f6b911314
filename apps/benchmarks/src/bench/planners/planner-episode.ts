/** One episode of the comparison: a planner with the true model in closed loop. */
import { createRng, type Environment, median, type SequenceEvaluator, UnsupportedError } from '@mbrl/core';
import { createSimulatorEvaluator, loadEnvironment } from '@mbrl/envs';
import { createKnownDynamicsEvaluator } from '@mbrl/models';
import { createMpc, createPlanner } from '@mbrl/planners';
import { type Contender, gradientPlanners } from './contenders.js';
import { withDifferenceGradients } from './difference-gradients.js';
import type { PlannerTask } from './planner-tasks.js';

/** Where gradients come from: the compiled dynamics, or central differences of the simulator. */
export type GradientSource = 'compiled' | 'differences';

/** An episode that was played. */
export interface PlannerEpisode {
  readonly task: string;
  readonly contender: string;
  /** Sequences scored for a plan, as asked for. */
  readonly evaluations: number;
  readonly horizon: number;
  /** Steps asked for. */
  readonly steps: number;
  readonly seed: number;
  /** Absent for planners that need none. */
  readonly gradients?: GradientSource;
  readonly return: number;
  /** Null where the task has no such point, or the episode was cut short. */
  readonly solved: boolean | null;
  /** Median of the plans after the first five. */
  readonly millisecondsPerAction: number;
  /** Runnable processes over the last minute, at the end of the episode. */
  readonly load: number;
}

/** Time of an action, measured in a few steps by themselves: on a machine that is quiet, say. */
export type PlannerTiming = Omit<PlannerEpisode, 'seed' | 'return' | 'solved'>;

/** A task that is open, with everything that plans are scored through. */
export interface OpenTask {
  readonly task: PlannerTask;
  readonly acting: Environment;
  /** The true simulator; where gradients are offered, they come from the source that was asked for. */
  readonly evaluator: SequenceEvaluator;
  readonly gradients: GradientSource;
  dispose(): void;
}

/**
 * Opens a task. Returns always come from the true simulator; gradients from the compiled dynamics of the task, or from
 * differences. A task without compiled dynamics offers none.
 */
export async function openTask(task: PlannerTask, gradients: GradientSource): Promise<OpenTask> {
  const acting: Environment = await loadEnvironment(task.environment);
  const environment: Environment = await loadEnvironment(task.environment);
  const { horizon } = task;
  const simulator = createSimulatorEvaluator({ environment, source: acting, horizon });
  const { batched, observationSpace, actionSpace } = acting;
  const sizes = { observationSize: observationSpace.size, actionSize: actionSpace.size, horizon };
  const compiled = task.hasDynamics && gradients === 'compiled' ? createKnownDynamicsEvaluator({ task: batched!, ...sizes }) : undefined;
  const evaluator: SequenceEvaluator = compiled
    ? { ...sizes, evaluate: (...args) => simulator.evaluate(...args), evaluateWithGradient: compiled.evaluateWithGradient }
    : task.hasDynamics
      ? withDifferenceGradients(simulator, actionSpace)
      : simulator;
  return {
    task,
    acting,
    evaluator,
    gradients,
    dispose() {
      compiled?.dispose();
      for (const each of [acting, environment]) each.dispose?.();
    },
  };
}

/** What to play. */
export interface PlannerEpisodeRequest {
  readonly contender: Contender;
  readonly evaluations: number;
  readonly steps: number;
  readonly seed: number;
  /** Milliseconds from any origin. */
  readonly clock: () => number;
  readonly load: () => number;
}

/** Plans that are not timed: buffers and programs are made in them. */
const warmUpPlans = 5;

/** Plays an episode. @throws UnsupportedError where the planner needs gradients and the task offers none. */
export async function playPlanner(open: OpenTask, request: PlannerEpisodeRequest): Promise<PlannerEpisode> {
  const { task, acting, evaluator } = open;
  const { contender, steps, seed, clock, load } = request;
  const climbs = gradientPlanners.includes(contender.planner);
  if (climbs && !task.hasDynamics) throw new UnsupportedError(`${contender.name} needs gradients, which ${task.name} does not offer`);
  const evaluations = Math.floor(request.evaluations / contender.divisor);
  const { horizon } = task;
  const planner = createPlanner(contender.planner, {
    horizon,
    actionSpace: acting.actionSpace,
    evaluationCount: evaluations,
    ...(contender.planner === 'icem' && { noiseExponent: task.noiseExponent }),
  });
  const mpc = createMpc({ planner, evaluator });
  const rng = createRng(seed);
  const observations = [acting.reset({ seed }).observation];
  const rewards: number[] = [];
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    const start = clock();
    const action = await mpc.act(observations.at(-1)!, rng);
    times.push(clock() - start);
    const { observation, reward, terminated, truncated } = acting.step(action);
    observations.push(observation);
    rewards.push(reward);
    if (terminated || truncated) break;
  }
  const timed = times.length > warmUpPlans ? times.slice(warmUpPlans) : times;
  return {
    task: task.name,
    contender: contender.name,
    evaluations,
    horizon,
    steps,
    seed,
    ...(climbs && { gradients: open.gradients }),
    return: rewards.reduce((sum, reward) => sum + reward, 0),
    solved: task.goal && steps >= task.steps ? task.goal.reached({ observations, rewards }) : null,
    millisecondsPerAction: median(timed),
    load: load(),
  };
}
