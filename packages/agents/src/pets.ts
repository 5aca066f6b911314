/**
 * PETS, probabilistic ensembles with trajectory sampling (Chua et al. 2018, arXiv 1805.12114, algorithm 1): act at
 * random for a while, then fit an ensemble to all transitions so far, plan through it at every step, add what happened
 * to the data, and fit again.
 */
import {
  type Agent,
  type Checkpoint,
  CheckpointError,
  checkInteger,
  combineCheckpoints,
  createReplayBuffer,
  expectCheckpoint,
  type Json,
  type LearnProgress,
  OptionError,
  type Planner,
  type Rng,
  type SequenceEvaluator,
  separateCheckpoint,
  ShapeError,
  type Space,
} from '@mbrl/core';
import type { ProbabilisticEnsemble } from '@mbrl/models';
import { createMpc } from '@mbrl/planners';
import { createRandomExploration } from './random-exploration.js';

/** What PETS is made of, and when it learns. */
export interface PetsOptions {
  readonly model: ProbabilisticEnsemble;
  /** Scores action sequences through `model`. */
  readonly evaluator: SequenceEvaluator;
  readonly planner: Planner;
  /** Allowed actions: a box. */
  readonly actionSpace: Space;
  /** All randomness. */
  readonly rng: Rng;
  /** Random transitions before the first fit, at least 1. Default 200. */
  readonly initialSteps?: number;
  /** Correlation of a random action with the one before, in [0, 1); 0: even draws. Default 0. See `random-exploration.ts`. */
  readonly randomActionCorrelation?: number;
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
  readonly episodeFitDue: boolean;
  readonly actRng: Json;
  readonly fitRng: Json;
  readonly exploration: Json;
}

const CALLER = 'createPets.load';

/** Reads what `save` wrote beside the parts. @throws CheckpointError when it is something else. */
function readState(json: Json): PetsState {
  const state = (json ?? {}) as { readonly [name in keyof PetsState]?: unknown };
  for (const name of ['observedCount', 'fitCount', 'sinceFit'] as const) {
    if (!Number.isSafeInteger(state[name]) || (state[name] as number) < 0) {
      throw new CheckpointError(`${CALLER}: ${name} must be a whole number, got ${JSON.stringify(state[name])}`);
    }
  }
  if (typeof state.episodeFitDue !== 'boolean') {
    throw new CheckpointError(`${CALLER}: episodeFitDue must be true or false, got ${JSON.stringify(state.episodeFitDue)}`);
  }
  return state as PetsState;
}

function restoreRng(rng: Rng, state: Json): void {
  try {
    rng.restore(state);
  } catch (cause) {
    throw new CheckpointError(`${CALLER}: the generators must be saved ones`, { cause });
  }
}

/**
 * Makes the agent. It owns `model` and frees it with `dispose`; the evaluator's programs are freed by whoever made it.
 * @throws OptionError on settings out of bounds; ShapeError when the parts do not fit together.
 */
