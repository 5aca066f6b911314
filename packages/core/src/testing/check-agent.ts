/** The contract of an agent as a check: it acts and learns in an environment, and is interrupted there. */
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint-codec.js';
import type { Environment, EnvironmentState } from '../environment.js';
import type { Agent } from '../policy.js';
import type { Transition } from '../transition.js';
import { type Contract, contract, firstDifference, show } from './contract.js';
import { faultOfAction } from './fault-of-action.js';

/** The clauses of {@link checkAgent}. */
export type AgentClause =
  | 'action-form'
  | 'observation-untouched'
  | 'transition-untouched'
  | 'figures'
  | 'progress'
  | 'determinism'
  | 'own-copy'
  | 'save-load'
  | 'save-aliasing'
  | 'load-refusal';

/** How to check an agent. */
export interface AgentCheckOptions {
  /** Makes a new environment at each call, all alike. */
  readonly environment: () => Environment;
  /** Steps to take in all, across episodes; 60 when absent. Choose enough for the agent to learn and to act by what it learned. */
  readonly stepCount?: number;
  /** After how many steps the agent is saved and another goes on; a third and two thirds of the steps when absent. */
  readonly saveAt?: readonly number[];
  /** Seed of the environment; 0 when absent. */
  readonly seed?: number;
}

/** Where a run stands between two steps. */
interface Standing {
  readonly step: number;
  readonly observation: Float32Array;
  readonly environment: EnvironmentState;
  readonly agent: Uint8Array;
}

/** What a run did in one step. */
interface Done {
  readonly action: Float32Array;
  readonly reward: number;
  /** Figures of `learn` and of `act` but for durations, which no two runs share. */
  readonly figures: string;
}

const isDuration = (name: string): boolean => /(millisecond|second|time|duration)s?$/i.test(name);

/**
 * Checks that an agent keeps the contract. Its clauses, by name:
 *
 * - `action-form`: an action is a finite Float32Array in the environment's action space
 * - `observation-untouched`, `transition-untouched`: what the agent is given is only read
 * - `figures`: the figures of `act` and `learn` are finite numbers
 * - `progress`: the fractions told to `onProgress` rise within [0, 1]
 * - `determinism`: two agents that are made alike act and learn alike, bit for bit; figures that are named as
 *   durations (ending in seconds, milliseconds, time or duration) may differ
 * - `own-copy`: the agent keeps copies of what it is given: writing to it afterwards changes nothing
 * - `save-load`: an agent loaded from the bytes of a checkpoint, in the middle of an episode or not, goes on as the one
 *   that was saved, bit for bit
 * - `save-aliasing`: what `save` gave does not change later
 * - `load-refusal`: a checkpoint of another kind or of a newer version is refused with a CheckpointError
 *
 * @param factory makes a new agent at each call, all alike
 * @throws ContractError that names the clause which is broken.
 */
