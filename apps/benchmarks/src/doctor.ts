/** Asks the compiler which engines are here. */
import type { EngineDescription } from './cli/cli-context.js';

/** Describes each engine: whether it is here, in use, and if not, why. */
export async function describeEngines(): Promise<readonly EngineDescription[]> {
  const jit = await import('@mbrl/jit');
  return jit.describeEngines();
}
