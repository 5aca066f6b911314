export { ContractError } from './contract.js';
export type { TensorAdapters } from './check-batched.js';
export { checkEnvironment, type EnvironmentCheckOptions, type EnvironmentClause } from './check-environment.js';
export { checkPlanner, type PlannerCheckOptions, type PlannerClause } from './check-planner.js';
export {
  checkSequenceEvaluator,
  type SequenceEvaluatorCheckOptions,
  type SequenceEvaluatorClause,
} from './check-sequence-evaluator.js';
