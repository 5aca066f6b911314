import type { Action } from '@mbrl/core';
import type { ClassicEnvironment } from '@mbrl/envs';

/** The physical state in full precision. */
export const physicsOf = (environment: ClassicEnvironment): number[] =>
  (environment.saveState() as unknown as { physics: number[] }).physics;

/** The physical state one step after a given one. */
export function stateAfter(environment: ClassicEnvironment, state: readonly number[], action: Action): number[] {
  environment.reset({ state });
  environment.step(action);
  return physicsOf(environment);
}