export function createPets(options: PetsOptions): PetsAgent {
  const {
    model,
    evaluator,
    planner,
    actionSpace,
    rng,
    initialSteps = 200,
    randomActionCorrelation = 0,
    trainEverySteps = 0,
    replanEvery = 1,
    bufferCapacity = 100_000,
  } = options;
  checkInteger('createPets', 'initialSteps', initialSteps, { min: 1 });
  checkInteger('createPets', 'trainEverySteps', trainEverySteps, { min: 0 });
  for (const name of ['initialEpochs', 'epochs'] as const) {
    const value = options[name];
    if (value !== undefined) checkInteger('createPets', name, value, { min: 1 });
  }
  if (actionSpace.kind !== 'box') throw new OptionError(`createPets: actionSpace must be a box, got ${String(actionSpace.kind)}`);
  if (actionSpace.size !== model.actionSize || evaluator.observationSize !== model.observationSize) {
    throw new ShapeError(
      `createPets: model, evaluator and action space must agree, got actions of ${model.actionSize} and ${actionSpace.size}, observations of ${model.observationSize} and ${evaluator.observationSize}`,
    );
  }
  const mpc = createMpc({ planner, evaluator, replanEvery });
  const buffer = createReplayBuffer({ capacity: bufferCapacity, observationSize: model.observationSize, actionSize: model.actionSize });
  const exploration = createRandomExploration('createPets', actionSpace, randomActionCorrelation);
  const actRng = rng.split('act');
  const fitRng = rng.split('fit');
  let observedCount = 0;
  let fitCount = 0;
  let sinceFit = 0;
  /** Whether an episode ended with enough data to fit, and no fit was made since. */
  let episodeFitDue = false;
  let lastAct: { readonly [name: string]: number } = {};

  const isTimeToLearn = (): boolean => {
    if (observedCount < initialSteps || sinceFit === 0) return false;
    if (trainEverySteps === 0) return episodeFitDue;
    return fitCount === 0 || sinceFit >= trainEverySteps;
  };

  const fit = async (onProgress?: (progress: LearnProgress) => void): Promise<{ readonly [name: string]: number }> => {
    const epochs = (fitCount === 0 ? options.initialEpochs : options.epochs) ?? model.settings.epochs;
    const learnedFrom = sinceFit;
    const report = await model.fit(buffer.columns(), {
      rng: fitRng.split(fitCount),
      epochs,
      onEpoch: ({ epoch, trainLoss, holdoutLoss }) =>
        onProgress?.({ fraction: epoch / epochs, metrics: { epoch, trainLoss, ...(holdoutLoss === undefined ? {} : { holdoutLoss }) } }),
    });
    fitCount++;
    sinceFit -= learnedFrom;
    episodeFitDue = false;
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
      mpc.reset();
      exploration.reset();
    },
    async act(observation) {
      if (fitCount === 0) {
        lastAct = {};
        return exploration.next(actRng);
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
      if ((transition.terminated || transition.truncated) && observedCount >= initialSteps) episodeFitDue = true;
    },
    async learn({ onProgress } = {}) {
      return isTimeToLearn() ? fit(onProgress) : undefined;
    },
    save(): Checkpoint {
      const state: PetsState = {
        observedCount,
        fitCount,
        sinceFit,
        episodeFitDue,
        actRng: actRng.save(),
        fitRng: fitRng.save(),
        exploration: exploration.save(),
      };
      return combineCheckpoints({
        kind: KIND,
        version: VERSION,
        json: state as unknown as Json,
        parts: { model: model.save(), data: buffer.save(), mpc: mpc.save() },
      });
    },
    load(checkpoint) {
      expectCheckpoint(checkpoint, { kind: KIND, version: VERSION, caller: CALLER });
      const { json, parts } = separateCheckpoint(checkpoint, { parts: ['model', 'data', 'mpc'], caller: CALLER });
      const state = readState(json);
      const before = {
        model: model.save(),
        data: buffer.save(),
        mpc: mpc.save(),
        actRng: actRng.save(),
        fitRng: fitRng.save(),
        exploration: exploration.save(),
      };
      const restore = (from: typeof before): void => {
        model.load(from.model);
        buffer.load(from.data);
        mpc.load(from.mpc);
        restoreRng(actRng, from.actRng);
        restoreRng(fitRng, from.fitRng);
        if (!exploration.restore(from.exploration))
          throw new CheckpointError(`${CALLER}: exploration must be saved noise of ${actionSpace.size} components`);
      };
      try {
        restore({ ...parts, actRng: state.actRng, fitRng: state.fitRng, exploration: state.exploration ?? null });
      } catch (error) {
        restore(before);
        throw error;
      }
      ({ observedCount, fitCount, sinceFit, episodeFitDue } = state);
    },
    dispose() {
      model.dispose();
    },
  };
}
