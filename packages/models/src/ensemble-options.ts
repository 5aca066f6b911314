/** The settings of a probabilistic ensemble, with their defaults and bounds. */
import { checkInteger, checkNumber, checkOneOf, OptionError } from '@mbrl/core';
import { ACTIVATION_NAMES, type ActivationName } from './activations.js';
import { identityTransform, type InputTransform } from './input-transform.js';

/** How to build and train a probabilistic ensemble. */
export interface ProbabilisticEnsembleOptions {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Members, at least 1. Default 5. */
  readonly ensembleSize?: number;
  /** Members that predict: the best on held-out data. Default: all. */
  readonly eliteMemberCount?: number;
  /** Units of each hidden layer. Default [200, 200, 200]. */
  readonly hiddenSizes?: readonly number[];
  /** Activation of the hidden layers. Default `silu`. */
  readonly activation?: ActivationName;
  /** What the network sees of an observation. Default: all of it, as it is. */
  readonly inputTransform?: InputTransform;
  /** Adam's step size, above 0. Default 1e-3. */
  readonly learningRate?: number;
  /** L2 penalty on kernels: one for all layers, or one for each layer (hidden layers, then output). Default 0. */
  readonly weightDecay?: number | readonly number[];
  /** Rows in a batch of each member. Default 32. */
  readonly batchSize?: number;
  /** Most epochs of a fit. Default 50. */
  readonly epochs?: number;
  /** Share of rows held out, in [0, 1). Default 0. */
  readonly holdoutRatio?: number;
  /** Epochs without improvement on held-out data after which a fit ends; 0: never. Default 0. Needs held-out rows. */
  readonly patience?: number;
  /** Least relative fall of a member's held-out error that counts as improvement. Default 0.01. */
  readonly improvementThreshold?: number;
  /** Whether each member draws its rows with replacement. Default true. */
  readonly bootstrap?: boolean;
  /** Whether inputs are shifted and scaled to mean 0 and deviation 1. Default true. */
  readonly normalizeInputs?: boolean;
  /** Whether targets are. Default true. */
  readonly normalizeTargets?: boolean;
  /** Bounds of the log-variance of (normalised) targets. Default [-10, 0.5]. */
  readonly logVarianceBounds?: readonly [minimum: number, maximum: number];
  /** Whether those bounds are learned, as in the PETS paper, with a penalty of 0.01 on their distance. Default false. */
  readonly learnLogVarianceBounds?: boolean;
  /** Whether a fit goes on from the present parameters and optimiser state, or starts anew. Default true. */
  readonly warmStart?: boolean;
}

/** All settings, present. */
export type EnsembleSettings = Required<ProbabilisticEnsembleOptions>;

/** Fills in defaults and checks bounds. @throws OptionError naming the setting, the requirement and the value. */
export function ensembleSettings(options: ProbabilisticEnsembleOptions): EnsembleSettings {
  const caller = 'createProbabilisticEnsemble';
  checkInteger(caller, 'observationSize', options.observationSize, { min: 1 });
  checkInteger(caller, 'actionSize', options.actionSize, { min: 1 });
  const ensembleSize = options.ensembleSize ?? 5;
  const settings: EnsembleSettings = {
    ensembleSize,
    eliteMemberCount: ensembleSize,
    hiddenSizes: [200, 200, 200],
    activation: 'silu',
    inputTransform: identityTransform(options.observationSize),
    learningRate: 1e-3,
    weightDecay: 0,
    batchSize: 32,
    epochs: 50,
    holdoutRatio: 0,
    patience: 0,
    improvementThreshold: 0.01,
    bootstrap: true,
    normalizeInputs: true,
    normalizeTargets: true,
    logVarianceBounds: [-10, 0.5],
    learnLogVarianceBounds: false,
    warmStart: true,
    ...options,
  };
  checkInteger(caller, 'ensembleSize', settings.ensembleSize, { min: 1 });
  checkInteger(caller, 'eliteMemberCount', settings.eliteMemberCount, { min: 1, max: settings.ensembleSize });
  settings.hiddenSizes.forEach((size, i) => checkInteger(caller, `hiddenSizes[${i}]`, size, { min: 1 }));
  checkOneOf(caller, 'activation', settings.activation, ACTIVATION_NAMES);
  checkNumber(caller, 'learningRate', settings.learningRate, { above: 0 });
  checkDecay(caller, settings);
  checkInteger(caller, 'batchSize', settings.batchSize, { min: 1 });
  checkInteger(caller, 'epochs', settings.epochs, { min: 1 });
  checkNumber(caller, 'holdoutRatio', settings.holdoutRatio, { min: 0, below: 1 });
  checkInteger(caller, 'patience', settings.patience, { min: 0 });
  if (settings.patience > 0 && settings.holdoutRatio === 0) {
    throw new OptionError(
      `${caller}: patience needs held-out rows, so holdoutRatio must be above 0, got 0 with patience ${settings.patience}`,
    );
  }
  if (settings.eliteMemberCount < settings.ensembleSize && settings.holdoutRatio === 0) {
    throw new OptionError(
      `${caller}: elites are chosen on held-out rows, so holdoutRatio must be above 0 when eliteMemberCount is under ensembleSize, got 0`,
    );
  }
  checkNumber(caller, 'improvementThreshold', settings.improvementThreshold, { min: 0, below: 1 });
  const [minimum, maximum] = settings.logVarianceBounds;
  checkNumber(caller, 'logVarianceBounds[0]', minimum);
  checkNumber(caller, 'logVarianceBounds[1]', maximum, { above: minimum });
  return settings;
}

function checkDecay(caller: string, { weightDecay, hiddenSizes }: EnsembleSettings): void {
  if (typeof weightDecay === 'number') {
    checkNumber(caller, 'weightDecay', weightDecay, { min: 0 });
    return;
  }
  if (weightDecay.length !== hiddenSizes.length + 1) {
    throw new OptionError(
      `${caller}: weightDecay must have one rate for each of the ${hiddenSizes.length + 1} layers, got ${weightDecay.length}`,
    );
  }
  weightDecay.forEach((rate, i) => checkNumber(caller, `weightDecay[${i}]`, rate, { min: 0 }));
}
