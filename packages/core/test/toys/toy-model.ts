import {
  type BatchLinearization,
  type Checkpoint,
  checkpointArray,
  type DynamicsModel,
  type EpochReport,
  expectCheckpoint,
  type FitOptions,
  type FitReport,
  float32,
  LifecycleError,
  type Linearization,
  type NdArray,
  NumericalError,
  type Prediction,
  type Rng,
  ShapeError,
  type TransitionColumns,
} from '@mbrl/core';

const EPOCHS = 4;
const RATE = 0.3;

/** A linear model of the change of the observation, fitted by a few passes of least mean squares. */
export class ToyModel implements DynamicsModel {
  readonly observationSize: number = 3;
  readonly actionSize: number = 2;
  /** `[O, O + A]` */
  weights: Float32Array = new Float32Array(15);
  /** Variances of outcome and belief by component, `[2, O]`. */
  variances: Float32Array = new Float32Array(6).fill(1);
  disposed = false;

  alive(): void {
    if (this.disposed) throw new LifecycleError('ToyModel: called after dispose');
  }

  get width(): number {
    return this.observationSize + this.actionSize;
  }

  checkData({ count, observationSize, actionSize, observations, actions, nextObservations }: TransitionColumns): void {
    if (observationSize !== this.observationSize || actionSize !== this.actionSize || count === 0)
      throw new ShapeError('ToyModel.fit: data must fit');
    for (const column of [observations, actions, nextObservations])
      if (!column.every(Number.isFinite)) throw new NumericalError('ToyModel.fit: data must be finite');
  }

  async fit(data: TransitionColumns, { rng, onEpoch, signal }: FitOptions): Promise<FitReport> {
    this.alive();
    this.checkData(data);
    const order = Int32Array.from({ length: data.count }, (_, i) => i);
    const holdoutCount = Math.floor(data.count / 8);
    rng.shuffle(order);
    const held = order.slice(0, holdoutCount);
    const trained = order.slice(holdoutCount);
    const epochs: Required<EpochReport>[] = [];
    for (let epoch = 1; epoch <= EPOCHS && !signal?.aborted; epoch++) {
      rng.shuffle(trained);
      let loss = 0;
      for (const n of trained) loss += this.learn(data, n, RATE / epoch) / trained.length;
      const report = { epoch, trainLoss: loss, holdoutLoss: held.reduce((sum, n) => sum + this.learn(data, n, 0) / held.length, 0) };
      epochs.push(report);
      onEpoch?.(report);
    }
    const outcome = Math.max(1e-4, epochs.at(-1)!.trainLoss / this.observationSize);
    this.variances = Float32Array.from({ length: 6 }, (_, i) => (i < 3 ? outcome : outcome / data.count));
    return {
      epochs,
      status: epochs.length < EPOCHS ? 'aborted' : 'epochLimit',
      bestEpoch: epochs.length,
      holdoutLossByMember: [epochs.at(-1)!.holdoutLoss],
      trainCount: trained.length,
      holdoutCount,
    };
  }

  /** Moves the weights towards one row; gives its squared error before. */
  learn(data: TransitionColumns, n: number, rate: number): number {
    const input = [...data.observations.subarray(n * 3, n * 3 + 3), ...data.actions.subarray(n * 2, n * 2 + 2)];
    const norm = 1 + input.reduce((sum, x) => sum + x * x, 0);
    let loss = 0;
    for (let i = 0; i < 3; i++) {
      let error = data.nextObservations[n * 3 + i]! - data.observations[n * 3 + i]!;
      input.forEach((x, j) => (error -= this.weights[i * 5 + j]! * x));
      input.forEach((x, j) => (this.weights[i * 5 + j]! += (rate * error * x) / norm));
      loss += error * error;
    }
    return loss;
  }

