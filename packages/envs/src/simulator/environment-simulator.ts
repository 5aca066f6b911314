/**
 * A true environment as a generative model: any state it was ever in can be gone back to and acted from, which is what a
 * tree search needs. A state is a snapshot.
 */
import { type Environment, type GenerativeModel, UnsupportedError } from '@mbrl/core';

/**
 * Makes a simulator in an environment of its own, made with the options of the acting one; nobody else may use it. A
 * transition ends where the environment terminates or truncates. The noise of a step comes from the generator given.
 * @throws UnsupportedError on an environment without snapshots; (on `step`) as the environment's `step` does.
 * @example
 * const model = environmentSimulator(createPendulum());
 * const { action } = await createMcts({ model, deterministic: true }).search({ state: acting.snapshot(), rng });
 */
export function environmentSimulator(environment: Environment): GenerativeModel {
  if (!environment.snapshot || !environment.restoreSnapshot) {
    throw new UnsupportedError(`environmentSimulator: environment must offer snapshots, got ${environment.name} without`);
  }
  // Snapshots have one length for good; a task that has not begun yet has one too.
  const seen = environment.reset().observation;
  const stateSize = environment.snapshot().length;
  return {
    stateSize,
    actionSpace: environment.actionSpace,
    step(state, action, next, rng) {
      environment.restoreSnapshot!(state);
      environment.reseed?.(rng.integer(2 ** 32));
      const { reward, terminated, truncated } = environment.step(action, seen);
      // The generator is no part of what a tree search tells states apart by; each step brings its own.
      environment.reseed?.(0);
      environment.snapshot!(next);
      return { reward, terminated: terminated || truncated };
    },
  };
}
