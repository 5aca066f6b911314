/** Writing down what happens, as trajectories. */
import {
  type Action,
  type BatchedFunctions,
  checkInteger,
  createTrajectory,
  type Environment,
  type StepResult,
  type TabularModel,
  type Trajectory,
} from '@mbrl/core';
import { EnvironmentWrapper, type WrapperResetOptions } from './environment-wrapper.js';

/** Options of {@link withRecording}. */
export interface RecordingOptions {
  /** Called with each episode when it has ended, or is cut off by a reset after at least one step. */
  readonly onEpisode?: (trajectory: Trajectory) => void;
  /** Episodes that are kept in `episodes`, the latest, at least 0. Default Infinity, or 0 where `onEpisode` is given. */
  readonly keptCount?: number;
}

/** An environment whose episodes are recorded. */
export interface RecordingEnvironment extends Environment {
  /** The episodes that are over, from the oldest kept on. */
  readonly episodes: readonly Trajectory[];
  /** The episode under way; undefined before a reset, after an end, and after a restore until the next reset. */
  readonly current: Trajectory | undefined;
}

class Recording extends EnvironmentWrapper implements RecordingEnvironment {
  readonly episodes: Trajectory[] = [];
  current: Trajectory | undefined;
  private readonly onEpisode: ((trajectory: Trajectory) => void) | undefined;
  private readonly keptCount: number;
  private readonly taken: Float64Array;

  constructor(inner: Environment, onEpisode: ((trajectory: Trajectory) => void) | undefined, keptCount: number) {
    super(inner, {
      kind: 'Recording',
      batched: inner.batched as BatchedFunctions | undefined,
      sceneOf: inner.sceneOf && ((observation) => inner.sceneOf!(observation)),
      memorySize: 0,
    });
    this.onEpisode = onEpisode;
    this.keptCount = keptCount;
    this.taken = new Float64Array(inner.actionSpace.size);
  }

  get tabularModel(): TabularModel | undefined {
    return this.inner.tabularModel;
  }

  override reset(options?: WrapperResetOptions): ReturnType<Environment['reset']> {
    const result = super.reset(options);
    this.finish();
    this.current = createTrajectory({ firstObservation: result.observation, actionSize: this.taken.length });
    return result;
  }

  protected begin(observation: Float32Array): Float32Array {
    return observation;
  }

  protected advance(action: Action, into?: Float32Array): StepResult {
    this.readAction(action, this.taken);
    const result = this.inner.step(action, into);
    const { current } = this;
    if (!current) return result;
    const { observation, reward, terminated, truncated } = result;
    current.append({ action: this.taken, reward, nextObservation: observation, terminated, truncated });
    if (terminated || truncated) this.finish();
    return result;
  }

  /** After a restore: what follows does not belong to what was recorded. */
  protected override readMemory(): void {
    this.finish();
  }

  private finish(): void {
    const { current } = this;
    this.current = undefined;
    if (!current || current.stepCount === 0) return;
    this.episodes.push(current);
    while (this.episodes.length > this.keptCount) this.episodes.shift();
    this.onEpisode?.(current);
  }
}

/**
 * Records each episode as a trajectory; everything passes through. An episode that is cut off, by a reset or a restore,
 * is handed over as it stands, without an end; after a restore nothing is recorded until the next reset. Records are no
 * part of the saved state. The environment given is used, not copied: step it through the result only.
 * @throws OptionError on an option outside of its bounds.
 */
export function withRecording(environment: Environment, options: RecordingOptions = {}): RecordingEnvironment {
  const { onEpisode, keptCount = onEpisode ? 0 : Infinity } = options;
  if (keptCount !== Infinity) checkInteger('withRecording', 'keptCount', keptCount, { min: 0 });
  return new Recording(environment, onEpisode, keptCount);
}
