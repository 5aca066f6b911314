export { type AcrobotOptions, createAcrobot } from './classic/acrobot.js';
export { type CartPoleOptions, type ContinuousCartPoleOptions, createCartPole, createContinuousCartPole } from './classic/cart-pole.js';
export {
  type AcrobotSwingUpOptions,
  createAcrobotSwingUp,
  createDoublePendulum,
  type DoublePendulumOptions,
} from './classic/chain-swing-up.js';
export type { ClassicEnvironment, ClassicResetOptions } from './classic/classic-environment.js';
export { type CliffHillOptions, createCliffHill } from './classic/cliff-hill.js';
export type { FlightOptions, SpatialEnvironment } from './classic/flying-task.js';
export { createKinematicBicycle, type KinematicBicycleOptions, type RoundObstacle } from './classic/kinematic-bicycle.js';
export { createLander, type LanderOptions } from './classic/lander.js';
export { createMountainCar, createMountainCarContinuous, type MountainCarOptions } from './classic/mountain-car.js';
export { createPendulum, type PendulumOptions } from './classic/pendulum.js';
export { createPetsCartPole, petsCartPoleOptions } from './classic/pets-cart-pole.js';
export { createPlanarQuadrotor, type PlanarQuadrotorOptions } from './classic/planar-quadrotor.js';
export { createQuadrotor, type QuadrotorOptions } from './classic/quadrotor.js';
export { createReacher2, type Reacher2Options } from './classic/reacher2.js';
export { createReacher7, type Reacher7Options } from './classic/reacher7.js';
export { type CartPoleSwingUpOptions, createCartPoleSwingUp, type PoleShape } from './classic/swing-up.js';
export type { LinkShape } from './classic/two-link.js';
export { createWindyQuadrotor, type WindyQuadrotorOptions } from './classic/windy-quadrotor.js';
export { type AntOptions, createAnt } from './mujoco/ant.js';
export type { AntBody } from './mujoco/ant-model.js';
export { createHalfCheetah, type HalfCheetahOptions } from './mujoco/half-cheetah.js';
export type { HalfCheetahBody } from './mujoco/half-cheetah-model.js';
export { type BaodingHandOptions, createBaodingHand } from './mujoco/hand/baoding.js';
export { createCubeHand, type CubeHandOptions } from './mujoco/hand/cube.js';
export type { HandBody } from './mujoco/hand/hand-model.js';
export type { HandOptions } from './mujoco/hand/hand-task.js';
export { createHopper, type HopperOptions } from './mujoco/hopper.js';
export { createHumanoid, type HumanoidOptions } from './mujoco/humanoid.js';
export type { HumanoidBody } from './mujoco/humanoid-model.js';
export {
  createInvertedDoublePendulum,
  type InvertedDoublePendulumBody,
  type InvertedDoublePendulumOptions,
} from './mujoco/inverted-double-pendulum.js';
export { createInvertedPendulum, type InvertedPendulumBody, type InvertedPendulumOptions } from './mujoco/inverted-pendulum.js';
export { loadMujoco, type LoadMujocoOptions } from './mujoco/load-mujoco.js';
export type {
  MjcfActuator,
  MjcfBody,
  MjcfDefaults,
  MjcfExclude,
  MjcfGeom,
  MjcfJoint,
  MjcfModel,
  MjcfOption,
  MjcfSensor,
  MjcfSite,
  MjcfTendon,
} from './mujoco/mjcf.js';
export type { MujocoEnvironment, MujocoResetOptions, MujocoTaskOptions } from './mujoco/mujoco-task.js';
export { createPetsHalfCheetah, type PetsHalfCheetahOptions } from './mujoco/pets-half-cheetah.js';
export { createPetsPusher, type PetsPusherOptions } from './mujoco/pets-pusher.js';
export { createPetsReacher, type PetsReacherBody, type PetsReacherOptions } from './mujoco/pets-reacher.js';
export type { PlanarWalkerOptions } from './mujoco/planar-walker.js';
export type { PlanarWalkerBody } from './mujoco/planar-walker-model.js';
export { createPusher, type PusherOptions } from './mujoco/pusher.js';
export type { PusherBody } from './mujoco/pusher-model.js';
export { createReacher, type ReacherBody, type ReacherOptions } from './mujoco/reacher.js';
export { createSimulation, type DataField, type DataViews, type MujocoSimulation, type SimulationWarnings } from './mujoco/simulation.js';
export { createSwimmer, type SwimmerBody, type SwimmerOptions } from './mujoco/swimmer.js';
export { createWalker2d, type Walker2dOptions } from './mujoco/walker2d.js';
export { writeMjcf } from './mujoco/write-mjcf.js';
export { darkPalette, lightPalette, type Rgb, type ScenePalette } from './pixels/palette.js';
export type { PictureOptions } from './pixels/picture-options.js';
export { type EnvironmentPictureOptions, renderEnvironment } from './pixels/render-environment.js';
export { renderScene, type ScenePictureOptions } from './pixels/render-scene.js';
export { renderSolidScene, type SolidPictureOptions } from './pixels/render-solid-scene.js';
export { planeSquareSize } from './pixels/solid-surface.js';
export { type PixelEnvironment, type PixelOptions, withPixels } from './pixels/with-pixels.js';
export {
  createEnvironment,
  describeEnvironment,
  type EnvironmentDescription,
  type EnvironmentName,
  environmentNames,
  type EnvironmentOf,
  type EnvironmentOptions,
  loadEnvironment,
} from './registry.js';
export { createSimulatorEvaluator, type SimulatorEvaluator, type SimulatorEvaluatorOptions } from './simulator/simulator-evaluator.js';
export { createSimulatorPool, type SimulatorPool, type SimulatorPoolOptions } from './simulator/simulator-pool.js';
export type { SimulationSettings, SimulationStart } from './simulator/sequence-simulator.js';
export type { SimulationSource } from './simulator/simulation-source.js';
export { abEpisodes, type AbExampleOptions, createAbExample } from './tabular/ab-example.js';
export {
  batchMonteCarloValues,
  batchTemporalDifferenceValues,
  type BatchValueOptions,
  type RewardedEpisode,
} from './tabular/batch-values.js';
export { type CliffWalkingOptions, createCliffWalking } from './tabular/cliff-walking.js';
export { createTabularEnvironment, type TabularEnvironmentOptions, type TabularEnvironmentSettings } from './tabular/from-tables.js';
export { createFrozenLake, createFrozenLake8x8, type FrozenLakeOptions } from './tabular/frozen-lake.js';
export { type FrozenLakeMap, type RandomFrozenLakeMap, randomFrozenLakeMap } from './tabular/frozen-lake-map.js';
export type { TabularTaskCommonOptions } from './tabular/grid.js';
export {
  type ChangingMaze,
  type ChangingMazeOptions,
  createBlockingMaze,
  createDynaMaze,
  createShortcutMaze,
  type MazeOptions,
} from './tabular/mazes.js';
export {
  type DenseTables,
  type Outcome,
  type OutcomeTables,
  tabularModelFromOutcomes,
  tabularModelFromTables,
} from './tabular/outcome-tables.js';
export type { TabularEnvironment, TabularResetOptions } from './tabular/tabular-environment.js';
export { createTaxi, createTaxiV3, type TaxiOptions } from './tabular/taxi.js';
export { createWindyGridWorld, type WindyGridWorldOptions } from './tabular/windy-grid-world.js';
export { createVectorEnvironment, type VectorEnvironmentOptions } from './vector/same-thread.js';
export type { AutoresetMode, VectorEnvironment, VectorResetOptions } from './vector/vector-environment.js';
export { createVectorPool, type VectorPoolOptions } from './vector/vector-pool.js';
export type { EnvironmentModule, EnvironmentSource, NamedEnvironment } from './workers/environment-module.js';
export {
  type NodeWorkerLike,
  nodeWorkerPort,
  type StartWorker,
  type WebWorkerLike,
  webWorkerPort,
  type WorkerPort,
} from './workers/worker-port.js';
export { type ActionRepeatOptions, withActionRepeat } from './wrappers/action-repeat.js';
export { type ActionRescaleOptions, withActionRescale } from './wrappers/action-rescale.js';
export { type DelayOptions, withDelay } from './wrappers/delay.js';
export type { WrapperResetOptions } from './wrappers/environment-wrapper.js';
export { type FrameStackOptions, withFrameStack } from './wrappers/frame-stack.js';
export { type NoiseOptions, withNoise } from './wrappers/noise.js';
export {
  type NormalizedObservationEnvironment,
  type NormalizedObservationOptions,
  type ObservationStatistics,
  withNormalizedObservations,
} from './wrappers/observation-normalization.js';
export { type RecordingEnvironment, type RecordingOptions, withRecording } from './wrappers/recording.js';
export { withTimeLimit } from './wrappers/time-limit.js';
export { environmentSimulator } from './simulator/environment-simulator.js';
