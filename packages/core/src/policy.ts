/**
 * The contracts of who acts: a policy maps observations to actions; an agent also learns from what follows.
 */
import type { Checkpoint } from './checkpoint.js';
import type { Rng } from './rng.js';
import type { Transition } from './transition.js';

/** Maps observations to actions. */
export interface Policy {
  /** Forgets what it carries from step to step; call at the start of an episode. */
  reset(): void;
  /**
   * Chooses an action, `[A]`, for an observation `[O]`; the action is the caller's own copy.
   * @throws ShapeError on an observation of a wrong size; NumericalError on one that is not finite.
   */
  act(observation: Float32Array, rng: Rng): Promise<Float32Array>;
}

/** Progress within a call of `learn`. */
export interface LearnProgress {
  /** Finished part, in [0, 1]. */
  readonly fraction: number;
  /** Figures of this moment, such as losses. */
  readonly metrics: { readonly [name: string]: number };
}

/** Acts, remembers and learns; everything it is can be saved and resumed exactly. */
export interface Agent {
  /** Call at the start of each episode. */
  beginEpisode(): void;
  /** Chooses an action, `[A]`, for an observation `[O]`. */
  act(observation: Float32Array): Promise<Float32Array>;
  /** Remembers a transition. */
  observe(transition: Transition): void;
  /** Learns when it is time to; gives the figures of what it did, or undefined when it was not time. */
  learn(options?: { onProgress?: (progress: LearnProgress) => void }): Promise<{ readonly [name: string]: number } | undefined>;
  /** Figures of the last `act`, such as planning time and predicted return. */
  readonly lastAct: { readonly [name: string]: number };
  /** Everything, so that a resumed agent goes on bit for bit. */
  save(): Checkpoint;
  /** Takes over what `save` gave. @throws CheckpointError when it does not fit this agent. */
  load(checkpoint: Checkpoint): void;
  /** Frees what it holds. */
  dispose(): void;
}
