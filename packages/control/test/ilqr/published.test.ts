/** Published numbers: trajax (acrobot), ALTRO (cart-pole), Crocoddyl (unicycle), Tassa et al. (car parking). */
import { createRng } from '@mbrl/core';
import {
  acrobotProblem,
  carParkingProblem,
  carParkingStart,
  cartPoleProblem,
  createDdp,
  createIlqr,
  type IlqrResult,
  unicycleProblem,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';

const REST = [0, 0, 0, 0];
const waves = Float64Array.from({ length: 100 }, (_, t) => 6 * Math.sin(2 * t * 0.05));

describe('acrobot', () => {
  it('starts at 4959.476212 and is at 44.51328515 after the 62 iterations that trajax takes', () => {
    expect(createIlqr(acrobotProblem(), { maxIterations: 0 }).solve({ initialState: REST }).cost).toBeCloseTo(4959.476212, 6);
    const { cost, status } = createIlqr(acrobotProblem(), { maxIterations: 62, gradientTolerance: 1e-12 }).solve({ initialState: REST });
    expect(status).toBe('iterationLimit');
    expect(cost).toBeCloseTo(44.51328515, 8);
  });

  it('ends at the same optimum by DDP, in about half the iterations, with quadratic convergence', () => {
    const { cost, status, iterations, log } = createDdp(acrobotProblem(), { gradientTolerance: 1e-10 }).solve({ initialState: REST });
    expect(status).toBe('converged');
    expect(cost).toBeCloseTo(44.51328514, 8);
    expect(iterations).toBeLessThan(45);
    const [before, last] = log.slice(-2).map(({ gradientNorm }) => gradientNorm);
    expect(last!).toBeLessThan(1e-4 * before!);
  });
});

describe('cart-pole', () => {
  const settings = { maxIterations: 1, polish: false, lineSearch: { minRatio: 1e-8, maxRatio: 10 } } as const;
  const problem = cartPoleProblem({ limitBy: 'rows' });

  it('takes the first two steps of ALTRO', () => {
    const first = createIlqr(problem, settings).solve({ initialState: REST, actions: waves });
    expect(first.log[0]!.merit).toBeCloseTo(3968.9692481, 6);
    // After its first step ALTRO's regularisation is at its least value, 1e-8 on actions.
    const regularization = { on: 'action', initial: 1e-8, min: 1e-8 } as const;
    const second = createIlqr(problem, { ...settings, regularization }).solve({ initialState: REST, actions: first.actions });
    expect(second.log[0]!.merit).toBeCloseTo(1643.4087998, 6);
  });

  it('reaches the constrained optimum, however the force is limited', () => {
    const results: IlqrResult[] = [];
    for (const create of [createIlqr, createDdp]) {
      for (const limitBy of ['rows', 'bounds'] as const) {
        results.push(create(cartPoleProblem({ limitBy })).solve({ initialState: REST, actions: waves }));
      }
    }
    for (const { status, cost, constraintViolation, relativeGradient, actions } of results) {
      expect(status).toBe('converged');
      expect(constraintViolation).toBeLessThanOrEqual(1e-6);
      expect(relativeGradient).toBeLessThanOrEqual(1e-6);
      expect(Math.max(...actions.map(Math.abs))).toBeLessThanOrEqual(3 + 1e-6);
      // ALTRO's 1.4958744 is 5e-7 above the optimum, for it stops at a cost tolerance of 1e-4.
      expect(cost).toBeCloseTo(1.4958739, 7);
      expect(Math.abs(cost - 1.4958744)).toBeLessThan(1e-6);
    }
  });
});

describe('unicycle', () => {
  it('costs 50φ from (1, 0, 0) over 200 steps', () => {
    const { cost, status } = createIlqr(unicycleProblem()).solve({ initialState: [1, 0, 0] });
    expect(status).toBe('converged');
    expect(cost).toBeCloseTo(80.90169944, 8);
    expect(cost).toBeCloseTo(25 * (1 + Math.sqrt(5)), 8);
  });
});

describe('car parking', () => {
  const starts = (seed: number): Float64Array => {
    const rng = createRng(seed);
    return Float64Array.from({ length: 1000 }, () => 0.1 * rng.normal());
  };

  it('ends in the known optimum 1.905168 from most random starts', () => {
    const { status, cost, actions } = createDdp(carParkingProblem()).solve({ initialState: carParkingStart, actions: starts(0) });
    expect(status).toBe('converged');
    expect(cost).toBeLessThanOrEqual(1.905168);
    expect(cost).toBeGreaterThan(1.905167);
    // The bounds are active: steering full left or right for a while.
    expect(actions.filter((value, i) => i % 2 === 0 && Math.abs(value) === 0.5).length).toBeGreaterThan(50);
  });

  it('ends in the better known optimum 1.436101 from a start that steers left and backs up', () => {
    const actions = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? -0.5 : -Math.cos((i / 1000) * Math.PI * 2)));
    const { status, cost } = createDdp(carParkingProblem()).solve({ initialState: carParkingStart, actions });
    expect(status).toBe('converged');
    // Published values are those at which an iteration stopped, above the optimum by less than their last digit.
    expect(cost).toBeLessThanOrEqual(1.436101);
    expect(cost).toBeGreaterThan(1.4361);
  });
});
