/**
 * PETS, probabilistic ensembles with trajectory sampling (Chua et al. 2018, arXiv 1805.12114, algorithm 1): act at
 * random for a while, then fit an ensemble to all transitions so far, plan through it at every step, add what happened
 * to the data, and fit again.
 */
import {
  type Agent,
  type BoxSpace,
  type Checkpoint,
  checkInteger,
  combineCheckpoints,
  createReplayBuffer,
  expectCheckpoint,
  type Json,
  type LearnProgress,
  type Planner,
  type Rng,
  type SequenceEvaluator,
  separateCheckpoint,
  ShapeError,
} from '@mbrl/core';
import type { ProbabilisticEnsemble } from '@mbrl/models';
import { createMpc } from '@mbrl/planners';

/** What PETS is made of, and when it learns. */
export interface PetsOptions {
  readonly model: ProbabilisticEnsemble;
  /** Scores action sequences through `model`. */
  readonly evaluator: SequenceEvaluator;
  readonly planner: Planner;
  /** Allowed actions; random ones are drawn evenly from it. */
  readonly actionSpace: BoxSpace;
  /** All randomness. */
  readonly rng: Rng;
  /** Random transitions before the first fit, at least 1. Default 200. */
  readonly initialSteps?: number;
  /** Transitions between fits; 0: a fit at the end of each episode. Default 0. */
  readonly trainEverySteps?: number;
  /** Epochs of the first fit. Default: the model's `epochs`. */
  readonly initialEpochs?: number;
  /** Epochs of every other fit. Default: the model's `epochs`. */
  readonly epochs?: number;
  /** Actions carried out of each plan. Default 1. */
  readonly replanEvery?: number;
  /** Transitions remembered; the oldest go first. Default 100,000. */
  readonly bufferCapacity?: number;
}

/** The agent, with its data in view. */
export interface PetsAgent extends Agent {
  /** Transitions observed in all. */
  readonly observedCount: number;
  /** Fits done. */
  readonly fitCount: number;
}

const KIND = 'Pets';
const VERSION = 1;

interface PetsState {
  readonly observedCount: number;
  readonly fitCount: number;
  readonly sinceFit: number;
  readonly episodeEnded: boolean;
  readonly actRng: Json;
}

/**
 * Makes the agent. Freeing it frees model and evaluator programs that were given to it only through their own owners.
 * @throws OptionError on settings out of bounds; ShapeError when the parts do not fit together.
 */
export function createPets(options: PetsOptions): PetsAgent {
  const { model, evaluator, planner, actionSpace, rng, initialSteps = 200, trainEverySteps = 0, replanEvery = 1, bufferCapacity = 100_000 } = options;
  checkInteger('createPets', 'initialSteps', initialSteps, { min: 1 });
  checkInteger('createPets', 'trainEverySteps', trainEverySteps, { min: 0 });
  for (const name of ['initialEpochs', 'epochs'] as const) {
    const value = options[name];
    if (value !== undefined) checkInteger('createPets', name, value, { min: 1 });
  }
  if (actionSpace.size !== model.actionSize || evaluator.observationSize !== model.observationSize) {
    throw new ShapeError(
      `createPets: model, evaluator and action space must agree, got actions of ${model.actionSize} and ${actionSpace.size}, observations of ${model.observationSize} and ${evaluator.observationSize}`,
    );
  }
  const mpc = createMpc({ planner, evaluator, replanEvery });
  const buffer = createReplayBuffer({ capacity: bufferCapacity, observationSize: model.observationSize, actionSize: model.actionSize });
  const actRng = rng.split('act');
  let observedCount = 0;
  let fitCount = 0;
  let sinceFit = 0;
  let episodeEnded = false;
  let lastAct: { readonly [name: string]: number } = {};

  const randomAction = (): Float32Array =>
    Float32Array.from(actionSpace.low, (low, i) => low + actRng.uniform() * (actionSpace.high[i]! - low));

  const isTimeToLearn = (): boolean => {
    if (observedCount < initialSteps || sinceFit === 0) return false;
    if (fitCount === 0) return trainEverySteps > 0 || episodeEnded;
    return trainEverySteps > 0 ? sinceFit >= trainEverySteps : episodeEnded;
  };

  const fit = async (onProgress?: (progress: LearnProgress) => void): Promise<{ readonly [name: string]: number }> => {
    const epochs = (fitCount === 0 ? options.initialEpochs : options.epochs) ?? model.settings.epochs;
    const report = await model.fit(buffer.columns(), {
      rng: rng.split('fit').split(fitCount),
      epochs,
      onEpoch: ({ epoch, trainLoss, holdoutLoss }) =>
        onProgress?.({ fraction: epoch / epochs, metrics: { epoch, trainLoss, ...(holdoutLoss === undefined ? {} : { holdoutLoss }) } }),
    });
    fitCount++;
    sinceFit = 0;
    const last = report.epochs.at(-1)!;
    return {
      epochCount: report.epochs.length,
      bestEpoch: report.bestEpoch,
      trainLoss: last.trainLoss,
      trainCount: report.trainCount,
      ...(last.holdoutLoss === undefined ? {} : { holdoutLoss: last.holdoutLoss }),
    };
  };

  return {
    get observedCount() {
      return observedCount;
    },
    get fitCount() {
      return fitCount;
    },
    get lastAct() {
      return lastAct;
    },
    beginEpisode() {
      episodeEnded = false;
      mpc.reset();
    },
    async act(observation) {
      if (fitCount === 0) {
        lastAct = {};
        return randomAction();
      }
      const action = await mpc.act(observation, actRng);
      const { bestReturnByIteration, eliteReturnByIteration, nonFiniteCount, evaluationCount } = mpc.plan!.diagnostics;
      lastAct = {
        predictedReturn: bestReturnByIteration.at(-1)!,
        eliteReturn: eliteReturnByIteration.at(-1)!,
        nonFiniteCount,
        evaluationCount,
      };
      return action;
    },
    observe(transition) {
      buffer.add(transition);
      observedCount++;
      sinceFit++;
      episodeEnded = transition.terminated || transition.truncated;
    },
    async learn({ onProgress } = {}) {
      return isTimeToLearn() ? fit(onProgress) : undefined;
    },
    save(): Checkpoint {
      const state: PetsState = { observedCount, fitCount, sinceFit, episodeEnded, actRng: actRng.save() };
      return combineCheckpoints({
        kind: KIND,
        version: VERSION,
        json: state as unknown as Json,
        parts: { model: model.save(), data: buffer.save(), mpc: mpc.save() },
      });
    },
    load(checkpoint) {
      expectCheckpoint(checkpoint, { kind: KIND, version: VERSION, caller: 'createPets.load' });
      const { json, parts } = separateCheckpoint(checkpoint, { parts: ['model', 'data', 'mpc'], caller: 'createPets.load' });
      const state = json as unknown as PetsState;
      model.load(parts.model);
      buffer.load(parts.data);
      mpc.load(parts.mpc);
      actRng.restore(state.actRng);
      ({ observedCount, fitCount, sinceFit, episodeEnded } = state);
    },
    dispose() {
      model.dispose();
    },
  };
}

