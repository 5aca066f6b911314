/** The classical Runge–Kutta method of fourth order (RK4) for ẏ = f(y) in float64, without allocation. */

/** Writes the slope f(y) of a state; reads `state` only. */
export type Derivative = (state: Float64Array, slope: Float64Array) => void;

/** Advances states of one size by one equation. Keeps scratch arrays; not to be shared by two callers at once. */
export class RungeKutta {
  private readonly size: number;
  private readonly derivative: Derivative;
  private readonly slope: Float64Array;
  private readonly sum: Float64Array;
  private readonly stage: Float64Array;

  /** @param size components of the state that are integrated; a state may have more, which stay as they are */
  constructor(size: number, derivative: Derivative) {
    this.size = size;
    this.derivative = derivative;
    this.slope = new Float64Array(size);
    this.sum = new Float64Array(size);
    this.stage = new Float64Array(size);
  }

  /** Advances the state in place by one step of `h` seconds. */
  advance(state: Float64Array, h: number): void {
    const { size, derivative, slope, sum, stage } = this;
    derivative(state, slope);
    for (let i = 0; i < size; i++) {
      sum[i] = slope[i]!;
      stage[i] = state[i]! + 0.5 * h * slope[i]!;
    }
    derivative(stage, slope);
    for (let i = 0; i < size; i++) {
      sum[i] = sum[i]! + 2 * slope[i]!;
      stage[i] = state[i]! + 0.5 * h * slope[i]!;
    }
    derivative(stage, slope);
    for (let i = 0; i < size; i++) {
      sum[i] = sum[i]! + 2 * slope[i]!;
      stage[i] = state[i]! + h * slope[i]!;
    }
    derivative(stage, slope);
    const sixth = h / 6;
    for (let i = 0; i < size; i++) state[i] = state[i]! + sixth * (sum[i]! + slope[i]!);
  }
}
