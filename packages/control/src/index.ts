export type { Dynamics } from './dynamics.js';
export { createQpSolver, solveQp } from './qp/qp-solver.js';
export type { QpSolver, QpSolverOptions } from './qp/qp-solver.js';
export type { QpOptions } from './qp/program-solver.js';
export type { QpResult, QpStatus, QpWarmStart, QuadraticProgram } from './qp/quadratic-program.js';
