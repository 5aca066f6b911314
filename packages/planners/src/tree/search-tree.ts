/**
 * The tree of a Monte-Carlo search: states, the actions tried in them, and the outcomes seen of each. Q(s, a) is the mean
 * of the discounted returns that passed through.
 */

/** A state. */
export interface StateNode {
  /** `[S]` */
  readonly state: Float64Array;
  readonly actions: ActionNode[];
  /** How often a simulation passed. */
  visits: number;
}

/** An action that was tried in a state. */
export interface ActionNode {
  /** `[A]` */
  readonly action: Float32Array;
  readonly outcomes: OutcomeNode[];
  visits: number;
  /** Sum of the returns from here. */
  total: number;
}

/** Something that followed from an action. */
export interface OutcomeNode {
  readonly reward: number;
  readonly terminated: boolean;
  readonly next: StateNode;
  /** How often it was drawn. */
  count: number;
}

/** Makes a state that nothing was tried in. */
export function createStateNode(state: Float64Array): StateNode {
  return { state, actions: [], visits: 0 };
}

/** Q(s, a). */
export const meanReturn = ({ total, visits }: ActionNode): number => total / visits;

/** Whether two states are the same numbers. */
export function equalStates(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Number of states in the tree. */
export function countStates(root: StateNode): number {
  let count = 1;
  for (const { outcomes } of root.actions) for (const { next } of outcomes) count += countStates(next);
  return count;
}
