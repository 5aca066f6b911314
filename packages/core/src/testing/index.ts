export { type AgentCheckOptions, type AgentClause, checkAgent } from './check-agent.js';
export type { TensorAdapters } from './check-batched.js';
export { checkDynamicsModel } from './check-dynamics-model.js';
export { checkEnvironment, type EnvironmentCheckOptions, type EnvironmentClause } from './check-environment.js';
export { checkPlanner, type PlannerCheckOptions, type PlannerClause } from './check-planner.js';
export { checkPolicy, type PolicyCheckOptions, type PolicyClause } from './check-policy.js';
export { checkSequenceEvaluator, type SequenceEvaluatorCheckOptions, type SequenceEvaluatorClause } from './check-sequence-evaluator.js';
export { ContractError } from './contract.js';
export type { DynamicsModelCheckOptions, DynamicsModelClause } from './model-check.js';
