/** The contract of an environment as a check. */
import type { Action, Environment } from '../environment.js';
import { createRng, type Rng } from '../rng.js';
import { sampleSpace } from '../space.js';
import { checkBatched, type TensorAdapters } from './check-batched.js';
import { checkActions, checkSaving } from './check-environment-state.js';
import { faultOfScene } from './check-scene.js';
import { checkInto } from './check-environment-into.js';
import { checkReseeding, checkSnapshots } from './check-environment-snapshot.js';
import { checkTables } from './check-tabular-model.js';
import { faultOfSolidScene, solidFormOf } from './check-solid-scene.js';
import { type Contract, contract } from './contract.js';
import { playEpisode, type RecordedStep, sameSteps } from './episode.js';

/** The clauses of {@link checkEnvironment}. */
export type EnvironmentClause =
  | 'description'
  | 'reset-determinism'
  | 'seed-matters'
  | 'bad-seed'
  | 'observation-space'
  | 'fresh-copy'
  | 'into'
  | 'flags'
  | 'reward'
  | 'info'
  | 'step-before-reset'
  | 'step-after-end'
  | 'action-untouched'
  | 'action-number'
  | 'action-size'
  | 'action-finite'
  | 'action-range'
  | 'refusal-unchanged'
  | 'save-restore'
  | 'save-aliasing'
  | 'restore-garbage'
  | 'snapshot'
  | 'reseed'
  | 'tabular-model'
  | 'scene'
  | 'solid-scene'
  | 'batched-reward'
  | 'batched-terminated'
  | 'batched-dynamics';

/** How to check an environment. */
export interface EnvironmentCheckOptions {
  /** Seed of the resets and of the actions; 0 when absent. */
  readonly seed?: number;
  /** Episodes to play; 3 when absent. */
  readonly episodeCount?: number;
  /** Steps to play of an episode that does not end before; 200 when absent. */
  readonly stepLimit?: number;
  /** Chooses actions; evenly from the action space when absent. Give one that makes the episode end in time. */
  readonly chooseAction?: (observation: Float32Array, rng: Rng) => Action;
  /** Whether seeds lead to different episodes; true when absent. Give false for a task that starts at one state. */
  readonly seedsDiffer?: boolean;
  /** Whether an episode must end within `stepLimit`, so that the clauses about ends are put to the test; false when absent. */
  readonly mustEnd?: boolean;
  /** How to make tensors and read them; needed when the environment has `batched` functions. */
  readonly tensors?: TensorAdapters;
  /** Greatest error of batched functions, relative to 1 + the magnitude; 1e-5 when absent. */
  readonly batchedTolerance?: number;
}

/** What the parts of the check work with. */
export interface EnvironmentCheck {
  readonly factory: () => Environment;
  readonly contract: Contract<EnvironmentClause>;
  readonly seed: number;
  readonly stepLimit: number;
  readonly chooseAction: (observation: Float32Array, rng: Rng) => Action;
}

function checkDescription(environment: Environment, { require }: Contract<EnvironmentClause>): void {
  const { name, timeStep, observationSpace, actionSpace } = environment;
  require('description', typeof name === 'string' && name !== '', `name must be a text, got ${JSON.stringify(name)}`);
  require('description', Number.isFinite(timeStep) && timeStep > 0, `timeStep must be a positive number of seconds, got ${timeStep}`);
  for (const [which, space] of Object.entries({ observationSpace, actionSpace })) {
    const fits =
      space.kind === 'discrete'
        ? space.size === 1 && space.count >= 1
        : space.low.length === space.size && space.high.length === space.size;
    require('description', fits && space.size >= 1, `${which} must be made by boxSpace or discreteSpace, got ${JSON.stringify(space)}`);
  }
}

function checkObservation(
  { require }: Contract<EnvironmentClause>,
  environment: Environment,
  observation: Float32Array,
  when: string,
): void {
  const space = environment.observationSpace;
  require('observation-space', observation instanceof Float32Array, `the observation of ${when} must be a Float32Array`);
  require('observation-space', observation.length ===
    space.size, `the observation of ${when} must have ${space.size} components, got ${observation.length}`);
  for (let i = 0; i < space.size; i++) {
    const value = observation[i]!;
    const [low, high] = space.kind === 'discrete' ? [0, space.count - 1] : [Math.fround(space.low[i]!), Math.fround(space.high[i]!)];
    const inside = Number.isFinite(value) && value >= low && value <= high && (space.kind === 'box' || Number.isInteger(value));
    require('observation-space', inside, () =>
      `the observation of ${when} must be finite and in [${low}, ${high}] at component ${i}, got ${value}`);
  }
}

