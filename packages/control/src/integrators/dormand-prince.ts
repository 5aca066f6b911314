/**
 * The adaptive method of Dormand & Prince 1980: order 5 with an embedded one of order 4, the last stage being the first of the next
 * step. A step is accepted where the root mean square of error / (absoluteTolerance + relativeTolerance |x|) is at most 1, and that of the
 * sensitivity where one is asked for; its length follows a PI rule (Hairer, Nørsett & Wanner, II.4). Nothing is allocated in a step.
 */
import { createStages, type Stages, type Tableau } from './runge-kutta.js';
import type { IntegratorStep, VectorField } from './vector-field.js';

/** Stages and weights of order 5. */
const DORMAND_PRINCE: Tableau = {
  a: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
  ],
  b: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0],
  c: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
};

/** Weights of order 5 less those of order 4. */
const ERROR_WEIGHTS = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/** Bounds of an adaptive integration. */
export interface AdaptiveOptions {
  /** > 0. Default 1e-8. */
  readonly relativeTolerance: number;
  /** > 0. Default 1e-10. */
  readonly absoluteTolerance: number;
  /** Most steps, accepted or not, of one call, ≥ 1. Default 10,000. */
  readonly stepLimit: number;
}

/** Why an integration ended: at its end, or at the step limit, a step too small for the time to advance, or a number not finite. */
export type IntegrationStatus = 'finished' | 'stepLimit' | 'stepTooSmall' | 'notFinite';

/** An accepted step: from `time` over `h`, with the state before it and the stages. */
export interface AcceptedStep {
  time: number;
  h: number;
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly stages: Stages;
}

/**
 * Creates an integration from `time` over `duration` (of either sign) that changes the state in place, and the sensitivity where one
 * is given: the derivative of the steps taken, their lengths held fixed.
 */
export function createAdaptiveIntegration(
  field: VectorField,
  { relativeTolerance, absoluteTolerance, stepLimit }: AdaptiveOptions,
): (
  state: Float64Array,
  action: Float64Array,
  time: number,
  duration: number,
  sensitivity: Float64Array | null,
  onStep?: (step: AcceptedStep) => void,
) => IntegrationStatus {
  const n = field.stateSize;
  const stages = createStages(field, DORMAND_PRINCE);
  const trial = new Float64Array(n);
  const error = new Float64Array(n);
  const [trialSensitivity, errorSensitivity] = [new Float64Array(n * (n + field.actionSize)), new Float64Array(n * (n + field.actionSize))];
  const accepted: AcceptedStep = { time: 0, h: 0, before: new Float64Array(n), after: trial, stages };
  const scaled = (values: Float64Array, x: Float64Array, y: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const bound = absoluteTolerance + relativeTolerance * Math.max(Math.abs(x[i]!), Math.abs(y[i]!));
      sum += (values[i]! / bound) ** 2;
    }
    return Math.sqrt(sum / values.length);
  };

  /** A first length from the sizes of x, ẋ and the change of ẋ over a small Euler step. */
  const firstLength = (state: Float64Array, action: Float64Array, time: number, duration: number): number => {
    const rate = stages.k[0]!;
    field.rate(state, action, time, rate);
    const [d0, d1] = [scaled(state, state, state), scaled(rate, state, state)];
    const guess = Math.min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1, Math.abs(duration));
    const sign = Math.sign(duration);
    for (let i = 0; i < n; i++) trial[i] = state[i]! + sign * guess * rate[i]!;
    field.rate(trial, action, time + sign * guess, error);
    for (let i = 0; i < n; i++) error[i] = error[i]! - rate[i]!;
    const d2 = scaled(error, state, state) / guess;
    const larger = Math.max(d1, d2);
    const second = larger <= 1e-15 ? Math.max(1e-6, guess * 1e-3) : (0.01 / larger) ** (1 / 5);
    return sign * Math.min(100 * guess, second, Math.abs(duration));
  };

  return (state, action, time, duration, sensitivity, onStep) => {
    if (duration === 0) return 'finished';
    const end = time + duration;
    let at = time;
    let h = firstLength(state, action, time, duration);
    let lastError = 1e-4;
    let rejected = false;
    for (let count = 0; count < stepLimit; count++) {
      if (!Number.isFinite(h)) return 'notFinite';
      const last = Math.abs(end - at) <= Math.abs(h) * (1 + 1e-12);
      if (last) h = end - at;
      if (!last && at + 0.1 * h === at) return 'stepTooSmall';
      stages.evaluate(state, action, at, h, sensitivity);
      trial.set(state);
      stages.combine(DORMAND_PRINCE.b, h, trial);
      error.fill(0);
      stages.combine(ERROR_WEIGHTS, h, error);
      let ratio = scaled(error, state, trial);
      if (sensitivity !== null) {
        // Where the state rests, its own error tells nothing about that of its derivative.
        trialSensitivity.set(sensitivity);
        stages.combineSensitivity(DORMAND_PRINCE.b, h, trialSensitivity);
        errorSensitivity.fill(0);
        stages.combineSensitivity(ERROR_WEIGHTS, h, errorSensitivity);
        ratio = Math.max(ratio, scaled(errorSensitivity, sensitivity, trialSensitivity));
      }
      if (Number.isNaN(ratio) || ratio === Infinity) {
        h *= 0.1;
        rejected = true;
        if (at + 0.1 * h === at) return 'notFinite';
        continue;
      }
      const factor = 0.9 * Math.max(ratio, 1e-10) ** -0.17 * lastError ** 0.04;
      if (ratio > 1) {
        h *= Math.max(0.2, Math.min(1, 0.9 * ratio ** (-1 / 5)));
        rejected = true;
        continue;
      }
      if (sensitivity !== null) sensitivity.set(trialSensitivity);
      if (onStep !== undefined) {
        accepted.time = at;
        accepted.h = h;
        accepted.before.set(state);
        onStep(accepted);
      }
      state.set(trial);
      if (last) return 'finished';
      at += h;
      h *= Math.max(0.2, Math.min(rejected ? 1 : 10, factor));
      lastError = Math.max(ratio, 1e-4);
      rejected = false;
    }
    return 'stepLimit';
  };
}

/** Creates the adaptive step over a fixed time. */
export function createDormandPrinceStep(field: VectorField, options: AdaptiveOptions): IntegratorStep {
  const integrate = createAdaptiveIntegration(field, options);
  return (state, action, time, h, sensitivity) => integrate(state, action, time, h, sensitivity) === 'finished';
}

const DENSE = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
];

/** Writes the state at `time` within an accepted step, by the method's continuous extension of order 4. */
export function interpolateStep({ time: begin, h, before, after, stages }: AcceptedStep, time: number, out: Float64Array): void {
  const theta = (time - begin) / h;
  const [first, last] = [stages.k[0]!, stages.k[6]!];
  for (let i = 0; i < out.length; i++) {
    const difference = after[i]! - before[i]!;
    const bend = h * first[i]! - difference;
    let curl = 0;
    for (let s = 0; s < 7; s++) curl += DENSE[s]! * stages.k[s]![i]!;
    const inner = difference - h * last[i]! - bend + (1 - theta) * h * curl;
    out[i] = before[i]! + theta * (difference + (1 - theta) * (bend + theta * inner));
  }
}
