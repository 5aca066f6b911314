/** The contract of a policy as a check. */
import type { Policy } from '../policy.js';
import { createRng } from '../rng.js';
import type { Space } from '../space.js';
import { type Contract, contract, firstDifference, show } from './contract.js';
import { faultOfAction } from './fault-of-action.js';

/** The clauses of {@link checkPolicy}. */
export type PolicyClause =
  | 'action-form'
  | 'own-copy'
  | 'observation-untouched'
  | 'determinism'
  | 'reset'
  | 'sizes'
  | 'observation-finite'
  | 'refusal-unchanged';

/** How to check a policy. */
export interface PolicyCheckOptions {
  /** O, at least 1. */
  readonly observationSize: number;
  /** Where the actions must lie. */
  readonly actionSpace: Space;
  /** What the policy observes in one episode; eight standard normal observations when absent. */
  readonly observations?: readonly Float32Array[];
  /** 0 when absent. */
  readonly seed?: number;
}

/**
 * Checks that a policy keeps the contract. Its clauses, by name:
 *
 * - `action-form`: an action is a finite Float32Array in the action space
 * - `own-copy`: it belongs to the caller: writing to it changes nothing, and later calls do not write to it
 * - `observation-untouched`: observations are only read
 * - `determinism`: new policies with equal generators act equally, bit for bit
 * - `reset`: after `reset` a used policy acts as a new one
 * - `sizes`, `observation-finite`: an observation of a wrong size is refused with a ShapeError, one that is not finite
 *   with a NumericalError
 * - `refusal-unchanged`: a refused observation changes nothing
 *
 * @param factory makes a new policy at each call, all alike
 * @throws ContractError that names the clause which is broken.
 */
export async function checkPolicy(factory: () => Policy, options: PolicyCheckOptions): Promise<void> {
  const { observationSize, actionSpace, seed = 0 } = options;
  const { require, requireError, allow, allowAsync }: Contract<PolicyClause> = contract('checkPolicy', 'the policy');
  const drawn = (_: unknown, i: number): Float32Array => {
    const observation = new Float32Array(observationSize);
    createRng(seed).split('observations').split(i).fillNormal(observation);
    return observation;
  };
  const observations = options.observations ?? Array.from({ length: 8 }, drawn);

  /** Acts through the episode; `disturb` sees what the policy handed out. */
  const play = async (policy: Policy, disturb?: (action: Float32Array, t: number) => unknown): Promise<Float32Array[]> => {
    const rng = createRng(seed).split('actions');
    const actions: Float32Array[] = [];
    allow('reset', 'reset()', () => policy.reset());
    for (const [t, observation] of observations.entries()) {
      const given = observation.slice();
      const action = await allowAsync('action-form', 'act', () => policy.act(given, rng));
      require('observation-untouched', firstDifference(given, observation) === -1, 'act must not write to the observation');
      const fault = faultOfAction(actionSpace, action);
      require('action-form', fault === undefined, `the action of step ${t} ${fault}`);
      actions.push(action.slice());
      await disturb?.(action, t);
    }
    return actions;
  };
  const difference = (a: Float32Array[], b: Float32Array[]): number => a.findIndex((action, t) => firstDifference(action, b[t]!) !== -1);
  const same = (clause: PolicyClause, a: Float32Array[], b: Float32Array[], what: string): void => {
    const t = difference(a, b);
    require(clause, t === -1, () => `${what}, got ${show(a[t]!)} and ${show(b[t]!)} at step ${t}`);
  };

  const policy = factory();
  const reference = await play(policy);
  same('determinism', reference, await play(factory()), 'another policy with an equal generator must act equally');
  same('reset', reference, await play(policy), 'after reset the policy must act as a new one');
  const handed: Float32Array[] = [];
  same(
    'own-copy',
    reference,
    await play(factory(), (action, t) => handed.push(action.fill(t / 8))),
    'writing to an action must not change what follows',
  );
  require('own-copy', handed.every((action, t) =>
    action.every((value) => value === t / 8),
  ), 'a later call must not write to an earlier action');

  const refused = factory();
  const act = (observation: Float32Array) => () => refused.act(observation, createRng(seed));
  const disturbed = await play(refused, async (_, t) => {
    if (t !== 0) return;
    await requireError('sizes', 'SHAPE', `an observation of ${observationSize + 1} components`, act(new Float32Array(observationSize + 1)));
    await requireError('sizes', 'SHAPE', `an observation of ${observationSize - 1} components`, act(new Float32Array(observationSize - 1)));
    for (const value of [NaN, Infinity])
      await requireError(
        'observation-finite',
        'NUMERICAL',
        `an observation with ${value}`,
        act(observations[0]!.map((x, i) => (i === 0 ? value : x))),
      );
  });
  same('refusal-unchanged', reference, disturbed, 'refused observations must not change what follows');
}
