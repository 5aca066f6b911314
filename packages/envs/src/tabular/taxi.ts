/** Gymnasium 1.3's `Taxi-v4` and the older `Taxi-v3`: fetch a passenger and drive them where they want to go. */
import { checkNumber, type Info, type TabularModel } from '@mbrl/core';
import { checkFlags } from '../check-flags.js';
import { withTimeLimit } from '../wrappers/time-limit.js';
import { checkStepLimit, type TabularTaskCommonOptions } from './grid.js';
import { tabularModelFromOutcomes } from './outcome-tables.js';
import { type TabularEnvironment, TabularTask } from './tabular-environment.js';
import { decodeTaxi, encodeTaxi, inTaxi, taxiActionCount, taxiActionMask, taxiOutcomes, taxiStart, taxiStateCount } from './taxi-rules.js';
import { taxiScene } from './taxi-scene.js';

/** Options of {@link createTaxi}: discount 1 and 200 steps when absent. */
export interface TaxiOptions extends TabularTaskCommonOptions {
  /** Whether the taxi may drift to a side. Default false. */
  readonly isRainy?: boolean;
  /** Probability in [0, 1] of going straight on in the rain. Default 0.8. */
  readonly rainyProbability?: number;
  /**
   * Whether the passenger may change their mind once, on the first drive after being picked up. Whether they will is
   * drawn at the start and not observed, so there is no exact table over what is observed then. Default false.
   */
  readonly fickle?: boolean;
  /** Probability in [0, 1] that a fickle passenger changes their mind. Default 0.3. */
  readonly fickleProbability?: number;
}

/** The taxi. The hidden flag is 1 while the passenger is yet to change their mind. */
class TaxiTask extends TabularTask {
  private readonly fickleProbability: number;
  private readonly infoByState: (Info | undefined)[] = [];

  constructor(name: string, model: TabularModel, seed: number, fickleProbability: number) {
    super({
      name,
      stages: [{ model }],
      seed,
      actionLabels: ['south', 'north', 'east', 'west', 'pick up', 'drop off'],
      drawScene: (state, lastAction) => taxiScene(decodeTaxi(state), lastAction),
    });
    this.fickleProbability = fickleProbability;
  }

  override get tabularModel(): TabularModel | undefined {
    return this.fickleProbability > 0 ? undefined : super.tabularModel;
  }

  protected override beginEpisode(): void {
    if (this.fickleProbability > 0) this.hidden = this.rng.uniform() < this.fickleProbability ? 1 : 0;
  }

  protected override landOn(nextState: number): number {
    if (this.hidden === 0) return nextState;
    const before = decodeTaxi(this.state);
    const after = decodeTaxi(nextState);
    const hasMoved = before.row !== after.row || before.column !== after.column;
    if (before.passenger !== inTaxi || !hasMoved) return nextState;
    this.hidden = 0;
    const other = this.rng.integer(3);
    return encodeTaxi({ ...after, destination: other < before.destination ? other : other + 1 });
  }

  /** Gymnasium's `prob` and `action_mask`. */
  protected override infoOf(probability: number): Info {
    const known = this.infoByState[this.state];
    if (known?.['prob'] === probability) return known;
    const info = Object.freeze({ prob: probability, action_mask: taxiActionMask(this.state) });
    this.infoByState[this.state] = info;
    return info;
  }
}

/**
 * Makes it. Actions: south, north, east, west, pick up, drop off. −1 a step, −10 for picking up or dropping off where
 * that cannot be done, +20 for dropping off at the destination, which ends the episode.
 * @throws OptionError on an option outside of its bounds.
 */
export function createTaxi(options: TaxiOptions = {}): TabularEnvironment {
  return createNamedTaxi('Taxi-v4', options);
}

/** Makes Gymnasium's older `Taxi-v3` in its plain form, equal to {@link createTaxi}. */
export function createTaxiV3(options: TabularTaskCommonOptions = {}): TabularEnvironment {
  return createNamedTaxi('Taxi-v3', options);
}

function createNamedTaxi(name: string, options: TaxiOptions): TabularEnvironment {
  const { isRainy = false, rainyProbability = 0.8, fickle = false, fickleProbability = 0.3 } = options;
  const { discount = 1, maxSteps = 200, seed = 0 } = options;
  checkFlags('createTaxi', { isRainy, fickle });
  checkNumber('createTaxi', 'rainyProbability', rainyProbability, { min: 0, max: 1 });
  checkNumber('createTaxi', 'fickleProbability', fickleProbability, { min: 0, max: 1 });
  const model = tabularModelFromOutcomes({
    stateCount: taxiStateCount,
    actionCount: taxiActionCount,
    discount,
    start: taxiStart(),
    outcomes: (state, action) => taxiOutcomes(state, action, isRainy ? rainyProbability : 1),
  });
  const task = new TaxiTask(name, model, seed, fickle ? fickleProbability : 0);
  return checkStepLimit('createTaxi', maxSteps) === Infinity ? task : withTimeLimit(task, maxSteps);
}
