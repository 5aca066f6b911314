import {
  type Action,
  createRng,
  type DiscreteSpace,
  discreteSpace,
  type Environment,
  type Json,
  LifecycleError,
  OptionError,
  type ResetResult,
  type Rng,
  ShapeError,
  type StepResult,
  type TabularModel,
} from '@mbrl/core';

function seeded(seed: number): Rng {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new OptionError(`ToyTable: seed must be in [0, 2³²), got ${seed}`);
  return createRng(seed);
}

/**
 * A chain of three states: action 1 goes on to the next with a chance of one half, action 0 stays; the last is the end.
 * Reward −1 a step, 10 for the last.
 */
export class ToyTable implements Environment {
  readonly name: string = 'ToyTable';
  readonly timeStep: number = 1;
  readonly observationSpace: DiscreteSpace = discreteSpace(3);
  readonly actionSpace: DiscreteSpace = discreteSpace(2);
  readonly tabularModel: TabularModel = {
    stateCount: 3,
    actionCount: 2,
    discount: 0.9,
    offsets: Int32Array.of(0, 1, 3, 4, 6, 6, 6),
    nextStates: Int32Array.of(0, 0, 1, 1, 1, 2),
    probabilities: Float64Array.of(1, 0.5, 0.5, 1, 0.5, 0.5),
    rewards: Float64Array.of(-1, -1, -1, -1, -1, 10),
    endings: Uint8Array.of(0, 0, 0, 0, 0, 1),
    startProbabilities: Float64Array.of(0.5, 0.5, 0),
  };
  state = 2;
  isRunning = false;
  rng: Rng = createRng(0);

  reset({ seed }: { readonly seed?: number } = {}): ResetResult {
    if (seed !== undefined) this.rng = seeded(seed);
    this.state = this.rng.integer(2);
    this.isRunning = true;
    return { observation: Float32Array.of(this.state), info: {} };
  }

  reseed(seed: number): void {
    this.rng = seeded(seed);
  }

  step(action: Action, into: Float32Array = new Float32Array(1)): StepResult {
    if (!this.isRunning) throw new LifecycleError('ToyTable.step: reset must be called before');
    const values = typeof action === 'number' ? [action] : action;
    if (values.length !== 1) throw new ShapeError(`ToyTable.step: action must have 1 component, got ${values.length}`);
    if (values[0] !== 0 && values[0] !== 1) throw new OptionError(`ToyTable.step: action must be 0 or 1, got ${values[0]}`);
    if (into.length !== 1) throw new ShapeError(`ToyTable.step: into must have 1 component, got ${into.length}`);
    if (values[0] === 1 && this.rng.uniform() < 0.5) this.state++;
    const terminated = this.state === 2;
    this.isRunning = !terminated;
    into[0] = this.state;
    return { observation: into, reward: terminated ? 10 : -1, terminated, truncated: false, info: {} };
  }

  saveState(): Json {
    return { state: this.state, isRunning: this.isRunning, rng: this.rng.save() };
  }

  restoreState(saved: Json): void {
    const { state, isRunning, rng } = (saved ?? {}) as { [key: string]: Json };
    if (typeof state !== 'number' || typeof isRunning !== 'boolean') throw new OptionError('ToyTable.restoreState: what saveState gave');
    const restored = createRng(0);
    restored.restore(rng ?? null);
    Object.assign(this, { state, isRunning, rng: restored });
  }
}
