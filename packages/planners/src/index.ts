export { type CandidateSampling } from './candidates.js';
export { type CemOptions, createCem } from './cem.js';
export { createMpc, type Mpc, type MpcOptions } from './mpc.js';
export { type PlanFill } from './plan-state.js';
