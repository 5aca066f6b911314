/** A limit on the steps of an episode: Gymnasium's `TimeLimit`. */
import {
  type Action,
  type BatchedFunctions,
  checkInteger,
  type Environment,
  type EnvironmentState,
  LifecycleError,
  OptionError,
  type ResetResult,
  type Scene,
  ShapeError,
  type SolidScene,
  type Space,
  type StepResult,
  type TabularModel,
} from '@mbrl/core';
import type { ClassicEnvironment } from '../classic/classic-environment.js';
import type { TabularEnvironment } from '../tabular/tabular-environment.js';

/** Wraps an environment; see {@link withTimeLimit}. */
class TimeLimit implements Environment {
  readonly name: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly timeStep: number;
  readonly stateLabels?: readonly string[];
  readonly batched?: BatchedFunctions;
  readonly scene?: () => Scene;
  readonly sceneOf?: (observation: ArrayLike<number>) => Scene;
  readonly solidScene?: () => SolidScene;
  readonly snapshot?: (into?: Float64Array) => Float64Array;
  readonly restoreSnapshot?: (buffer: Float64Array) => void;
  readonly reseed?: (seed: number) => void;
  readonly dispose?: () => void;
  private readonly inner: Environment;
  private readonly maxSteps: number;
  private elapsedSteps = 0;

  constructor(inner: Environment & { readonly stateLabels?: readonly string[] }, maxSteps: number) {
    this.inner = inner;
    this.maxSteps = maxSteps;
    this.name = inner.name;
    this.observationSpace = inner.observationSpace;
    this.actionSpace = inner.actionSpace;
    this.timeStep = inner.timeStep;
    if (inner.stateLabels) this.stateLabels = inner.stateLabels;
    if (inner.batched) this.batched = inner.batched;
    if (inner.scene) this.scene = () => inner.scene!();
    if (inner.sceneOf) this.sceneOf = (observation) => inner.sceneOf!(observation);
    if (inner.solidScene) this.solidScene = () => inner.solidScene!();
    if (inner.reseed) this.reseed = (seed) => inner.reseed!(seed);
    if (inner.dispose) this.dispose = () => inner.dispose!();
    if (inner.snapshot && inner.restoreSnapshot) {
      // The wrapped environment's own snapshot and, after it, the count.
      const own = inner.snapshot();
      const size = own.length + 1;
      this.snapshot = (into = new Float64Array(size)) => {
        if (into.length !== size) throw new ShapeError(`${this.name}.snapshot: into must have ${size} components, got ${into.length}`);
        inner.snapshot!(own);
        for (let i = 0; i < own.length; i++) into[i] = own[i]!;
        into[own.length] = this.elapsedSteps;
        return into;
      };
      this.restoreSnapshot = (buffer) => {
        const caller = `${this.name}.restoreSnapshot`;
        if (buffer.length !== size) throw new ShapeError(`${caller}: buffer must have ${size} components, got ${buffer.length}`);
        const elapsedSteps = buffer[own.length]!;
        if (!(elapsedSteps >= 0 && elapsedSteps <= this.maxSteps && Number.isInteger(elapsedSteps)))
          throw new OptionError(`${caller}: steps taken must be an integer in [0, ${this.maxSteps}], got ${elapsedSteps}`);
        for (let i = 0; i < own.length; i++) own[i] = buffer[i]!;
        inner.restoreSnapshot!(own);
        this.elapsedSteps = elapsedSteps;
      };
    }
  }

  /** The wrapped environment's tables; the limit is no part of them. */
  get tabularModel(): TabularModel | undefined {
    return this.inner.tabularModel;
  }

  reset(options?: { readonly seed?: number }): ResetResult {
    const result = this.inner.reset(options);
    this.elapsedSteps = 0;
    return result;
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.elapsedSteps >= this.maxSteps) {
      throw new LifecycleError(
        `${this.name}.step: the episode was truncated after ${this.maxSteps} steps; reset must be called before the next step`,
      );
    }
    const result = this.inner.step(action, into);
    this.elapsedSteps += 1;
    return this.elapsedSteps < this.maxSteps ? result : { ...result, truncated: true };
  }

  saveState(): EnvironmentState {
    return { elapsedSteps: this.elapsedSteps, limited: this.inner.saveState() };
  }

  restoreState(state: EnvironmentState): void {
    const caller = `${this.name}.restoreState`;
    const saved = state as { readonly elapsedSteps?: unknown; readonly limited?: EnvironmentState } | null;
    if (typeof saved !== 'object' || saved === null || saved.limited === undefined) {
      throw new OptionError(`${caller}: state must be one that ${this.name} saved, got ${JSON.stringify(state)?.slice(0, 80)}`);
    }
    const elapsedSteps = checkInteger(caller, 'elapsedSteps', saved.elapsedSteps as number, { min: 0, max: this.maxSteps });
    this.inner.restoreState(saved.limited);
    this.elapsedSteps = elapsedSteps;
  }
}

/**
 * Ends episodes by `truncated` when they reach `maxSteps` steps; all else passes through, and the count is part of the
 * saved state. The environment given is used, not copied: step it through the result only.
 * @param maxSteps whole number of steps, at least 1
 * @throws OptionError on a limit outside of that.
 */
export function withTimeLimit(environment: ClassicEnvironment, maxSteps: number): ClassicEnvironment;
export function withTimeLimit(environment: TabularEnvironment, maxSteps: number): TabularEnvironment;
export function withTimeLimit(environment: Environment, maxSteps: number): Environment;
export function withTimeLimit(environment: Environment, maxSteps: number): Environment {
  return new TimeLimit(environment, checkInteger('withTimeLimit', 'maxSteps', maxSteps, { min: 1 }));
}
