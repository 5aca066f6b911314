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
export const stopImpedance: { readonly touch: number; readonly full: number; readonly width: number } = { touch: 0.9, full: 0.95, width: 0.001 };

/** Works out the coefficients once. */
export function swingUpCoefficients(constants: SwingUpConstants): SwingUpCoefficients {
  const { cartMass, poleMass, centerDistance, pivotInertia, gravity, cartFriction, poleFriction, timeStep, integrationSteps, railLimit } = constants;
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

/** Largest turn in radians for which the series below are used: their error is then under one unit in the last place. */
const smallTurn = 0.5;

function smallSine(turn: number): number {
  const q = turn * turn;
  return turn * (1 - (q / 6) * (1 - (q / 20) * (1 - (q / 42) * (1 - (q / 72) * (1 - (q / 110) * (1 - q / 156))))));
}

function smallCosine(turn: number): number {
  const q = turn * turn;
  return 1 - (q / 2) * (1 - (q / 12) * (1 - (q / 30) * (1 - (q / 56) * (1 - (q / 90) * (1 - (q / 132) * (1 - q / 182))))));
}

/** Advances states of one cart-pole. Keeps scratch numbers between its methods; not to be shared by two callers at once. */
export class SwingUpDynamics {
  private readonly k: SwingUpCoefficients;
  /** ẍ and θ̈ of the latest evaluation. */
  private acceleration = 0;
  private angularAcceleration = 0;

  constructor(coefficients: SwingUpCoefficients) {
    this.k = coefficients;
  }

  /** Advances the state (x, θ, ẋ, θ̇) in place under a constant force in N. */
  advance(state: Float64Array, force: number): void {
    const h = this.k.step;
    const half = h / 2;
    let x = state[0]!;
    let angle = state[1]!;
    let v = state[2]!;
    let w = state[3]!;
    for (let i = 0; i < this.k.integrationSteps; i++) {
      const sin = Math.sin(angle);
      const cos = Math.cos(angle);
      this.evaluate(x, sin, cos, v, w, force);
      const a1 = this.acceleration;
      const b1 = this.angularAcceleration;
      const v2 = v + half * a1;
      const w2 = w + half * b1;
      this.evaluateTurned(x + half * v, sin, cos, half * w, v2, w2, force);
      const a2 = this.acceleration;
      const b2 = this.angularAcceleration;
      const v3 = v + half * a2;
      const w3 = w + half * b2;
      this.evaluateTurned(x + half * v2, sin, cos, half * w2, v3, w3, force);
      const a3 = this.acceleration;
      const b3 = this.angularAcceleration;
      const v4 = v + h * a3;
      const w4 = w + h * b3;
      this.evaluateTurned(x + h * v3, sin, cos, h * w3, v4, w4, force);
      x += (h / 6) * (v + 2 * (v2 + v3) + v4);
      angle += (h / 6) * (w + 2 * (w2 + w3) + w4);
      v += (h / 6) * (a1 + 2 * (a2 + a3) + this.acceleration);
      w += (h / 6) * (b1 + 2 * (b2 + b3) + this.angularAcceleration);
    }
    state[0] = x;
    state[1] = angle;
    state[2] = v;
    state[3] = w;
  }

  /** Evaluates at an angle that lies `turn` beyond the one whose sine and cosine are given. */
  private evaluateTurned(x: number, sin: number, cos: number, turn: number, v: number, w: number, force: number): void {
    const small = turn < smallTurn && turn > -smallTurn;
    const s = small ? smallSine(turn) : Math.sin(turn);
    const c = small ? smallCosine(turn) : Math.cos(turn);
    this.evaluate(x, sin * c + cos * s, cos * c - sin * s, v, w, force);
  }

  /** Solves the equations of motion for both accelerations. */
  private evaluate(x: number, sin: number, cos: number, v: number, w: number, force: number): void {
    const k = this.k;
    const coupling = k.massDistance * cos;
    const f = force - k.cartFriction * v - k.massDistance * sin * (w * w);
    const torque = -k.poleFriction * w - k.gravityTorque * sin;
    const inverse = 1 / (k.totalMass * k.pivotInertia - coupling * coupling);
    let acceleration = (k.pivotInertia * f + coupling * torque) * inverse;
    let angularAcceleration = (coupling * f + k.totalMass * torque) * inverse;
    if (x > k.railLimit || x < -k.railLimit) {
      const side = x > 0 ? 1 : -1;
      const push = -side * this.stopForce(side * x - k.railLimit, side * v, side * acceleration, k.pivotInertia * inverse);
      acceleration += push * k.pivotInertia * inverse;
      angularAcceleration += push * coupling * inverse;
    }
    this.acceleration = acceleration;
    this.angularAcceleration = angularAcceleration;
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
