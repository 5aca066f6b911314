/**
 * The extended Kalman filter for x⁺ = f(t, x, u) + w, w ~ N(0, W), y = h(x) + v, v ~ N(0, V): the linear filter on the expansions of f
 * and h at the current mean; `iterations` > 1 repeats the update at the new mean (Gauss–Newton on the posterior).
 */
import { checkInteger, checkOneOf, type DynamicsModel, ShapeError } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { asDynamics } from '../learned/learned-dynamics.js';
import { type MatrixInput, readSymmetric, readVector } from '../linalg/matrix-input.js';
import { isFiniteArray } from '../linalg/norms.js';
import { type CovarianceForm, createBelief, type Innovation } from './belief.js';
import { checkCovariance, checkMeasurementNoise } from './kalman-filter.js';
import { createMeasurementJacobian, type Measurement, subtractMeasurement } from './measurement.js';

/** What a filter of a non-linear system starts from. */
export interface NonlinearFilterOptions {
  /** Known, or a learned model, whose mean is followed. */
  readonly dynamics: Dynamics | DynamicsModel;
  readonly measurement: Measurement;
  /** Covariance of the process noise, `[n, n]`, positive semidefinite. */
  readonly W: MatrixInput;
  /** Covariance of the measurement noise, `[p, p]`, positive definite. */
  readonly V: MatrixInput;
  /** Mean before the first step, `[n]`. */
  readonly mean: ArrayLike<number>;
  /** Covariance before the first step, `[n, n]`. */
  readonly covariance: MatrixInput;
}

/** Settings of the extended filter. */
export interface ExtendedKalmanFilterOptions extends NonlinearFilterOptions {
  /** Default 'covariance'. */
  readonly form?: CovarianceForm;
  /** Linearisations of an update, ≥ 1. Default 1. */
  readonly iterations?: number;
}

/** A filter of a non-linear system: alternate `predict` and `update`. */
export interface NonlinearFilter extends Innovation {
  readonly stateSize: number;
  readonly actionSize: number;
  readonly measurementSize: number;
  /** Noise covariances, flat; may be overwritten between steps. */
  readonly W: Float64Array;
  readonly V: Float64Array;
  /** Mean of the belief, `[n]`. */
  readonly mean: Float64Array;
  /** Carries the belief over step `step` under `action` `[m]`; a promise where the dynamics are asynchronous. */
  predict(action: Float64Array, step?: number): void | Promise<void>;
  /**
   * Conditions the belief on a measurement `[p]`. Returns false, with the belief unchanged, where the measurement or its
   * prediction is not finite or its covariance not positive definite.
   */
  update(measurement: Float64Array): boolean;
  /** Writes the covariance, `[n, n]`, to `out` and returns it. */
  covariance(out?: Float64Array): Float64Array;
}

/** Reads and checks what both non-linear filters start from. */
export function readNonlinearFilter(
  caller: string,
  { dynamics: source, measurement, W, V, mean, covariance }: NonlinearFilterOptions,
): { dynamics: Dynamics; n: number; m: number; p: number; W: Float64Array; V: Float64Array; mean: Float64Array; covariance: Float64Array } {
  const dynamics = asDynamics(source, caller);
  const [n, m, p] = [dynamics.stateSize, dynamics.actionSize, measurement.measurementSize];
  checkInteger(caller, 'dynamics.stateSize', n, { min: 1 });
  checkInteger(caller, 'dynamics.actionSize', m, { min: 0 });
  checkInteger(caller, 'measurement.measurementSize', p, { min: 1 });
  const checked = {
    W: readSymmetric(caller, 'W', W, n),
    V: readSymmetric(caller, 'V', V, p),
    mean: readVector(caller, 'mean', mean, n),
    covariance: readSymmetric(caller, 'covariance', covariance, n),
  };
  checkCovariance(caller, 'W', checked.W, n);
  checkCovariance(caller, 'covariance', checked.covariance, n);
  checkMeasurementNoise(caller, checked.V, p);
  return { dynamics, n, m, p, ...checked };
}

/** Refuses an action of the wrong size. @throws ShapeError */
export function checkAction(caller: string, action: Float64Array, m: number): void {
  if (action.length !== m) throw new ShapeError(`${caller}: action must be [${m}], got [${action.length}]`);
}

/**
 * Creates an extended Kalman filter.
 * @throws ShapeError, NumericalError on bad matrices, OptionError where a covariance is indefinite or an option out of range
 */
export function createExtendedKalmanFilter(options: ExtendedKalmanFilterOptions): NonlinearFilter {
  const caller = 'createExtendedKalmanFilter';
  const { measurement } = options;
  const { dynamics, n, m, p, W, V, mean: start, covariance } = readNonlinearFilter(caller, options);
  const form = checkOneOf(caller, 'form', options.form ?? 'covariance', ['covariance', 'squareRoot']);
  const iterations = checkInteger(caller, 'iterations', options.iterations ?? 1, { min: 1 });
  const belief = createBelief(form, n, p);
  belief.mean.set(start);
  belief.writeCovariance(covariance);
  const { mean, innovation } = belief;
  const differentiate = createMeasurementJacobian(caller, measurement, n);
  const [A, B, next, times] = [new Float64Array(n * n), new Float64Array(n * m), new Float64Array(n), new Int32Array(1)];
  const [H, expected, prior] = [new Float64Array(p * n), new Float64Array(p), new Float64Array(n)];
  const [point, priorCovariance] = [new Float64Array(n), new Float64Array(n * n)];

  const spread = (): void => {
    mean.set(next);
    belief.spread(A, W);
  };
  /** Expands at `point` and sets the innovation of the linear filter; false where something is not finite. */
  const expand = (measured: Float64Array): boolean => {
    measurement.measure(point, expected);
    differentiate(point, H);
    subtractMeasurement(measurement, measured, expected, innovation);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < n; j++) innovation[i]! -= H[i * n + j]! * (prior[j]! - point[j]!);
    }
    return isFiniteArray(innovation) && isFiniteArray(H);
  };

  const filter: NonlinearFilter = {
    stateSize: n,
    actionSize: m,
    measurementSize: p,
    W,
    V,
    mean,
    innovation,
    normalizedSquare: Number.NaN,
    logLikelihood: Number.NaN,
    predict(action, stepIndex = 0) {
      checkAction(`${caller}.predict`, action, m);
      times[0] = stepIndex;
      const linearized = dynamics.linearize(mean, action, A, B, 1, times);
      if (linearized instanceof Promise) {
        return (async () => {
          await linearized;
          await dynamics.step(mean, action, next, 1, times);
          spread();
        })();
      }
      const stepped = dynamics.step(mean, action, next, 1, times);
      if (stepped instanceof Promise) return stepped.then(spread);
      spread();
      return undefined;
    },
    update(measured) {
      prior.set(mean);
      point.set(mean);
      for (let k = 1; k < iterations; k++) {
        // A trial update at the current point gives the next one; the belief itself is put back.
        if (!expand(measured)) return false;
        belief.readCovariance(priorCovariance);
        if (!belief.absorb(H, V)) return false;
        point.set(mean);
        mean.set(prior);
        belief.writeCovariance(priorCovariance);
      }
      if (!expand(measured) || !belief.absorb(H, V)) return false;
      filter.normalizedSquare = belief.normalizedSquare;
      filter.logLikelihood = belief.logLikelihood;
      return true;
    },
    covariance(out = new Float64Array(n * n)) {
      belief.readCovariance(out);
      return out;
    },
  };
  return filter;
}
