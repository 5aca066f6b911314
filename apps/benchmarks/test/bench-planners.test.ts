import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boxSpace, createRng, type SequenceEvaluator } from '@mbrl/core';
import { expect, test } from 'vitest';
import { selectContenders } from '../src/bench/planners/contenders.js';
import { withDifferenceGradients } from '../src/bench/planners/difference-gradients.js';
import { openTask, playPlanner, type PlannerEpisode } from '../src/bench/planners/planner-episode.js';
import { rowsOf, taskLines, thirdDifferences } from '../src/bench/planners/planner-table.js';
import { plannerTasks } from '../src/bench/planners/planner-tasks.js';
import { runHere } from './run-here.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();
const pendulum = plannerTasks.find(({ name }) => name === 'pendulum')!;

const run = (...args: string[]): ReturnType<typeof runHere> => runHere(['bench', 'planners', ...args]);
const read = (file: string): PlannerEpisode[] => (JSON.parse(readFileSync(file, 'utf8')) as { episodes: PlannerEpisode[] }).episodes;

const episode: PlannerEpisode = {
  task: 'pendulum',
  contender: 'cem',
  evaluations: 300,
  horizon: 25,
  steps: 200,
  seed: 0,
  return: -200,
  solved: true,
  millisecondsPerAction: 2,
  load: 0,
};

test('plays every planner, adds to its file, and plays nothing twice', { timeout: 60_000 }, async () => {
  const file = join(root, 'table.json');
  const quick = ['--tasks', 'pendulum', '--steps', '3', '--evaluations', '60', '--gradients', 'differences', '--json', file];
  const { code, output } = await run(...quick, '--quick');
  expect(code).toBe(0);
  const first = read(file);
  expect(first.map(({ contender, evaluations }) => `${contender} ${evaluations}`)).toEqual([
    'random-shooting 60',
    'cem 60',
    'icem 60',
    'mppi 60',
    'pddm 60',
    'cma-es 60',
    'gradient 60',
    'gradient-cem 60',
    'icem-third 20',
  ]);
  for (const { seed, steps, horizon, solved, contender, gradients, millisecondsPerAction } of first) {
    expect({ seed, steps, horizon, solved }).toEqual({ seed: 0, steps: 3, horizon: 25, solved: null });
    expect(gradients).toBe(contender.startsWith('gradient') ? 'differences' : undefined);
    expect(millisecondsPerAction).toBeGreaterThan(0);
  }
  expect(output).toContain('Pendulum-v1, 3 steps, horizon 25, noise exponent of iCEM 2; solved: within 18° of upright');
  expect(output).toMatch(/\| gradient \(differences\) +\| 60 +\| 1 /);
  expect(output).toContain('iCEM with a third of the evaluations less CEM with all 60, seed');

  await run(...quick, '--planners', 'cem,icem', '--seeds', '2');
  const second = read(file);
  expect(second.slice(0, first.length)).toEqual(first);
  expect(second.slice(first.length).map(({ contender, seed }) => `${contender} ${seed}`)).toEqual(['cem 1', 'icem 1']);

  await run(...quick, '--planners', 'cem', '--seeds', '1', '--again');
  const third = read(file);
  expect(third).toHaveLength(second.length);
  // Everything but the time follows from the seed.
  expect(third.at(-1)!.return).toBe(first[1]!.return);
});

