/**
 * Turns continuous optimal control into a nonlinear program:
 *
 *   minimise ∫ L(x, u) dt + φ(x(T))   subject to   ẋ = f(x, u),  bounds of x and u,  x(0) and x(T) within bounds,
 *
 * with T given or free, on N equal intervals. Trapezoid and Hermite-Simpson collocation (Betts 2010, controls linear
 * within an interval) and multiple shooting (Bock and Plitt 1984; one Runge-Kutta step of order four, controls constant).
 * Derivatives are central differences interval by interval.
 */
import { checkInteger, checkNumber, checkOneOf, ShapeError } from '@mbrl/core';
import { checkBounds, checkFlat } from '../linalg/flat-input.js';
import type { NonlinearProgram } from './nonlinear-program.js';

/** A continuous optimal control problem. Bounds may be infinite; absent ones are. */
export interface ContinuousControlProblem {
  /** n, at least 1. */
  readonly stateSize: number;
  /** m, at least 1. */
  readonly inputSize: number;
  /** Writes ẋ `[n]`. */
  dynamics(x: Float64Array, u: Float64Array, out: Float64Array): void;
  /** L; absent: zero. */
  runningCost?(x: Float64Array, u: Float64Array): number;
  /** φ, also of the duration; absent: zero. */
  terminalCost?(x: Float64Array, duration: number): number;
  /** T, or the range it may take; seconds. */
  readonly duration: number | readonly [least: number, most: number];
  readonly stateLower?: ArrayLike<number>;
  readonly stateUpper?: ArrayLike<number>;
  readonly inputLower?: ArrayLike<number>;
  readonly inputUpper?: ArrayLike<number>;
  /** x(0), NaN where it is free. */
  readonly initialState: ArrayLike<number>;
  /** x(T), NaN where it is free; absent: free. */
  readonly finalState?: ArrayLike<number>;
}

/** How to transcribe. */
export interface TranscriptionOptions {
  readonly method: 'trapezoid' | 'hermiteSimpson' | 'multipleShooting';
  /** N, at least 1. */
  readonly intervalCount: number;
}

/** A transcribed problem. */
export interface Transcription {
  readonly program: NonlinearProgram;
  /** Variables from samples: states `[N + 1, n]`, inputs `[K, m]` (K = N + 1, or N for shooting), duration. */
  pack(states: ArrayLike<number>, inputs: ArrayLike<number>, duration: number): Float64Array;
  /** Samples from variables. */
  unpack(variables: Float64Array): { states: Float64Array; inputs: Float64Array; duration: number };
  /** A start on the straight line between the ends (free ends: zero) with zero inputs. */
  straightLine(duration?: number): Float64Array;
}

