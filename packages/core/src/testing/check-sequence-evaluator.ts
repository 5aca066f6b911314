/** The contract of a sequence evaluator as a check. */
import { createRng, type Rng } from '../rng.js';
import { type BoxSpace, sampleSpace } from '../space.js';
import type { PredictedTrajectories, SequenceEvaluator } from '../sequence-evaluator.js';
import { allFinite, type Contract, contract, firstDifference, show } from './contract.js';

/** The clauses of {@link checkSequenceEvaluator}. */
export type SequenceEvaluatorClause =
  | 'description'
  | 'writes-all'
  | 'finite'
  | 'determinism'
  | 'inputs-untouched'
  | 'any-count'
  | 'actions-matter'
  | 'row-independence'
  | 'gradient'
  | 'prediction'
  | 'sizes';

/** How to check a sequence evaluator. */
export interface SequenceEvaluatorCheckOptions {
  /** Where the sequences start, `[O]`; zeros when absent. */
  readonly observation?: Float32Array;
  /** Where the actions are drawn from; standard normal when absent. */
  readonly actionSpace?: BoxSpace;
  /** 0 when absent. */
  readonly seed?: number;
  /** Sequences in the largest batch, at least 4; 16 when absent. */
  readonly sequenceCount?: number;
  /** Whether ordinary sequences have finite returns; true when absent. */
  readonly finite?: boolean;
  /** Whether a return depends on its sequence alone, not on the generator or the place in the batch; false when absent. */
  readonly deterministic?: boolean;
  /** Greatest difference of one sequence's return between batches, relative to 1 + the magnitude; 1e-4 when absent. */
  readonly tolerance?: number;
}

const FIRST_MARK = Math.fround(-1234.567);
const SECOND_MARK = Math.fround(98765.43);

/**
 * Checks that a sequence evaluator keeps the contract. Its clauses, by name:
 *
 * - `description`: the sizes and the horizon are whole and positive
 * - `writes-all`: every return is written
 * - `finite`: ordinary sequences have finite returns (option `finite`)
 * - `determinism`: equal generators give equal returns, bit for bit
 * - `inputs-untouched`: the observation and the sequences are only read
 * - `any-count`: any number of sequences is taken, one too, and calls of other sizes between change nothing
 * - `actions-matter`: different sequences have different returns
 * - `row-independence`: a sequence has the same return alone, and at any place in a batch (option `deterministic`)
 * - `gradient`: where gradients are given, the returns beside them are those of `evaluate`, all are written and, for
 *   ordinary sequences, finite, and a small step along them raises the returns
 * - `prediction`: where trajectories are predicted, they have the stated size, are finite, and equal for equal generators
 * - `sizes`: an observation, sequences or returns of a wrong length are refused with a ShapeError
 *
 * @throws ContractError that names the clause which is broken.
 */
export async function checkSequenceEvaluator(evaluator: SequenceEvaluator, options: SequenceEvaluatorCheckOptions = {}): Promise<void> {
  const { seed = 0, sequenceCount = 16, finite = true, deterministic = false, tolerance = 1e-4 } = options;
  const { observationSize, actionSize, horizon } = evaluator;
  const clauses: Contract<SequenceEvaluatorClause> = contract('checkSequenceEvaluator', 'the evaluator');
  const { require, requireError, allowAsync } = clauses;
  for (const [name, value] of Object.entries({ observationSize, actionSize, horizon })) {
    require('description', Number.isSafeInteger(value) && value >= 1, `${name} must be a positive integer, got ${value}`);
  }
  const observation = options.observation ?? new Float32Array(observationSize);
  const length = horizon * actionSize;
  const rng = createRng(seed).split('sequences');
  const sequences = new Float32Array(sequenceCount * length);
  if (options.actionSpace)
    for (let i = 0; i < sequences.length; i += actionSize) sampleSpace(options.actionSpace, rng, sequences.subarray(i, i + actionSize));
  else rng.fillNormal(sequences);
  const evaluate = async (rows: Float32Array, mark = FIRST_MARK, generatorSeed = seed): Promise<Float32Array> => {
    const returns = new Float32Array(rows.length / length).fill(mark);
    await evaluator.evaluate(observation, rows, returns, createRng(generatorSeed).split('evaluation'));
    return returns;
  };

  const keptObservation = observation.slice();
  const keptSequences = sequences.slice();
  const returns = await allowAsync('any-count', `${sequenceCount} sequences`, () => evaluate(sequences));
  require('inputs-untouched', firstDifference(observation, keptObservation) === -1, 'evaluate must not write to the observation');
  require('inputs-untouched', firstDifference(sequences, keptSequences) === -1, 'evaluate must not write to the sequences');
  const marked = await evaluate(sequences, SECOND_MARK);
  const unwritten = returns.findIndex((value, i) => value === FIRST_MARK && marked[i] === SECOND_MARK);
  require('writes-all', unwritten === -1, `return ${unwritten} of ${sequenceCount} must be written`);
  if (finite) require('finite', allFinite(returns), () => `ordinary sequences must have finite returns, got ${show(returns)}`);
  const difference = firstDifference(returns, marked);
  require('determinism', difference === -1, () =>
    `equal generators must give equal returns, got ${returns[difference]} and ${marked[difference]} at ${difference}`);

  for (const count of [1, 3]) {
    const part = await allowAsync('any-count', `${count} sequences`, () => evaluate(sequences.slice(0, count * length)));
    if (finite) require('any-count', allFinite(part), () => `${count} sequences must have finite returns, got ${show(part)}`);
  }
  const again = await evaluate(sequences);
  require('any-count', firstDifference(returns, again) === -1, () =>
    `calls of other sizes between must change nothing, got ${show(returns)} and ${show(again)}`);
  require('actions-matter', new Set(returns).size > 1, `different sequences must have different returns, got ${show(returns)}`);

  if (deterministic) {
    const close = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= tolerance * (1 + Math.abs(a));
    const reversed = new Float32Array(sequences.length);
    for (let i = 0; i < sequenceCount; i++)
      reversed.set(sequences.subarray(i * length, (i + 1) * length), (sequenceCount - 1 - i) * length);
    const backwards = await evaluate(reversed, FIRST_MARK, seed + 1);
    for (let i = 0; i < sequenceCount; i++) {
      const moved = backwards[sequenceCount - 1 - i]!;
      require('row-independence', close(
        returns[i]!,
        moved,
      ), `sequence ${i} must have the same return at another place and with another generator, got ${returns[i]} and ${moved}`);
    }
    const [alone] = await evaluate(sequences.slice(length, 2 * length));
    require('row-independence', close(returns[1]!, alone!), `sequence 1 must have the same return alone, got ${returns[1]} and ${alone}`);
  }

  const check: OptionalChecks = {
    evaluator,
    contract: clauses,
    observation,
    sequences,
    seed,
    finite,
    tolerance,
  };
  await checkGradient(check, returns);
  await checkPrediction(check);

  const call = (o: number, s: number, r: number) => (): Promise<void> =>
    evaluator.evaluate(new Float32Array(o), new Float32Array(s), new Float32Array(r), createRng(seed));
  await requireError('sizes', 'SHAPE', `an observation of ${observationSize + 1} components`, call(observationSize + 1, 2 * length, 2));
  await requireError('sizes', 'SHAPE', 'sequences that are cut', call(observationSize, 2 * length - 1, 2));
  await requireError('sizes', 'SHAPE', '3 returns for 2 sequences', call(observationSize, 2 * length, 3));
}

