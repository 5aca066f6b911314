/**
 * Discrete dynamics x⁺ = F(x, u, t) from a differential equation with the action held over a period, by an integrator of choice, with the
 * exact derivatives of the step that is taken. Step t begins at time t · period.
 */
import { checkInteger, checkNumber, checkOneOf } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { createDormandPrinceStep } from './dormand-prince.js';
import { createImplicitMidpointStep } from './implicit-midpoint.js';
import { CLASSICAL4, createRungeKuttaStep, EULER, KUTTA3, MIDPOINT } from './runge-kutta.js';
import { createSemiImplicitEulerStep } from './semi-implicit-euler.js';
import type { IntegratorStep, VectorField } from './vector-field.js';

/** The integrators, with their order: 1, 1, 2, 3, 4, 2 and adaptive 5. */
export type IntegratorMethod =
  | 'euler'
  | 'semiImplicitEuler'
  | 'rungeKutta2'
  | 'rungeKutta3'
  | 'rungeKutta4'
  | 'implicitMidpoint'
  | 'dormandPrince';

/** How to integrate. */
export interface IntegratorOptions {
  /** Default 'rungeKutta4'. */
  readonly method?: IntegratorMethod;
  /** Time of a step, > 0. */
  readonly period: number;
  /** Equal parts of a step, ≥ 1. Default 1. */
  readonly substeps?: number;
  /** 'semiImplicitEuler': how many of the first states are positions, 0 … n. Default n / 2, rounded down. */
  readonly positionSize?: number;
  /** 'implicitMidpoint': greatest last correction relative to max(1, |x|), > 0. Default 1e-12. */
  readonly newtonTolerance?: number;
  /** 'implicitMidpoint': most iterations, ≥ 1. Default 30. */
  readonly newtonLimit?: number;
  /** 'dormandPrince': see AdaptiveOptions. Defaults 1e-8, 1e-10 and 10,000. */
  readonly relativeTolerance?: number;
  readonly absoluteTolerance?: number;
  readonly stepLimit?: number;
}

/** Creates the step of a method. @throws OptionError on values out of range */
function createIntegratorStep(field: VectorField, options: IntegratorOptions): IntegratorStep {
  const caller = 'integrateDynamics';
  const { positionSize = field.stateSize >> 1, newtonTolerance = 1e-12, newtonLimit = 30 } = options;
  const { relativeTolerance = 1e-8, absoluteTolerance = 1e-10, stepLimit = 10_000 } = options;
  checkInteger(caller, 'positionSize', positionSize, { min: 0, max: field.stateSize });
  checkNumber(caller, 'newtonTolerance', newtonTolerance, { above: 0 });
  checkInteger(caller, 'newtonLimit', newtonLimit, { min: 1 });
  checkNumber(caller, 'relativeTolerance', relativeTolerance, { above: 0 });
  checkNumber(caller, 'absoluteTolerance', absoluteTolerance, { above: 0 });
  checkInteger(caller, 'stepLimit', stepLimit, { min: 1 });
  const makers: Record<IntegratorMethod, () => IntegratorStep> = {
    euler: () => createRungeKuttaStep(field, EULER),
    semiImplicitEuler: () => createSemiImplicitEulerStep(field, positionSize),
    rungeKutta2: () => createRungeKuttaStep(field, MIDPOINT),
    rungeKutta3: () => createRungeKuttaStep(field, KUTTA3),
    rungeKutta4: () => createRungeKuttaStep(field, CLASSICAL4),
    implicitMidpoint: () => createImplicitMidpointStep(field, newtonTolerance, newtonLimit),
    dormandPrince: () => createDormandPrinceStep(field, { relativeTolerance, absoluteTolerance, stepLimit }),
  };
  const methods = Object.keys(makers) as IntegratorMethod[];
  return makers[checkOneOf(caller, 'method', options.method ?? 'rungeKutta4', methods)]();
}

/**
 * Creates discrete dynamics from a field. Where a step is not found – an implicit equation without a solution, an error bound that
 * cannot be met – the next state and derivatives are NaN. A call allocates nothing.
 * @throws OptionError on values out of range
 */
export function integrateDynamics(field: VectorField, options: IntegratorOptions): Dynamics {
  const caller = 'integrateDynamics';
  const period = checkNumber(caller, 'period', options.period, { above: 0 });
  const substeps = checkInteger(caller, 'substeps', options.substeps ?? 1, { min: 1 });
  const advance = createIntegratorStep(field, options);
  const [n, m] = [field.stateSize, field.actionSize];
  const width = n + m;
  const h = period / substeps;
  const [x, u, D] = [new Float64Array(n), new Float64Array(m), new Float64Array(n * width)];

  const run = (states: Float64Array, actions: Float64Array, index: number, step: number, sensitivity: Float64Array | null): boolean => {
    for (let i = 0; i < n; i++) x[i] = states[index * n + i]!;
    for (let i = 0; i < m; i++) u[i] = actions[index * m + i]!;
    for (let part = 0; part < substeps; part++) {
      if (!advance(x, u, step * period + part * h, h, sensitivity)) return false;
    }
    return true;
  };
  return {
    stateSize: n,
    actionSize: m,
    step(states, actions, next, count, times) {
      for (let k = 0; k < count; k++) {
        if (!run(states, actions, k, times[k]!, null)) x.fill(Number.NaN);
        next.set(x, k * n);
      }
    },
    linearize(states, actions, A, B, count, times) {
      for (let k = 0; k < count; k++) {
        D.fill(0);
        for (let i = 0; i < n; i++) D[i * width + i] = 1;
        if (!run(states, actions, k, times[k]!, D)) D.fill(Number.NaN);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) A[(k * n + i) * n + j] = D[i * width + j]!;
          for (let j = 0; j < m; j++) B[(k * n + i) * m + j] = D[i * width + n + j]!;
        }
      }
    },
  };
}
