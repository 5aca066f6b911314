/** Some of the environments of a vector environment, in one thread: what a step and a reset do to each. */
import type { Environment } from '@mbrl/core';
import type { AutoresetMode } from './vector-environment.js';
import { resetJob, seededResetJob, type VectorMemory } from './vector-memory.js';

/** Environments `first` to `first + environments.length` of a vector environment. */
export class VectorLanes {
  private readonly environments: readonly Environment[];
  private readonly first: number;
  private readonly memory: VectorMemory;
  private readonly autoreset: AutoresetMode;
  private readonly observationSize: number;
  /** Each environment's action: a view, or nothing where it is handed over as a number. */
  private readonly actions: readonly Float32Array[] | undefined;
  /** Each environment's row of the observations, which it writes itself. */
  private readonly rows: readonly Float32Array[];

  constructor(environments: readonly Environment[], first: number, memory: VectorMemory, autoreset: AutoresetMode) {
    this.environments = environments;
    this.first = first;
    this.memory = memory;
    this.autoreset = autoreset;
    this.observationSize = environments[0]!.observationSpace.size;
    const { size } = environments[0]!.actionSpace;
    this.rows = environments.map((_, i) =>
      memory.observations.subarray((first + i) * this.observationSize, (first + i + 1) * this.observationSize),
    );
    if (size > 1) this.actions = environments.map((_, i) => memory.actions.subarray((first + i) * size, (first + i + 1) * size));
  }

  /** Does the job that stands in memory. */
  work(): void {
    const job = this.memory.job[0];
    if (job === resetJob || job === seededResetJob) this.reset(job === seededResetJob);
    else this.step();
  }

  private reset(isSeeded: boolean): void {
    const { environments, first, memory } = this;
    for (let i = 0; i < environments.length; i++) {
      const lane = first + i;
      if (memory.mask[lane] === 0) continue;
      const { observation } = isSeeded ? environments[i]!.reset({ seed: memory.seeds[lane]! }) : environments[i]!.reset();
      this.begin(lane, observation);
      memory.begun[lane] = 1;
    }
  }

  private begin(lane: number, observation: Float32Array): void {
    const { memory } = this;
    this.write(memory.observations, lane, observation);
    memory.rewards[lane] = 0;
    memory.terminated[lane] = 0;
    memory.truncated[lane] = 0;
  }

  private step(): void {
    const { environments, first, memory, autoreset, actions, rows } = this;
    for (let i = 0; i < environments.length; i++) {
      const lane = first + i;
      const environment = environments[i]!;
      if (autoreset === 'nextStep' && (memory.terminated[lane] === 1 || memory.truncated[lane] === 1)) {
        this.begin(lane, environment.reset().observation);
        continue;
      }
      const row = rows[i]!;
      const result = environment.step(actions ? actions[i]! : memory.actions[lane]!, row);
      memory.rewards[lane] = result.reward;
      memory.terminated[lane] = result.terminated ? 1 : 0;
      memory.truncated[lane] = result.truncated ? 1 : 0;
      if (autoreset === 'sameStep' && (result.terminated || result.truncated)) {
        this.write(memory.finalObservations, lane, result.observation);
        this.write(memory.observations, lane, environment.reset().observation);
      } else if (result.observation !== row) this.write(memory.observations, lane, result.observation);
    }
  }

  /** Copies an observation to its row; by component where that is quicker than the array's own copy. */
  private write(rows: Float32Array, lane: number, observation: Float32Array): void {
    const size = this.observationSize;
    const at = lane * size;
    if (size > 32) rows.set(observation, at);
    else for (let i = 0; i < size; i++) rows[at + i] = observation[i]!;
  }
}