test('--timing measures the rows of the file by themselves and leaves episodes alone', { timeout: 60_000 }, async () => {
  const file = join(root, 'timing.json');
  const pendulumOnly = ['--tasks', 'pendulum', '--evaluations', '60', '--json', file];
  await run(...pendulumOnly, '--planners', 'cem,icem,icem-third', '--seeds', '2', '--steps', '3');
  const before = read(file);
  const onlyFile = ['--tasks', 'pendulum', '--json', file];
  const { code } = await run(...onlyFile, '--planners', 'icem,icem-third,mppi', '--timing', '8');
  expect(code).toBe(0);
  expect(read(file)).toEqual(before);
  const { timings } = JSON.parse(readFileSync(file, 'utf8')) as { timings: object[] };
  // MPPI has no episode there.
  const timing = { task: 'pendulum', horizon: 25, steps: 8, millisecondsPerAction: expect.any(Number), load: expect.any(Number) };
  expect(timings).toEqual([
    { ...timing, contender: 'icem', evaluations: 60 },
    { ...timing, contender: 'icem-third', evaluations: 20 },
  ]);
  await run(...onlyFile, '--planners', 'icem', '--timing', '9');
  expect((JSON.parse(readFileSync(file, 'utf8')) as { timings: object[] }).timings).toMatchObject([{ steps: 8 }, { steps: 9 }]);
  await run(...pendulumOnly, '--planners', 'mppi', '--seeds', '1', '--steps', '3');
  expect((JSON.parse(readFileSync(file, 'utf8')) as { timings: object[] }).timings).toMatchObject([{ steps: 8 }, { steps: 9 }]);
});

test("iCEM's noise is that of the task, CEM's is its own", { timeout: 60_000 }, async () => {
  const returnOf = async (name: string, noiseExponent: number): Promise<number> => {
    const open = await openTask({ ...pendulum, noiseExponent }, 'differences');
    try {
      const [contender] = selectContenders([name]);
      const settings = { evaluations: 60, steps: 5, seed: 0, clock: () => 0, load: () => 0 };
      return (await playPlanner(open, { contender: contender!, ...settings })).return;
    } finally {
      open.dispose();
    }
  };
  for (const name of ['icem', 'icem-third']) expect(await returnOf(name, 0.25)).not.toBe(await returnOf(name, 2));
  expect(await returnOf('cem', 0.25)).toBe(await returnOf('cem', 2));
});

test('solves the pendulum; climbs compiled gradients', { timeout: 60_000 }, async () => {
  const file = join(root, 'solved.json');
  const pendulumOnce = ['--tasks', 'pendulum', '--seeds', '1', '--evaluations', '120', '--json', file];
  await run(...pendulumOnce, '--planners', 'icem-third');
  await run(...pendulumOnce, '--planners', 'gradient', '--steps', '40');
  const [third, gradient] = read(file);
  expect(third).toMatchObject({ evaluations: 40, steps: 200, solved: true });
  expect(third!.return).toBeGreaterThan(-150);
  expect(gradient).toMatchObject({ gradients: 'compiled', steps: 40, solved: null });
  expect(gradient!.return).toBeGreaterThan(-150);
});

test('refuses what it does not know', async () => {
  const unknown: [string[], string][] = [
    [['--tasks', 'pendulum,cartpole'], '--tasks must be among pendulum, cart-pole, acrobot, reacher, half-cheetah, got "cartpole"'],
    [['--planners', 'cmaes'], '--planners must be among random-shooting, cem, icem'],
    [['--seeds', '0'], '--seeds must be a whole number in [1, 1000], got "0"'],
    [['--evaluations', '59'], '--evaluations must be a whole number in [60, 1000000], got "59"'],
    [['--timing', '0'], '--timing must be a whole number in [1, 10000], got "0"'],
    [['--gradients', 'none'], '--gradients must be compiled or differences, got "none"'],
    [['--population', '3'], "unknown option '--population'"],
  ];
  for (const [args, message] of unknown) {
    const { code, errors } = await run(...args);
    expect(code).toBe(2);
    expect(errors).toContain(message);
  }
  const file = join(root, 'other.json');
  writeFileSync(file, '{"kind":"other"}');
  const { code, errors } = await run('--json', file);
  expect(code).toBe(2);
  expect(errors).toContain('--json must be a file of this command or a new one');
  expect(readFileSync(file, 'utf8')).toBe('{"kind":"other"}');
});

