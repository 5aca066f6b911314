/** PETS from small parts, for the point mass. */
import { createRng, type Planner } from '@mbrl/core';
import { createPets, type PetsAgent, type PetsOptions } from '@mbrl/agents';
import { createPlanEvaluator, createProbabilisticEnsemble, type ProbabilisticEnsembleOptions, type Propagation } from '@mbrl/models';
import { createCem } from '@mbrl/planners';
import { createPointMass, pointMassTask } from './point-mass.js';

/** What tests change. */
export interface SmallPetsOptions {
  readonly seed?: number;
  readonly model?: Partial<ProbabilisticEnsembleOptions>;
  readonly pets?: Partial<PetsOptions>;
  readonly propagation?: Propagation;
  readonly horizon?: number;
  /** Wraps the planner, to watch it. */
  readonly wrapPlanner?: (planner: Planner) => Planner;
}

export function smallPets({
  seed = 1,
  model: modelOptions,
  pets,
  propagation = 'tsInfinity',
  horizon = 5,
  wrapPlanner = (p) => p,
}: SmallPetsOptions = {}): PetsAgent {
  const { actionSpace } = createPointMass();
  if (actionSpace.kind !== 'box') throw new Error('a box is expected');
  const rng = createRng(seed);
  const model = createProbabilisticEnsemble({
    observationSize: 2,
    actionSize: 1,
    ensembleSize: 3,
    hiddenSizes: [12],
    batchSize: 8,
    epochs: 3,
    learningRate: 1e-2,
    rng: rng.split('model'),
    ...modelOptions,
  });
  const evaluator = createPlanEvaluator({ model, task: pointMassTask, horizon, particleCount: 3, propagation });
  const planner = wrapPlanner(createCem({ horizon, actionSpace, populationSize: 16, eliteCount: 4, iterations: 2 }));
  return createPets({ model, evaluator, planner, actionSpace, rng: rng.split('agent'), initialSteps: 10, ...pets });
}
