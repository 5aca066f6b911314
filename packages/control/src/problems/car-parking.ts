/**
 * Parking a car (Tassa, Mansard & Todorov 2014). State: position of the rear axle, heading θ, speed v of the front wheel;
 * action: steering angle w, acceleration a. With d the distance of the axles and f = hv what the front wheel rolls in a step,
 * the rear axle moves by b = d + f cos w − √(d² − f² sin² w) and the heading by asin(f sin w / d).
 *
 * Cost: 0.01 w² + 0.0001 a² + 0.001 (σ(x, 0.1) + σ(y, 0.1)) a step, and at the end
 * 0.1 σ(x, 0.01) + 0.1 σ(y, 0.01) + σ(θ, 0.01) + 0.3 σ(v, 1), where σ(z, p) = √(z² + p²) − p.
 */
import type { Constraint } from '../ilqr/constraint.js';
import { obstacleConstraint } from '../ilqr/constraint.js';
import type { Cost } from '../ilqr/cost.js';
import type { OptimalControlProblem } from '../ilqr/problem.js';
import { pointwiseDynamics } from '../pointwise-dynamics.js';

/** Distance of the axles, m. */
export const CAR_WHEELBASE = 2;
const TIME_STEP = 0.03;
const TERMINAL_WEIGHTS = [0.1, 0.1, 1, 0.3];
const TERMINAL_SCALES = [0.01, 0.01, 0.01, 1];

/** A round obstacle in the plane, m. */
export interface CarObstacle {
  readonly center: readonly [number, number];
  readonly radius: number;
}

/** Variations of the problem. */
export interface CarParkingOptions {
  /** Number of steps of 0.03 s. Default 500. */
  readonly horizon?: number;
  /** What the rear axle has to stay out of. Default: nothing. */
  readonly obstacles?: readonly CarObstacle[];
}

/** Where the published example starts: one metre off in x and y, turned by 270°, at rest. */
export const carParkingStart: readonly number[] = [1, 1, (Math.PI * 3) / 2, 0];

const carCost: Cost = {
  stage: (x, u) =>
    0.01 * u[0]! * u[0]! + 0.0001 * u[1]! * u[1]! + 0.001 * (Math.sqrt(x[0]! * x[0]! + 0.01) + Math.sqrt(x[1]! * x[1]! + 0.01) - 0.2),
  terminal(x) {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const p = TERMINAL_SCALES[i]!;
      sum += TERMINAL_WEIGHTS[i]! * (Math.sqrt(x[i]! * x[i]! + p * p) - p);
    }
    return sum;
  },
  expandStage(x, u, _t, out) {
    out.u[0] = 0.02 * u[0]!;
    out.u[1] = 0.0002 * u[1]!;
    out.uu[0] = 0.02;
    out.uu[3] = 0.0002;
    for (let i = 0; i < 2; i++) {
      const root = Math.sqrt(x[i]! * x[i]! + 0.01);
      out.x[i] = (0.001 * x[i]!) / root;
      out.xx[i * 5] = (0.001 * 0.01) / (root * root * root);
    }
  },
  expandTerminal(x, out) {
    for (let i = 0; i < 4; i++) {
      const p = TERMINAL_SCALES[i]!;
      const root = Math.sqrt(x[i]! * x[i]! + p * p);
      out.x[i] = (TERMINAL_WEIGHTS[i]! * x[i]!) / root;
      out.xx[i * 5] = (TERMINAL_WEIGHTS[i]! * p * p) / (root * root * root);
    }
  },
};

/** Parking at the origin, |w| ≤ 0.5 and |a| ≤ 2; from {@link carParkingStart} two optima are known, 1.436101 and 1.905168. */
export function carParkingProblem({ horizon = 500, obstacles = [] }: CarParkingOptions = {}): OptimalControlProblem {
  const d = CAR_WHEELBASE;
  const h = TIME_STEP;
  const constraints: Constraint[] =
    obstacles.length === 0 ? [] : [obstacleConstraint({ stateSize: 4, components: [0, 1], obstacles, from: 1, to: 'terminal' })];
  return {
    horizon,
    actionLow: [-0.5, -2],
    actionHigh: [0.5, 2],
    cost: carCost,
    constraints,
    dynamics: pointwiseDynamics({
      stateSize: 4,
      actionSize: 2,
      step(x, u, _t, next) {
        const f = h * x[3]!;
        const sine = f * Math.sin(u[0]!);
        const b = d + f * Math.cos(u[0]!) - Math.sqrt(d * d - sine * sine);
        next[0] = x[0]! + b * Math.cos(x[2]!);
        next[1] = x[1]! + b * Math.sin(x[2]!);
        next[2] = x[2]! + Math.asin(sine / d);
        next[3] = x[3]! + h * u[1]!;
      },
      linearize(x, u, _t, A, B) {
        const f = h * x[3]!;
        const [sw, cw] = [Math.sin(u[0]!), Math.cos(u[0]!)];
        const root = Math.sqrt(d * d - f * f * sw * sw);
        const b = d + f * cw - root;
        const [s, c] = [Math.sin(x[2]!), Math.cos(x[2]!)];
        const bf = cw + (f * sw * sw) / root;
        const bw = -f * sw + (f * f * sw * cw) / root;
        A.fill(0);
        B.fill(0);
        for (let i = 0; i < 4; i++) A[i * 5] = 1;
        A[2] = -b * s;
        A[6] = b * c;
        A[3] = h * bf * c;
        A[7] = h * bf * s;
        A[11] = (h * sw) / root;
        B[0] = bw * c;
        B[2] = bw * s;
        B[4] = (f * cw) / root;
        B[7] = h;
      },
    }),
  };
}
