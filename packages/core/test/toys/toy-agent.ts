import {
  type Agent,
  type Checkpoint,
  combineCheckpoints,
  createReplayBuffer,
  createRng,
  expectCheckpoint,
  type Json,
  type LearnProgress,
  NumericalError,
  type Policy,
  type ReplayBuffer,
  type Rng,
  separateCheckpoint,
  ShapeError,
  type Transition,
} from '@mbrl/core';

/** Acts within [−1, 1] by the observation, a running mean that `reset` forgets, and noise. */
export class ToyPolicy implements Policy {
  average = 0;

  reset(): void {
    this.average = 0;
  }

  check(observation: Float32Array): void {
    if (observation.length !== 2) throw new ShapeError(`ToyPolicy.act: observation must have 2 components, got ${observation.length}`);
    if (!observation.every(Number.isFinite)) throw new NumericalError('ToyPolicy.act: observation must be finite');
  }

  async act(observation: Float32Array, rng: Rng): Promise<Float32Array> {
    this.check(observation);
    this.average = 0.5 * this.average + 0.5 * observation[0]!;
    return Float32Array.of(Math.tanh(this.average + observation[1]! + 0.3 * rng.normal()));
  }
}

/** Pushes in proportion to the position, with noise; learns its gain from a batch of its memory every fourth step. */
export class ToyAgent implements Agent {
  gain = 0;
  stepCount = 0;
  episodeStep = 0;
  rng: Rng = createRng('toy agent');
  buffer: ReplayBuffer = createReplayBuffer({ capacity: 50, observationSize: 2, actionSize: 1 });
  lastAct: { readonly [name: string]: number } = {};

  beginEpisode(): void {
    this.episodeStep = 0;
  }

  async act(observation: Float32Array): Promise<Float32Array> {
    this.episodeStep++;
    this.lastAct = { gain: this.gain, planMilliseconds: performance.now() % 1000 };
    return Float32Array.of(Math.tanh(this.gain * observation[0]! + 0.5 * this.rng.normal() + 0.01 * this.episodeStep));
  }

  observe(transition: Transition): void {
    this.buffer.add(transition);
    this.stepCount++;
  }

  async learn({ onProgress }: { onProgress?: (progress: LearnProgress) => void } = {}): Promise<
    { readonly [name: string]: number } | undefined
  > {
    if (this.stepCount % 4 !== 0) return undefined;
    onProgress?.({ fraction: 0.5, metrics: {} });
    const batch = this.buffer.sample(8, this.rng);
    let slope = 0;
    for (let n = 0; n < batch.count; n++) slope += batch.actions[n]! * batch.rewards[n]!;
    this.gain = Math.fround(this.gain + 0.1 * slope);
    onProgress?.({ fraction: 1, metrics: { slope } });
    return { slope, fitSeconds: performance.now() % 10 };
  }

  save(): Checkpoint {
    const { gain, stepCount, episodeStep, rng, buffer } = this;
    return combineCheckpoints({
      kind: 'ToyAgent',
      version: 1,
      json: { gain, stepCount, episodeStep, rng: rng.save() },
      parts: { buffer: buffer.save() },
    });
  }

  load(checkpoint: Checkpoint): void {
    expectCheckpoint(checkpoint, { kind: 'ToyAgent', version: 1, caller: 'ToyAgent.load' });
    const { json, parts } = separateCheckpoint(checkpoint, { parts: ['buffer'], caller: 'ToyAgent.load' });
    const { gain, stepCount, episodeStep, rng } = json as { gain: number; stepCount: number; episodeStep: number; rng: Json };
    this.buffer.load(parts.buffer);
    this.rng.restore(rng);
    Object.assign(this, { gain, stepCount, episodeStep });
  }

  dispose(): void {
    this.buffer.clear();
  }
}
