/** The last observations in one: Gymnasium's `FrameStackObservation`, for tasks whose single observation shows no speeds. */
import {
  type Action,
  type BatchedFunctions,
  boxSpace,
  checkInteger,
  checkOneOf,
  type Environment,
  OptionError,
  type Space,
  type StepResult,
  type TensorLike,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { EnvironmentWrapper } from './environment-wrapper.js';

/** Options of {@link withFrameStack}. */
export interface FrameStackOptions {
  /** Observations in one, at least 1. */
  readonly count: number;
  /** What stands for the observations before the first: the first, or zeros. Default `first`. */
  readonly padding?: 'first' | 'zero';
}

/** Height, width and channels of a picture. */
type PictureShape = readonly [height: number, width: number, channels: number];

/** An environment, perhaps one whose observations are pictures. */
interface PerhapsPictures extends Environment {
  readonly observationShape?: PictureShape;
}

class FrameStack extends EnvironmentWrapper {
  readonly observationShape?: PictureShape;
  private readonly frameCount: number;
  private readonly padding: 'first' | 'zero';
  /** Length of a frame, and of the pieces of it that stay together: a pixel's channels, or the whole. */
  private readonly size: number;
  private readonly piece: number;
  /** The frames from the oldest to the newest, `[count, O]`. */
  private readonly frames: Float32Array;
  /** Where the environment writes the newest. */
  private readonly frame: Float32Array;

  constructor(inner: PerhapsPictures, count: number, padding: 'first' | 'zero') {
    const { size } = inner.observationSpace;
    const shape = inner.observationShape;
    const piece = shape ? shape[2] : size;
    super(inner, {
      kind: 'FrameStack',
      observationSpace: stackedSpace(inner.observationSpace, count, piece, padding),
      batched: shape ? undefined : inner.batched && stackBatched(inner.batched, count, size),
      sceneOf: shape ? undefined : inner.sceneOf && ((observation) => inner.sceneOf!(Array.from(observation).slice((count - 1) * size))),
      memorySize: count * size,
    });
    if (shape) this.observationShape = [shape[0], shape[1], count * shape[2]];
    this.frameCount = count;
    this.padding = padding;
    this.size = size;
    this.piece = piece;
    this.frames = new Float32Array(count * size);
    this.frame = new Float32Array(size);
  }

  protected begin(observation: Float32Array): Float32Array {
    for (let frame = 0; frame < this.frameCount; frame++) {
      const isPadding = this.padding === 'zero' && frame < this.frameCount - 1;
      if (isPadding) this.frames.fill(0, frame * this.size, (frame + 1) * this.size);
      else this.frames.set(observation, frame * this.size);
    }
    return this.stacked();
  }

  protected advance(action: Action, into?: Float32Array): StepResult {
    const result = this.inner.step(action, this.frame);
    this.frames.copyWithin(0, this.size);
    this.frames.set(result.observation, (this.frameCount - 1) * this.size);
    return { ...result, observation: this.stacked(into) };
  }

  protected override writeMemory(out: Float64Array): void {
    out.set(this.frames);
  }

  protected override readMemory(memory: Float64Array): void {
    this.frames.set(memory);
  }

  private stacked(observation: Float32Array = new Float32Array(this.frames.length)): Float32Array {
    const { frames, frameCount, size, piece } = this;
    if (piece === size) {
      observation.set(frames);
      return observation;
    }
    let at = 0;
    for (let start = 0; start < size; start += piece)
      for (let frame = 0; frame < frameCount; frame++)
        for (let i = 0; i < piece; i++) observation[at++] = frames[frame * size + start + i]!;
    return observation;
  }
}

function stackedSpace(space: Space, count: number, piece: number, padding: 'first' | 'zero'): Space {
  const { size } = space;
  const low = space.kind === 'box' ? space.low : Float64Array.of(0);
  const high = space.kind === 'box' ? space.high : Float64Array.of(space.count - 1);
  const labels = space.kind === 'box' ? space.labels : undefined;
  // Where each component of a stacked observation comes from.
  const sources = Array.from({ length: count * size }, (_, at) => {
    const [block, within] = [Math.floor(at / (piece * count)), at % (piece * count)];
    return { component: block * piece + (within % piece), frame: Math.floor(within / piece) };
  });
  const isPadded = (frame: number): boolean => padding === 'zero' && frame < count - 1;
  return boxSpace({
    low: sources.map(({ component, frame }) => (isPadded(frame) ? Math.min(0, low[component]!) : low[component]!)),
    high: sources.map(({ component, frame }) => (isPadded(frame) ? Math.max(0, high[component]!) : high[component]!)),
    ...(labels ? { labels: sources.map(({ component, frame }) => `${labels[component]} ${count - 1 - frame} steps ago`) } : {}),
  });
}

/** The functions of single observations, of the newest in each stack. */
function stackBatched(batched: BatchedFunctions, count: number, size: number): BatchedFunctions {
  const newest = (observation: TensorLike): tf.Tensor2D => tf.slice(observation as tf.Tensor2D, [0, (count - 1) * size], [-1, size]);
  const { reward, terminated, dynamics } = batched;
  return {
    ...(reward && { reward: (observation, action, next) => tf.tidy(() => reward(newest(observation), action, newest(next)) as tf.Tensor) }),
    ...(terminated && {
      terminated: (observation, action, next) => tf.tidy(() => terminated(newest(observation), action, newest(next)) as tf.Tensor),
    }),
    ...(dynamics && {
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const next = dynamics(newest(observation), action) as tf.Tensor2D;
          if (count === 1) return next;
          return tf.concat([tf.slice(observation as tf.Tensor2D, [0, size], [-1, (count - 1) * size]), next], 1);
        }),
    }),
  };
}

/**
 * Gives the last `count` observations as one: vectors one after another from the oldest to the newest, `[count · O]`;
 * pictures (environments with `observationShape`) by channels, `[height, width, count · channels]`, oldest first. The
 * batched functions of vectors stay, as functions of stacks. The environment given is used, not copied: step it
 * through the result only.
 * @throws OptionError on an option outside of its bounds.
 */
export function withFrameStack<Wrapped extends PerhapsPictures>(
  environment: Wrapped,
  { count, padding = 'first' }: FrameStackOptions,
): Environment & Pick<Wrapped, 'observationShape' & keyof Wrapped> {
  checkInteger('withFrameStack', 'count', count, { min: 1 });
  checkOneOf('withFrameStack', 'padding', padding, ['first', 'zero']);
  const shape = environment.observationShape;
  if (shape && shape[0] * shape[1] * shape[2] !== environment.observationSpace.size)
    throw new OptionError(
      `withFrameStack: observationShape must hold ${environment.observationSpace.size} numbers, got ${shape.join(' × ')}`,
    );
  return new FrameStack(environment, count, padding) as Environment as Environment & Pick<Wrapped, 'observationShape' & keyof Wrapped>;
}
