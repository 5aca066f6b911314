/**
 * Acting in a finite Markov decision process that is given as tables. The observation is one component that holds the
 * state's index; so is the action. The tables may change once, at a given number of steps in all, as in the mazes that
 * are blocked or get a shortcut.
 */
import {
  type Action,
  checkTabularModel,
  createRng,
  type DiscreteSpace,
  discreteSpace,
  type Environment,
  type EnvironmentState,
  type Info,
  type Json,
  LifecycleError,
  OptionError,
  type ResetResult,
  type Rng,
  type Scene,
  ShapeError,
  type StepResult,
  type TabularModel,
} from '@mbrl/core';
import { generatorSize, readGenerator, writeGenerator } from '../generator-snapshot.js';

/** How to start an episode of a tabular task. */
export interface TabularResetOptions {
  /** Unsigned 32-bit integer that this and all later episodes are a function of. */
  readonly seed?: number;
  /** Index of the state to start from; nothing is drawn then. */
  readonly state?: number;
}

/** An environment over the states of a table, that can also start from a given one. */
export interface TabularEnvironment extends Environment {
  readonly observationSpace: DiscreteSpace;
  readonly actionSpace: DiscreteSpace;
  /**
   * The task as exact tables, in which a state's index is the observation's one component. Of a task that changes, the
   * tables of the present. Absent where something that is not observed decides what follows.
   */
  readonly tabularModel: TabularModel | undefined;
  /** @throws OptionError on a seed that is not an unsigned 32-bit integer or a state that is not one. */
  reset(options?: TabularResetOptions): ResetResult;
  reseed(seed: number): void;
  snapshot(into?: Float64Array): Float64Array;
  restoreSnapshot(buffer: Float64Array): void;
  scene(): Scene;
  sceneOf(observation: ArrayLike<number>): Scene;
}

/** What {@link TabularTask} needs. */
export interface TabularTaskOptions {
  readonly name: string;
  /** The tables, from the first on; each but the last with the number of steps in all after which the next one holds. */
  readonly stages: readonly { readonly model: TabularModel; readonly untilStep?: number }[];
  readonly seed: number;
  readonly actionLabels?: readonly string[];
  readonly stateLabels?: readonly string[];
  /** The picture of a state, after the action that led to it (−1 at a start), in a stage. */
  readonly drawScene: (state: number, lastAction: number, stage: number) => Scene;
}

const snapshotSize: number = 5 + generatorSize;

const phases = ['new', 'running', 'ended'] as const;

/** One stage's tables, ready to draw from. */
interface Stage {
  readonly model: TabularModel;
  /** Running sums of the probabilities within each pair, `[M]`; 1 from the last outcome that is possible. */
  readonly cumulative: Float64Array;
  readonly startCumulative: Float64Array;
  readonly untilStep: number;
}

/** Running sums of [first, end) into `out`, such that a draw in [0, 1) never goes past the last possible entry. */
function accumulate(probabilities: Float64Array, first: number, end: number, out: Float64Array): void {
  let sum = 0;
  let lastPossible = first;
  for (let i = first; i < end; i++) {
    sum += probabilities[i]!;
    out[i] = sum;
    if (probabilities[i]! > 0) lastPossible = i;
  }
  out.fill(1, lastPossible, end);
}

function prepareStage(model: TabularModel, untilStep: number): Stage {
  const { offsets, probabilities, startProbabilities } = model;
  const cumulative = new Float64Array(probabilities.length);
  for (let pair = 0; pair + 1 < offsets.length; pair++) accumulate(probabilities, offsets[pair]!, offsets[pair + 1]!, cumulative);
  const startCumulative = new Float64Array(startProbabilities.length);
  accumulate(startProbabilities, 0, startProbabilities.length, startCumulative);
  return { model, cumulative, startCumulative, untilStep };
}

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An environment over tables. */
export class TabularTask implements TabularEnvironment {
  readonly name: string;
  readonly observationSpace: DiscreteSpace;
  readonly actionSpace: DiscreteSpace;
  readonly timeStep: number = 1;
  /** Index of the present state. */
  protected state = 0;
  protected rng: Rng;
  /** A flag that the observation does not show, 0 or 1, for subclasses. */
  protected hidden = 0;
  private readonly stages: readonly Stage[];
  private readonly drawScene: TabularTaskOptions['drawScene'];
  private stage: Stage;
  private phase: (typeof phases)[number] = 'new';
  private lastAction = -1;
  /** Steps since the last reset with a seed; counted only where it matters. */
  private stepCount = 0;
  private readonly infoByProbability: Map<number, Info> = new Map();