/** Transcribes a problem. @throws OptionError, ShapeError */
export function transcribe(problem: ContinuousControlProblem, { method, intervalCount: N }: TranscriptionOptions): Transcription {
  const caller = 'transcribe';
  const { stateSize: n, inputSize: m, duration } = problem;
  checkInteger(caller, 'stateSize', n, { min: 1 });
  checkInteger(caller, 'inputSize', m, { min: 1 });
  checkInteger(caller, 'intervalCount', N, { min: 1 });
  checkOneOf(caller, 'method', method, ['trapezoid', 'hermiteSimpson', 'multipleShooting']);
  const [shortest, longest] = typeof duration === 'number' ? [duration, duration] : duration;
  checkNumber(caller, 'duration', shortest, { min: 0 });
  checkNumber(caller, 'duration', longest, { min: shortest, above: 0 });
  for (const [name, array, size] of [
    ['stateLower', problem.stateLower, n],
    ['stateUpper', problem.stateUpper, n],
    ['inputLower', problem.inputLower, m],
    ['inputUpper', problem.inputUpper, m],
    ['initialState', problem.initialState, n],
    ['finalState', problem.finalState, n],
  ] as const) {
    if (name === 'initialState' || name === 'finalState') {
      // NaN: a component that is free.
      if (array !== undefined)
        checkFlat(
          caller,
          name,
          Array.from(array, (value) => (Number.isNaN(value) ? 0 : value)),
          size,
        );
    } else checkFlat(caller, name, array, size, 'bounds');
  }
  checkBounds(caller, ['inputLower', problem.inputLower], ['inputUpper', problem.inputUpper]);
  checkBounds(caller, ['stateLower', problem.stateLower], ['stateUpper', problem.stateUpper]);

  const inputCount = method === 'multipleShooting' ? N : N + 1;
  const atInputs = (N + 1) * n;
  const atDuration = atInputs + inputCount * m;
  const variableCount = atDuration + 1;
  const local = 2 * n + 2 * m + 1;
  const scratch = Array.from({ length: 6 }, () => new Float64Array(n));
  const middle = new Float64Array(n);
  const middleInput = new Float64Array(m);
  const cost = problem.runningCost ?? (() => 0);

  /** Defect `[n]` and cost of one interval for local variables (x, x⁺, u, u⁺, T). */
  const interval = (v: Float64Array, out: Float64Array): void => {
    const x = v.subarray(0, n);
    const next = v.subarray(n, 2 * n);
    const u = v.subarray(2 * n, 2 * n + m);
    const nextU = v.subarray(2 * n + m, 2 * n + 2 * m);
    const h = v[local - 1]! / N;
    const [f0, f1, f2, f3] = scratch as [Float64Array, Float64Array, Float64Array, Float64Array];
    problem.dynamics(x, u, f0);
    if (method === 'multipleShooting') {
      let sum = cost(x, u);
      const stage = (slope: Float64Array, factor: number, into: Float64Array): number => {
        for (let i = 0; i < n; i++) middle[i] = x[i]! + factor * h * slope[i]!;
        problem.dynamics(middle, u, into);
        return cost(middle, u);
      };
      sum += 2 * stage(f0, 0.5, f1);
      sum += 2 * stage(f1, 0.5, f2);
      sum += stage(f2, 1, f3);
      for (let i = 0; i < n; i++) out[i] = x[i]! + (h / 6) * (f0[i]! + 2 * f1[i]! + 2 * f2[i]! + f3[i]!) - next[i]!;
      out[n] = (h / 6) * sum;
      return;
    }
    problem.dynamics(next, nextU, f1);
    if (method === 'trapezoid') {
      for (let i = 0; i < n; i++) out[i] = x[i]! + (h / 2) * (f0[i]! + f1[i]!) - next[i]!;
      out[n] = (h / 2) * (cost(x, u) + cost(next, nextU));
      return;
    }
    for (let i = 0; i < n; i++) middle[i] = 0.5 * (x[i]! + next[i]!) + (h / 8) * (f0[i]! - f1[i]!);
    for (let i = 0; i < m; i++) middleInput[i] = 0.5 * (u[i]! + nextU[i]!);
    problem.dynamics(middle, middleInput, f2);
    for (let i = 0; i < n; i++) out[i] = x[i]! + (h / 6) * (f0[i]! + 4 * f2[i]! + f1[i]!) - next[i]!;
    out[n] = (h / 6) * (cost(x, u) + 4 * cost(middle, middleInput) + cost(next, nextU));
  };

  /** Place of local variable i of interval k. */
  const placeOf = (k: number, i: number): number => {
    if (i < 2 * n) return k * n + i;
    if (i === local - 1) return atDuration;
    const input = Math.min(k + (i >= 2 * n + m ? 1 : 0), inputCount - 1);
    return atInputs + input * m + ((i - 2 * n) % m);
  };
  const usesNextInput = method !== 'multipleShooting';
  const active = Array.from({ length: local }, (_, i) => i).filter((i) => usesNextInput || i < 2 * n + m || i === local - 1);
  const v = new Float64Array(local);
  const one = new Float64Array(n + 1);
  const other = new Float64Array(n + 1);
  const gather = (z: Float64Array, k: number): void => {
    for (let i = 0; i < local; i++) v[i] = z[placeOf(k, i)]!;
  };
  /** Calls back with each local derivative of an interval, (defects, cost) by local variable i, in `one`. */
  const differentiate = (z: Float64Array, k: number, tell: (i: number) => void): void => {
    gather(z, k);
    for (const i of active) {
      const at = v[i]!;
      const step = 6e-6 * Math.max(1, Math.abs(at));
      v[i] = at + step;
      interval(v, one);
      v[i] = at - step;
      interval(v, other);
      v[i] = at;
      for (let r = 0; r <= n; r++) one[r] = (one[r]! - other[r]!) / (2 * step);
      tell(i);
    }
  };
  const last = new Float64Array(n);
  const terminal = (z: Float64Array): number => {
    for (let i = 0; i < n; i++) last[i] = z[N * n + i]!;
    return problem.terminalCost?.(last, z[atDuration]!) ?? 0;
  };
  const terminalPlaces = [...Array.from({ length: n }, (_, i) => N * n + i), atDuration];

  const lower = new Float64Array(variableCount).fill(-Infinity);
  const upper = new Float64Array(variableCount).fill(Infinity);
  for (let k = 0; k <= N; k++) {
    for (let i = 0; i < n; i++) {
      const end = k === 0 ? problem.initialState[i] : k === N ? problem.finalState?.[i] : NaN;
      const fixed = end !== undefined && !Number.isNaN(end);
      lower[k * n + i] = fixed ? end : (problem.stateLower?.[i] ?? -Infinity);
      upper[k * n + i] = fixed ? end : (problem.stateUpper?.[i] ?? Infinity);
    }
  }
  for (let k = 0; k < inputCount; k++) {
    for (let i = 0; i < m; i++) {
      lower[atInputs + k * m + i] = problem.inputLower?.[i] ?? -Infinity;
      upper[atInputs + k * m + i] = problem.inputUpper?.[i] ?? Infinity;
    }
  }
  lower[atDuration] = shortest;
  upper[atDuration] = longest;

  const program: NonlinearProgram = {
    variableCount,
    constraintCount: N * n,
    objective(z) {
      let sum = terminal(z);
      for (let k = 0; k < N; k++) {
        gather(z, k);
        interval(v, one);
        sum += one[n]!;
      }
      return sum;
    },
    gradient(z, out) {
      out.fill(0);
      for (let k = 0; k < N; k++) differentiate(z, k, (i) => (out[placeOf(k, i)]! += one[n]!));
      const at = z.slice();
      for (const place of terminalPlaces) {
        const value = at[place]!;
        const step = 6e-6 * Math.max(1, Math.abs(value));
        at[place] = value + step;
        const up = terminal(at);
        at[place] = value - step;
        out[place]! += (up - terminal(at)) / (2 * step);
        at[place] = value;
      }
    },
    constraints(z, out) {
      for (let k = 0; k < N; k++) {
        gather(z, k);
        interval(v, one);
        for (let i = 0; i < n; i++) out[k * n + i] = one[i]!;
      }
    },
    jacobian(z, out) {
      out.fill(0);
      for (let k = 0; k < N; k++) {
        differentiate(z, k, (i) => {
          for (let r = 0; r < n; r++) out[(k * n + r) * variableCount + placeOf(k, i)]! += one[r]!;
        });
      }
    },
    hessian(z, y, out) {
      out.fill(0);
      const weigh = (k: number): number => {
        interval(v, one);
        let sum = one[n]!;
        for (let r = 0; r < n; r++) sum += y[k * n + r]! * one[r]!;
        return sum;
      };
      const second = (
        places: readonly number[],
        at: Float64Array,
        value: () => number,
        put: (a: number, b: number, h: number) => void,
      ): void => {
        const centre = value();
        for (const a of places) {
          const stepA = 2e-4 * Math.max(1, Math.abs(at[a]!));
          const keepA = at[a]!;
          for (const b of places) {
            if (b > a) continue;
            const stepB = 2e-4 * Math.max(1, Math.abs(at[b]!));
            const keepB = at[b]!;
            const sample = (sa: number, sb: number): number => {
              at[a] = keepA + sa * stepA;
              at[b] = (a === b ? at[a]! : keepB) + sb * stepB;
              const result = value();
              at[a] = keepA;
              at[b] = keepB;
              return result;
            };
            const h =
              a === b
                ? (sample(1, 0) - 2 * centre + sample(-1, 0)) / (stepA * stepA)
                : (sample(1, 1) - sample(1, -1) - sample(-1, 1) + sample(-1, -1)) / (4 * stepA * stepB);
            put(a, b, h);
          }
        }
      };
      const add = (row: number, column: number, h: number): void => {
        out[row * variableCount + column]! += h;
        if (row !== column) out[column * variableCount + row]! += h;
      };
      for (let k = 0; k < N; k++) {
        gather(z, k);
        second(
          active,
          v,
          () => weigh(k),
          (a, b, h) => add(placeOf(k, a), placeOf(k, b), h),
        );
      }
      if (problem.terminalCost !== undefined) {
        const at = z.slice();
        second(terminalPlaces, at, () => terminal(at), add);
      }
    },
    lower: new Float64Array(N * n),
    upper: new Float64Array(N * n),
    variableLower: lower,
    variableUpper: upper,
  };

  const pack: Transcription['pack'] = (states, inputs, length) => {
    if (states.length !== atInputs) throw new ShapeError(`Transcription.pack: states must have ${atInputs} elements, got ${states.length}`);
    if (inputs.length !== inputCount * m)
      throw new ShapeError(`Transcription.pack: inputs must have ${inputCount * m} elements, got ${inputs.length}`);
    const z = new Float64Array(variableCount);
    z.set(states);
    z.set(inputs, atInputs);
    z[atDuration] = length;
    return z;
  };
  return {
    program,
    pack,
    unpack: (z) => ({ states: z.slice(0, atInputs), inputs: z.slice(atInputs, atDuration), duration: z[atDuration]! }),
    straightLine(length = Math.min(longest, Math.max(shortest, 1))) {
      const states = new Float64Array(atInputs);
      const ends = (array: ArrayLike<number> | undefined, i: number): number =>
        array === undefined || Number.isNaN(array[i]) ? 0 : array[i]!;
      for (let k = 0; k <= N; k++)
        for (let i = 0; i < n; i++)
          states[k * n + i] = ends(problem.initialState, i) + (k / N) * (ends(problem.finalState, i) - ends(problem.initialState, i));
      return pack(states, new Float64Array(inputCount * m), length);
    },
  };
}
