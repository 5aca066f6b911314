export { ContractError } from './contract.js';
export type { TensorAdapters } from './check-batched.js';
export { checkEnvironment, type EnvironmentCheckOptions, type EnvironmentClause } from './check-environment.js';
