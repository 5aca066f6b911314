/**
 * An ensemble of probabilistic networks (Chua et al. 2018, arXiv 1805.12114): each member predicts a normal
 * distribution over the change of the observation; what the members disagree on is what is not yet known.
 */
import {
  type BatchLinearization,
  type Checkpoint,
  checkInteger,
  checkpointArray,
  CheckpointError,
  createRng,
  type DynamicsModel,
  expectCheckpoint,
  type FitOptions,
  type FitReport,
  float32,
  type Json,
  LifecycleError,
  type Linearization,
  type NdArray,
  NumericalError,
  type Prediction,
  type Rng,
  ShapeError,
  type TransitionColumns,
  treeEntries,
  treeUnflatten,
} from '@mbrl/core';
import { adam, addDecayedWeights, chain, tf } from '@mbrl/jit';
import { createEnsembleFunctions, type EnsembleFunctions } from './ensemble-functions.js';
import { fitEnsemble } from './ensemble-fit.js';
import { createEnsembleNetwork } from './ensemble-network.js';
import { ensembleSettings, type EnsembleSettings, type ProbabilisticEnsembleOptions } from './ensemble-options.js';
import { copyTree, predictionParameters, type PredictionParameters, type TrainedParameters } from './ensemble-parameters.js';
import { createEnsemblePredictor } from './ensemble-predictor.js';
import { createTrainingPrograms, type TrainingState } from './ensemble-training.js';
import type { InputTransform } from './input-transform.js';
import { columnStatistics, identityStatistics, normalizeRows, type Statistics } from './normalizer.js';

type Float32 = NdArray<'float32'>;

/** A fit may state its own limit of epochs, such as a longer first one. */
export interface EnsembleFitOptions extends FitOptions {
  /** Most epochs of this fit. Default: the model's `epochs`. */
  readonly epochs?: number;
}

/** The model, with what plan evaluators compose programs from. */
export interface ProbabilisticEnsemble extends DynamicsModel {
  readonly settings: EnsembleSettings;
  /** The pure functions of the predicting members. */
  readonly functions: EnsembleFunctions;
  /** Members that predict. */
  readonly predictingMemberCount: number;
  /** Parameters of the predicting members for {@link functions}; a new tree after each fit or load. */
  predictionParameters(): PredictionParameters<Float32>;
  fit(data: TransitionColumns, options: EnsembleFitOptions): Promise<FitReport>;
  linearizeBatch(observations: Float32, actions: Float32): Promise<BatchLinearization>;
}

const KIND = 'ProbabilisticEnsemble';
const VERSION = 1;

function checkData(data: TransitionColumns, { observationSize, actionSize }: EnsembleSettings): void {
  if (data.observationSize !== observationSize || data.actionSize !== actionSize) {
    throw new ShapeError(
      `fit: data must have observations of ${observationSize} and actions of ${actionSize} components, got ${data.observationSize} and ${data.actionSize}`,
    );
  }
  if (data.count < 1) throw new ShapeError('fit: data must have at least one row, got 0');
  const check = (name: string, values: Float32Array, size: number): void => {
    if (values.length < data.count * size)
      throw new ShapeError(`fit: ${name} must have ${data.count} × ${size} elements, got ${values.length}`);
    const at = values.subarray(0, data.count * size).findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new NumericalError(`fit: ${name} must be finite, got ${values[at]} in row ${Math.floor(at / size)}`);
  };
  check('observations', data.observations, observationSize);
  check('actions', data.actions, actionSize);
  check('nextObservations', data.nextObservations, observationSize);
}

/** What the network is given: transformed observations next to actions, `[N, I]`. Reads the data before it waits. */
async function networkInputs(
  { count, observationSize, actionSize, ...data }: TransitionColumns,
  transform: InputTransform,
): Promise<Float32Array> {
  const observations = data.observations.slice(0, count * observationSize);
  const actions = data.actions.slice(0, count * actionSize);
  await tf.ready();
  const rows = tf.tidy(() =>
    tf.concat([transform.apply(tf.tensor2d(observations, [count, observationSize])), tf.tensor2d(actions, [count, actionSize])], -1),
  );
  const values = (await rows.data()) as Float32Array;
  rows.dispose();
  return values.slice();
}