  constructor(options: TabularTaskOptions) {
    const { name, stages, seed, actionLabels, stateLabels, drawScene } = options;
    this.name = name;
    this.stages = stages.map(({ model, untilStep }) => prepareStage(checkTabularModel(name, model), untilStep ?? Infinity));
    this.stage = this.stages[0]!;
    const { stateCount, actionCount } = this.stage.model;
    this.observationSpace = discreteSpace(stateCount, stateLabels);
    this.actionSpace = discreteSpace(actionCount, actionLabels);
    this.rng = createRng(checkSeed(name, seed));
    this.drawScene = drawScene;
  }

  get tabularModel(): TabularModel | undefined {
    return this.stage.model;
  }

  reset({ seed, state }: TabularResetOptions = {}): ResetResult {
    if (state !== undefined && !(Number.isInteger(state) && state >= 0 && state < this.observationSpace.count))
      throw new OptionError(`${this.name}.reset: state must be a whole number in [0, ${this.observationSpace.count - 1}], got ${state}`);
    if (seed !== undefined) {
      this.rng = createRng(checkSeed(`${this.name}.reset`, seed));
      this.stepCount = 0;
      this.findStage();
    }
    this.state = state ?? this.drawStart();
    this.beginEpisode();
    this.phase = 'running';
    this.lastAction = -1;
    return { observation: Float32Array.of(this.state), info: this.infoOf(1) };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    if (into !== undefined && into.length !== 1) throw new ShapeError(`${this.name}.step: into must have 1 component, got ${into.length}`);
    const choice = this.choiceOf(action);
    const { model, cumulative } = this.stage;
    const pair = this.state * model.actionCount + choice;
    let outcome = model.offsets[pair]!;
    const end = model.offsets[pair + 1]!;
    if (outcome === end) throw new OptionError(`${this.name}.step: action ${choice} cannot be taken in state ${this.state}`);
    if (end - outcome > 1) {
      const draw = this.rng.uniform();
      while (draw >= cumulative[outcome]!) outcome++;
    }
    this.state = this.landOn(model.nextStates[outcome]!);
    this.lastAction = choice;
    this.stepCount++;
    if (this.stepCount === this.stage.untilStep) this.findStage();
    const terminated = model.endings[outcome] === 1;
    if (terminated) this.phase = 'ended';
    const observation = into ?? new Float32Array(1);
    observation[0] = this.state;
    return {
      observation,
      reward: model.rewards[outcome]!,
      terminated,
      truncated: false,
      info: this.infoOf(model.probabilities[outcome]!),
    };
  }

  /** Goes on with another generator: what follows is a function of the seed and the present state. */
  reseed(seed: number): void {
    this.rng = createRng(checkSeed(`${this.name}.reseed`, seed));
  }

  saveState(): EnvironmentState {
    return {
      environment: this.name,
      phase: this.phase,
      state: this.state,
      lastAction: this.lastAction,
      stepCount: this.stepCount,
      hidden: this.hidden,
      rng: this.rng.save(),
    };
  }

  restoreState(saved: EnvironmentState): void {
    const caller = `${this.name}.restoreState`;
    const refuse = (requirement: string, got: Json | undefined): never => {
      throw new OptionError(`${caller}: ${requirement}, got ${JSON.stringify(got)?.slice(0, 80)}`);
    };
    if (!isRecord(saved) || saved['environment'] !== this.name) return refuse(`state must be one that ${this.name} saved`, saved);
    const whole = (key: string, min: number, max: number): number => {
      const value = saved[key];
      return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
        ? (value as number)
        : refuse(`${key} must be a whole number in [${min}, ${max}]`, value);
    };
    const phase = phases.find((candidate) => candidate === saved['phase']);
    if (phase === undefined) return refuse(`phase must be one of ${phases.join(', ')}`, saved['phase']);
    const state = whole('state', 0, this.observationSpace.count - 1);
    const lastAction = whole('lastAction', -1, this.actionSpace.count - 1);
    const stepCount = whole('stepCount', 0, Number.MAX_SAFE_INTEGER);
    const hidden = whole('hidden', 0, 1);
    const rng = createRng(0);
    try {
      rng.restore(saved['rng'] ?? null);
    } catch (cause) {
      throw new OptionError(`${caller}: rng must be a generator's saved state`, { cause });
    }
    this.rng = rng;
    this.hidden = hidden;
    this.phase = phase;
    this.state = state;
    this.lastAction = lastAction;
    this.stepCount = stepCount;
    this.findStage();
  }

