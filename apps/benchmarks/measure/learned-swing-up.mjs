/**
 * Cart-pole swing-up by iLQR over a learned model: 200 random transitions, then episodes on the true system whose actions
 * iLQR planned over the ensemble fitted so far, up to 1,000 transitions; then a last fit, and the last plan's policy in closed
 * loop on the true system. Prints the costs by seed, next to that of iLQR on the true dynamics.
 * usage: node apps/benchmarks/measure/learned-swing-up.mjs [--seeds N] [--first N] [--horizon N]
 */
import { parseArgs } from 'node:util';
import { cartPoleSystem, createIlqr, createIlqrMpc, quadraticCost, integrateDynamics } from '@mbrl/control';
import { createReplayBuffer, createRng, median } from '@mbrl/core';
import { createProbabilisticEnsemble, sineCosineTransform } from '@mbrl/models';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    first: { type: 'string', default: '0' },
    horizon: { type: 'string', default: '50' },
    transitions: { type: 'string', default: '1000' },
    random: { type: 'string', default: '200' },
  },
});
const horizon = Number(values.horizon);
const timeStep = 0.05;
const [n, m] = [4, 1];
const forceLimit = 10;
/** Beyond these an episode of learning ends: there is nothing to learn for the swing-up. */
const lost = (state) => Math.abs(state[0]) > 3 || Math.abs(state[2]) > 8 || Math.abs(state[3]) > 20;
const truth = integrateDynamics(cartPoleSystem(), { method: 'rungeKutta4', period: timeStep });
const cost = quadraticCost({
  stateSize: n,
  actionSize: m,
  Q: [0.1, 1, 0.1, 0.1].map((weight) => weight * timeStep),
  R: [0.01 * timeStep],
  terminalQ: [10, 100, 10, 10],
  target: [0, Math.PI, 0, 0],
});
const problemOf = (dynamics) => ({ dynamics, cost, horizon, actionLow: -forceLimit, actionHigh: forceLimit });
const rest = new Float64Array(n);
const limit = Number(values.transitions);

/** Runs `act` on the true system; reports every transition. */
async function episode(start, steps, act, onTransition) {
  const learning = onTransition !== undefined;
  let state = Float64Array.from(start);
  const next = new Float64Array(n);
  let total = 0;
  for (let t = 0; t < steps; t++) {
    const force = await act(state, t);
    const action = Float64Array.of(Math.min(forceLimit, Math.max(-forceLimit, force)));
    total += cost.stage(state, action, t);
    truth.step(state, action, next, 1, Int32Array.of(t));
    onTransition?.(state, action, next.slice());
    state = next.slice();
    if (learning && lost(state)) break;
  }
  return { cost: total + cost.terminal(state), state };
}

/** u + K(x − x̄), with a little noise where wanted. */
const policyOf =
  ({ actions, gains, states }, noise = 0, rng) =>
  (state, t) => {
    let force = actions[t];
    for (let j = 0; j < n; j++) force += gains[t * n + j] * (state[j] - states[t * n + j]);
    return force + (noise > 0 ? noise * rng.normal() : 0);
  };

const best = createIlqr(problemOf(truth)).solve({ initialState: rest });
console.log(`true dynamics: ${best.status} in ${best.iterations} iterations at cost ${best.cost.toFixed(3)}`);
const costs = [];
let upright = 0;
for (let seed = Number(values.first); seed < Number(values.first) + Number(values.seeds); seed++) {
  const rng = createRng(seed);
  const started = performance.now();
  const buffer = createReplayBuffer({ observationSize: n, actionSize: m, capacity: limit });
  const learn = (state, action, next) =>
    buffer.add({
      observation: Float32Array.from(state),
      action: Float32Array.from(action),
      reward: 0,
      nextObservation: Float32Array.from(next),
      terminated: false,
      truncated: false,
    });
  const model = createProbabilisticEnsemble({
    observationSize: n,
    actionSize: m,
    ensembleSize: 4,
    hiddenSizes: [64, 64],
    epochs: 60,
    learningRate: 2e-3,
    inputTransform: sineCosineTransform(n, [1]),
    rng: rng.split('model'),
  });
  const noise = rng.split('noise');
  const begin = () => Float64Array.from({ length: n }, () => 0.05 * noise.normal());
  while (buffer.count < Number(values.random))
    await episode(begin(), Math.min(50, Number(values.random) - buffer.count), () => forceLimit * (2 * noise.uniform() - 1), learn);
  const solver = createIlqr(problemOf(model), { maxIterations: 40 });
  let plan;
  const trace = [];
  let fits = 0;
  for (;;) {
    await model.fit(buffer.columns(), { rng: rng.split(`fit ${fits++}`), epochs: plan ? 60 : 120 });
    plan = await solver.solveAsync({ initialState: rest, ...(plan && { actions: plan.actions }) });
    if (buffer.count >= limit) break;
    for (let i = 0; i < 2 && buffer.count < limit; i++) {
      const { cost: reached } = await episode(begin(), Math.min(horizon, limit - buffer.count), policyOf(plan, 0.3, noise), learn);
      trace.push(reached.toFixed(1));
    }
  }
  const policy = await episode(rest, horizon, policyOf(plan));
  let line = `seed ${seed}  planned ${plan.cost.toFixed(3)} (${plan.status}, ${plan.iterations})  closed loop ${policy.cost.toFixed(3)}  angle from upright ${(policy.state[1] - Math.PI).toFixed(3)}`;
  const mpc = createIlqrMpc(problemOf(model), { maxIterations: 5, initialActions: plan.actions });
  let worst = 0;
  const replanned = await episode(rest, horizon + 30, async (state, t) => {
    if (t >= horizon + 10) worst = Math.max(worst, Math.abs(state[1] - Math.PI));
    return (await mpc.planAsync(state)).actions[0];
  });
  line += `  replanning: cost ${replanned.cost.toFixed(3)} over ${horizon + 30} steps, angle in the last second within ${worst.toFixed(3)}`;
  upright += worst < 0.2 ? 1 : 0;
  costs.push(policy.cost);
  console.log(`${line}  episodes ${trace.join(' ')}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  model.dispose();
}
console.log(
  `median closed loop ${median(costs).toFixed(3)}, true optimum ${best.cost.toFixed(3)}, upright by replanning ${upright} of ${costs.length} seeds`,
);