function checkStep({ require }: Contract<EnvironmentClause>, step: RecordedStep, when: string): void {
  const { reward, terminated, truncated, info } = step;
  require('reward', typeof reward === 'number' &&
    Number.isFinite(reward), `the reward of ${when} must be a finite number, got ${String(reward)}`);
  require('flags', typeof terminated === 'boolean', `terminated of ${when} must be a boolean, got ${String(terminated)}`);
  require('flags', typeof truncated === 'boolean', `truncated of ${when} must be a boolean, got ${String(truncated)}`);
  const isRecord = info !== null && typeof info === 'object' && !Array.isArray(info);
  require('info', isRecord &&
    JSON.stringify(JSON.parse(JSON.stringify(info))) === JSON.stringify(info), `info of ${when} must be a JSON record`);
}

function checkScenes({ contract: { require, allow } }: EnvironmentCheck, environment: Environment, observation: Float32Array): void {
  const scenes = {
    scene: environment.scene && allow('scene', 'scene()', () => environment.scene!()),
    sceneOf: environment.sceneOf && allow('scene', 'sceneOf(observation)', () => environment.sceneOf!(observation)),
  };
  for (const [which, scene] of Object.entries(scenes)) {
    const fault = scene && allow('scene', `${which}'s form`, () => faultOfScene(scene));
    require('scene', fault === undefined, `${which}: ${fault}`);
  }
}

/** Checks the scene in space; returns what must stay the same through an episode. */
function checkSolidScene({ contract: { require, allow } }: EnvironmentCheck, environment: Environment, before: string | undefined): string {
  if (!environment.solidScene) return '';
  const scene = allow('solid-scene', 'solidScene()', () => environment.solidScene!());
  const fault = allow('solid-scene', "solidScene's form", () => faultOfSolidScene(scene));
  require('solid-scene', fault === undefined, `solidScene: ${fault}`);
  const form = solidFormOf(scene);
  require('solid-scene', before === undefined ||
    form === before, 'the number and order of the solid shapes, their forms and colours must stay the same through an episode');
  return form;
}

/** Equal seeds give equal episodes: in another instance, in a used one, and in the episodes after the seeded one. */
function checkDeterminism(check: EnvironmentCheck, seedsDiffer: boolean): void {
  const {
    factory,
    seed,
    contract: { require },
  } = check;
  const twoEpisodes = (environment: Environment, with_: number): RecordedStep[] => [
    ...playEpisode(check, environment, with_),
    ...playEpisode(check, environment),
  ];
  const first = factory();
  const reference = twoEpisodes(first, seed);
  const again = sameSteps(reference, twoEpisodes(first, seed));
  require('reset-determinism', again ===
    undefined, `a second reset of the same instance with seed ${seed} must repeat the episodes, got ${again}`);
  const other = sameSteps(reference, twoEpisodes(factory(), seed));
  require('reset-determinism', other === undefined, `another instance with seed ${seed} must give the same episodes, got ${other}`);
  if (!seedsDiffer) return;
  const differs = sameSteps(playEpisode(check, factory(), seed), playEpisode(check, factory(), seed + 1)) !== undefined;
  require('seed-matters', differs, `seeds ${seed} and ${seed + 1} must lead to different episodes`);
  const environment = factory();
  const differsLater = sameSteps(playEpisode(check, environment, seed), playEpisode(check, environment)) !== undefined;
  require('seed-matters', differsLater, 'a reset without a seed must go on with the generator, not repeat the episode');
}

function checkSeeds({ factory, contract: { requireThrow, allow } }: EnvironmentCheck): void {
  allow('bad-seed', 'reset with the greatest seed', () => factory().reset({ seed: 2 ** 32 - 1 }));
  for (const seed of [-1, 0.5, NaN, 2 ** 32])
    requireThrow('bad-seed', 'OPTION', `reset({ seed: ${seed} })`, () => factory().reset({ seed }));
}

/** Whoever holds an observation owns it: writing to it changes nothing, and later steps do not write to it. */
function checkCopies(check: EnvironmentCheck): void {
  const {
    factory,
    seed,
    contract: { require },
  } = check;
  const reference = playEpisode(check, factory(), seed);
  const environment = factory();
  const given: Float32Array[] = [];
  const disturbed = playEpisode(check, environment, seed, (observation) => {
    given.push(observation);
    observation.fill(12345);
  });
  const difference = sameSteps(reference, disturbed);
  require('fresh-copy', difference === undefined, `writing to an observation must not change what follows, got ${difference}`);
  require('fresh-copy', new Set(given.map(({ buffer }) => buffer)).size === given.length, 'each observation must be an array of its own');
  require('fresh-copy', given.every((observation) =>
    observation.every((value) => value === 12345),
  ), 'a step must not write to an earlier observation');
}