/** What the network is to predict: the change of the observation, `[N, O]`. */
function changes({ count, observationSize, observations, nextObservations }: TransitionColumns): Float32Array {
  const targets = new Float32Array(count * observationSize);
  for (let i = 0; i < targets.length; i++) targets[i] = nextObservations[i]! - observations[i]!;
  return targets;
}

/** Path `layers.<i>.kernel` to the layer's rate; biases and bounds do not decay. */
function decayOf(weightDecay: number | readonly number[]): (path: string) => number {
  return (path) => {
    const layer = /^layers\.(\d+)\.kernel$/.exec(path)?.[1];
    if (layer === undefined) return 0;
    return typeof weightDecay === 'number' ? weightDecay : weightDecay[Number(layer)]!;
  };
}

/** The predicting members in a checkpoint's JSON. @throws CheckpointError when they or the activation do not fit. */
function membersOf(json: Json, { ensembleSize, eliteMemberCount, activation }: EnsembleSettings): number[] {
  const caller = 'createProbabilisticEnsemble.load';
  const { members, activation: stored } = (json ?? {}) as { readonly members?: unknown; readonly activation?: unknown };
  if (stored !== activation) throw new CheckpointError(`${caller}: activation must be ${activation}, got ${JSON.stringify(stored)}`);
  const isMember = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) < ensembleSize;
  if (
    !Array.isArray(members) ||
    members.length !== eliteMemberCount ||
    !members.every(isMember) ||
    new Set(members).size !== members.length
  ) {
    throw new CheckpointError(
      `${caller}: members must be ${eliteMemberCount} different ones of ${ensembleSize}, got ${JSON.stringify(members)}`,
    );
  }
  return members as number[];
}

/**
 * Makes an ensemble with untrained parameters, a function of `rng`.
 * @throws OptionError on settings out of bounds.
 */
