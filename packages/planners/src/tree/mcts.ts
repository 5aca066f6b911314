/**
 * Monte-Carlo tree search: UCT (Kocsis & Szepesvári 2006) over a simulator, with progressive widening for continuous
 * actions and for outcomes (double progressive widening, Couëtoux et al. 2011). A simulation descends by
 *
 *   a = argmax_a  Q(s, a) + c √(ln N(s) / N(s, a))
 *
 * until it meets a state for the first time, judges it by a rollout or a value function, and adds the discounted return
 * to all that it passed. Unlike a plan of actions, the tree decides anew after every outcome.
 *
 * Q is scaled to [0, 1] between the least and the greatest return seen, so that one c serves all rewards.
 */
import {
  checkInteger,
  checkNumber,
  checkOneOf,
  type GenerativeModel,
  type GenerativeOutcome,
  NumericalError,
  OptionError,
  type Rng,
  sampleSpace,
  ShapeError,
} from '@mbrl/core';
import { checkFlag } from '../search/check-flag.js';
import { type ActionNode, countStates, createStateNode, equalStates, meanReturn, type OutcomeNode, type StateNode } from './search-tree.js';
import { allowedChildren, checkWidening, type Widening } from './widening.js';

/** How to search. */
export interface MctsOptions {
  readonly model: GenerativeModel;
  /** Simulations of a search, at least 1. Default 500. */
  readonly simulations?: number;
  /** Steps that a simulation looks ahead, tree and rollout together; at least 1. Default 50. */
  readonly horizon?: number;
  /** γ in [0, 1]. Default 1. */
  readonly discount?: number;
  /** c, at least 0. Default √2. */
  readonly exploration?: number;
  /** How many actions a state may have; of use for continuous ones. Default: all of a discrete space; 1.5 N^0.4 of a box. */
  readonly actionWidening?: Widening;
  /** How many outcomes an action may have; the others are drawn from those seen. Default N^0.3; not with `deterministic`. */
  readonly outcomeWidening?: Widening;
  /** Whether every action has one outcome, which is then simulated once. Default false. */
  readonly deterministic?: boolean;
  /** Draws actions for rollouts, `[A]` into `out`. Default: evenly from the space. */
  readonly rolloutPolicy?: (state: Float64Array, out: Float32Array, rng: Rng) => void;
  /** Judges a new state, in place of a rollout. Default: none. */
  readonly value?: (state: Float64Array) => number;
  /** Which action is taken in the end: the one tried most often, or the one with the greatest mean return. Default 'visits'. */
  readonly returned?: 'visits' | 'value';
}

/** One search. */
export interface MctsRequest {
  /** Where to search from, `[S]`. */
  readonly state: Float64Array;
  readonly rng: Rng;
  /** Gives the time in milliseconds; needed by `deadlineMs`. */
  readonly clock?: () => number;
  /** Milliseconds after which no simulation is begun, above 0; at least one is done. */
  readonly deadlineMs?: number;
}

/** An action that was tried at the root. */
export interface RootAction {
  readonly action: Float32Array;
  readonly visits: number;
  /** Mean return. */
  readonly value: number;
}

/** What a search found. */
export interface MctsResult {
  /** `[A]`, the caller's own copy. */
  readonly action: Float32Array;
  /** Mean return of that action. */
  readonly value: number;
  /** Every action tried at the root, most visited first. */
  readonly rootActions: readonly RootAction[];
  readonly simulationCount: number;
  /** States in the tree. */
  readonly nodeCount: number;
  /** Greatest number of steps in the tree. */
  readonly depth: number;
  /** Calls of the simulator. */
  readonly stepCount: number;
}

/** A tree search. */
export interface Mcts {
  /** Searches. It is a function of its request. @throws ShapeError or NumericalError on a state that does not fit. */
  search(request: MctsRequest): Promise<MctsResult>;
}

interface Settings {
  readonly model: GenerativeModel;
  readonly simulations: number;
  readonly horizon: number;
  readonly discount: number;
  readonly exploration: number;
  readonly actionWidening: Widening | undefined;
  readonly outcomeWidening: Widening;
  readonly rolloutPolicy: NonNullable<MctsOptions['rolloutPolicy']>;
  readonly value: MctsOptions['value'];
  readonly returned: 'visits' | 'value';
}

const caller = 'createMcts';

