/** The work of one thread of a simulator pool. */
import type { Environment, EnvironmentState } from '@mbrl/core';
import type { Servant } from '../workers/servant.js';
import { type CompleteSettings, SequenceSimulator, type SimulationStart } from './sequence-simulator.js';
import { readJob, type SimulatorBuffers, type SimulatorMemory, takeSequences, viewSimulatorMemory } from './simulator-memory.js';

/** What a thread tells of its environment. */
export interface SimulatedEnvironment {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Numbers in a snapshot; 0 where the environment offers none. */
  readonly snapshotSize: number;
}

/** What a thread is told between jobs: new memory, or a saved state to start from. */
export type SimulatorCall =
  | { readonly type: 'memory'; readonly buffers: SimulatorBuffers }
  | { readonly type: 'state'; readonly state: EnvironmentState }
  | { readonly type: 'predict'; readonly start: SimulationStart; readonly sequence: Float32Array; readonly base: number };

/** Makes the servant. Sequences are dealt in small lots, so that a thread that is slowed down holds no other up. */
export async function createSimulatorServant(make: () => Promise<Environment>, settings: CompleteSettings): Promise<Servant> {
  const environment = await make();
  const simulator = new SequenceSimulator(environment, settings);
  const { size } = environment.actionSpace;
  const stride = settings.horizon * size;
  let memory: SimulatorMemory | undefined;
  let state: EnvironmentState | undefined;
  const description: SimulatedEnvironment = {
    observationSize: environment.observationSpace.size,
    actionSize: size,
    snapshotSize: environment.snapshot && environment.restoreSnapshot ? environment.snapshot().length : 0,
  };
  // A lot of some hundred steps outweighs the cost of taking it.
  const lot = Math.max(1, Math.ceil(256 / (settings.horizon * settings.particleCount)));
  return {
    description,
    call(argument) {
      const call = argument as SimulatorCall;
      if (call.type === 'predict') return simulator.predict(call.start, call.sequence, call.base);
      if (call.type === 'memory') memory = viewSimulatorMemory(call.buffers);
      else ({ state } = call);
      return undefined;
    },
    job() {
      const shared = memory!;
      const { count, base } = readJob(shared);
      const start: SimulationStart = description.snapshotSize > 0 ? shared.start : { state: state! };
      for (let first = takeSequences(shared, lot); first < count; first = takeSequences(shared, lot)) {
        const end = Math.min(count, first + lot);
        for (let i = first; i < end; i++) shared.returns[i] = simulator.score(start, shared.sequences, i * stride, i, base);
      }
    },
  };
}
