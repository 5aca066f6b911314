/** `mbrl plan`: plans through an environment's model in closed loop, and writes a page to look into every plan. */
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createRng, type Environment, OptionError } from '@mbrl/core';
import { writeFileAtomic } from '@mbrl/core/node';
import { describeEnvironment } from '@mbrl/envs';
import { createPlanner, type PlannerName, plannerNames } from '@mbrl/planners';
import { Command } from 'commander';
import { nearestNames } from '../presets/nearest-name.js';
import { openPlanModel, type PlanModelKind } from '../plan/plan-model.js';
import { playPlannedEpisode } from '../plan/planned-episode.js';
import { renderPlanPage } from '../plan/render-plan-page.js';
import { openEnvironment } from '../show/environment-options.js';
import { endingOf, returnOf } from '../show/shown-episode.js';
import { formatNumber } from '../view/format-figures.js';
import type { CliContext } from './cli-context.js';
import { readWholeNumber } from './read-whole-number.js';

interface PlanFlags {
  readonly planner: string;
  readonly trueModel?: string | true;
  readonly horizon: string;
  readonly evaluations: string;
  readonly replanEvery: string;
  readonly learnSteps: string;
  readonly seed: string;
  readonly steps: string;
  readonly set: readonly string[];
  readonly out?: string;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

function readPlanner(name: string, { actionSpace }: Environment): PlannerName {
  const names: readonly string[] = plannerNames();
  if (!names.includes(name)) {
    const near = nearestNames(name, names, 2);
    const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
    throw new OptionError(`--planner must be one of ${names.join(', ')}, got ${JSON.stringify(name)}${hint}`);
  }
  const fitting: readonly string[] = plannerNames(actionSpace);
  if (!fitting.includes(name)) throw new OptionError(`--planner must be one of ${fitting.join(', ')} for discrete actions, got ${name}`);
  return name as PlannerName;
}

/** The model that the flags ask for: compiled true dynamics where the environment offers them, else a simulator. */
function readModel(trueModel: string | true | undefined, { batched }: Environment): PlanModelKind {
  if (trueModel === undefined) return 'learned';
  if (trueModel === true) return batched?.dynamics && batched.reward ? 'dynamics' : 'simulator';
  if (trueModel === 'dynamics' || trueModel === 'simulator') return trueModel;
  throw new OptionError(`--true-model must be dynamics or simulator where a word follows, got ${JSON.stringify(trueModel)}`);
}

/** Makes the command. */
export function planCommand({ output }: CliContext): Command {
  const say = (line: string): void => void output.write(`${line}\n`);
  return new Command('plan')
    .description('plan through a model of an environment, step by step, and write a page to look into every plan')
    .argument('<environment>', 'name of an environment (mbrl list envs shows them)')
    .option('--planner <name>', `one of ${plannerNames().join(', ')}`, 'icem')
    .option('--true-model [how]', 'plan through the task itself: its compiled dynamics, or a simulator (dynamics or simulator)')
    .option('--horizon <n>', 'steps that a plan looks ahead', '25')
    .option('--evaluations <n>', 'sequences scored for a plan, about', '300')
    .option('--replan-every <n>', 'steps taken of each plan', '1')
    .option('--learn-steps <n>', 'random steps that a model is learned from, without --true-model', '1000')
    .option('--seed <n>', 'everything is a function of it', '0')
    .option('--steps <n>', 'steps at most', '200')
    .option('--set <option=value>', 'an option of the environment; may be given many times', collect, [])
    .option('--out <file>', 'where to write the page (default: runs/plan-<environment>-<planner>-seed<n>.html)')
    .addHelpText(
      'after',
      `
Without --true-model a model is learned from random steps first; it needs a task that offers its reward in batched form.

Examples:
  mbrl plan Pendulum-v1 --true-model
  mbrl plan CartPoleSwingUp-v0 --planner mppi --evaluations 600 --seed 2
  mbrl plan HalfCheetah-v5 --true-model --horizon 20 --steps 100
  mbrl plan Reacher2-v0 --planner gradient --true-model dynamics`,
    )
    .action(async (name: string, flags: PlanFlags) => {
      const seed = readWholeNumber('--seed', flags.seed, 0, 2 ** 32 - 1);
      const maxSteps = readWholeNumber('--steps', flags.steps, 1, 10_000);
      const horizon = readWholeNumber('--horizon', flags.horizon, 1, 1000);
      const evaluationCount = readWholeNumber('--evaluations', flags.evaluations, 20, 1_000_000);
      const replanEvery = readWholeNumber('--replan-every', flags.replanEvery, 1, horizon);
      const learnSteps = readWholeNumber('--learn-steps', flags.learnSteps, 50, 1_000_000);
      const environment = await openEnvironment(name, flags.set);
      try {
        const planner = readPlanner(flags.planner, environment);
        const kind = readModel(flags.trueModel, environment);
        const rng = createRng(seed);
        const request = { name, assignments: flags.set, environment, horizon, learnSteps, rng: rng.split('learn'), say };
        const model = await openPlanModel(kind, request);
        try {
          const { observationSpace, actionSpace, timeStep } = environment;
          const played = await playPlannedEpisode({
            environment,
            planner: createPlanner(planner, { horizon, actionSpace, evaluationCount }),
            evaluator: model.evaluator,
            replanEvery,
            seed,
            maxSteps,
            rng: rng.split('plan'),
            clock: () => performance.now(),
          });
          const { reward, source } = describeEnvironment(name);
          const settings = flags.set.map((assignment) => assignment.trim());
          const of = { name, observationSpace, actionSpace, timeStep, seed, settings, policy: planner, reward, source };
          const shown = { ...played, ...of, planner, model: model.description, horizon };
          const page = flags.out ?? join('runs', `plan-${name}-${planner}-seed${seed}.html`);
          await mkdir(dirname(resolve(page)), { recursive: true });
          await writeFileAtomic(page, renderPlanPage(shown));
          const times = played.plans.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
          const time = times[Math.floor(times.length / 2)] ?? 0;
          say(`${name} ${endingOf(shown)}, return ${formatNumber(returnOf(shown))}; a plan took ${time.toFixed(1)} ms (median)`);
          say(`page: ${relative('.', page) || page}`);
        } finally {
          model.dispose();
        }
      } finally {
        environment.dispose?.();
      }
    });
}
