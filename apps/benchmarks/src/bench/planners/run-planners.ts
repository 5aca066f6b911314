/** Plays the episodes that are asked for and not yet in the file, and shows the table. */
import { loadavg } from 'node:os';
import { configureEngine } from '@mbrl/jit';
import { machineLines } from '../bench-table.js';
import { describeMachine } from '../machine.js';
import { type Contender, gradientPlanners } from './contenders.js';
import { type EpisodeKey, isSameEpisode, isSameRow, readRecords, writeRecords } from './episodes-file.js';
import { type GradientSource, openTask, playPlanner, type PlannerEpisode } from './planner-episode.js';
import { taskLines } from './planner-table.js';
import type { PlannerTask } from './planner-tasks.js';

/** What to compare. */
export interface PlannersRequest {
  readonly tasks: readonly PlannerTask[];
  readonly contenders: readonly Contender[];
  /** Seeds 0 to seedCount − 1. */
  readonly seedCount: number;
  /** Sequences scored for a plan. */
  readonly evaluations: number;
  /** Steps of an episode at most; those of the task when undefined. */
  readonly steps: number | undefined;
  readonly gradients: GradientSource;
  /** File that episodes are read from and added to. */
  readonly file: string;
  /** Plays what is in the file already once more. */
  readonly again: boolean;
  /** Instead of episodes: the time of an action over that many steps of seed 0, for the rows whose episodes are in the file. */
  readonly timingSteps: number | undefined;
  readonly threads: number | undefined;
  write(line: string): void;
}

/** Runs the comparison; episodes are in the file as soon as they end. @throws OptionError on a file of another kind. */
export async function runPlanners(request: PlannersRequest): Promise<void> {
  const { tasks, contenders, evaluations, gradients, file, again, timingSteps, threads, write } = request;
  const seedCount = timingSteps === undefined ? request.seedCount : 1;
  let { episodes, timings } = readRecords(file);
  if (threads !== undefined) configureEngine({ threadCount: threads });
  const machine = await describeMachine();
  for (const line of machineLines(machine)) write(line);
  for (const task of tasks) {
    const open = await openTask(task, gradients);
    try {
      const steps = Math.min(timingSteps ?? request.steps ?? task.steps, task.steps);
      // Seed by seed, so that a table that is cut short has them all.
      for (let seed = 0; seed < seedCount; seed++) {
        for (const contender of contenders) {
          const climbs = gradientPlanners.includes(contender.planner);
          if (climbs && !task.hasDynamics) continue;
          const wanted: EpisodeKey = {
            task: task.name,
            contender: contender.name,
            evaluations: Math.floor(evaluations / contender.divisor),
            horizon: task.horizon,
            steps,
            seed,
            ...(climbs && { gradients }),
          };
          const same = (episode: PlannerEpisode): boolean => isSameEpisode(episode, wanted);
          if (timingSteps === undefined ? !again && episodes.some(same) : !episodes.some((each) => isSameRow(each, wanted))) continue;
          const clock = (): number => performance.now();
          const played = await playPlanner(open, { contender, evaluations, steps, seed, clock, load: () => loadavg()[0]! });
          if (timingSteps === undefined) episodes = [...episodes.filter((episode) => !same(episode)), played];
          else {
            const { seed: _seed, return: _return, solved: _solved, ...timing } = played;
            timings = [...timings.filter((each) => !isSameRow(each, timing)), timing];
          }
          await writeRecords(file, machine, { episodes, timings });
        }
      }
    } finally {
      open.dispose();
    }
    const lines = taskLines(task, { episodes, timings });
    if (lines.length > 0) for (const line of ['', ...lines]) write(line);
  }
  write('');
  write(`written to ${file}`);
}