function checkLifecycle(check: EnvironmentCheck, mustEnd: boolean): void {
  const {
    factory,
    seed,
    contract: { require, requireThrow },
  } = check;
  const environment = factory();
  const action = sampleSpace(environment.actionSpace, createRng(seed));
  requireThrow('step-before-reset', 'LIFECYCLE', 'a step before the first reset', () => environment.step(action));
  const last = playEpisode(check, environment, seed).at(-1)!;
  require('step-after-end', last.ended ||
    !mustEnd, `the episode must end within stepLimit=${check.stepLimit} steps: give chooseAction or a greater limit`);
  if (last.ended) requireThrow('step-after-end', 'LIFECYCLE', 'a step after the end', () => environment.step(action));
}

/**
 * Checks that an environment keeps the contract. Its clauses, by name:
 *
 * - `description`: name, time step and spaces are there and well formed
 * - `reset-determinism`: equal seeds give equal episodes, in any instance, and equal episodes after the seeded one
 * - `seed-matters`: other seeds, and later episodes, differ (option `seedsDiffer`)
 * - `bad-seed`: a seed that is no unsigned 32-bit integer is refused with an OptionError
 * - `observation-space`: each observation is a finite Float32Array in its space, to float32 rounding
 * - `fresh-copy`: an observation belongs to the caller
 * - `into`: an array given to `step` is filled and returned, not kept, and refused where its size is wrong
 * - `flags`, `reward`, `info`: two booleans, a finite number, a JSON record
 * - `step-before-reset`, `step-after-end`: a LifecycleError
 * - `action-untouched`, `action-number`: an action is only read; for one component, a number is as good as a vector
 * - `action-size`, `action-finite`, `action-range`: what is wrong is refused, with ShapeError or OptionError
 * - `refusal-unchanged`: a refused action changes nothing
 * - `save-restore`: a saved state goes on bit for bit, after other play, through JSON, and in another instance
 * - `save-aliasing`: a saved state does not change later
 * - `restore-garbage`: what `saveState` did not give is refused with an OptionError, and changes nothing
 * - `snapshot`: a snapshot, where offered, goes on bit for bit to the end of the episode, in any instance
 * - `reseed`: what follows a restore and a reseed, where offered, is a function of the seed; other seeds are refused
 * - `tabular-model`: tables, where offered, are well formed, and every step is one of their outcomes
 * - `scene`: scenes have finite numbers and the declared form
 * - `solid-scene`: so have scenes in space, and their shapes stay the same through an episode
 * - `batched-reward`, `batched-terminated`, `batched-dynamics`: equal to what `step` gives
 *
 * @param factory makes a new environment at each call, all alike
 * @throws ContractError that names the clause which is broken.
 * @example
 * test('the pendulum keeps the contract', () => checkEnvironment(() => createPendulum()));
 */
export function checkEnvironment(factory: () => Environment, options: EnvironmentCheckOptions = {}): void {
  const { seed = 0, episodeCount = 3, stepLimit = 200, seedsDiffer = true, mustEnd = false, tensors, batchedTolerance = 1e-5 } = options;
  const sample = factory();
  const clauses: Contract<EnvironmentClause> = contract('checkEnvironment', sample.name || 'the environment');
  const chooseAction = options.chooseAction ?? ((_: Float32Array, rng: Rng) => sampleSpace(sample.actionSpace, rng));
  const check: EnvironmentCheck = { factory, contract: clauses, seed, stepLimit, chooseAction };
  checkDescription(sample, clauses);
  const played: RecordedStep[] = [];
  const environment = factory();
  for (let episode = 0; episode < episodeCount; episode++) {
    let t = 0;
    let form: string | undefined;
    const steps = playEpisode(check, environment, seed + episode, (observation) => {
      checkObservation(
        clauses,
        environment,
        observation,
        t === 0 ? `reset with seed ${seed + episode}` : `step ${t} of seed ${seed + episode}`,
      );
      checkScenes(check, environment, observation);
      form = checkSolidScene(check, environment, form);
      t++;
    });
    steps.slice(1).forEach((step, index) => checkStep(clauses, step, `step ${index + 1} of seed ${seed + episode}`));
    played.push(...steps);
  }
  checkDeterminism(check, seedsDiffer);
  checkSeeds(check);
  checkCopies(check);
  checkLifecycle(check, mustEnd);
  checkActions(check);
  checkSaving(check);
  checkSnapshots(check);
  checkReseeding(check, seedsDiffer);
  checkInto(check);
  checkTables(check);
  checkBatched(clauses, environment, played, tensors, batchedTolerance);
}
