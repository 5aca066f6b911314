/** The rollout as the paper describes it, one row at a time in float64, fed with the noise that the evaluator draws. */
import { createRng } from '@mbrl/core';
import type { ProbabilisticEnsemble, Propagation } from '@mbrl/models';

/** A reward and an ending on plain numbers. */
export interface PlainTask {
  reward(x: readonly number[], u: readonly number[], next: readonly number[]): number;
  ended?(x: readonly number[], u: readonly number[], next: readonly number[]): boolean;
}

/** What to roll out. */
export interface ReferenceProblem {
  readonly model: ProbabilisticEnsemble;
  readonly task: PlainTask;
  readonly propagation: Propagation;
  readonly particleCount: number;
  readonly horizon: number;
  readonly observation: readonly number[];
  /** `[N][H][A]` */
  readonly sequences: readonly (readonly (readonly number[])[])[];
  readonly seed: number;
}

const silu = (x: number): number => x / (1 + Math.exp(-x));

/** A predicting member's mean and standard deviation of the next observation. */
function predictMember(
  model: ProbabilisticEnsemble,
  member: number,
  x: readonly number[],
  u: readonly number[],
): { mean: number[]; deviation: number[] } {
  const { layers, varianceFloor, deviationGain } = model.predictionParameters();
  let hidden = [...x, ...u];
  layers.forEach(({ kernel, bias }, layer) => {
    const [, inputs, outputs] = kernel.shape as [number, number, number];
    hidden = Array.from({ length: outputs }, (_, o) => {
      let sum = bias.data[member * outputs + o]!;
      for (let i = 0; i < inputs; i++) sum += hidden[i]! * kernel.data[(member * inputs + i) * outputs + o]!;
      return layer < layers.length - 1 ? silu(sum) : sum;
    });
  });
  return {
    mean: x.map((value, i) => value + hidden[i]!),
    deviation: x.map((_, i) => deviationGain.data[i]! * Math.sqrt(varianceFloor.data[i]! + 1 / (1 + Math.exp(-hidden[x.length + i]!)))),
  };
}

/** One step of a particle. */
export interface ReferenceStep {
  readonly x: readonly number[];
  readonly u: readonly number[];
  readonly next: readonly number[];
  /** Root mean square over components of the members' standard deviation, in units of the greatest predicted one. */
  readonly disagreement: number;
}

function disagreementAt(model: ProbabilisticEnsemble, x: readonly number[], u: readonly number[]): number {
  const { deviationGain } = model.predictionParameters();
  const means = Array.from({ length: model.predictingMemberCount }, (_, e) => predictMember(model, e, x, u).mean);
  let sum = 0;
  x.forEach((_, i) => {
    const scaled = means.map((mean) => mean[i]! / deviationGain.data[i]!);
    const middle = scaled.reduce((a, b) => a + b, 0) / scaled.length;
    sum += scaled.reduce((a, b) => a + (b - middle) ** 2, 0) / scaled.length;
  });
  return Math.sqrt(sum / x.length);
}

/** All H steps of every particle, endings disregarded, `[N][P][H]`. */
export function referenceSteps({
  model,
  propagation,
  particleCount,
  horizon,
  observation,
  sequences,
  seed,
}: Omit<ReferenceProblem, 'task'>): ReferenceStep[][][] {
  const N = sequences.length;
  const P = propagation === 'expectation' ? 1 : particleCount;
  const E = model.predictingMemberCount;
  const O = observation.length;
  const R = N * P;
  const rng = createRng(seed);
  const prediction = new Float32Array(propagation === 'expectation' ? 0 : R * horizon * O);
  rng.fillNormal(prediction);
  const matching = new Float32Array(propagation === 'momentMatching' ? R * horizon * O : 0);
  rng.fillNormal(matching);
  const deals = Array.from({ length: propagation === 'ts1' ? horizon : 0 }, () => {
    const order = Int32Array.from({ length: R }, (_, i) => i);
    rng.shuffle(order);
    return order;
  });
  const perMember = R / E;
  /** Component i of the noise of step t for place k among the rows that are dealt to the members in equal blocks. */
  const noiseAt = (noise: Float32Array, t: number, k: number, i: number): number =>
    noise[(Math.floor(k / perMember) * horizon * perMember + t * perMember + (k % perMember)) * O + i]!;

  // Row p·N + n is particle p of candidate n.
  let states = Array.from({ length: R }, () => [...observation]);
  const steps: ReferenceStep[][] = states.map(() => []);
  for (let t = 0; t < horizon; t++) {
    const actions = states.map((_, row) => sequences[row % N]![t]!);
    let next = states.map((x, row) => {
      if (propagation === 'expectation') {
        const means = Array.from({ length: E }, (_, e) => predictMember(model, e, x, actions[row]!).mean);
        return x.map((_, i) => means.reduce((sum, mean) => sum + mean[i]!, 0) / E);
      }
      const place = propagation === 'ts1' ? deals[t]!.indexOf(row) : row;
      const { mean, deviation } = predictMember(model, Math.floor(place / perMember), x, actions[row]!);
      return mean.map((value, i) => value + deviation[i]! * noiseAt(prediction, t, place, i));
    });
    if (propagation === 'momentMatching') {
      next = next.map((_, row) => {
        const particles = Array.from({ length: P }, (_, p) => next[p * N + (row % N)]!);
        return observation.map((_, i) => {
          const mean = particles.reduce((sum, particle) => sum + particle[i]!, 0) / P;
          const variance = particles.reduce((sum, particle) => sum + (particle[i]! - mean) ** 2, 0) / P;
          return mean + Math.sqrt(variance) * noiseAt(matching, t, row, i);
        });
      });
    }
    states.forEach((x, row) => {
      const u = actions[row]!;
      steps[row]!.push({ x, u, next: next[row]!, disagreement: disagreementAt(model, x, u) });
    });
    states = next;
  }
  return Array.from({ length: N }, (_, n) => Array.from({ length: P }, (__, p) => steps[p * N + n]!));
}

/** Returns by candidate: means over particles of the rewards up to the ending. */
export function referenceReturns({ task, ...problem }: ReferenceProblem): number[] {
  return referenceSteps(problem).map((particles) => {
    let sum = 0;
    for (const steps of particles) {
      for (const { x, u, next } of steps) {
        sum += task.reward(x, u, next);
        if (task.ended?.(x, u, next)) break;
      }
    }
    return sum / particles.length;
  });
}
