export type { Dynamics } from './dynamics.js';
