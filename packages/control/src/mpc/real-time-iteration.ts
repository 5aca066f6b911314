/**
 * Nonlinear MPC by real-time iterations (Diehl, Bock and Schlöder 2005): one Gauss-Newton SQP step a sample. `prepare`
 * linearises the dynamics about the last plan, moved on by a step, before the state is known; `feedback` takes the state
 * and solves one quadratic program. The cost is that of linear MPC.
 */
import { checkInteger, type DynamicsModel, ShapeError } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { asDynamics } from '../learned/learned-dynamics.js';
import { checkBounds, checkFlat, checkSemidefinite } from '../linalg/flat-input.js';
import type { QpOptions } from '../qp/program-solver.js';
import type { QpStatus } from '../qp/quadratic-program.js';
import { createStagewiseSolver } from '../qp/stagewise-qp.js';

/** Options of real-time iterations. Matrices are row-major. */
export interface RealTimeMpcOptions extends QpOptions {
  /** f: known, or a learned model, whose mean is followed. */
  readonly dynamics: Dynamics | DynamicsModel;
  /** N, at least 1. */
  readonly horizon: number;
  /** Q `[n, n]`, R `[m, m]`, P `[n, n]` (default Q), positive semidefinite. */
  readonly Q: ArrayLike<number>;
  readonly R: ArrayLike<number>;
  readonly terminalCost?: ArrayLike<number>;
  /** xᵣ, `[n]`. Default zero. */
  readonly reference?: ArrayLike<number>;
  readonly inputLower?: ArrayLike<number>;
  readonly inputUpper?: ArrayLike<number>;
  readonly stateLower?: ArrayLike<number>;
  readonly stateUpper?: ArrayLike<number>;
}

/** What a sample gave. */
export interface RealTimeStep {
  /** Input to apply, `[m]`. */
  readonly input: Float64Array;
  readonly status: QpStatus;
  /** Largest difference between the plan's states and the dynamics they were planned with: how far from converged. */
  readonly defect: number;
}

/** A controller by real-time iterations. */
export interface RealTimeMpc {
  /** Planned states, `[N + 1, n]`, and inputs, `[N, m]`. */
  readonly states: Float64Array;
  readonly inputs: Float64Array;
  /** Rolls the inputs `[N, m]` (default: zero) out from a state: the first plan. */
  start(state: ArrayLike<number>, inputs?: ArrayLike<number>): Promise<void>;
  /** Linearises about the plan. */
  prepare(): Promise<void>;
  /** Solves for the measured state and moves the plan on by one step. */
  feedback(state: ArrayLike<number>): RealTimeStep;
}

/** Makes a controller. @throws OptionError, ShapeError */
export function createRealTimeMpc(options: RealTimeMpcOptions): RealTimeMpc {
  const caller = 'createRealTimeMpc';
  const {
    dynamics: source,
    horizon: N,
    Q,
    R,
    terminalCost: P = options.Q,
    reference,
    inputLower,
    inputUpper,
    stateLower,
    stateUpper,
    ...qpOptions
  } = options;
  const dynamics = asDynamics(source, caller);
  const { stateSize: n, actionSize: m } = dynamics;
  checkInteger(caller, 'horizon', N, { min: 1 });
  for (const [name, array, size] of [
    ['Q', Q, n * n],
    ['R', R, m * m],
    ['terminalCost', P, n * n],
    ['reference', reference, n],
    ['inputLower', inputLower, m],
    ['inputUpper', inputUpper, m],
    ['stateLower', stateLower, n],
    ['stateUpper', stateUpper, n],
  ] as const) {
    checkFlat(caller, name, array, size, name.endsWith('Lower') || name.endsWith('Upper') ? 'bounds' : 'finite');
  }
  checkSemidefinite(caller, 'Q', Q, n);
  checkSemidefinite(caller, 'R', R, m);
  checkSemidefinite(caller, 'terminalCost', P, n);
  checkBounds(caller, ['inputLower', options.inputLower], ['inputUpper', options.inputUpper]);
  checkBounds(caller, ['stateLower', options.stateLower], ['stateUpper', options.stateUpper]);
  const solver = createStagewiseSolver({ ...qpOptions, stageCount: N, stateSize: n, inputSize: m, constraintCount: 0 });
  const states = new Float64Array((N + 1) * n);
  const inputs = new Float64Array(N * m);
  const predicted = new Float64Array(N * n);
  const times = Int32Array.from({ length: N }, (_, k) => k);
  const input = new Float64Array(m);
  const repeat = (block: ArrayLike<number> | undefined, count: number, open: number, size: number): Float64Array =>
    Float64Array.from({ length: count * size }, (_, i) => block?.[i % size] ?? open);
  const blocks = {
    A: new Float64Array(N * n * n),
    B: new Float64Array(N * n * m),
    c: new Float64Array(N * n),
    Q: Float64Array.from([...repeat(Q, N, 0, n * n), ...Array.from(P)]),
    R: repeat(R, N, 0, m * m),
    q: new Float64Array((N + 1) * n),
    inputLower: repeat(inputLower, N, -Infinity, m),
    inputUpper: repeat(inputUpper, N, Infinity, m),
    stateLower: repeat(stateLower, N + 1, -Infinity, n),
    stateUpper: repeat(stateUpper, N + 1, Infinity, n),
  };
  for (let k = 0; k <= N; k++) {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) blocks.q[k * n + i]! -= (k < N ? Q : P)[i * n + j]! * (reference?.[j] ?? 0);
  }
  let defect = Infinity;
  let warm = false;
  const one = Int32Array.of(0);

  return {
    states,
    inputs,
    async start(state, first) {
      if (state.length !== n) throw new ShapeError(`RealTimeMpc.start: state must have ${n} elements, got ${state.length}`);
      if (first !== undefined && first.length !== N * m)
        throw new ShapeError(`RealTimeMpc.start: inputs must have ${N * m} elements, got ${first.length}`);
      inputs.fill(0);
      if (first !== undefined) inputs.set(Array.from(first));
      states.set(Array.from(state));
      for (let k = 0; k < N; k++) {
        one[0] = k;
        await dynamics.step(
          states.subarray(k * n, k * n + n),
          inputs.subarray(k * m, k * m + m),
          states.subarray((k + 1) * n, (k + 2) * n),
          1,
          one,
        );
      }
      warm = false;
    },
    async prepare() {
      const from = states.subarray(0, N * n);
      await dynamics.step(from, inputs, predicted, N, times);
      await dynamics.linearize(from, inputs, blocks.A, blocks.B, N, times);
      defect = 0;
      for (let row = 0; row < N * n; row++) {
        const k = Math.floor(row / n);
        let offset = predicted[row]!;
        defect = Math.max(defect, Math.abs(offset - states[n + row]!));
        for (let j = 0; j < n; j++) offset -= blocks.A[row * n + j]! * states[k * n + j]!;
        for (let j = 0; j < m; j++) offset -= blocks.B[row * m + j]! * inputs[k * m + j]!;
        blocks.c[row] = offset;
      }
      solver.load(blocks);
    },
    feedback(state) {
      if (warm) solver.shift();
      const answer = solver.solve(state, warm);
      warm = answer.status === 'solved';
      if (warm) {
        states.set(answer.states);
        inputs.set(answer.inputs);
      }
      input.set(inputs.subarray(0, m));
      // On by one step; the last input is held.
      states.copyWithin(0, n);
      inputs.copyWithin(0, m);
      return { input, status: answer.status, defect };
    },
  };
}
