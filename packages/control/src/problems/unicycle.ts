/**
 * A unicycle driven to the origin, as in Crocoddyl's tests. State: position x, y and heading θ; action: speed v, turn rate ω.
 * Steps of 0.1 s: x⁺ = x + 0.1 (v cos θ, v sin θ, ω). Cost ½·10²|x|² + ½|u|² a step, ½·10²|x|² at the end.
 */
import type { OptimalControlProblem } from '../ilqr/problem.js';
import { quadraticCost } from '../ilqr/quadratic-cost.js';
import { pointwiseDynamics } from '../pointwise-dynamics.js';

const TIME_STEP = 0.1;

/**
 * The problem over `horizon` steps. From (1, 0, 0) it is a scalar regulator with P² = 100P + 100², so that J* tends to
 * 50φ = 80.90169944, φ the golden ratio.
 */
export function unicycleProblem(horizon = 200): OptimalControlProblem {
  return {
    horizon,
    dynamics: pointwiseDynamics({
      stateSize: 3,
      actionSize: 2,
      step(x, u, _t, next) {
        next[0] = x[0]! + TIME_STEP * u[0]! * Math.cos(x[2]!);
        next[1] = x[1]! + TIME_STEP * u[0]! * Math.sin(x[2]!);
        next[2] = x[2]! + TIME_STEP * u[1]!;
      },
      linearize(x, u, _t, A, B) {
        const c = TIME_STEP * Math.cos(x[2]!);
        const s = TIME_STEP * Math.sin(x[2]!);
        A.fill(0);
        A[0] = 1;
        A[4] = 1;
        A[8] = 1;
        A[2] = -s * u[0]!;
        A[5] = c * u[0]!;
        B.fill(0);
        B[0] = c;
        B[2] = s;
        B[5] = TIME_STEP;
      },
    }),
    cost: quadraticCost({ stateSize: 3, actionSize: 2, Q: [100, 100, 100], R: [1, 1] }),
  };
}
