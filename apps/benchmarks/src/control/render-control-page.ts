/** The page of a control problem: one HTML file with the trajectory, how it was found, and what was checked. */
import { type Html, html } from '../report/html.js';
import { card } from '../report/sections.js';
import { pageDocument } from '../report/page-document.js';
import { controlStyle, showScript } from '../show/show-script.js';
import { formatDuration, formatNumber } from '../view/format-figures.js';
import type { ControlMethod } from './demo.js';
import { controlData, formatCost, formatSmall } from './encode-control.js';
import { sizesOf, type Trajectory } from './record-iterates.js';
import type { SolvedDemo } from './solve-demo.js';

const methodNames: Readonly<Record<ControlMethod, string>> = { ilqr: 'iLQR', ddp: 'DDP' };

/** What became of the search, as words. */
export const statusWords: Readonly<Record<SolvedDemo['result']['status'], string>> = {
  converged: 'converged',
  iterationLimit: 'stopped at its iteration limit',
  stalled: 'made no more progress',
  infeasible: 'found no way to keep the constraints',
  deadline: 'ran out of time',
};

const figuresList = (figures: readonly { readonly name: string; readonly value: string; readonly note: string }[]): Html =>
  html`<dl class="figures">
    ${figures.map(
      ({ name, value, note }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}<small>${note}</small></dd>
        </div>`,
    )}
  </dl>`;

function header({ demo, method, result, milliseconds, check }: SolvedDemo): Html {
  const { problem, limits, title, words, timeStep } = demo;
  const constrained = (problem.constraints ?? []).length > 0;
  const [n, m] = sizesOf(problem.dynamics);
  const figures = [
    { name: 'Cost', value: formatCost(check.cost), note: `after ${result.iterations} iteration${result.iterations === 1 ? '' : 's'}` },
    ...(constrained
      ? [{ name: 'Violation', value: formatSmall(check.violation), note: 'largest, of any constraint at any step' }]
      : [{ name: 'Gradient', value: formatSmall(check.gradient), note: 'largest component' }]),
    {
      name: 'Looks ahead',
      value: `${formatNumber(problem.horizon * timeStep)} s`,
      note: `${problem.horizon} steps, ${n} states, ${m} action${m === 1 ? '' : 's'}`,
    },
    { name: 'Time', value: formatDuration(milliseconds), note: 'of the search, in one run' },
  ];
  return html`<header>
    <p class="eyebrow"><span class="brand">mbrl</span> control · ${demo.name} · ${methodNames[method]}</p>
    <h1>${title}</h1>
    <p class="lead">${words} ${limits ?? ''} ${methodNames[method]} ${statusWords[result.status]}.</p>
    ${figuresList(figures)}
  </header>`;
}

/** Checks of the solution, each against what it should be. */
function checks({ demo, result, check }: SolvedDemo): Html {
  const { problem, actions } = demo;
  const [n] = sizesOf(problem.dynamics);
  const isBounded = actions.some(({ low, high }) => Number.isFinite(low) || Number.isFinite(high));
  const rows: readonly (readonly [string, string])[] = [
    ['largest |x⁺ − f(x, u)|', formatSmall(check.defect)],
    ...(isBounded ? [['excess of an action over its bounds', formatSmall(Math.max(0, check.boundExcess))] as const] : []),
    ...(problem.constraints?.length
      ? [
          ['largest violation of a constraint', formatSmall(check.violation)] as const,
          ['steps at which an inequality presses', String(check.activeSteps)] as const,
        ]
      : []),
    ['gradient of the Lagrangian', formatSmall(check.gradient)],
    [demo.missLabel.replace(/, m$/, ', at the end'), `${formatSmall(demo.miss(result.states.slice(problem.horizon * n)))} m`],
    ['cost, summed anew', check.cost.toPrecision(10)],
    ['status', result.status],
  ];
  return html`<section class="card" aria-labelledby="checks-title">
    <h2 id="checks-title">Checked</h2>
    <p class="note">The solution against the conditions that make it one, step by step and without the solver's own numbers.</p>
    <dl class="pairs">
      ${rows.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** Median and greatest of how far pushed rollouts end from their goal. */
export function missesOf(
  { demo, pushed }: SolvedDemo,
  of: 'withFeedback' | 'without',
): { readonly median: number; readonly worst: number } {
  const [n] = sizesOf(demo.problem.dynamics);
  const misses = pushed
    .map((pair): Trajectory => pair[of])
    .map(({ states }) => demo.miss(states.slice(demo.problem.horizon * n)))
    .sort((a, b) => a - b);
  return { median: misses[Math.floor(misses.length / 2)] ?? NaN, worst: misses.at(-1) ?? NaN };
}

/** What a miss measures, to begin a sentence with, without its unit. */
const sentence = (label: string): string => `Median distance of the ${label.replace(/, m$/, '')}`;

function feedback(solved: SolvedDemo): Html {
  const { demo, pushed, seed } = solved;
  const [held, free] = [missesOf(solved, 'withFeedback'), missesOf(solved, 'without')];
  return html`<section class="card" aria-labelledby="feedback-title">
    <h2 id="feedback-title">Feedback at work</h2>
    <p class="note">
      The solver returns gains K with its actions: u = uₜ + K(x − xₜ). Here are ${pushed.length} runs that are pushed once (seed ${seed}):
      ${demo.pushWords}.
    </p>
    <div id="feedback"></div>
    <p class="outcome">
      ${sentence(demo.missLabel)}, at the end: <strong>${formatSmall(held.median)} m</strong> with feedback (worst
      ${formatSmall(held.worst)} m), <strong>${formatSmall(free.median)} m</strong> by the planned actions alone (worst
      ${formatSmall(free.worst)} m).
    </p>
  </section>`;
}

const actionWords = ({ demo }: SolvedDemo): string =>
  `What is shown in blue, the solution in grey${demo.actions.some(({ low, high }) => Number.isFinite(low) || Number.isFinite(high)) ? ', bounds in orange' : ''}.`;

/** Renders the page as the text of an HTML file. */
export function renderControlPage(solved: SolvedDemo): string {
  const { demo } = solved;
  const data = controlData(solved);
  const isSolid = demo.picture.kind === 'solid';
  const body = html`<main>
    ${header(solved)}
    <div class="grid">
      <section class="card wide" aria-label="Player">
        <div id="player"></div>
        ${isSolid && html`<p class="note" id="view-hint"></p>`}
      </section>
      ${card('search', 'How it was found', 'Iteration 0 is the start; the last point is the solution as it was checked. The line marks the iteration that is shown.', true)}
      ${card('actions', 'Actions', actionWords(solved), true)}
      ${card('quantities', 'States', 'The same, for numbers of the state and the limits that the problem sets them.', true)}
      ${solved.pushed.length > 0 && feedback(solved)} ${checks(solved)}
    </div>
    <footer>
      <p>Written by <code>mbrl control</code>. Everything on this page is inside this file.</p>
    </footer>
  </main>`;
  return pageDocument({
    title: demo.title,
    style: controlStyle(),
    body,
    data,
    script: showScript(isSolid ? 'control-solid' : 'control-flat'),
  });
}
