/** Evaluators whose best plan is known in closed form. */
import type { SequenceEvaluator } from '@mbrl/core';

/** Scores by a function of one sequence, `[H, A]`. */
export function evaluatorOf(
  shape: { readonly horizon: number; readonly actionSize: number; readonly observationSize?: number },
  score: (sequence: Float32Array, observation: Float32Array, index: number) => number,
): SequenceEvaluator {
  const size = shape.horizon * shape.actionSize;
  return {
    observationSize: 1,
    ...shape,
    evaluate: async (observation, sequences, returns) => {
      for (let n = 0; n < returns.length; n++) returns[n] = score(sequences.subarray(n * size, (n + 1) * size), observation, n);
    },
  };
}

/** Return −Σ (a_i − target_i)²: the best plan is the target. */
export function quadraticEvaluator(target: readonly number[], horizon: number, actionSize = 1): SequenceEvaluator {
  return evaluatorOf({ horizon, actionSize }, (sequence) => {
    let sum = 0;
    for (let i = 0; i < sequence.length; i++) sum -= (sequence[i]! - target[i % target.length]!) ** 2;
    return sum;
  });
}

/** A double integrator x' = x + h v, v' = v + h a with cost Σ x² + v² + r a² over the horizon and the state after it. */
export function doubleIntegrator(horizon: number): {
  readonly evaluator: SequenceEvaluator;
  /** Least cost from a state, by the Riccati recursion. */
  readonly optimalCost: (state: readonly [number, number]) => number;
  /** First action of the best plan. */
  readonly optimalAction: (state: readonly [number, number]) => number;
  readonly step: (state: readonly [number, number], action: number) => [number, number];
} {
  const h = 0.3;
  const r = 0.5;
  const step = ([x, v]: readonly [number, number], action: number): [number, number] => [x + h * v, v + h * action];
  // Value x' P x with P symmetric, [p, q, s] = [P11, P12, P22]; gain K = [k, l].
  let [p, q, s] = [1, 0, 1];
  let [k, l] = [0, 0];
  for (let t = 0; t < horizon; t++) {
    // With A = [1 h; 0 1] and B = [0; h]: PA, then K = (r + B'PB)⁻¹ B'PA and P ← I + A'PA − A'PB K.
    const [pa12, pa22] = [p * h + q, q * h + s];
    const [ba1, ba2] = [h * q, h * pa22];
    const denominator = r + h * h * s;
    [k, l] = [ba1 / denominator, ba2 / denominator];
    const [p11, p12, p22] = [p, pa12, h * pa12 + pa22];
    [p, q, s] = [1 + p11 - ba1 * k, p12 - ba1 * l, 1 + p22 - ba2 * l];
  }
  const cost = (sequence: Float32Array, observation: Float32Array): number => {
    let state: [number, number] = [observation[0]!, observation[1]!];
    let sum = 0;
    for (const action of sequence) {
      sum += state[0] ** 2 + state[1] ** 2 + r * action ** 2;
      state = step(state, action);
    }
    return sum + state[0] ** 2 + state[1] ** 2;
  };
  return {
    evaluator: evaluatorOf({ horizon, actionSize: 1, observationSize: 2 }, (sequence, observation) => -cost(sequence, observation)),
    optimalCost: ([x, v]) => p * x * x + 2 * q * x * v + s * v * v,
    optimalAction: ([x, v]) => -(k * x + l * v),
    step,
  };
}

/** Adds the gradient by central differences to an evaluator in plain JavaScript. */
export function withDifferences(evaluator: SequenceEvaluator): SequenceEvaluator {
  return {
    ...evaluator,
    async evaluateWithGradient(observation, sequences, returns, gradients, rng) {
      await evaluator.evaluate(observation, sequences, returns, rng);
      const size = evaluator.horizon * evaluator.actionSize;
      const [up, down] = [new Float32Array(returns.length), new Float32Array(returns.length)];
      for (let d = 0; d < size; d++) {
        const moved = (step: number): Float32Array => sequences.map((value, i) => (i % size === d ? value + step : value));
        await evaluator.evaluate(observation, moved(0.05), up, rng);
        await evaluator.evaluate(observation, moved(-0.05), down, rng);
        for (let n = 0; n < returns.length; n++) gradients[n * size + d] = (up[n]! - down[n]!) / 0.1;
      }
    },
  };
}
