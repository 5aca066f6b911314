import { createRng, sampleSpace } from '@mbrl/core';
import { createPets } from '@mbrl/agents';
import { createContinuousCartPole } from '@mbrl/envs';
import { configureEngine } from '@mbrl/jit';
import { createPlanEvaluator, createProbabilisticEnsemble } from '@mbrl/models';
import { createCem } from '@mbrl/planners';
import { expect, it } from 'vitest';
import { createPointMass, pointMassTask } from './point-mass.js';

configureEngine({ threadCount: 1 });

/** Returns of PETS by episode, and the mean return of random actions, on the point mass. */
async function learnPointMass(seed: number): Promise<{ returns: number[]; random: number }> {
  const environment = createPointMass(25);
  const { actionSpace } = environment;
  if (actionSpace.kind !== 'box') throw new Error('a box is expected');
  const rng = createRng(seed);
  const model = createProbabilisticEnsemble({
    observationSize: 2,
    actionSize: 1,
    ensembleSize: 3,
    hiddenSizes: [16, 16],
    batchSize: 16,
    learningRate: 3e-3,
    rng: rng.split('model'),
  });
  const evaluator = createPlanEvaluator({ model, task: pointMassTask, horizon: 12, particleCount: 3 });
  const planner = createCem({ horizon: 12, actionSpace, populationSize: 60, eliteCount: 8, iterations: 3 });
  const agent = createPets({ model, evaluator, planner, actionSpace, rng: rng.split('agent'), initialSteps: 50 });
  const returns: number[] = [];
  environment.reset({ seed });
  for (let episode = 0; episode < 6; episode++) {
    let { observation } = environment.reset();
    agent.beginEpisode();
    let sum = 0;
    for (let ended = false; !ended;) {
      const action = await agent.act(observation);
      const { observation: nextObservation, reward, terminated, truncated } = environment.step(action);
      agent.observe({ observation, action, reward, nextObservation, terminated, truncated });
      observation = nextObservation;
      sum += reward;
      ended = terminated || truncated;
    }
    await agent.learn();
    returns.push(sum);
  }
  let random = 0;
  const episodes = 20;
  for (let episode = 0; episode < episodes; episode++) {
    environment.reset();
    for (let ended = false; !ended;) {
      const { reward, terminated, truncated } = environment.step(sampleSpace(actionSpace, rng));
      random += reward / episodes;
      ended = terminated || truncated;
    }
  }
  agent.dispose();
  evaluator.dispose();
  return { returns, random };
}

it.each([1, 2, 3])('brings a point mass to rest after two random episodes and two to learn from, seed %i', async (seed) => {
  const { returns, random } = await learnPointMass(seed);
  const learned = returns.slice(4);
  // Starting 1 m away costs about 3 at best.
  expect(Math.min(...learned), `returns ${returns.join(', ')}; random ${random}`).toBeGreaterThan(-4.5);
  expect(random).toBeLessThan(-9);
});

it('balances a cart-pole for 100 steps, several times as long as random actions do', async () => {
  const environment = createContinuousCartPole();
  const { observationSpace, actionSpace, batched: task } = environment;
  if (actionSpace.kind !== 'box' || !task) throw new Error('a box and a task are expected');
  const rng = createRng(4);
  const model = createProbabilisticEnsemble({
    observationSize: observationSpace.size,
    actionSize: 1,
    ensembleSize: 3,
    hiddenSizes: [32, 32],
    epochs: 40,
    learningRate: 3e-3,
    rng: rng.split('model'),
  });
  const evaluator = createPlanEvaluator({ model, task, horizon: 12, particleCount: 3 });
  const planner = createCem({ horizon: 12, actionSpace, populationSize: 60, iterations: 3 });
  const agent = createPets({ model, evaluator, planner, actionSpace, rng: rng.split('agent'), initialSteps: 80 });
  const lengths: { random: boolean; steps: number }[] = [];
  for (let trial = 0; trial < 9; trial++) {
    let { observation } = trial === 0 ? environment.reset({ seed: 4 }) : environment.reset();
    agent.beginEpisode();
    const random = agent.fitCount === 0;
    let steps = 0;
    for (let ended = false; !ended && steps < 150;) {
      const action = await agent.act(observation);
      const { observation: nextObservation, reward, terminated, truncated } = environment.step(action);
      agent.observe({ observation, action, reward, nextObservation, terminated, truncated });
      observation = nextObservation;
      ended = terminated || truncated;
      steps++;
    }
    await agent.learn();
    lengths.push({ random, steps });
  }
  const randomSteps = lengths.filter(({ random }) => random).map(({ steps }) => steps);
  const mean = randomSteps.reduce((a, b) => a + b, 0) / randomSteps.length;
  const best = Math.max(...lengths.map(({ steps }) => steps));
  expect(best, JSON.stringify(lengths)).toBeGreaterThanOrEqual(100);
  expect(best).toBeGreaterThan(2.5 * mean);
  agent.dispose();
  evaluator.dispose();
});
