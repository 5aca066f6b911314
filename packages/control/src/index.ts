export type { Dynamics } from './dynamics.js';
export { createQpSolver, solveQp } from './qp/qp-solver.js';
export type { QpSolver, QpSolverOptions } from './qp/qp-solver.js';
export type { QpOptions } from './qp/program-solver.js';
export { createStagewiseSolver } from './qp/stagewise-qp.js';
export { solveSqp, solveSqpAsync } from './sqp/sqp.js';
export type { SqpOptions, SqpRecord, SqpResult, SqpStatus } from './sqp/sqp-options.js';
export { type DiscreteTranscription, transcribeDiscrete } from './sqp/discrete-transcription.js';
export { transcribe } from './sqp/transcription.js';
export type { ContinuousControlProblem, Transcription, TranscriptionOptions } from './sqp/transcription.js';
export { createLinearMpc, type LinearMpc, type LinearMpcOptions, type MpcStep } from './mpc/linear-mpc.js';
export { createRealTimeMpc, type RealTimeMpc, type RealTimeMpcOptions, type RealTimeStep } from './mpc/real-time-iteration.js';
export { type ScpOptions, type ScpProblem, type ScpResult, solveScp } from './sqp/scp.js';
export type { NonlinearProgram } from './sqp/nonlinear-program.js';
export type { StagewiseProgram, StagewiseResult, StagewiseSolver, StagewiseSolverOptions } from './qp/stagewise-qp.js';
export type { QpResult, QpStatus, QpWarmStart, QuadraticProgram } from './qp/quadratic-program.js';
export type { MatrixInput } from './linalg/matrix-input.js';
export { solveCare } from './riccati/care.js';
export { solveDare } from './riccati/dare.js';
export {
  type LinearEquationSolution,
  type LyapunovProblem,
  solveLyapunov,
  solveStein,
  solveSylvester,
} from './riccati/linear-equations.js';
export type { RiccatiProblem } from './riccati/riccati-problem.js';
export type { RiccatiOptions, RiccatiSolution, RiccatiStatus } from './riccati/solve-riccati.js';
export { findUndetectableModes, findUnstabilizableModes, type Mode, type ModeOptions } from './riccati/uncontrollable-modes.js';
export { pointwiseDynamics, type PointwiseDynamicsOptions } from './pointwise-dynamics.js';
export { createDdp, createIlqr, type IlqrResult, type IlqrSolver, type IlqrStart } from './ilqr/ilqr.js';
export type { IlqrOptions, LineSearchOptions, PenaltyOptions, RegularizationOptions } from './ilqr/ilqr-options.js';
export { createIlqrMpc, type IlqrMpc, type IlqrMpcOptions } from './ilqr/ilqr-mpc.js';
export type { IlqrStatus } from './ilqr/iterate.js';
export type { IterationRecord } from './ilqr/iteration-log.js';
export type { OptimalControlProblem } from './ilqr/problem.js';
export type { Cost, CostExpansion } from './ilqr/cost.js';
export { quadraticCost, type QuadraticCostOptions } from './ilqr/quadratic-cost.js';
export { functionCost, type FunctionCostOptions } from './ilqr/function-cost.js';
export {
  boundConstraint,
  type BoundConstraintOptions,
  type Constraint,
  goalConstraint,
  obstacleConstraint,
  type ObstacleConstraintOptions,
} from './ilqr/constraint.js';
export { asDynamics, learnedDynamics } from './learned/learned-dynamics.js';
export { fitGaussianMixture, type GaussianMixture, type GaussianMixtureOptions, responsibilities } from './learned/gaussian-mixture.js';
export {
  fitLinearModel,
  fittedLinearDynamics,
  type FittedLinearModel,
  type FittedLinearOptions,
  type GaussianPrior,
  type Rollouts,
} from './learned/fitted-linear.js';
export { klBoundedStep, type KlBoundedStepOptions, type KlBoundedStepResult } from './learned/kl-bounded-step.js';
export type { LinearGaussianController } from './learned/trajectory-distribution.js';
export { acrobotProblem, acrobotSystem } from './problems/acrobot.js';
export { cartPoleProblem, type CartPoleParameters, type CartPoleProblemOptions, cartPoleSystem } from './problems/cart-pole.js';
export { CAR_WHEELBASE, type CarObstacle, type CarParkingOptions, carParkingProblem, carParkingStart } from './problems/car-parking.js';
export { armPositions, type ArmReachOptions, armReachProblem, armStart, createArmAcceleration } from './problems/arm.js';
export {
  QUADROTOR_ARM,
  quadrotorGapGoal,
  type QuadrotorGapOptions,
  quadrotorGapProblem,
  quadrotorGapStart,
  QUADROTOR_HOVER_THRUST,
  quadrotorSystem,
} from './problems/quadrotor.js';
export { unicycleProblem } from './problems/unicycle.js';
export {
  type ContinuousFiniteLqrProblem,
  type ContinuousFiniteLqrSolution,
  solveContinuousFiniteLqr,
} from './lqr/continuous-finite-lqr.js';
export {
  type FiniteLqrProblem,
  type FiniteLqrSolution,
  lqrAction,
  lqrCostToGo,
  solveFiniteLqr,
  type StageMatrix,
  type StageVector,
  stepLinear,
} from './lqr/finite-lqr.js';
export { type LqrProblem, type LqrSolution, solveLqr } from './lqr/infinite-lqr.js';
export { type AffineDynamics, linearizeAt } from './lqr/linearize-at.js';
export { createLqrBackwardPass, type LqrBackwardPass, type LqrStage } from './lqr/lqr-backward-pass.js';
export { zeroOrderHold, type ZeroOrderHold, type ZeroOrderHoldProblem } from './lqr/zero-order-hold.js';
export type { CovarianceForm, Innovation } from './estimation/belief.js';
export {
  createExtendedKalmanFilter,
  type ExtendedKalmanFilterOptions,
  type NonlinearFilter,
  type NonlinearFilterOptions,
} from './estimation/extended-kalman-filter.js';
export { createKalmanFilter, type KalmanFilter, type KalmanFilterOptions } from './estimation/kalman-filter.js';
export { type LqgProblem, type LqgSolution, solveLqg } from './estimation/lqg.js';
export type { Measurement } from './estimation/measurement.js';
export { solveSteadyKalman, type SteadyKalman, type SteadyKalmanProblem, type SteadyKalmanStatus } from './estimation/steady-kalman.js';
export { createUnscentedKalmanFilter, type UnscentedKalmanFilterOptions } from './estimation/unscented-kalman-filter.js';
export { type LqiProblem, type LqiSolution, solveLqi } from './lqr/lqi.js';
export { createComplexStepJacobian, realPartOf } from './derivatives/complex-step.js';
export { createDifferenceDynamics } from './derivatives/difference-dynamics.js';
export { createDifferenceJacobian, type DifferenceOptions } from './derivatives/finite-differences.js';
export type { ComplexPointFunction, ComplexVector, PointFunction, PointJacobian } from './derivatives/point-function.js';
export type { AdaptiveOptions, IntegrationStatus } from './integrators/dormand-prince.js';
export { integrateDynamics, type IntegratorMethod, type IntegratorOptions } from './integrators/integrated-dynamics.js';
export { type OdeProblem, type OdeSolution, solveOde } from './integrators/solve-ode.js';
export { createVectorField, type VectorField, type VectorFieldOptions } from './integrators/vector-field.js';
