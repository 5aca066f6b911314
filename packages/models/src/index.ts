export { ACTIVATION_NAMES, type ActivationName } from './activations.js';
export { createEnsembleNetwork, type EnsembleNetwork, type EnsembleNetworkOptions, type Layer } from './ensemble-network.js';
export { createEnsembleFunctions, type EnsembleFunctions, type MemberPrediction } from './ensemble-functions.js';
export type { EnsembleSettings, ProbabilisticEnsembleOptions } from './ensemble-options.js';
export type { PredictionParameters, TrainedParameters } from './ensemble-parameters.js';
export { identityTransform, type InputTransform, sineCosineTransform } from './input-transform.js';
export type { Chance, Disagreement, PlanObjective, Risk, TerminalValue } from './plan-objective.js';
export {
  createKnownDynamicsEvaluator,
  createPlanEvaluator,
  type KnownDynamicsEvaluatorOptions,
  type PlanEvaluator,
  type PlanEvaluatorOptions,
} from './plan-evaluator.js';
export { createModelSimulator, type ModelSimulator, type ModelSimulatorOptions } from './model-simulator.js';
export { createProbabilisticEnsemble, type EnsembleFitOptions, type ProbabilisticEnsemble } from './probabilistic-ensemble.js';
export { type Propagation, PROPAGATIONS } from './propagation.js';
