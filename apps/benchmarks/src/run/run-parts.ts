/**
 * What the run loop needs of the algorithm side: an environment, an agent and, where there is a model, a judgement of
 * it. A preset makes these parts; the loop knows nothing else of them.
 */
import type { Agent, Environment, TransitionColumns } from '@mbrl/core';
import type { ModelEvaluation } from '../report/page/model-evaluation.js';
import type { EngineUse } from './run-record.js';

/**
 * The parts of a run.
 *
 * How the loop drives them: `environment.reset({ seed })` once, later resets without a seed. For each step `act`,
 * `environment.step`, `observe`, `learn`. Trial 0 gathers `initialSteps` transitions in as many episodes as it takes;
 * every later trial is one episode of at most `stepsPerTrial`. The last transition of a trial has `truncated` or
 * `terminated` set, so an agent can tell from the transitions alone when to learn. An agent acts at random until it
 * has observed `initialSteps` transitions.
 *
 * `learn` calls `onProgress` once an epoch with `trainLoss`, `holdoutLoss` and the like, and before an await at least
 * once a second, so that a run can be stopped during a fit: then `onProgress` throws and the agent is not used again.
 */
export interface RunParts {
  readonly environment: Environment;
  readonly agent: Agent;
  readonly engine: EngineUse;
  /**
   * Judges the model on a trial, before the agent learns from the end of it. Not called for trial 0. Pure: it changes
   * neither the agent nor the environment, and all its randomness is a function of the seed and the trial.
   */
  evaluateModel?(request: { readonly trial: number; readonly trajectory: TransitionColumns }): Promise<ModelEvaluation | undefined>;
  /** Frees what the parts hold. */
  dispose(): void;
}