  /** Phase, state, last action, steps, what a subclass adds, and the generator. */
  snapshot(into: Float64Array = new Float64Array(snapshotSize)): Float64Array {
    this.checkSnapshotSize('snapshot', into.length);
    into[0] = phases.indexOf(this.phase);
    into[1] = this.state;
    into[2] = this.lastAction;
    into[3] = this.stepCount;
    into[4] = this.hidden;
    writeGenerator(this.rng, into, 5);
    return into;
  }

  restoreSnapshot(buffer: Float64Array): void {
    this.checkSnapshotSize('restoreSnapshot', buffer.length);
    const phase = phases[buffer[0]!];
    const [, state, lastAction, stepCount, hidden] = buffer;
    if (phase === undefined || !Number.isInteger(state) || state! < 0 || state! >= this.observationSpace.count)
      throw new OptionError(`${this.name}.restoreSnapshot: buffer must hold a phase and a state, got ${buffer[0]} and ${state}`);
    readGenerator(this.rng, buffer, 5);
    this.phase = phase;
    this.state = state!;
    this.lastAction = lastAction!;
    this.stepCount = stepCount!;
    this.hidden = hidden!;
    this.findStage();
  }

  scene(): Scene {
    return this.drawScene(this.state, this.lastAction, this.stages.indexOf(this.stage));
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    const state = observation[0];
    if (observation.length !== 1 || !Number.isInteger(state) || state! < 0 || state! >= this.observationSpace.count)
      throw new OptionError(
        `${this.name}.sceneOf: observation must be a whole number in [0, ${this.observationSpace.count - 1}], got ${String(state)}`,
      );
    return this.drawScene(state!, -1, this.stages.indexOf(this.stage));
  }

  /** The info of a result whose outcome had this probability: Gymnasium's `prob`. */
  protected infoOf(probability: number): Info {
    let info = this.infoByProbability.get(probability);
    if (info === undefined) this.infoByProbability.set(probability, (info = Object.freeze({ prob: probability })));
    return info;
  }

  /** Called at each start, after the state is set. */
  protected beginEpisode(): void {}

  /** Where a step to `nextState` really leads. */
  protected landOn(nextState: number): number {
    return nextState;
  }

  private checkSnapshotSize(method: string, size: number): void {
    if (size !== snapshotSize) throw new ShapeError(`${this.name}.${method}: a snapshot must have ${snapshotSize} components, got ${size}`);
  }

  private drawStart(): number {
    const { startCumulative } = this.stage;
    const draw = this.rng.uniform();
    let state = 0;
    while (draw >= startCumulative[state]!) state++;
    return state;
  }

  private findStage(): void {
    this.stage = this.stages.find(({ untilStep }) => this.stepCount < untilStep)!;
  }

  private choiceOf(action: Action): number {
    let choice: number;
    if (typeof action === 'number') choice = action;
    else {
      if (action.length !== 1) throw new ShapeError(`${this.name}.step: action must have 1 component, got ${action.length}`);
      choice = action[0]!;
    }
    if (!(choice >= 0 && choice < this.actionSpace.count && Number.isInteger(choice)))
      throw new OptionError(`${this.name}.step: action must be a whole number in [0, ${this.actionSpace.count - 1}], got ${choice}`);
    return choice;
  }

  private refuseStep(): never {
    throw new LifecycleError(
      this.phase === 'new'
        ? `${this.name}.step: reset must be called before the first step`
        : `${this.name}.step: the episode has ended; reset must be called before the next step`,
    );
  }
}

function checkSeed(caller: string, seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new OptionError(`${caller}: seed must be an integer in [0, 4294967295], got ${seed}`);
  return seed;
}
