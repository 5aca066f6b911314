/** What both pages of a planned episode do: the player, and beside it what the plan of the step shown expected and how it was found. */
import type { EpisodePicture } from '../../report/page/episode-player.js';
import { byId, choiceRow, element, showNumber } from '../../report/page/page-elements.js';
import { fillShowPage, readShowData } from '../../show/page/show-page.js';
import type { PlanData, PlanRecord } from './plan-data.js';
import { createPlot, type Plot, rangeOf } from './plot-frame.js';

/** Reads the data that the page carries. */
export const readPlanData = (): PlanData => readShowData() as PlanData;

/** The last plan made at or before a step. */
function planAt(plans: readonly PlanRecord[], step: number): PlanRecord | undefined {
  let found: PlanRecord | undefined;
  for (const plan of plans) {
    if (plan.step > step) break;
    found = plan;
  }
  return found;
}

/** A range that shows what happened in full, and of what was expected only what does not squash it. */
function pathRange(real: readonly number[], data: PlanData, component: number): [number, number] {
  const [low, high] = rangeOf(real);
  const margin = 0.5 * (high - low);
  const expected = data.plans.flatMap((plan) => [...(plan.low?.[component] ?? plan.mean![component]!), ...(plan.high?.[component] ?? [])]);
  const [least, greatest] = rangeOf([...real, ...expected]);
  return [Math.max(least, low - margin), Math.min(greatest, high + margin)];
}

/** Fans of what was expected over what happened, one plot for each component of the observation. */
function expectedSection(data: PlanData): ((plan: PlanRecord | undefined, step: number) => void) | undefined {
  const place = document.getElementById('expected');
  if (!place || data.observations.length === 0 || !data.plans.some(({ mean }) => mean !== null)) return undefined;
  const seconds = data.observations[0]!.values.map((_, step) => step * data.timeStep);
  const end = seconds.at(-1)!;
  const plots = data.observations.map(({ label, values }, component) => ({
    component,
    values,
    range: pathRange(values, data, component),
    plot: createPlot(label, `${label}: what happened, and what the plan of the step shown expected`),
  }));
  place.append(
    element(
      'div',
      { class: 'multiples' },
      plots.map(({ plot }) => plot.root),
    ),
  );
  return (plan, step) => {
    for (const { component, values, range, plot } of plots) {
      const now = values[plan?.step ?? step] ?? 0;
      const from = plan ? plan.step * data.timeStep : 0;
      const x = Array.from({ length: data.horizon + 1 }, (_, t) => from + t * data.timeStep);
      const fan = plan?.mean
        ? { mean: [now, ...plan.mean[component]!], low: plan.low?.[component], high: plan.high?.[component] }
        : undefined;
      plot.draw({
        xRange: [0, end],
        yRange: range,
        xLabel: 's',
        mark: step * data.timeStep,
        bands: fan?.low && fan.high ? [{ x, low: [now, ...fan.low], high: [now, ...fan.high], colour: 'blue' }] : [],
        lines: [
          { x: seconds, y: values, colour: 'ink', width: 1.4, alpha: 0.8 },
          ...(fan ? [{ x, y: fan.mean, colour: 'blue', width: 2 }] : []),
        ],
      });
    }
  };
}

/** Components of the action that have room. */
const mostActions = 8;

/** Marks at whole numbers, six at most. */
function wholeTicks(low: number, high: number): { readonly at: number; readonly text: string }[] {
  const every = Math.ceil((high - low) / 5) || 1;
  return Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => ({ at: low + i * every, text: String(low + i * every) }));
}

