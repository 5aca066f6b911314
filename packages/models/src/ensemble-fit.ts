/**
 * The fit of an ensemble: epochs of batches, held-out error, early stopping with the best parameters kept.
 */
import { type EpochReport, type FitOptions, type FitReport, float32, type NdArray, NumericalError } from '@mbrl/core';
import { fillBatch, memberRows, splitHoldout, stepsPerEpoch } from './ensemble-batches.js';
import { type BestEpoch, brokenMember, keepBetter } from './ensemble-best.js';
import type { EnsembleSettings } from './ensemble-options.js';
import { copyTree, type TrainedParameters } from './ensemble-parameters.js';
import type { TrainingPrograms, TrainingState } from './ensemble-training.js';

type Float32 = NdArray<'float32'>;

/** Normalised rows to learn from. */
export interface FitData {
  readonly count: number;
  /** `[N, I]` */
  readonly inputs: Float32Array;
  /** `[N, O]` */
  readonly targets: Float32Array;
}

/** What a fit leaves. */
export interface FitResult {
  readonly state: TrainingState;
  readonly report: FitReport;
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function pickRows(source: Float32Array, rows: Int32Array, size: number): Float32Array {
  const picked = new Float32Array(rows.length * size);
  rows.forEach((row, i) => picked.set(source.subarray(row * size, (row + 1) * size), i * size));
  return picked;
}

/**
 * Trains from `state`, whose arrays are used up. Where rows are held out, it ends with the best parameters on them, those
 * before the fit included (see `ensemble-best.ts`).
 * @throws NumericalError when a loss or a parameter stops being finite, naming epoch and member.
 */
export async function fitEnsemble(
  programs: TrainingPrograms,
  state: TrainingState,
  data: FitData,
  settings: EnsembleSettings,
  epochLimit: number,
  { rng, onEpoch, signal }: FitOptions,
): Promise<FitResult> {
  const { ensembleSize, batchSize, bootstrap, holdoutRatio, patience, improvementThreshold } = settings;
  const inputSize = data.inputs.length / data.count;
  const targetSize = data.targets.length / data.count;
  const { train, holdout } = splitHoldout(data.count, holdoutRatio, rng.split('holdout'));
  const heldInputs = pickRows(data.inputs, holdout, inputSize);
  const heldTargets = pickRows(data.targets, holdout, targetSize);
  const rows = memberRows(train, ensembleSize, bootstrap, rng.split('bootstrap'));
  const shuffles = rows.map((_, member) => rng.split('shuffle').split(member));
  const x = float32([ensembleSize, batchSize, inputSize]);
  const y = float32([ensembleSize, batchSize, targetSize]);
  const steps = stepsPerEpoch(train.length, batchSize);
  const epochs: EpochReport[] = [];
  const held = (params: TrainedParameters<Float32>): Promise<number[]> =>
    programs.holdoutError(params, heldInputs, heldTargets, holdout.length);
  let current = state;
  let kept: BestEpoch | undefined;
  if (holdout.length > 0) {
    const errors = await held(state.params);
    kept = { params: copyTree(state.params), errors, least: errors, epoch: 0 };
  }
  let status: FitReport['status'] = 'epochLimit';
  for (let epoch = 1; epoch <= epochLimit; epoch++) {
    rows.forEach((order, member) => shuffles[member]!.shuffle(order));
    const sums = new Float64Array(ensembleSize);
    for (let step = 0; step < steps; step++) {
      fillBatch(x.data, data.inputs, inputSize, rows, step, batchSize);
      fillBatch(y.data, data.targets, targetSize, rows, step, batchSize);
      const result = await programs.step(current, x, y);
      current = result.state;
      for (let member = 0; member < ensembleSize; member++) sums[member] = sums[member]! + result.losses.data[member]!;
    }
    const broken = sums.findIndex((sum) => !Number.isFinite(sum));
    if (broken >= 0)
      throw new NumericalError(`fit: the loss must stay finite, got ${sums[broken]! / steps} in epoch ${epoch} for member ${broken}`);
    const trainLoss = average([...sums].map((sum) => sum / steps));
    let report: EpochReport = { epoch, trainLoss };
    if (kept) {
      const errors = await held(current.params);
      report = { ...report, holdoutLoss: average(errors) };
      kept = keepBetter(kept, current.params, errors, improvementThreshold, epoch);
    }
    epochs.push(report);
    onEpoch?.(report);
    if (signal?.aborted) status = 'aborted';
    else if (patience > 0 && kept && epoch - kept.epoch >= patience) status = 'earlyStop';
    else continue;
    break;
  }
  if (kept) current = { params: kept.params, optimizer: current.optimizer };
  const broken = brokenMember(current.params, ensembleSize);
  if (broken >= 0)
    throw new NumericalError(`fit: the parameters must stay finite, got others in epoch ${epochs.length} for member ${broken}`);
  return {
    state: current,
    report: {
      epochs,
      status,
      bestEpoch: kept ? kept.epoch : epochs.length,
      holdoutLossByMember: kept ? kept.errors : [],
      trainCount: train.length,
      holdoutCount: holdout.length,
    },
  };
}
