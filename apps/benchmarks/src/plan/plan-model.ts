/**
 * What a plan of `mbrl plan` is scored through: the task's own dynamics as a compiled program, a second instance of the
 * environment as a simulator, or a model that is learned from random steps first.
 */
import { createTransitionColumns, type Environment, OptionError, type Rng, sampleSpace, type SequenceEvaluator } from '@mbrl/core';
import { createSimulatorEvaluator } from '@mbrl/envs';
import { createKnownDynamicsEvaluator, createPlanEvaluator, createProbabilisticEnsemble } from '@mbrl/models';
import { openEnvironment } from '../show/environment-options.js';

/** Which model to plan through. */
export type PlanModelKind = 'learned' | 'dynamics' | 'simulator';

/** An evaluator, in words and with what it holds. */
export interface PlanModel {
  readonly evaluator: SequenceEvaluator;
  /** For the page: what plans go through. */
  readonly description: string;
  dispose(): void;
}

/** What to open. */
export interface PlanModelRequest {
  readonly name: string;
  /** Options of the environment, as they were given. */
  readonly assignments: readonly string[];
  /** The environment that acts. */
  readonly environment: Environment;
  readonly horizon: number;
  /** Random steps that a learned model is fitted to. */
  readonly learnSteps: number;
  readonly rng: Rng;
  /** Told what takes a while. */
  readonly say: (line: string) => void;
}

/** Share of the last random action in the next, so that the steps go somewhere. */
const lasting = 0.9;

/** Random steps of an environment, with actions that last. */
function randomSteps(environment: Environment, count: number, rng: Rng): ReturnType<typeof createTransitionColumns> {
  const { observationSpace, actionSpace } = environment;
  const columns = createTransitionColumns(count, observationSpace.size, actionSpace.size);
  let { observation } = environment.reset({ seed: rng.integer(2 ** 32) });
  let action = sampleSpace(actionSpace, rng);
  for (let row = 0; row < count; row++) {
    const fresh = sampleSpace(actionSpace, rng);
    const isFresh = rng.uniform() > lasting;
    action = isFresh ? fresh : action;
    const result = environment.step(action);
    columns.observations.set(observation, row * observationSpace.size);
    columns.actions.set(action, row * actionSpace.size);
    columns.nextObservations.set(result.observation, row * observationSpace.size);
    columns.rewards[row] = result.reward;
    observation = result.terminated || result.truncated ? environment.reset().observation : result.observation;
  }
  return columns;
}

async function learn(request: PlanModelRequest): Promise<PlanModel> {
  const { name, assignments, environment, horizon, learnSteps, rng, say } = request;
  const { batched, observationSpace, actionSpace } = environment;
  if (!batched?.reward) {
    throw new OptionError(
      `${name} does not offer its reward in batched form, which planning through a learned model needs; use --true-model`,
    );
  }
  const other = await openEnvironment(name, assignments);
  const data = randomSteps(other, learnSteps, rng.split('data'));
  other.dispose?.();
  const model = createProbabilisticEnsemble({
    observationSize: observationSpace.size,
    actionSize: actionSpace.size,
    hiddenSizes: [64, 64],
    learningRate: 3e-3,
    epochs: Math.max(20, Math.min(200, Math.round(60_000 / learnSteps))),
    rng: rng.split('model'),
  });
  say(`learning from ${learnSteps} random steps`);
  await model.fit(data, { rng: rng.split('fit') });
  const evaluator = createPlanEvaluator({ model, task: batched, horizon, particleCount: 5 });
  return {
    evaluator,
    description: `5 networks that saw ${learnSteps} random steps`,
    dispose() {
      evaluator.dispose();
      model.dispose();
    },
  };
}

/**
 * Opens the model.
 * @throws OptionError where the environment does not offer what it needs.
 */
export async function openPlanModel(kind: PlanModelKind, request: PlanModelRequest): Promise<PlanModel> {
  const { name, assignments, environment, horizon } = request;
  if (kind === 'learned') return learn(request);
  if (kind === 'dynamics') {
    const { batched, observationSpace, actionSpace } = environment;
    if (!batched?.dynamics || !batched.reward)
      throw new OptionError(`${name} does not offer its dynamics in batched form; use --true-model simulator`);
    const sizes = { observationSize: observationSpace.size, actionSize: actionSpace.size, horizon };
    const evaluator = createKnownDynamicsEvaluator({ task: batched, ...sizes });
    return { evaluator, description: 'the true dynamics, compiled', dispose: () => evaluator.dispose() };
  }
  const simulated = await openEnvironment(name, assignments);
  const evaluator = createSimulatorEvaluator({ environment: simulated, source: environment, horizon });
  return { evaluator, description: 'the true environment as a simulator', dispose: () => simulated.dispose?.() };
}