/** The elites of each iteration, to step through. */
function elitesSection(data: PlanData): (plan: PlanRecord | undefined) => void {
  const place = byId('elites');
  const iterations = Math.max(1, ...data.plans.map(({ elites }) => elites.length));
  const plots = data.actionBounds
    .slice(0, mostActions)
    .map(({ label }) => createPlot(label, `${label} over the horizon: the elites of an iteration, and the plan`, 170));
  const x = Array.from({ length: data.horizon }, (_, t) => t * data.timeStep);
  let iteration = iterations - 1;
  let shown: PlanRecord | undefined;
  const note = element('p', { class: 'note' });
  const draw = (): void => {
    const elites = shown?.elites[Math.min(iteration, shown.elites.length - 1)] ?? [];
    plots.forEach((plot: Plot, a) => {
      const { low, high, whole: steps } = data.actionBounds[a]!;
      plot.draw({
        xRange: [0, x.at(-1) ?? 1],
        yRange: Number.isFinite(low) && Number.isFinite(high) ? [low, high] : rangeOf(elites.flatMap((elite) => elite[a]!)),
        xLabel: 's ahead',
        ...(steps && { yTicks: wholeTicks(low, high) }),
        lines: [
          ...elites.slice(1).map((elite) => ({ x, y: elite[a]!, colour: 'accent', width: 1, alpha: 0.35, steps })),
          ...elites.slice(0, 1).map((best) => ({ x, y: best[a]!, colour: 'accent', width: 2, alpha: 0.9, steps })),
          ...(shown ? [{ x, y: shown.actions[a]!, colour: 'blue', width: 2.2, steps }] : []),
        ],
      });
    });
    if (!shown) return;
    const at = Math.min(iteration, shown.elites.length - 1);
    const best = shown.best[at] ?? null;
    const ofElites = shown.eliteSpread ? `, of the elites ${showNumber(shown.eliteSpread[at] ?? 0)}` : '';
    note.textContent = `Iteration ${at + 1} of ${shown.elites.length}: best return ${best === null ? 'not finite' : showNumber(best)}, deviation of the draws ${showNumber(shown.spread[at] ?? 0)}${ofElites}.`;
  };
  const slider = element('input', {
    type: 'range',
    min: '1',
    max: String(iterations),
    step: '1',
    value: String(iterations),
    'aria-label': 'iteration of the search',
  });
  slider.addEventListener('input', () => {
    iteration = Number(slider.value) - 1;
    draw();
  });
  const choices =
    iterations <= 12
      ? choiceRow(
          'iteration of the search',
          Array.from({ length: iterations }, (_, i) => ({ text: String(i + 1) })),
          iterations - 1,
          (index) => {
            iteration = index;
            draw();
          },
        )
      : slider;
  place.append(
    choices,
    element(
      'div',
      { class: 'multiples' },
      plots.map(({ root }) => root),
    ),
    ...(data.actionBounds.length > mostActions
      ? [element('p', { class: 'note' }, [`The first ${mostActions} of ${data.actionBounds.length} components of the action.`])]
      : []),
    note,
  );
  return (plan) => {
    shown = plan;
    draw();
  };
}

/** Return by iteration of the step shown, and the search in numbers. */
function searchSection(): (plan: PlanRecord | undefined) => void {
  const place = byId('search');
  const plot = createPlot('return by iteration', 'greatest return and mean return of the elites by iteration', 170);
  const figures = element('dl', { class: 'pairs' });
  place.append(plot.root, figures);
  return (plan) => {
    if (!plan) return;
    const x = plan.best.map((_, i) => i + 1);
    plot.draw({
      xRange: [1, Math.max(2, plan.best.length)],
      yRange: rangeOf([...plan.best, ...plan.elite]),
      xLabel: 'iterations',
      lines: [
        { x, y: plan.elite, colour: 'muted', dots: true },
        { x, y: plan.best, colour: 'accent', dots: true },
      ],
    });
    const effective = plan.effective?.at(-1);
    const entries: readonly (readonly [string, string])[] = [
      ['plan of step', String(plan.step + 1)],
      ['sequences scored', String(plan.evaluations)],
      ['not finite', String(plan.nonFinite)],
      ...(effective === undefined ? [] : [['effective sample size', showNumber(effective)] as const]),
      ['time', `${showNumber(plan.milliseconds)} ms`],
      ...(plan.phases ? [['drawing · scoring · learning', plan.phases.map((part) => showNumber(part)).join(' · ')] as const] : []),
    ];
    figures.replaceChildren(...entries.map(([name, value]) => element('div', {}, [element('dt', {}, [name]), element('dd', {}, [value])])));
  };
}

/** Milliseconds of every plan, over the episode; the first, which compiles the program, may leave the picture. */
function timeSection(data: PlanData): void {
  const plot = createPlot('time by plan, ms', 'milliseconds that each plan took', 230);
  byId('time').append(plot.root);
  const y = data.plans.map(({ milliseconds }) => milliseconds);
  const most = [...y].sort((a, b) => a - b)[Math.floor(0.98 * (y.length - 1))] ?? 1;
  plot.draw({
    xRange: [0, Math.max(1, data.rewards.length - 1) * data.timeStep],
    yRange: [0, 1.1 * most],
    xLabel: 's',
    lines: [{ x: data.plans.map(({ step }) => step * data.timeStep), y, colour: 'accent', width: 1.4 }],
  });
}

/** Fills the page. @param makePicture gives the picture of a canvas; it may ask for another drawing of the present moment */
export function fillPlanPage(data: PlanData, makePicture: (canvas: HTMLCanvasElement, redraw: () => void) => EpisodePicture | null): void {
  const showExpected = expectedSection(data);
  const showElites = elitesSection(data);
  const showSearch = searchSection();
  timeSection(data);
  fillShowPage(data, makePicture, (step) => {
    // After the last step no plan is made: the one before stays.
    const plan = planAt(data.plans, Math.min(step, data.rewards.length - 1));
    showExpected?.(plan, step);
    showElites(plan);
    showSearch(plan);
  });
}
