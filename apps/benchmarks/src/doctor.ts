/** Asks the compiler which engines are here. */
import type { EngineDescription } from './cli/cli-context.js';

/** Describes each engine: whether it is here, in use, and if not, why. */
export async function describeEngines(): Promise<readonly EngineDescription[]> {
  const jit: { describeEngines?: () => Promise<readonly EngineDescription[]> | readonly EngineDescription[] } = await import('@mbrl/jit');
  return (await jit.describeEngines?.()) ?? [];
}