/** What the checks of optional parts need. */
interface OptionalChecks {
  readonly evaluator: SequenceEvaluator;
  readonly contract: Contract<SequenceEvaluatorClause>;
  readonly observation: Float32Array;
  readonly sequences: Float32Array;
  readonly seed: number;
  readonly finite: boolean;
  readonly tolerance: number;
}

async function checkGradient(check: OptionalChecks, returns: Float32Array): Promise<void> {
  const { evaluator, contract: clauses, observation, sequences, seed, finite, tolerance } = check;
  const { require, requireError, allowAsync } = clauses;
  if (!evaluator.evaluateWithGradient) return;
  const generator = (): Rng => createRng(seed).split('evaluation');
  const beside = new Float32Array(returns.length).fill(FIRST_MARK);
  const gradients = new Float32Array(sequences.length).fill(FIRST_MARK);
  const differentiate = (rows: number): Promise<void> =>
    evaluator.evaluateWithGradient!(observation, sequences, beside, gradients.subarray(0, rows), generator());
  await allowAsync('gradient', 'evaluateWithGradient', () => differentiate(sequences.length));
  const far = returns.findIndex((value, i) => Math.abs(value - beside[i]!) > tolerance * (1 + Math.abs(value)));
  require('gradient', far === -1, `return ${far} must be that of evaluate, ${returns[far]}, got ${beside[far]}`);
  require('gradient', !gradients.includes(FIRST_MARK), 'every derivative must be written');
  if (!finite) return;
  require('gradient', allFinite(gradients), () => `derivatives must be finite, got ${show(gradients)}`);
  const squares = gradients.reduce((sum, value) => sum + value * value, 0);
  require('gradient', squares > 0, 'derivatives must not all be 0 where actions matter');
  // A step that a linear function would gain a hundredth of the spread of the returns by.
  const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);
  const spread = returns.reduce((sum, value) => sum + Math.abs(value - total(returns) / returns.length), 0);
  const step = (0.01 * spread) / squares;
  const moved = new Float32Array(returns.length);
  await evaluator.evaluate(
    observation,
    sequences.map((value, i) => value + step * gradients[i]!),
    moved,
    generator(),
  );
  require('gradient', total(moved) >
    total(returns), `a small step along the gradient must raise the sum of returns, got ${total(moved)} from ${total(returns)}`);
  await requireError('gradient', 'SHAPE', 'gradients of another length', () => differentiate(sequences.length - 1));
}

async function checkPrediction(check: OptionalChecks): Promise<void> {
  const { evaluator, contract: clauses, observation, sequences, seed, finite } = check;
  const { require, requireError, allowAsync } = clauses;
  if (!evaluator.predictTrajectory) return;
  const { horizon, actionSize, observationSize } = evaluator;
  const sequence = sequences.slice(0, horizon * actionSize);
  const predict = (): Promise<PredictedTrajectories> => evaluator.predictTrajectory!(observation, sequence, createRng(seed));
  const { particleCount, observations } = await allowAsync('prediction', 'predictTrajectory', predict);
  require('prediction', Number.isSafeInteger(particleCount) &&
    particleCount >= 1, `particleCount must be a positive integer, got ${particleCount}`);
  const size = particleCount * horizon * observationSize;
  require('prediction', observations.length === size, `observations must have ${size} elements, got ${observations.length}`);
  if (finite) require('prediction', allFinite(observations), () => `observations must be finite, got ${show(observations)}`);
  const again = await predict();
  require('prediction', firstDifference(observations, again.observations) === -1, 'equal generators must give equal predictions');
  await requireError('prediction', 'SHAPE', 'a sequence that is cut', () =>
    evaluator.predictTrajectory!(observation, sequence.subarray(1), createRng(seed)),
  );
}
