/** The page of a planned episode: one HTML file with the episode, every plan of it, and how each was found. */
import type { ShownEpisode } from '../show/shown-episode.js';
import { type Html, html } from '../report/html.js';
import { card } from '../report/sections.js';
import { pageDocument } from '../report/page-document.js';
import { showData } from '../show/render-show-page.js';
import { planStyle, showScript } from '../show/show-script.js';
import { endingOf, returnOf } from '../show/shown-episode.js';
import { formatNumber } from '../view/format-figures.js';
import { encodePlans } from './encode-plans.js';
import type { PlanData } from './page/plan-data.js';
import type { PlannedEpisode } from './planned-episode.js';

/** Everything that the page is made from. */
export interface ShownPlans extends ShownEpisode, Pick<PlannedEpisode, 'plans'> {
  /** The planner, by its name. */
  readonly planner: string;
  /** What plans go through, in words. */
  readonly model: string;
  readonly horizon: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function header(shown: ShownPlans): Html {
  const { name, planner, model, seed, settings, timeStep, plans, horizon, reward } = shown;
  const figures = [
    { name: 'Return', value: formatNumber(returnOf(shown)), note: `reward ${reward}` },
    { name: 'Planner', value: planner, note: `${plans[0]?.diagnostics.evaluationCount ?? 0} sequences a plan` },
    { name: 'Looks ahead', value: `${formatNumber(horizon * timeStep)} s`, note: `${horizon} steps` },
    { name: 'A plan takes', value: `${formatNumber(median(plans.map(({ milliseconds }) => milliseconds)))} ms`, note: 'median' },
  ];
  return html`<header>
    <p class="eyebrow"><span class="brand">mbrl</span> plan · seed ${seed}${settings.length > 0 && ` · ${settings.join(' ')}`}</p>
    <h1>${name}</h1>
    <p class="lead">Planned through ${model}. The episode ${endingOf(shown)}.</p>
    <dl class="figures">
      ${figures.map(
        (figure) =>
          html`<div>
            <dt>${figure.name}</dt>
            <dd>${figure.value}<small>${figure.note}</small></dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

/** What the page's script is given. */
export function planData(shown: ShownPlans): PlanData {
  return { ...showData(shown), ...encodePlans(shown.plans, shown.actionSpace) };
}

/** Renders the page as the text of an HTML file. */
export function renderPlanPage(shown: ShownPlans): string {
  const data = planData(shown);
  const expects = data.observations.length > 0 && data.plans.some(({ mean }) => mean !== null);
  const fans = data.plans.some(({ low }) => low !== null) ? '; the band holds the middle eighty per cent of the imagined futures' : '';
  const body = html`<main>
    ${header(shown)}
    <div class="grid">
      <section class="card wide" aria-label="Player">
        <div id="player"></div>
        ${data.solid !== null && html`<p class="note" id="view-hint"></p>`}
      </section>
      ${expects && card('expected', 'What the plan expected', `What happened (thin), and from the step shown on what its plan expected (blue)${fans}.`, true)}
      ${card('elites', 'How the plan was found', 'The best candidates of an iteration over the horizon (orange, the very best strong), and the plan that came of the search (blue).', true)}
      ${card('search', 'The search', 'Best candidate (orange), and mean of the elites (grey).', false)}
      ${card('time', 'Time', 'What each plan of the episode took.', false)}
    </div>
    <footer>
      <p>Written by <code>mbrl plan</code>. Everything on this page is inside this file.</p>
    </footer>
  </main>`;
  return pageDocument({
    title: `${shown.name}: ${shown.planner}`,
    style: planStyle(),
    body,
    data,
    script: showScript(data.solid ? 'plan-solid' : 'plan-flat'),
  });
}
