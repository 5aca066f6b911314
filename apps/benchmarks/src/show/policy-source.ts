/**
 * Who acts in a shown episode: drawn at random, zero, or from a file. A file is either JSON Lines, one action a line (a
 * number, or a list of numbers), played in order; or a JavaScript module that exports one of
 *
 * - `createPolicy(environment)`, which gives one of the following, or a promise of it
 * - `policy`, an object with `act(observation, rng)` and, where it carries something from step to step, `reset()`
 * - `act(observation, rng)`, a function
 *
 * or has one of the last two as its default export. An action is a number, a list of numbers, or a promise of them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRng, type Environment, OptionError, type Rng, sampleSpace } from '@mbrl/core';

/** Chooses the actions of one episode. */
export interface ShownPolicy {
  /** Who acts, in a few words for the page. */
  readonly description: string;
  /** The action of a step, counted from 0; undefined where there are no more. */
  act(observation: Float32Array, step: number): Promise<Float32Array | undefined>;
}

type Act = (observation: Float32Array, rng: Rng) => unknown;

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } => typeof value === 'object' && value !== null;

/** Takes an action from a file as numbers. @throws OptionError where it is none. */
function readAction(value: unknown, where: string): Float32Array {
  const numbers = typeof value === 'number' ? [value] : Array.isArray(value) || ArrayBuffer.isView(value) ? [...(value as number[])] : [];
  if (numbers.length === 0 || !numbers.every((part) => typeof part === 'number')) {
    const got = JSON.stringify(value)?.slice(0, 80) ?? String(value);
    throw new OptionError(`${where} must be a number or a list of numbers, got ${got}`);
  }
  return Float32Array.from(numbers);
}

function readActions(file: string): ShownPolicy {
  const actions: Float32Array[] = [];
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const where = `--policy ${file}: line ${index + 1}`;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (cause) {
        throw new OptionError(`${where} must be JSON, got ${JSON.stringify(line.slice(0, 80))}`, { cause });
      }
      actions.push(readAction(value, where));
    });
  if (actions.length === 0) throw new OptionError(`--policy ${file}: must hold at least one action, a line for each`);
  return {
    description: `${actions.length} action${actions.length === 1 ? '' : 's'} of a file`,
    act: async (_, step) => actions[step],
  };
}

/** Finds what acts in an export. */
function actOf(exported: unknown): Act | undefined {
  if (typeof exported === 'function') return exported as Act;
  if (!isRecord(exported) || typeof exported['act'] !== 'function') return undefined;
  const policy = exported as { readonly act: Act; readonly reset?: () => void };
  policy.reset?.();
  return (observation, rng) => policy.act(observation, rng);
}

async function loadModule(file: string, environment: Environment, rng: Rng): Promise<ShownPolicy> {
  let exports: { readonly [name: string]: unknown };
  try {
    exports = (await import(pathToFileURL(resolve(file)).href)) as typeof exports;
  } catch (cause) {
    throw new OptionError(`--policy ${file}: the module does not load: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const { createPolicy } = exports;
  const made: unknown = typeof createPolicy === 'function' ? await (createPolicy as (of: Environment) => unknown)(environment) : undefined;
  const act = actOf(made) ?? actOf(exports['policy']) ?? actOf(exports['act']) ?? actOf(exports['default']);
  if (!act) {
    const names = Object.keys(exports).join(', ') || 'nothing';
    throw new OptionError(`--policy ${file}: must export createPolicy, policy, act or a default with act, got ${names}`);
  }
  return {
    description: 'the policy of a file',
    act: async (observation, step) => readAction(await act(observation, rng), `--policy ${file}: the action of step ${step + 1}`),
  };
}

/** The action nearest to doing nothing: zero, moved into the bounds. */
function zeroAction({ actionSpace }: Environment): Float32Array {
  if (actionSpace.kind === 'discrete') return new Float32Array(1);
  return Float32Array.from(actionSpace.low, (low, index) => Math.min(actionSpace.high[index]!, Math.max(low, 0)));
}

/**
 * Makes the policy that `name` asks for: `random`, `zero`, or a file.
 * @param seed of what the policy draws
 * @throws OptionError on a file that is not there or holds no policy.
 */
export async function openPolicy(name: string, environment: Environment, seed: number): Promise<ShownPolicy> {
  // The environment draws from the seed itself: another stream for the policy.
  const rng = createRng(seed).split('policy');
  if (name === 'random') return { description: 'random actions', act: async () => sampleSpace(environment.actionSpace, rng) };
  if (name === 'zero') return { description: 'the zero action', act: async () => zeroAction(environment) };
  if (!existsSync(name)) throw new OptionError(`--policy must be random, zero, or a file that exists, got ${JSON.stringify(name)}`);
  return extname(name) === '.jsonl' ? readActions(name) : loadModule(name, environment, rng);
}
