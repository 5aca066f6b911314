/** Acting less often: each action is repeated for some steps, as in the control suites. */
import { type Action, checkInteger, checkNumber, type Environment, type StepResult } from '@mbrl/core';
import { EnvironmentWrapper } from './environment-wrapper.js';

/** Options of {@link withActionRepeat}. */
export interface ActionRepeatOptions {
  /** Steps that each action lasts, at least 1. */
  readonly repeatCount: number;
  /** Discount γ in [0, 1] of the rewards within a repeat: the sum of γᵏ rₖ is given. Default 1. */
  readonly discount?: number;
}

class ActionRepeat extends EnvironmentWrapper {
  private readonly repeatCount: number;
  private readonly discount: number;

  constructor(inner: Environment, repeatCount: number, discount: number) {
    super(inner, {
      kind: 'ActionRepeat',
      timeStep: repeatCount * inner.timeStep,
      sceneOf: inner.sceneOf && ((observation) => inner.sceneOf!(observation)),
      memorySize: 0,
    });
    this.repeatCount = repeatCount;
    this.discount = discount;
  }

  protected begin(observation: Float32Array): Float32Array {
    return observation;
  }

  protected advance(action: Action, into?: Float32Array): StepResult {
    let result = this.inner.step(action, into);
    let { reward } = result;
    let weight = this.discount;
    for (let k = 1; k < this.repeatCount && !result.terminated && !result.truncated; k++) {
      result = this.inner.step(action, into);
      reward += weight * result.reward;
      weight *= this.discount;
    }
    return { ...result, reward };
  }
}

/**
 * Repeats each action for `repeatCount` steps or until the episode ends, adds the rewards up, and gives the last
 * observation; `timeStep` grows accordingly. `batched` and `tabularModel` are gone: they tell of single steps. The
 * environment given is used, not copied: step it through the result only.
 * @throws OptionError on an option outside of its bounds.
 */
export function withActionRepeat(environment: Environment, { repeatCount, discount = 1 }: ActionRepeatOptions): Environment {
  checkInteger('withActionRepeat', 'repeatCount', repeatCount, { min: 1 });
  checkNumber('withActionRepeat', 'discount', discount, { min: 0, max: 1 });
  return new ActionRepeat(environment, repeatCount, discount);
}