  rows(observations: NdArray<'float32'>, actions: NdArray<'float32'>): number {
    this.alive();
    const count = observations.shape[0]!;
    if (observations.shape[1] !== this.observationSize || actions.shape[1] !== this.actionSize || actions.shape[0] !== count)
      throw new ShapeError('ToyModel: inputs must fit');
    return count;
  }

  async predict(observations: NdArray<'float32'>, actions: NdArray<'float32'>): Promise<Prediction> {
    const count = this.rows(observations, actions);
    const mean = observations.data.slice();
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < 3; i++) {
        let change = 0;
        for (let j = 0; j < 3; j++) change += this.weights[i * 5 + j]! * observations.data[n * 3 + j]!;
        for (let j = 0; j < 2; j++) change += this.weights[i * 5 + 3 + j]! * actions.data[n * 2 + j]!;
        mean[n * 3 + i]! += change;
      }
    }
    const variance = (from: number): NdArray<'float32'> =>
      float32(
        [count, 3],
        Float32Array.from({ length: count * 3 }, (_, i) => this.variances[from + (i % 3)]!),
      );
    return { mean: float32([count, 3], mean), aleatoricVariance: variance(0), epistemicVariance: variance(3) };
  }

  async sample(observations: NdArray<'float32'>, actions: NdArray<'float32'>, rng: Rng): Promise<NdArray<'float32'>> {
    const { mean } = await this.predict(observations, actions);
    for (let i = 0; i < mean.data.length; i++)
      mean.data[i]! += Math.sqrt(this.variances[i % 3]! + this.variances[3 + (i % 3)]!) * rng.normal();
    return mean;
  }

  async linearize(observation: ArrayLike<number>, action: ArrayLike<number>): Promise<Linearization> {
    const { mean } = await this.predict(
      float32([1, observation.length], Array.from(observation)),
      float32([1, action.length], Array.from(action)),
    );
    const A = float32(
      [3, 3],
      Float32Array.from({ length: 9 }, (_, k) => this.weights[Math.floor(k / 3) * 5 + (k % 3)]! + (k % 4 === 0 ? 1 : 0)),
    );
    const B = float32(
      [3, 2],
      Float32Array.from({ length: 6 }, (_, k) => this.weights[Math.floor(k / 2) * 5 + 3 + (k % 2)]!),
    );
    return { nextObservation: float32([3], mean.data), A, B };
  }

  async linearizeBatch(observations: NdArray<'float32'>, actions: NdArray<'float32'>): Promise<BatchLinearization> {
    const count = this.rows(observations, actions);
    const rows = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        this.linearize(observations.data.slice(n * 3, n * 3 + 3), actions.data.slice(n * 2, n * 2 + 2)),
      ),
    );
    return {
      nextObservations: float32(
        [count, 3],
        rows.flatMap(({ nextObservation }) => [...nextObservation.data]),
      ),
      A: float32(
        [count, 3, 3],
        rows.flatMap(({ A }) => [...A.data]),
      ),
      B: float32(
        [count, 3, 2],
        rows.flatMap(({ B }) => [...B.data]),
      ),
    };
  }

  save(): Checkpoint {
    return {
      kind: 'ToyModel',
      version: 1,
      json: { sizes: [3, 2] },
      arrays: { weights: float32([3, 5], this.weights.slice()), variances: float32([2, 3], this.variances.slice()) },
    };
  }

  load(checkpoint: Checkpoint): void {
    const caller = 'ToyModel.load';
    expectCheckpoint(checkpoint, { kind: 'ToyModel', version: 1, caller });
    checkpointArray({ ...checkpoint, arrays: checkpoint.json === null ? {} : checkpoint.arrays }, 'weights', { dtype: 'float32', caller });
    const weights = checkpointArray(checkpoint, 'weights', { dtype: 'float32', shape: [3, 5], caller }).data.slice();
    const variances = checkpointArray(checkpoint, 'variances', { dtype: 'float32', shape: [2, 3], caller }).data.slice();
    Object.assign(this, { weights, variances });
  }

  dispose(): void {
    this.disposed = true;
  }
}
