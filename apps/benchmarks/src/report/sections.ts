/** The parts of the report's page that are there without a script: words, figures and tables. */
import { showSetting } from '../presets/resolve-settings.js';
import { formatDuration, formatNumber } from '../view/format-figures.js';
import { type Html, html } from './html.js';
import type { LoadedRun } from './load-runs.js';
import { headline, keyFigures, story } from './narrative.js';

/** Headline, figures and the story. */
export function header(runs: readonly LoadedRun[]): Html {
  const { config, result } = runs[0]!;
  const many = runs.length > 1;
  const state = many ? '' : { finished: '', solved: '', stopped: ', stopped before its end', running: ', still running' }[result.status];
  return html`<header>
    <p class="eyebrow">
      <span class="brand">mbrl</span> ${config.preset} · ${many ? `${runs.length} runs` : `seed ${config.seed}`} ·
      ${config.environment}${state}
    </p>
    <h1>${headline(runs)}.</h1>
    <p class="lead">The task: ${config.description}. It counts as solved when ${config.solvedWhen}.</p>
    <dl class="figures">
      ${keyFigures(runs).map(
        ({ name, value, note }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}<small>${note}</small></dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

/** The story, sentence by sentence. */
export function storySection(runs: readonly LoadedRun[]): Html {
  return html`<section class="card story" aria-labelledby="story-title">
    <h2 id="story-title">What happened</h2>
    ${story(runs).map((sentence) => html`<p>${sentence}</p>`)}
  </section>`;
}

/** A card with a title, words on how to read it, and a place that the script fills. */
export function card(id: string, title: string, words: string, wide: boolean): Html {
  return html`<section class="card${wide ? ' wide' : ''}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <p class="note">${words}</p>
    <div id="${id}"></div>
  </section>`;
}

function trialTable(run: LoadedRun): Html {
  const rows = run.result.trials.map(
    (trial) =>
      html`<tr class="${trial.solved ? 'solved' : ''}">
        <th scope="row">${trial.random ? `${trial.index} (random)` : trial.index}</th>
        <td>${trial.steps}</td>
        <td>${trial.environmentSteps}</td>
        <td>${formatNumber(trial.return)}</td>
        <td>${trial.solved ? 'yes' : ''}</td>
        <td>${trial.random ? '–' : formatDuration(trial.planMilliseconds)}</td>
        <td>${trial.fitMilliseconds > 0 ? formatDuration(trial.fitMilliseconds) : '–'}</td>
      </tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="trials">
    <table>
      <thead>
        <tr>
          <th scope="col">trial</th>
          <th scope="col">steps</th>
          <th scope="col">steps in all</th>
          <th scope="col">return</th>
          <th scope="col">solved</th>
          <th scope="col">an action</th>
          <th scope="col">fits</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function runTable(runs: readonly LoadedRun[]): Html {
  const rows = runs.map(({ name, config, result }) => {
    const best = Math.max(...result.trials.filter((trial) => !trial.random).map((trial) => trial.return));
    const { solved } = result;
    return html`<tr class="${solved ? 'solved' : ''}">
      <th scope="row">${name}</th>
      <td>${config.seed}</td>
      <td>${solved ? solved.trial : '–'}</td>
      <td>${solved ? solved.learnedFromSteps : '–'}</td>
      <td>${solved ? formatDuration(solved.elapsedMilliseconds) : '–'}</td>
      <td>${formatNumber(best)}</td>
    </tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="runs">
    <table>
      <thead>
        <tr>
          <th scope="col">run</th>
          <th scope="col">seed</th>
          <th scope="col">solved in trial</th>
          <th scope="col">after steps</th>
          <th scope="col">by the clock</th>
          <th scope="col">best return</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** All trials of a run, or all runs, as a table. */
export function tableSection(runs: readonly LoadedRun[]): Html {
  return html`<section class="card wide">
    <details open>
      <summary><h2>${runs.length > 1 ? 'All runs' : 'All trials'}</h2></summary>
      ${runs.length > 1 ? runTable(runs) : trialTable(runs[0]!)}
    </details>
  </section>`;
}

/** Settings and versions. */
export function settingsSection(runs: readonly LoadedRun[]): Html {
  const { config } = runs[0]!;
  const pair = (name: string, value: string): Html =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  const settings = Object.entries(config.settings).map(([key, value]) =>
    pair(key, runs.length > 1 && key === 'seed' ? runs.map((run) => run.config.seed).join(', ') : showSetting(value)),
  );
  const { name, version, threadCount } = config.engine;
  return html`<section class="card wide">
    <details open>
      <summary><h2>Settings</h2></summary>
      <dl class="pairs">${settings}</dl>
      <h3>Ran on</h3>
      <dl class="pairs">
        ${pair('engine', `${name} ${version}`)}${pair('threads', String(threadCount))}${Object.entries(config.versions).map(([key, value]) => pair(key, value))}${pair('started', config.startedAt)}
      </dl>
    </details>
  </section>`;
}
