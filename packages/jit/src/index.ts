export type { Engine, EngineName, Executable } from './engine.js';