export function createProbabilisticEnsemble(options: ProbabilisticEnsembleOptions & { readonly rng?: Rng }): ProbabilisticEnsemble {
  const { rng = createRng(0), ...rest } = options;
  const settings = ensembleSettings(rest);
  const { observationSize, actionSize, ensembleSize, eliteMemberCount, inputTransform } = settings;
  const network = createEnsembleNetwork({
    ensembleSize,
    inputSize: inputTransform.size + actionSize,
    outputSize: 2 * observationSize,
    hiddenSizes: settings.hiddenSizes,
    activation: settings.activation,
  });
  const functions = createEnsembleFunctions(network, inputTransform);
  const optimizer = chain(addDecayedWeights(decayOf(settings.weightDecay)), adam({ learningRate: settings.learningRate }));
  const programs = createTrainingPrograms(functions, optimizer, { learn: settings.learnLogVarianceBounds, penalty: 0.01 });
  const predictor = createEnsemblePredictor(functions);

  const constant = (value: number): Float32 => float32([observationSize], new Float32Array(observationSize).fill(value));
  const initialState = (source: Rng): TrainingState => {
    const [minimum, maximum] = settings.logVarianceBounds;
    const params = { layers: network.init(source), logVariance: { minimum: constant(minimum), maximum: constant(maximum) } };
    const trainable = settings.learnLogVarianceBounds ? params : { layers: params.layers };
    return { params, optimizer: optimizer.init(trainable as never) };
  };

  let state = initialState(rng.split('parameters'));
  let inputStatistics: Statistics<Float32> = identityStatistics(inputTransform.size + actionSize);
  let targetStatistics: Statistics<Float32> = identityStatistics(observationSize);
  let members = Array.from({ length: eliteMemberCount }, (_, i) => i);
  let prediction: PredictionParameters<Float32> | undefined;
  let disposed = false;
  let fitting = false;

  const alive = (caller: string): void => {
    if (disposed) throw new LifecycleError(`${caller}: called after dispose`);
  };
  const idle = (caller: string): void => {
    if (fitting) throw new LifecycleError(`${caller}: must wait for the fit that is under way`);
  };
  const parameters = (): PredictionParameters<Float32> =>
    (prediction ??= predictionParameters(state.params as TrainedParameters<Float32>, inputStatistics, targetStatistics, members));

  return {
    settings,
    functions,
    observationSize,
    actionSize,
    predictingMemberCount: eliteMemberCount,
    predictionParameters: parameters,

    async fit(data, fitOptions) {
      alive('fit');
      idle('fit');
      checkData(data, settings);
      const epochs = checkInteger('fit', 'epochs', fitOptions.epochs ?? settings.epochs, { min: 1 });
      fitting = true;
      try {
        const targets = changes(data);
        const inputs = await networkInputs(data, inputTransform);
        const statistics = {
          inputs: settings.normalizeInputs ? columnStatistics(inputs, data.count, inputs.length / data.count) : inputStatistics,
          targets: settings.normalizeTargets ? columnStatistics(targets, data.count, observationSize) : targetStatistics,
        };
        normalizeRows(inputs, statistics.inputs);
        normalizeRows(targets, statistics.targets);
        // A step uses its state up, so it is given a copy: until the fit is done, the model stays as it was.
        const start = settings.warmStart ? copyTree(state) : initialState(fitOptions.rng.split('parameters'));
        const result = await fitEnsemble(programs, start, { count: data.count, inputs, targets }, settings, epochs, fitOptions);
        const errors = result.report.holdoutLossByMember;
        const ranking = Array.from({ length: ensembleSize }, (_, i) => i);
        if (errors.length > 0) ranking.sort((a, b) => errors[a]! - errors[b]! || a - b);
        state = result.state;
        inputStatistics = statistics.inputs;
        targetStatistics = statistics.targets;
        members = ranking.slice(0, eliteMemberCount).sort((a, b) => a - b);
        prediction = undefined;
        return result.report;
      } finally {
        fitting = false;
      }
    },

    async predict(observations, actions): Promise<Prediction> {
      alive('predict');
      return predictor.predict(parameters(), observations, actions, settings);
    },

    async sample(observations, actions, source) {
      alive('sample');
      return predictor.sample(parameters(), observations, actions, settings, source);
    },

    async linearize(observation, action): Promise<Linearization> {
      alive('linearize');
      if (observation.length !== observationSize || action.length !== actionSize) {
        throw new ShapeError(
          `linearize: expected ${observationSize} observation and ${actionSize} action components, got ${observation.length} and ${action.length}`,
        );
      }
      const point = [float32([1, observationSize], Array.from(observation)), float32([1, actionSize], Array.from(action))] as const;
      const { nextObservations, A, B } = await predictor.linearize(parameters(), ...point, settings);
      return {
        nextObservation: float32([observationSize], nextObservations.data),
        A: float32([observationSize, observationSize], A.data),
        B: float32([observationSize, actionSize], B.data),
      };
    },

    async linearizeBatch(observations, actions) {
      alive('linearizeBatch');
      return predictor.linearize(parameters(), observations, actions, settings);
    },

    save(): Checkpoint {
      const tree = { state, statistics: { inputs: inputStatistics, targets: targetStatistics } };
      const arrays = Object.fromEntries(treeEntries<Float32>(tree).map(({ path, leaf }) => [path, float32(leaf.shape, leaf.data.slice())]));
      return { kind: KIND, version: VERSION, json: { activation: settings.activation, members } as Json, arrays };
    },

    load(checkpoint) {
      alive('load');
      idle('load');
      expectCheckpoint(checkpoint, { kind: KIND, version: VERSION, caller: 'createProbabilisticEnsemble.load' });
      const loadedMembers = membersOf(checkpoint.json, settings);
      const tree = { state, statistics: { inputs: inputStatistics, targets: targetStatistics } };
      const entries = treeEntries<Float32>(tree);
      const foreign = Object.keys(checkpoint.arrays).find((name) => !entries.some(({ path }) => path === name));
      if (foreign !== undefined)
        throw new CheckpointError(
          `createProbabilisticEnsemble.load: the checkpoint must be of a model like this one, got an array ${foreign}`,
        );
      const leaves = entries.map(({ path, leaf }) => {
        const stored = checkpointArray(checkpoint, path, {
          dtype: 'float32',
          shape: leaf.shape,
          caller: 'createProbabilisticEnsemble.load',
        }) as Float32;
        return float32(stored.shape, stored.data.slice());
      });
      const loaded = treeUnflatten(tree, leaves) as unknown as typeof tree;
      state = loaded.state;
      inputStatistics = loaded.statistics.inputs;
      targetStatistics = loaded.statistics.targets;
      members = loadedMembers;
      prediction = undefined;
    },

    dispose() {
      disposed = true;
      programs.dispose();
      predictor.dispose();
    },
  };
}
