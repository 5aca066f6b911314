/** The work of one thread of a vector pool. */
import type { Environment, Space } from '@mbrl/core';
import type { Servant } from '../workers/servant.js';
import type { AutoresetMode } from './vector-environment.js';
import { VectorLanes } from './vector-lanes.js';
import { vectorMemory } from './vector-memory.js';

/** What a thread is to hold. */
export interface VectorShare {
  /** Environments in all, and of them this thread's: `first` to `end`. */
  readonly environmentCount: number;
  readonly first: number;
  readonly end: number;
  readonly autoreset: AutoresetMode;
}

/** What a thread tells of its environments. */
export interface VectorDescription {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
}

/** Makes the servant; it is called once, with the memory that all share, before its first job. */
export async function createVectorServant(make: () => Promise<Environment>, share: VectorShare): Promise<Servant> {
  const { environmentCount, first, end, autoreset } = share;
  const environments: Environment[] = [];
  for (let i = first; i < end; i++) environments.push(await make());
  const { observationSpace, actionSpace } = environments[0]!;
  const description: VectorDescription = { observationSpace, actionSpace };
  const sizes = { environmentCount, observationSize: observationSpace.size, actionSize: actionSpace.size };
  let lanes: VectorLanes | undefined;
  return {
    description,
    call(buffer) {
      lanes = new VectorLanes(environments, first, vectorMemory(sizes, buffer as SharedArrayBuffer), autoreset);
    },
    job: () => lanes!.work(),
  };
}