export async function checkAgent(factory: () => Agent, options: AgentCheckOptions): Promise<void> {
  const { environment: makeEnvironment, stepCount = 60, seed = 0 } = options;
  const saveAt = options.saveAt ?? [Math.floor(stepCount / 3), Math.floor((2 * stepCount) / 3)];
  const { require, requireThrow, allow, allowAsync }: Contract<AgentClause> = contract('checkAgent', 'the agent');

  const figuresOf = (what: string, figures: { readonly [name: string]: number }): string => {
    for (const [name, value] of Object.entries(figures))
      require('figures', typeof value === 'number' &&
        Number.isFinite(value), `${name} of ${what} must be a finite number, got ${String(value)}`);
    return JSON.stringify(Object.entries(figures).filter(([name]) => !isDuration(name)));
  };

  /** Takes one step with an array of its own for everything that the agent is given; spoils them afterwards if told to. */
  const takeStep = async (
    agent: Agent,
    environment: Environment,
    observation: Float32Array,
    spoil: boolean,
  ): Promise<Done & { readonly next: Float32Array }> => {
    const given = observation.slice();
    const action = await allowAsync('action-form', 'act', () => agent.act(given));
    require('observation-untouched', firstDifference(given, observation) === -1, 'act must not write to the observation');
    const fault = faultOfAction(environment.actionSpace, action);
    require('action-form', fault === undefined, `an action ${fault}`);
    const acted = figuresOf('lastAct', agent.lastAct);
    const chosen = action.slice();
    const result = environment.step(chosen);
    const transition: Transition = {
      observation: given,
      action: chosen.slice(),
      reward: result.reward,
      nextObservation: result.observation.slice(),
      terminated: result.terminated,
      truncated: result.truncated,
    };
    allow('transition-untouched', 'observe', () => agent.observe(transition));
    const kept = [transition.observation, transition.action, transition.nextObservation];
    const same = [observation, chosen, result.observation].every((values, i) => firstDifference(values, kept[i]!) === -1);
    require('transition-untouched', same, 'observe must not write to the transition');
    if (spoil) for (const values of [...kept, action]) values.fill(54321);
    let fraction = 0;
    const learned = await allowAsync('figures', 'learn', () =>
      agent.learn({
        onProgress: (progress) => {
          require('progress', progress.fraction >= fraction &&
            progress.fraction <= 1, `fractions must rise within [0, 1], got ${progress.fraction} after ${fraction}`);
          fraction = progress.fraction;
        },
      }),
    );
    const ended = result.terminated || result.truncated;
    const next = ended ? environment.reset().observation : result.observation;
    if (ended) agent.beginEpisode();
    return { action: chosen, reward: result.reward, figures: acted + (learned ? figuresOf('learn', learned) : ''), next: next.slice() };
  };

  const run = async (
    agent: Agent,
    environment: Environment,
    from: number,
    first: Float32Array,
    how: { readonly standings?: Standing[]; readonly spoil?: boolean } = {},
  ): Promise<Done[]> => {
    const done: Done[] = [];
    const { standings, spoil = false } = how;
    let observation = first;
    for (let step = from; step < stepCount; step++) {
      if (standings && saveAt.includes(step)) {
        const checkpoint = allow('save-load', 'save', () => agent.save());
        const bytes = allow('save-load', 'encodeCheckpoint of what save gave', () => encodeCheckpoint(checkpoint));
        standings.push({ step, observation: observation.slice(), environment: environment.saveState(), agent: bytes });
        aliases.push(() => firstDifference(encodeCheckpoint(checkpoint), bytes) === -1);
      }
      const { next, ...rest } = await takeStep(agent, environment, observation, spoil);
      done.push(rest);
      observation = next;
    }
    return done;
  };
  const aliases: (() => boolean)[] = [];
  const begin = async (
    how: { readonly standings?: Standing[]; readonly spoil?: boolean } = {},
  ): Promise<{ readonly done: Done[]; readonly agent: Agent }> => {
    const [agent, environment] = [factory(), makeEnvironment()];
    const { observation } = environment.reset({ seed });
    agent.beginEpisode();
    return { done: await run(agent, environment, 0, observation.slice(), how), agent };
  };
  const compare = (
    clause: 'determinism' | 'own-copy' | 'save-load',
    expected: Done[],
    actual: Done[],
    offset: number,
    what: string,
  ): void => {
    expected.forEach((step, i) => {
      const other = actual[i]!;
      require(clause, firstDifference(step.action, other.action) === -1 && step.reward === other.reward, () =>
        `${what}, got actions ${show(step.action)} and ${show(other.action)} at step ${offset + i}`);
      require(clause, step.figures === other.figures, () =>
        `${what}, got figures ${step.figures} and ${other.figures} at step ${offset + i}`);
    });
  };

  const standings: Standing[] = [];
  const { done: reference, agent: first } = await begin({ standings });
  require('save-aliasing', aliases.every((isSame) => isSame()), 'what save gave must not change when the agent goes on');
  const { done: repeated, agent: second } = await begin();
  compare('determinism', reference, repeated, 0, 'agents made alike must act and learn alike');
  const { done: spoiled, agent: third } = await begin({ spoil: true });
  compare('own-copy', reference, spoiled, 0, 'writing to what the agent was given must not change what follows');
  for (const { step, observation, environment: state, agent: bytes } of standings) {
    const [agent, environment] = [factory(), makeEnvironment()];
    environment.restoreState(state);
    allow('save-load', 'load of what save gave', () => agent.load(decodeCheckpoint(bytes)));
    const rest = await run(agent, environment, step, observation);
    compare('save-load', reference.slice(step), rest, step, `an agent saved after ${step} steps and loaded must go on equally`);
    agent.dispose();
  }
  const saved = second.save();
  requireThrow('load-refusal', 'CHECKPOINT', 'loading a checkpoint of another kind', () => second.load({ ...saved, kind: 'Nonsense' }));
  requireThrow('load-refusal', 'CHECKPOINT', 'loading a checkpoint of a newer version', () =>
    second.load({ ...saved, version: saved.version + 1 }),
  );
  for (const agent of [first, second, third]) agent.dispose();
}