function checkOptions(options: MctsOptions): Settings {
  const { model, value } = options;
  const { actionSpace } = model;
  const deterministic = checkFlag(caller, 'deterministic', options.deterministic ?? false);
  if (deterministic && options.outcomeWidening)
    throw new OptionError(`${caller}: outcomeWidening must be absent where deterministic is true, since every action has one outcome`);
  const widening = options.actionWidening ?? (actionSpace.kind === 'box' ? { factor: 1.5, exponent: 0.4 } : undefined);
  return {
    model,
    simulations: checkInteger(caller, 'simulations', options.simulations ?? 500, { min: 1 }),
    horizon: checkInteger(caller, 'horizon', options.horizon ?? 50, { min: 1 }),
    discount: checkNumber(caller, 'discount', options.discount ?? 1, { min: 0, max: 1 }),
    exploration: checkNumber(caller, 'exploration', options.exploration ?? Math.SQRT2, { min: 0 }),
    actionWidening: widening && checkWidening(caller, 'actionWidening', widening),
    outcomeWidening: deterministic
      ? { factor: 1, exponent: 0 }
      : checkWidening(caller, 'outcomeWidening', options.outcomeWidening ?? { factor: 1, exponent: 0.3 }),
    rolloutPolicy: options.rolloutPolicy ?? ((_, out, rng) => void sampleSpace(actionSpace, rng, out)),
    value,
    returned: checkOneOf(caller, 'returned', options.returned ?? 'visits', ['visits', 'value']),
  };
}

/** One search under way. */
class TreeSearch {
  readonly root: StateNode;
  stepCount = 0;
  depth = 0;
  private readonly settings: Settings;
  private readonly rng: Rng;
  /** The least and the greatest return that was backed up. */
  private least = Infinity;
  private greatest = -Infinity;
  private readonly rolloutAction: Float32Array;
  private readonly rolloutStates: readonly [Float64Array, Float64Array];

  constructor(settings: Settings, state: Float64Array, rng: Rng) {
    this.settings = settings;
    this.rng = rng;
    this.root = createStateNode(state.slice());
    const { stateSize, actionSpace } = settings.model;
    this.rolloutAction = new Float32Array(actionSpace.size);
    this.rolloutStates = [new Float64Array(stateSize), new Float64Array(stateSize)];
  }

  /** Descends from `node`, `depth` steps below the root, and gives the return from there. */
  async simulate(node: StateNode, depth: number): Promise<number> {
    const { horizon, discount } = this.settings;
    if (depth === horizon) return this.settings.value?.(node.state) ?? 0;
    this.depth = Math.max(this.depth, depth);
    const edge = this.select(node);
    const outcome = await this.drawOutcome(node, edge);
    let beyond = 0;
    if (!outcome.terminated) {
      beyond = outcome.next.visits === 0 ? await this.judge(outcome.next, depth + 1) : await this.simulate(outcome.next, depth + 1);
    }
    const total = outcome.reward + discount * beyond;
    if (!Number.isFinite(total)) throw new NumericalError(`search: rewards of the model must be finite, got a return of ${total}`);
    node.visits += 1;
    edge.visits += 1;
    edge.total += total;
    this.least = Math.min(this.least, meanReturn(edge));
    this.greatest = Math.max(this.greatest, meanReturn(edge));
    return total;
  }

  /** The action to descend by: a new one where the node may widen, else the one of the greatest upper bound. */
  private select(node: StateNode): ActionNode {
    const { model, actionWidening, exploration } = this.settings;
    const { actionSpace } = model;
    const possible = actionSpace.kind === 'discrete' ? actionSpace.count : Infinity;
    const allowed = Math.min(possible, actionWidening ? allowedChildren(actionWidening, node.visits) : Infinity);
    if (node.actions.length < allowed) {
      const edge: ActionNode = { action: this.newAction(node), outcomes: [], visits: 0, total: 0 };
      node.actions.push(edge);
      return edge;
    }
    const range = this.greatest > this.least ? this.greatest - this.least : 1;
    const logVisits = Math.log(node.visits);
    let best = node.actions[0]!;
    let bestBound = -Infinity;
    for (const edge of node.actions) {
      const bound = (meanReturn(edge) - this.least) / range + exploration * Math.sqrt(logVisits / edge.visits);
      if (bound > bestBound) {
        bestBound = bound;
        best = edge;
      }
    }
    return best;
  }

  /** An action that was not tried yet: of a discrete space at random among those left, of a box evenly drawn. */
  private newAction(node: StateNode): Float32Array {
    const { actionSpace } = this.settings.model;
    if (actionSpace.kind === 'box') return sampleSpace(actionSpace, this.rng);
    const tried = new Set(node.actions.map(({ action }) => action[0]!));
    let place = this.rng.integer(actionSpace.count - tried.size);
    for (let value = 0; ; value++) if (!tried.has(value) && place-- === 0) return Float32Array.of(value);
  }

