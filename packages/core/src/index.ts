export {
  CheckpointError,
  type ErrorCode,
  LifecycleError,
  MbrlError,
  NumericalError,
  OptionError,
  ShapeError,
  UnsupportedError,
} from './errors.js';
export { checkInteger, checkNumber, checkOneOf, type NumberBounds } from './options.js';
export { bool, type DType, float32, int32, type NdArray, sizeOf, type TypedArrayOf } from './nd-array.js';
export {
  isLeaf,
  mapLeaves,
  type MapLeaves,
  type Tree,
  type TreeEntry,
  treeEntries,
  treeLeaves,
  treeMap,
  treeStructure,
  treeUnflatten,
} from './tree.js';
export type { Json } from './json.js';
export { stringifyJson } from './json-text.js';
export { type BoxSpace, boxSpace, type DiscreteSpace, discreteSpace, sampleSpace, type Space, whyOutside } from './space.js';
export type { BatchedFunctions, TensorLike } from './batched-functions.js';
export type { Scene, SceneBox, SceneCircle, SceneLine, ScenePolygon, SceneRole, SceneShape } from './scene.js';
export type { SolidCamera, SolidForm, SolidPose, SolidScene, SolidShape } from './solid-scene.js';
export type { Action, Environment, EnvironmentState, Info, ResetResult, StepResult } from './environment.js';
export { createTransitionColumns, type Transition, type TransitionColumns } from './transition.js';
export { createTrajectory, loadTrajectory, type Trajectory, type TrajectoryStep } from './trajectory.js';
export { createReplayBuffer, type ReplayBuffer, type ReplayBufferOptions } from './replay-buffer.js';
export type { Checkpoint, CheckpointArray } from './checkpoint.js';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.js';
export { checkpointArray, combineCheckpoints, type CompositeCheckpoint, expectCheckpoint, separateCheckpoint } from './checkpoint-parts.js';
export { createRng, type Rng } from './rng.js';
export {
  bootstrapInterval,
  type BootstrapOptions,
  type Interval,
  interquartileMean,
  mean,
  median,
  quantile,
  standardDeviation,
  type Statistic,
  summarize,
  type Summary,
} from './statistics.js';
export type { BatchLinearization, DynamicsModel, EpochReport, FitOptions, FitReport, Linearization, Prediction } from './dynamics-model.js';
export type { PredictedTrajectories, SequenceEvaluator } from './sequence-evaluator.js';
export { checkTabularModel } from './check-tabular-model.js';
export type { TabularModel } from './tabular-model.js';
export type { GenerativeModel, GenerativeOutcome } from './generative-model.js';
export type { Plan, PlanDiagnostics, Planner, PlannerState, PlanPhaseTimes, PlanRequest, PlanStatus } from './planner.js';
export type { Agent, LearnProgress, Policy } from './policy.js';
