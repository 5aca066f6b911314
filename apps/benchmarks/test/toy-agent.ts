/** An agent for tests of the command: pumps energy, then balances, the better the more it has "learned". No model. */
import { type Agent, type Checkpoint, CheckpointError, createRng, type Json, type Rng } from '@mbrl/core';

/** What the toy agent is told. */
export interface ToyAgentOptions {
  readonly seed: number;
  readonly initialSteps: number;
  /** Milliseconds that each action takes. */
  readonly thinkMilliseconds: number;
  /** Epochs of each fit, of one think time each. */
  readonly epochs: number;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Makes the agent. */
export function createToyAgent({ seed, initialSteps, thinkMilliseconds, epochs }: ToyAgentOptions): Agent {
  const rng: Rng = createRng(seed).split('toy');
  let observed = 0;
  let skill = 0;
  let learnDue = false;
  let figures: { [name: string]: number } = {};
  const bound = (value: number): number => Math.max(-1, Math.min(1, value));

  const control = ([x, sin, cos, speed, spin]: readonly number[]): number => {
    const angle = Math.atan2(sin!, cos!);
    if (Math.abs(angle) < 0.5) return bound(3.6 * angle + 0.75 * spin! + 0.25 * x! + 0.4 * speed!);
    const energy = 0.5 * 0.6 * spin! ** 2 + 9.81 * (cos! - 1);
    return bound(0.5 * energy * Math.sign(spin! * cos! || 1) - 0.5 * x! - 0.15 * speed!);
  };

  return {
    get lastAct() {
      return figures;
    },
    beginEpisode() {},
    async act(observation) {
      const random = observed < initialSteps;
      if (thinkMilliseconds > 0 && !random) await pause(thinkMilliseconds);
      const noise = (random ? 1 : 1.2 * Math.exp(-0.8 * skill)) * rng.normal();
      const action = random ? bound(noise) : bound(control(Array.from(observation)) + noise);
      figures = random ? {} : { predictedReturn: 20 * observation[2]! };
      return Float32Array.of(action);
    },
    observe(transition) {
      observed++;
      learnDue = observed >= initialSteps && (transition.terminated || transition.truncated);
    },
    async learn({ onProgress } = {}) {
      if (!learnDue) return undefined;
      learnDue = false;
      let trainLoss = 0;
      for (let epoch = 1; epoch <= epochs; epoch++) {
        trainLoss = -2 - skill + 3 * Math.exp(-epoch / 4) + 0.05 * rng.normal();
        onProgress?.({ fraction: epoch / epochs, metrics: { epoch, trainLoss, holdoutLoss: trainLoss + 0.3 } });
        await pause(thinkMilliseconds);
      }
      skill++;
      return { trainLoss };
    },
    save: (): Checkpoint => ({
      kind: 'ToyAgent',
      version: 1,
      json: { observed, skill, learnDue, rng: rng.save() },
      arrays: { weights: { dtype: 'float32', shape: [3], data: Float32Array.of(observed, skill, 1) } },
    }),
    load(checkpoint) {
      if (checkpoint.kind !== 'ToyAgent')
        throw new CheckpointError(`ToyAgent.load: the checkpoint must be of a ToyAgent, got ${checkpoint.kind}`);
      const from = checkpoint.json as { observed: number; skill: number; learnDue: boolean; rng: Json };
      ({ observed, skill, learnDue } = from);
      rng.restore(from.rng);
    },
    dispose() {},
  };
}
