/** Actions in another box: Gymnasium's `RescaleAction`. Component by component, an affine map from the new bounds to the old. */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkNumber,
  type Environment,
  OptionError,
  ShapeError,
  type StepResult,
  type TensorLike,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { EnvironmentWrapper } from './environment-wrapper.js';

/** Options of {@link withActionRescale}. */
export interface ActionRescaleOptions {
  /** Least action, for all components or each. Default −1. */
  readonly low?: number | ArrayLike<number>;
  /** Greatest action, for all components or each. Default 1. */
  readonly high?: number | ArrayLike<number>;
}

/** old = offset + scale · new */
interface AffineMap {
  readonly scale: Float64Array;
  readonly offset: Float64Array;
}

class ActionRescale extends EnvironmentWrapper {
  private readonly map: AffineMap;
  private readonly oldSpace: BoxSpace;
  private readonly newSpace: BoxSpace;
  private readonly mapped: Float64Array;

  constructor(inner: Environment, oldSpace: BoxSpace, newSpace: BoxSpace, map: AffineMap) {
    super(inner, {
      kind: 'ActionRescale',
      actionSpace: newSpace,
      batched: inner.batched && mapBatched(inner.batched, map),
      sceneOf: inner.sceneOf && ((observation) => inner.sceneOf!(observation)),
      memorySize: 0,
    });
    this.map = map;
    this.oldSpace = oldSpace;
    this.newSpace = newSpace;
    this.mapped = new Float64Array(newSpace.size);
  }

  protected begin(observation: Float32Array): Float32Array {
    return observation;
  }

  protected advance(action: Action, into?: Float32Array): StepResult {
    const { mapped, map, oldSpace, newSpace } = this;
    this.readAction(action, mapped);
    for (let i = 0; i < mapped.length; i++) {
      const value = mapped[i]!;
      const old = map.offset[i]! + map.scale[i]! * value;
      // What lies within the new bounds must not be rounded out of the old; what lies beyond stays beyond.
      const isWithin = value >= newSpace.low[i]! && value <= newSpace.high[i]!;
      mapped[i] = isWithin ? Math.min(oldSpace.high[i]!, Math.max(oldSpace.low[i]!, old)) : old;
    }
    return this.inner.step(mapped, into);
  }
}

/** The functions of the old actions as functions of the new. */
function mapBatched(batched: BatchedFunctions, { scale, offset }: AffineMap): BatchedFunctions {
  const toOld = (action: TensorLike): tf.Tensor2D =>
    tf.add(tf.mul(action as tf.Tensor2D, tf.tensor1d(Array.from(scale))), tf.tensor1d(Array.from(offset)));
  const { reward, terminated, dynamics } = batched;
  return {
    ...(reward && { reward: (observation, action, next) => tf.tidy(() => reward(observation, toOld(action), next) as tf.Tensor) }),
    ...(terminated && {
      terminated: (observation, action, next) => tf.tidy(() => terminated(observation, toOld(action), next) as tf.Tensor),
    }),
    ...(dynamics && { dynamics: (observation, action) => tf.tidy(() => dynamics(observation, toOld(action)) as tf.Tensor) }),
  };
}

/**
 * Lets actions be given in [low, high] in place of the environment's own bounds; the batched functions are mapped too.
 * Actions beyond the new bounds are mapped beyond the old ones, where the environment does with them what it does. The
 * environment given is used, not copied: step it through the result only.
 * @throws OptionError on an environment whose actions are discrete or unbounded, or bounds that are not finite and in
 * order; ShapeError on bounds of a wrong size.
 */
export function withActionRescale(environment: Environment, { low = -1, high = 1 }: ActionRescaleOptions = {}): Environment {
  const caller = 'withActionRescale';
  const old = environment.actionSpace;
  if (old.kind !== 'box') throw new OptionError(`${caller}: environment must have a box of actions, got ${old.kind} ones`);
  const { size } = old;
  const listOf = (name: string, value: number | ArrayLike<number>): number[] => {
    const list = typeof value === 'number' ? Array.from({ length: size }, () => value) : Array.from(value);
    if (list.length !== size) throw new ShapeError(`${caller}: ${name} must have ${size} entries, got ${list.length}`);
    return list;
  };
  const [lows, highs] = [listOf('low', low), listOf('high', high)];
  const scale = new Float64Array(size);
  const offset = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    checkNumber(caller, `bound ${i} of the environment`, old.low[i]!);
    checkNumber(caller, `bound ${i} of the environment`, old.high[i]!);
    checkNumber(caller, `high at component ${i}`, highs[i]!, { above: checkNumber(caller, `low at component ${i}`, lows[i]!) });
    scale[i] = (old.high[i]! - old.low[i]!) / (highs[i]! - lows[i]!);
    offset[i] = old.low[i]! - scale[i]! * lows[i]!;
  }
  const space = boxSpace({ low: lows, high: highs, ...(old.labels ? { labels: old.labels } : {}) });
  return new ActionRescale(environment, old, space, { scale, offset });
}
