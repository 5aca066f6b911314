/**
 * Keeps the trajectories that a solver passes through. A solver of this kind linearises its dynamics about every iterate, so a
 * wrapper around the dynamics sees all of them; which is which follows from the costs in the solver's log.
 */
import type { Dynamics, IterationRecord, OptimalControlProblem } from '@mbrl/control';

/** A trajectory. */
export interface Trajectory {
  /** `[T+1, n]` */
  readonly states: Float64Array;
  /** `[T, m]` */
  readonly actions: Float64Array;
}

/** The trajectory after an iteration. */
export interface Iterate extends Trajectory {
  /** 0 is the start. */
  readonly iteration: number;
}

/** A problem that keeps what its dynamics are linearised about. */
export interface RecordedProblem {
  readonly problem: OptimalControlProblem;
  /** The start, and the iterates of those records that took a step, in order. */
  iterates(log: readonly IterationRecord[]): Iterate[];
}

/** Cost of a trajectory. */
export function costOf({ cost, horizon: T, dynamics }: OptimalControlProblem, { states, actions }: Trajectory): number {
  const [n, m] = sizesOf(dynamics);
  let sum = 0;
  for (let t = 0; t < T; t++) sum += cost.stage(states.slice(t * n, t * n + n), actions.slice(t * m, t * m + m), t);
  return sum + cost.terminal(states.slice(T * n, T * n + n));
}

/** n and m. */
export const sizesOf = (dynamics: OptimalControlProblem['dynamics']): [number, number] => {
  const { stateSize, actionSize } = dynamics as Dynamics;
  return [stateSize, actionSize];
};

/** Wraps a problem with known dynamics, to be solved from `initialState`. */
export function recordIterates(problem: OptimalControlProblem, initialState: readonly number[]): RecordedProblem {
  const dynamics = problem.dynamics as Dynamics;
  const { horizon: T } = problem;
  const [n, m] = sizesOf(dynamics);
  const seen: Trajectory[] = [];
  const recorded: Dynamics = {
    ...dynamics,
    linearize(states, actions, A, B, count, times) {
      if (count === T && initialState.every((value, i) => states[i] === value))
        seen.push({ states: states.slice(0, (T + 1) * n), actions: actions.slice(0, T * m) });
      return dynamics.linearize(states, actions, A, B, count, times);
    },
  };
  return {
    problem: { ...problem, dynamics: recorded },
    iterates(log) {
      // Solvers also linearise about points beside an iterate: those states do not follow from those actions.
      const follows = ({ states, actions }: Trajectory): boolean => {
        const next = new Float64Array(T * n);
        void dynamics.step(
          states,
          actions,
          next,
          T,
          Int32Array.from({ length: T }, (_, t) => t),
        );
        return next.every((value, i) => value === states[n + i]);
      };
      const costs = seen.map((trajectory) => costOf(problem, trajectory));
      const found: Iterate[] = seen.length > 0 ? [{ iteration: 0, ...seen[0]! }] : [];
      let at = 0;
      for (const { iteration, stepLength, cost } of log) {
        if (stepLength === 0) continue;
        const next = costs.findIndex(
          (value, i) => i > at && Math.abs(value - cost) <= 1e-11 * Math.max(1, Math.abs(cost)) && follows(seen[i]!),
        );
        if (next < 0) continue;
        at = next;
        found.push({ iteration, ...seen[next]! });
      }
      return found;
    },
  };
}
