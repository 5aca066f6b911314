/** Delays of whole steps between acting and its effect, and between what happens and its being observed. */
import { type Action, checkInteger, checkNumber, type Environment, OptionError, ShapeError, type StepResult, whyOutside } from '@mbrl/core';
import { EnvironmentWrapper } from './environment-wrapper.js';

/** Options of {@link withDelay}. */
export interface DelayOptions {
  /** Steps that pass before an action takes effect, at least 0. Default 0. */
  readonly actionDelay?: number;
  /** Steps that an observation is old, at least 0; the first stands for those before it. Default 0. */
  readonly observationDelay?: number;
  /** What is done before the first action takes effect, `[A]`. Default the action nearest to zero. */
  readonly idleAction?: ArrayLike<number>;
}

class Delay extends EnvironmentWrapper {
  private readonly idleAction: Float64Array;
  /** Actions on their way, `[actionDelay + 1, A]`, from the next to take effect on; the last row takes in the new one. */
  private readonly actions: Float64Array;
  /** Observations on their way, `[observationDelay + 1, O]`, likewise. */
  private readonly observations: Float32Array;
  private readonly next: Float64Array;

  constructor(inner: Environment, actionDelay: number, observationDelay: number, idleAction: Float64Array) {
    const actionSize = inner.actionSpace.size;
    const observationSize = inner.observationSpace.size;
    super(inner, {
      kind: 'Delay',
      batched: actionDelay === 0 && observationDelay === 0 ? inner.batched : undefined,
      sceneOf: observationDelay === 0 ? inner.sceneOf && ((observation) => inner.sceneOf!(observation)) : undefined,
      memorySize: actionDelay * actionSize + observationDelay * observationSize,
    });
    this.idleAction = idleAction;
    this.actions = new Float64Array((actionDelay + 1) * actionSize);
    this.observations = new Float32Array((observationDelay + 1) * observationSize);
    this.next = new Float64Array(actionSize);
  }

  protected begin(observation: Float32Array): Float32Array {
    for (let at = 0; at < this.actions.length; at += this.idleAction.length) this.actions.set(this.idleAction, at);
    for (let at = 0; at < this.observations.length; at += observation.length) this.observations.set(observation, at);
    return observation;
  }

  protected advance(action: Action, into?: Float32Array): StepResult {
    const { actions, observations, next } = this;
    this.readAction(action, next);
    actions.set(next, actions.length - next.length);
    // The row is handed over as it is: an environment only reads its action.
    const result = this.inner.step(actions.subarray(0, next.length), into);
    actions.copyWithin(0, next.length);
    const { length } = result.observation;
    observations.copyWithin(0, length);
    observations.set(result.observation, observations.length - length);
    const observation = into ?? new Float32Array(length);
    observation.set(observations.subarray(0, length));
    return { ...result, observation };
  }

  protected override writeMemory(out: Float64Array): void {
    const pending = this.actions.length - this.next.length;
    out.set(this.actions.subarray(0, pending));
    out.set(this.observations.subarray(this.inner.observationSpace.size), pending);
  }

  protected override checkMemory(caller: string, memory: Float64Array): void {
    const { actionSpace } = this;
    const pending = this.actions.length - this.next.length;
    if (actionSpace.kind === 'discrete' && memory.subarray(0, pending).some((value) => whyOutside(actionSpace, [value])))
      throw new OptionError(`${caller}: memory must hold actions of the environment`);
  }

  protected override readMemory(memory: Float64Array): void {
    const pending = this.actions.length - this.next.length;
    this.actions.set(memory.subarray(0, pending));
    this.observations.set(memory.subarray(pending), this.inner.observationSpace.size);
  }
}

/**
 * Delays actions and observations by whole steps; rewards and ends come at once. The queues are part of the saved state.
 * `batched` and `tabularModel` are gone where there is a delay, and `sceneOf` where observations are old. The
 * environment given is used, not copied: step it through the result only.
 * @throws OptionError on a delay that is no whole number, or an idle action that the space does not hold; ShapeError on
 * one of a wrong size.
 */
export function withDelay(environment: Environment, options: DelayOptions): Environment {
  const caller = 'withDelay';
  const { actionDelay = 0, observationDelay = 0 } = options;
  checkInteger(caller, 'actionDelay', actionDelay, { min: 0 });
  checkInteger(caller, 'observationDelay', observationDelay, { min: 0 });
  const space = environment.actionSpace;
  const nearestToZero = (_: unknown, i: number): number =>
    space.kind === 'box' ? Math.min(space.high[i]!, Math.max(space.low[i]!, 0)) : 0;
  const idleAction = Float64Array.from(options.idleAction ?? Array.from({ length: space.size }, nearestToZero));
  if (idleAction.length !== space.size)
    throw new ShapeError(`${caller}: idleAction must have ${space.size} components, got ${idleAction.length}`);
  for (const value of idleAction) checkNumber(caller, 'idleAction', value);
  const fault = whyOutside(space, idleAction);
  if (fault) throw new OptionError(`${caller}: idleAction ${fault}`);
  return new Delay(environment, actionDelay, observationDelay, idleAction);
}
