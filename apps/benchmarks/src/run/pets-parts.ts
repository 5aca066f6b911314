/** Makes the parts of a PETS run: environment, agent and the judgement of its model. */
import { createPets } from '@mbrl/agents';
import { createRng, UnsupportedError } from '@mbrl/core';
import { createEnvironment, type EnvironmentName } from '@mbrl/envs';
import { configureEngine, currentEngine, tf } from '@mbrl/jit';
import { createPlanEvaluator, createProbabilisticEnsemble, identityTransform, sineCosineTransform } from '@mbrl/models';
import { createCem } from '@mbrl/planners';
import type { PetsSettings } from '../presets/pets-settings.js';
import type { EnvironmentChoice } from '../presets/preset.js';
import { evaluateModel } from './evaluate-model.js';
import type { RunParts } from './run-parts.js';
import type { EngineUse } from './run-record.js';

async function engineInUse(): Promise<EngineUse> {
  const engine = await currentEngine();
  if (engine) return { name: engine.name, version: engine.version, threadCount: engine.threadCount };
  return { name: `eager on ${tf.getBackend()}`, version: tf.version['tfjs'] ?? 'unknown', threadCount: 1 };
}

/** Makes the parts from the preset's environment and its settings. @throws OptionError on settings that cannot be. */
export async function createPetsParts(choice: EnvironmentChoice, settings: PetsSettings): Promise<RunParts> {
  if (settings.threads > 0) configureEngine({ threadCount: settings.threads });
  const environment = createEnvironment(choice.name as EnvironmentName, { ...choice.options, maxSteps: settings.stepsPerTrial });
  const { observationSpace, actionSpace, batched } = environment;
  if (actionSpace.kind !== 'box')
    throw new UnsupportedError(`createPetsParts: actions must be continuous, got those of ${environment.name}`);
  if (!batched?.reward) throw new UnsupportedError(`createPetsParts: ${environment.name} must offer its reward in batched form`);
  const { size } = observationSpace;
  const rng = createRng(settings.seed);
  const model = createProbabilisticEnsemble({
    observationSize: size,
    actionSize: actionSpace.size,
    ensembleSize: settings.ensembleSize,
    eliteMemberCount: settings.eliteMemberCount,
    hiddenSizes: settings.hiddenSizes,
    activation: settings.activation,
    inputTransform: choice.angleComponents ? sineCosineTransform(size, choice.angleComponents) : identityTransform(size),
    learningRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    batchSize: settings.batchSize,
    epochs: settings.epochs,
    holdoutRatio: settings.holdoutRatio,
    patience: settings.patience,
    bootstrap: settings.bootstrap,
    normalizeTargets: settings.normalizeTargets,
    learnLogVarianceBounds: settings.learnLogVarianceBounds,
    rng: rng.split('model'),
  });
  const { horizon, particleCount, propagation } = settings;
  const evaluator = createPlanEvaluator({
    model,
    task: batched,
    horizon,
    particleCount,
    propagation,
    objective: settings.endingReward === 'none' ? { endingReward: 0 } : {},
  });
  const planner = createCem({
    horizon,
    actionSpace,
    populationSize: settings.populationSize,
    eliteCount: settings.eliteCount,
    iterations: settings.iterations,
    momentum: settings.momentum,
    initialStandardDeviationRatio: settings.initialStandardDeviationRatio,
    minimumStandardDeviationRatio: settings.minimumStandardDeviationRatio,
    keptEliteCount: settings.keptEliteCount,
    noiseCorrelation: settings.noiseCorrelation,
    sampling: settings.sampling,
    includeMean: settings.includeMean,
    returned: settings.returnMean,
    warmStart: settings.warmStart,
    fill: settings.fill,
  });
  const agent = createPets({
    model,
    evaluator,
    planner,
    actionSpace,
    rng: rng.split('agent'),
    initialSteps: settings.initialSteps,
    randomActionCorrelation: settings.randomActionCorrelation,
    trainEverySteps: settings.trainEverySteps,
    initialEpochs: settings.initialEpochs,
    epochs: settings.epochs,
    replanEvery: settings.replanEvery,
  });
  return {
    environment,
    agent,
    engine: await engineInUse(),
    evaluateModel: ({ trial, trajectory }) =>
      evaluateModel(model, trajectory, { horizon, heldOut: settings.trainEverySteps === 0, rng: rng.split('evaluate').split(trial) }),
    dispose() {
      agent.dispose();
      evaluator.dispose();
    },
  };
}
