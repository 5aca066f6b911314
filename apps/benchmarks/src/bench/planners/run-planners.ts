/** Plays the episodes that are asked for and not yet in the file, and shows the table. */
import { loadavg } from 'node:os';
import { configureEngine } from '@mbrl/jit';
import { machineLines } from '../bench-table.js';
import { type BenchMachine, describeMachine } from '../machine.js';
import { type Contender, gradientPlanners } from './contenders.js';
import { type EpisodeKey, isSameEpisode, isSameRow, type PlannerRecords, readRecords, type RowKey, writeRecords } from './episodes-file.js';
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
  /** Instead of episodes: the time of an action over that many steps of seed 0, for every row that the file has. */
  readonly timingSteps: number | undefined;
  readonly threads: number | undefined;
  write(line: string): void;
}

/** The file as it fills. */
interface Session {
  readonly request: PlannersRequest;
  readonly machine: BenchMachine;
  records: PlannerRecords;
}

const clock = (): number => performance.now();
const load = (): number => loadavg()[0]!;

/** Plays the episodes of a task that are missing. */
async function playTask(session: Session, task: PlannerTask): Promise<void> {
  const { request, machine } = session;
  const { contenders, seedCount, evaluations, gradients, file, again } = request;
  const open = await openTask(task, gradients);
  try {
    const steps = Math.min(request.steps ?? task.steps, task.steps);
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
        const { episodes, timings } = session.records;
        if (!again && episodes.some(same)) continue;
        const played = await playPlanner(open, { contender, evaluations, steps, seed, clock, load });
        session.records = { episodes: [...episodes.filter((episode) => !same(episode)), played], timings };
        await writeRecords(file, machine, session.records);
      }
    }
  } finally {
    open.dispose();
  }
}

/** Measures the time of an action anew for each row of a task that the file has, whatever its evaluations and gradients. */
async function timeTask(session: Session, task: PlannerTask, timingSteps: number): Promise<void> {
  const { request, machine } = session;
  const { contenders, file } = request;
  for (const source of ['compiled', 'differences'] as const) {
    const rows: RowKey[] = [];
    for (const each of session.records.episodes) {
      const belongs = each.task === task.name && each.horizon === task.horizon && (each.gradients ?? 'compiled') === source;
      if (belongs && !rows.some((row) => isSameRow(row, each))) rows.push(each);
    }
    const wanted = contenders.flatMap((contender) =>
      rows.filter((row) => row.contender === contender.name).map(({ evaluations }) => ({ contender, evaluations })),
    );
    if (wanted.length === 0) continue;
    const open = await openTask(task, source);
    try {
      for (const { contender, evaluations } of wanted) {
        const steps = Math.min(timingSteps, task.steps);
        const whole = evaluations * contender.divisor;
        const {
          seed: _seed,
          return: _return,
          solved: _solved,
          ...timing
        } = await playPlanner(open, {
          contender,
          evaluations: whole,
          steps,
          seed: 0,
          clock,
          load,
        });
        const { episodes, timings } = session.records;
        session.records = { episodes, timings: [...timings.filter((each) => !isSameRow(each, timing)), timing] };
        await writeRecords(file, machine, session.records);
      }
    } finally {
      open.dispose();
    }
  }
}

/** Runs the comparison; episodes are in the file as soon as they end. @throws OptionError on a file of another kind. */
export async function runPlanners(request: PlannersRequest): Promise<void> {
  const { tasks, file, timingSteps, threads, write } = request;
  const records = readRecords(file);
  if (threads !== undefined) configureEngine({ threadCount: threads });
  const machine = await describeMachine();
  for (const line of machineLines(machine)) write(line);
  const session: Session = { request, machine, records };
  for (const task of tasks) {
    await (timingSteps === undefined ? playTask(session, task) : timeTask(session, task, timingSteps));
    const lines = taskLines(task, session.records);
    if (lines.length > 0) for (const line of ['', ...lines]) write(line);
  }
  write('');
  write(`written to ${file}`);
}