  /** What follows from an action: a new draw where the action may widen, else one of those seen, by how often. */
  private async drawOutcome(node: StateNode, edge: ActionNode): Promise<OutcomeNode> {
    const { model, outcomeWidening } = this.settings;
    const { outcomes } = edge;
    if (outcomes.length > 0 && outcomes.length >= allowedChildren(outcomeWidening, edge.visits)) {
      let rest = this.rng.uniform() * outcomes.reduce((sum, { count }) => sum + count, 0);
      return outcomes.find(({ count }) => (rest -= count) < 0) ?? outcomes.at(-1)!;
    }
    const next = new Float64Array(model.stateSize);
    const drawn = this.step(node.state, edge.action, next);
    // Waiting for what is there already would cost more than most simulators do.
    const { reward, terminated } = drawn instanceof Promise ? await drawn : drawn;
    const known = outcomes.find(
      (outcome) => outcome.reward === reward && outcome.terminated === terminated && equalStates(outcome.next.state, next),
    );
    if (known) {
      known.count += 1;
      return known;
    }
    const outcome: OutcomeNode = { reward, terminated, next: createStateNode(next), count: 1 };
    outcomes.push(outcome);
    return outcome;
  }

  /** The value of a state that is met for the first time. */
  private async judge(node: StateNode, depth: number): Promise<number> {
    const { horizon, discount, value, rolloutPolicy } = this.settings;
    node.visits = 1;
    this.depth = Math.max(this.depth, depth);
    if (value) return value(node.state);
    let [state, next] = this.rolloutStates;
    state.set(node.state);
    let total = 0;
    let weight = 1;
    for (let t = depth; t < horizon; t++) {
      rolloutPolicy(state, this.rolloutAction, this.rng);
      const drawn = this.step(state, this.rolloutAction, next);
      const { reward, terminated } = drawn instanceof Promise ? await drawn : drawn;
      total += weight * reward;
      weight *= discount;
      if (terminated) break;
      [state, next] = [next, state];
    }
    return total;
  }

  private step(state: Float64Array, action: Float32Array, next: Float64Array): GenerativeOutcome | Promise<GenerativeOutcome> {
    this.stepCount += 1;
    return this.settings.model.step(state, action, next, this.rng);
  }
}

/**
 * Makes a tree search.
 * @throws OptionError on an option outside its bounds.
 * @example
 * const mcts = createMcts({ model: tabularSimulator(tables), simulations: 1000, discount: 0.95 });
 * const { action } = await mcts.search({ state: Float64Array.of(start), rng });
 */
export function createMcts(options: MctsOptions): Mcts {
  const settings = checkOptions(options);
  const { model, simulations, returned } = settings;
  return {
    async search({ state, rng, clock, deadlineMs = Infinity }) {
      if (state.length !== model.stateSize)
        throw new ShapeError(`search: state must have ${model.stateSize} components, got ${state.length}`);
      const broken = state.findIndex((value) => !Number.isFinite(value));
      if (broken >= 0) throw new NumericalError(`search: state must be finite, got ${state[broken]} at component ${broken}`);
      checkNumber('search', 'deadlineMs', deadlineMs === Infinity ? 1 : deadlineMs, { above: 0 });
      if (deadlineMs !== Infinity && !clock)
        throw new OptionError(`search: clock must be given with a deadline, got deadlineMs ${deadlineMs} alone`);
      const start = clock?.() ?? 0;
      const tree = new TreeSearch(settings, state, rng);
      let simulationCount = 0;
      while (simulationCount < simulations && (simulationCount === 0 || !clock || clock() - start < deadlineMs)) {
        await tree.simulate(tree.root, 0);
        simulationCount += 1;
      }
      const rootActions = tree.root.actions
        .map((edge) => ({ action: edge.action.slice(), visits: edge.visits, value: meanReturn(edge) }))
        .toSorted((a, b) => b.visits - a.visits || b.value - a.value);
      const chosen = returned === 'visits' ? rootActions[0]! : rootActions.reduce((best, each) => (each.value > best.value ? each : best));
      return {
        action: chosen.action.slice(),
        value: chosen.value,
        rootActions,
        simulationCount,
        nodeCount: countStates(tree.root),
        depth: tree.depth,
        stepCount: tree.stepCount,
      };
    },
  };
}
