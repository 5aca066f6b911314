/** A preset: a task, an algorithm and its settings under one name. */
import type { RunParts } from '../run/run-parts.js';
import type { LoopSettings } from './loop-settings.js';
import type { SettingDefinitions, Settings } from './setting.js';

/** Environment by its name in `@mbrl/envs`, with the options of its factory. */
export interface EnvironmentChoice {
  readonly name: string;
  readonly options: { readonly [key: string]: number | string | boolean };
  /** Components of the observation that are angles in radians; a model sees their sine and cosine. */
  readonly angleComponents?: readonly number[];
}

/** What a goal judges a trial by. */
export interface TrialOutcome {
  /** `[T]` */
  readonly rewards: readonly number[];
  /** `[T + 1, O]` by row. */
  readonly observations: readonly (readonly number[])[];
  /** Steps that a whole trial has. */
  readonly stepsPerTrial: number;
}

/** When a trial counts as solved. */
export interface Goal {
  /** What a solved trial shows, to follow `learned to`: `hold the pole up`. */
  readonly description: string;
  /** The rule in words, to follow `when`: `every reward of the last 100 steps is at least 0.7`. */
  readonly rule: string;
  /** Whether a trial is solved. */
  isSolved(trial: TrialOutcome): boolean;
}

/** A preset as the command sees it. */
export interface Preset {
  readonly name: string;
  /** One line, for `mbrl list`. */
  readonly description: string;
  readonly environment: EnvironmentChoice;
  readonly goal: Goal;
  readonly definitions: { readonly [key: string]: SettingDefinitions<Settings>[string] };
  readonly settings: Settings & LoopSettings;
  /** Refuses combinations of settings. @throws OptionError that names them. */
  check(settings: Settings): void;
  /** Makes the parts of a run. The algorithm is loaded here and not before, so that `mbrl --help` starts at once. */
  createParts(settings: Settings): Promise<RunParts>;
}

/** Solved when the trial's return is at least `least`. */
export function reachesReturn(description: string, least: number): Goal {
  return {
    description,
    rule: `the return is at least ${least}`,
    isSolved: ({ rewards }) => rewards.reduce((sum, reward) => sum + reward, 0) >= least,
  };
}

/** Solved when the trial has its full length and every reward of its last steps is at least `least`. */
export function holdsReward(description: string, { lastSteps, least }: { readonly lastSteps: number; readonly least: number }): Goal {
  return {
    description,
    rule: `every reward of the last ${lastSteps} steps is at least ${least}`,
    isSolved: ({ rewards, stepsPerTrial }) =>
      rewards.length === stepsPerTrial && stepsPerTrial >= lastSteps && rewards.slice(-lastSteps).every((reward) => reward >= least),
  };
}

/** Solved when the trial has its full length and a component of its last observations is at most `most`. */
export function holdsComponent(
  description: string,
  rule: string,
  { component, lastSteps, most }: { readonly component: number; readonly lastSteps: number; readonly most: number },
): Goal {
  return {
    description,
    rule,
    isSolved: ({ observations, rewards, stepsPerTrial }) =>
      rewards.length === stepsPerTrial &&
      stepsPerTrial >= lastSteps &&
      observations.slice(-lastSteps).every((row) => row[component]! <= most),
  };
}
