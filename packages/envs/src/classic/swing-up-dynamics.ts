/**
 * Exact rigid-body equations of a cart on a track with a hanging pole, integrated by classical Runge–Kutta (RK4).
 *
 * State (x, θ, ẋ, θ̇); θ = 0 hangs straight down and θ = π stands up. A point at distance r from the hinge is at
 * (x − r sin θ, −r cos θ), so θ grows as the hanging pole swings to the left (−x): the sign of the PETS task. With cart
 * mass M, pole mass m, distance c from hinge to the pole's centre of mass, moment of inertia I of the pole about the hinge, viscous friction
 * b_x and b_θ, and force F, Lagrange's equations are
 *
 *   (M + m) ẍ − m c cos θ θ̈ = F − b_x ẋ − m c sin θ θ̇²        =: f
 *   −m c cos θ ẍ + I θ̈      = −b_θ θ̇ − m g c sin θ            =: τ
 *
 * and, solved, with D = (M + m) I − (m c cos θ)²: ẍ = (I f + m c cos θ τ) / D, θ̈ = (m c cos θ f + (M + m) τ) / D.
 *
 * A track of finite length ends in soft stops with the law of MuJoCo's joint limits and its default parameters
 * (documentation, chapter Computation, sections Constraint model and Solver parameters): a critically damped spring of
 * time constant 2h, h the integration step, that brings a violation r = |x| − limit > 0 towards the acceleration
 * a* = −b ṙ − k d(r) r, with an impedance d(r) that rises from 0.9 to 0.95 over the first millimetre.
 */
import { smallCosine, smallSine } from './small-turn.js';

/** A cart-pole's constants, in SI units. */
export interface SwingUpConstants {
  readonly cartMass: number;
  readonly poleMass: number;
  /** From hinge to the pole's centre of mass. */
  readonly centerDistance: number;
  /** The pole's moment of inertia about the hinge, kg m². */
  readonly pivotInertia: number;
  readonly gravity: number;
  /** Viscous friction of the cart, N s/m. */
  readonly cartFriction: number;
  /** Viscous friction of the hinge, N m s/rad. */
  readonly poleFriction: number;
  /** Seconds that one advance takes. */
  readonly timeStep: number;
  /** RK4 steps in one advance. */
  readonly integrationSteps: number;
  /** The track reaches from −railLimit to railLimit; Infinity for no stops. */
  readonly railLimit: number;
}

/** Coefficients that the equations and their batched form share, made from {@link SwingUpConstants}. */
export interface SwingUpCoefficients {
  readonly totalMass: number;
  /** m c */
  readonly massDistance: number;
  /** m g c */
  readonly gravityTorque: number;
  readonly pivotInertia: number;
  readonly cartFriction: number;
  readonly poleFriction: number;
  /** One integration step, s. */
  readonly step: number;
  readonly integrationSteps: number;
  readonly railLimit: number;
  /** Damping b and stiffness k of the stops. */
  readonly stopDamping: number;
  readonly stopStiffness: number;
  /** Inverse mass that the cart presents when the pole hangs, by which the stops' softness is scaled. */
  readonly stopInverseMass: number;
}

/** Impedance of the stops at first touch, when fully pressed, and the depth in metres between them. */
export const stopImpedance: { readonly touch: number; readonly full: number; readonly width: number } = {
  touch: 0.9,
  full: 0.95,
  width: 0.001,
};

/** Works out the coefficients once. */
export function swingUpCoefficients(constants: SwingUpConstants): SwingUpCoefficients {
  const { cartMass, poleMass, centerDistance, pivotInertia, gravity, cartFriction, poleFriction, timeStep, integrationSteps, railLimit } =
    constants;
  const totalMass = cartMass + poleMass;
  const massDistance = poleMass * centerDistance;
  const step = timeStep / integrationSteps;
  const timeConstant = 2 * step;
  return {
    totalMass,
    massDistance,
    gravityTorque: massDistance * gravity,
    pivotInertia,
    cartFriction,
    poleFriction,
    step,
    integrationSteps,
    railLimit,
    stopDamping: 2 / (stopImpedance.full * timeConstant),
    stopStiffness: 1 / (stopImpedance.full * timeConstant) ** 2,
    stopInverseMass: pivotInertia / (totalMass * pivotInertia - massDistance * massDistance),
  };
}