test('rows hold the interquartile mean, its interval and what was solved', () => {
  const returns = [-1000, -100, -110, -120, 0];
  const episodes = returns.map((value, seed) => ({ ...episode, seed, return: value, solved: seed > 0, millisecondsPerAction: seed }));
  const [row, other] = rowsOf(pendulum, { episodes: [...episodes, { ...episode, steps: 50, solved: null }], timings: [] });
  // One of five is cut at each end.
  expect(row!.return.estimate).toBe(-110);
  expect(row!.return.low).toBeLessThan(-110);
  expect(row!.return.high).toBeGreaterThan(-110);
  expect(row).toMatchObject({ seedCount: 5, solvedCount: 4, millisecondsPerAction: 2 });
  expect(other).toMatchObject({ steps: 50, seedCount: 1, solvedCount: null });

  const { seed: _seed, return: _return, solved: _solved, ...timing } = { ...episode, steps: 20, millisecondsPerAction: 0.5 };
  expect(rowsOf(pendulum, { episodes, timings: [timing] })[0]!.millisecondsPerAction).toBe(0.5);
  for (const other of [
    { evaluations: 100 },
    { horizon: 26 },
    { gradients: 'compiled' },
    { contender: 'icem' },
    { task: 'reacher' },
  ] as const) {
    expect(rowsOf(pendulum, { episodes, timings: [{ ...timing, ...other }] })[0]!.millisecondsPerAction).toBe(2);
  }
});

test('iCEM at a third is compared with CEM seed by seed', () => {
  const third = { ...episode, contender: 'icem-third', evaluations: 100 };
  const episodes = [episode, { ...episode, seed: 1, return: -300 }, { ...third, return: -190 }, { ...third, seed: 1, return: -290 }];
  const at300 = { evaluations: 300, difference: { estimate: 10, low: 10, high: 10 } };
  expect(thirdDifferences(pendulum, episodes)).toEqual([at300]);
  const fewer = [
    { ...episode, evaluations: 150 },
    { ...third, evaluations: 50, return: -207 },
  ];
  expect(thirdDifferences(pendulum, [...fewer, ...episodes])).toEqual([
    { evaluations: 150, difference: { estimate: -7, low: -7, high: -7 } },
    at300,
  ]);
  expect(thirdDifferences(pendulum, [episode, { ...third, seed: 7 }])).toEqual([]);
  expect(thirdDifferences(pendulum, [episode, { ...third, steps: 50 }])).toEqual([]);
  expect(thirdDifferences(pendulum, [episode, { ...third, evaluations: 150 }])).toEqual([]);
});

test('a task without dynamics has a row that says so', () => {
  const cheetah = plannerTasks.find(({ name }) => name === 'half-cheetah')!;
  const lines = taskLines(cheetah, { episodes: [{ ...episode, task: 'half-cheetah', steps: 100, solved: null }], timings: [] });
  expect(lines[0]).toBe('HalfCheetah-v5, 100 steps, horizon 20, noise exponent of iCEM 0.25');
  expect(lines.find((line) => line.includes('gradient'))).toMatch(/^\| gradient, gradient-cem +(\| – +){6}\|$/);
});

test('differences give the gradient, one-sided at a bound', async () => {
  // R = Σ_t (t + 1) sin(a_t), flat outside of ±1, where the space ends.
  const evaluator: SequenceEvaluator = {
    observationSize: 1,
    actionSize: 1,
    horizon: 3,
    evaluate: async (_, sequences, returns) => {
      for (let n = 0; n < returns.length; n++) {
        returns[n] = 0;
        for (let t = 0; t < 3; t++) returns[n]! += (t + 1) * Math.sin(Math.max(-1, Math.min(1, sequences[3 * n + t]!)));
      }
    },
  };
  const sequences = Float32Array.of(0, 0.5, -0.5, 1, -1, 0.2);
  const [returns, gradients] = [new Float32Array(2), new Float32Array(6)];
  const climbing = withDifferenceGradients(evaluator, boxSpace({ low: [-1], high: [1] }));
  await climbing.evaluateWithGradient!(new Float32Array(1), sequences, returns, gradients, createRng(1));
  for (const [i, a] of sequences.entries()) expect(gradients[i]).toBeCloseTo(((i % 3) + 1) * Math.cos(a), 2);
  expect(returns[0]).toBeCloseTo(2 * Math.sin(0.5) - 3 * Math.sin(0.5), 5);
});
