/**
 * How well a deadline is held: 1,000 actions of MPC for each planner with more iterations asked for than there is time.
 * An action is in time if it took no longer than the deadline and one millisecond. The evaluator integrates a cart on
 * a line, about half a millisecond a call.
 *
 * Run with `npx tsx --conditions=@mbrl/source bench/deadline.bench.ts [calls] [milliseconds] [wall|cpu]`. With `cpu` the
 * clock is the processor time of the process, which other work on the machine does not touch.
 */
import { boxSpace, createRng, median, type Planner, quantile, type SequenceEvaluator } from '@mbrl/core';
import { createCem, createCmaEsPlanner, createIcem, createMpc, createMppi, createPddm } from '@mbrl/planners';

const calls = Number(process.argv[2] ?? 1000);
const deadlineMs = Number(process.argv[3] ?? 5);
const clock =
  process.argv[4] === 'cpu'
    ? (): number => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000
    : (): number => performance.now();
const HORIZON = 25;

const evaluator: SequenceEvaluator = {
  observationSize: 2,
  actionSize: 1,
  horizon: HORIZON,
  evaluate: async ([x = 0, v = 0], sequences, returns) => {
    for (let n = 0; n < returns.length; n++) {
      let [position, speed, sum] = [x, v, 0];
      for (let t = 0; t < HORIZON; t++) {
        // Twenty small steps of each action, with friction, so that a call takes a while.
        for (let k = 0; k < 20; k++) {
          speed += 0.005 * (sequences[n * HORIZON + t]! - 0.3 * Math.tanh(4 * speed));
          position += 0.005 * speed;
        }
        sum -= position * position + 0.1 * speed * speed;
      }
      returns[n] = sum;
    }
  },
};

async function measure(name: string, planner: Planner): Promise<void> {
  const mpc = createMpc({ planner, evaluator, clock, deadlineMs });
  const rng = createRng(1);
  const [times, iterations]: [number[], number[]] = [[], []];
  const warmUp = 30;
  for (let i = 0; i < calls + warmUp; i++) {
    const observation = Float32Array.of(Math.sin(0.1 * i), 0);
    const start = clock();
    await mpc.act(observation, rng);
    const time = clock() - start;
    if (i < warmUp) continue;
    times.push(time);
    iterations.push(mpc.plan!.diagnostics.iterationCount!);
  }
  const inTime = times.filter((time) => time <= deadlineMs + 1).length / calls;
  console.log(
    `| ${name} | ${(100 * inTime).toFixed(1)}% | ${median(times).toFixed(2)} | ${quantile(times, 0.99).toFixed(2)} | ${Math.max(...times).toFixed(2)} | ${median(iterations)} (${Math.min(...iterations)} to ${Math.max(...iterations)}) |`,
  );
}

const base = { horizon: HORIZON, actionSpace: boxSpace({ low: [-2], high: [2] }), iterations: 1000 };
console.log(`deadline ${deadlineMs} ms, ${calls} calls`);
console.log('| planner | in time | median, ms | 99th of 100, ms | longest, ms | iterations |');
console.log('| --- | --- | --- | --- | --- | --- |');
await measure('CEM', createCem({ ...base, populationSize: 60 }));
await measure('iCEM', createIcem({ ...base, populationSize: 60 }));
await measure('MPPI', createMppi({ ...base, populationSize: 60 }));
await measure('PDDM', createPddm({ ...base, populationSize: 60 }));
await measure('CMA-ES', createCmaEsPlanner({ ...base, functionTolerance: 0, stepTolerance: 0 }));