/** Turns in radians up to this need no reduction. */
const smallTurn = 0.5;

/** Advances states of one cart-pole. Keeps scratch numbers between its methods; not to be shared by two callers at once. */
export class SwingUpDynamics {
  private readonly k: SwingUpCoefficients;
  /** Sine and cosine of the latest angle asked for, and that angle. */
  private readonly direction: Float64Array = new Float64Array([0, 1, 0]);

  constructor(coefficients: SwingUpCoefficients) {
    this.k = coefficients;
  }

  /** Works out sine and cosine of a state's angle, unless they are at hand; returns them in the first two places of a scratch array. */
  directionOf(state: Float64Array): Float64Array {
    const direction = this.direction;
    const angle = state[1]!;
    if (angle !== direction[2]) {
      direction[0] = Math.sin(angle);
      direction[1] = Math.cos(angle);
      direction[2] = angle;
    }
    return direction;
  }

  /**
   * Advances the state (x, θ, ẋ, θ̇) in place under a constant force in N. One body serves all four stages of RK4: calls
   * with many numbers would cost more than the equations.
   */
  advance(state: Float64Array, force: number): void {
    const { totalMass, massDistance, gravityTorque, pivotInertia, cartFriction, poleFriction, step: h, railLimit } = this.k;
    const uncoupled = totalMass * pivotInertia;
    const half = h / 2;
    const third = h / 3;
    const sixth = h / 6;
    for (let i = 0; i < this.k.integrationSteps; i++) {
      const x = state[0]!;
      const angle = state[1]!;
      const v = state[2]!;
      const w = state[3]!;
      const direction = this.directionOf(state);
      const sin = direction[0]!;
      const cos = direction[1]!;
      let stageX = x;
      let stageV = v;
      let stageW = w;
      let sumV = 0;
      let sumW = 0;
      let sumA = 0;
      let sumB = 0;
      let stageSin = sin;
      let stageCos = cos;
      for (let stage = 0; stage < 4; stage++) {
        const coupling = massDistance * stageCos;
        const f = force - cartFriction * stageV - massDistance * stageSin * (stageW * stageW);
        const torque = -poleFriction * stageW - gravityTorque * stageSin;
        const inverse = 1 / (uncoupled - coupling * coupling);
        let a = (pivotInertia * f + coupling * torque) * inverse;
        let b = (coupling * f + totalMass * torque) * inverse;
        if (stageX > railLimit || stageX < -railLimit) {
          const side = stageX > 0 ? 1 : -1;
          const push = -side * this.stopForce(side * stageX - railLimit, side * stageV, side * a, pivotInertia * inverse);
          a += push * pivotInertia * inverse;
          b += push * coupling * inverse;
        }
        const weight = stage === 0 || stage === 3 ? sixth : third;
        sumV += weight * stageV;
        sumW += weight * stageW;
        sumA += weight * a;
        sumB += weight * b;
        if (stage === 3) break;
        const ahead = stage < 2 ? half : h;
        stageX = x + ahead * stageV;
        // The next stage's angle lies `turn` beyond the start's.
        const turn = ahead * stageW;
        const small = turn < smallTurn && turn > -smallTurn;
        const turnSin = small ? smallSine(turn) : Math.sin(turn);
        const turnCos = small ? smallCosine(turn) : Math.cos(turn);
        stageSin = sin * turnCos + cos * turnSin;
        stageCos = cos * turnCos - sin * turnSin;
        stageV = v + ahead * a;
        stageW = w + ahead * b;
      }
      state[0] = x + sumV;
      state[1] = angle + sumW;
      state[2] = v + sumA;
      state[3] = w + sumB;
    }
  }

  /** Force of a stop in N, away from it, never negative; `depth`, `speed` and `acceleration` point into it. */
  private stopForce(depth: number, speed: number, acceleration: number, inverseMass: number): number {
    const { touch, full, width } = stopImpedance;
    const part = Math.min(depth / width, 1);
    const blend = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) * (1 - part);
    const impedance = touch + (full - touch) * blend;
    const wanted = -this.k.stopDamping * speed - this.k.stopStiffness * impedance * depth;
    const softness = ((1 - impedance) / impedance) * this.k.stopInverseMass;
    return Math.max(0, (acceleration - wanted) / (inverseMass + softness));
  }
}
