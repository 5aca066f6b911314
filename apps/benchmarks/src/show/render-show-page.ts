/** The page of an episode: one HTML file with everything in it, which asks nothing of a network. */
import type { Space } from '@mbrl/core';
import { describeSpace } from '../cli/describe-space.js';
import { type Html, html } from '../report/html.js';
import { card } from '../report/sections.js';
import { encodeScenes } from '../run/encode-scenes.js';
import { formatNumber } from '../view/format-figures.js';
import { encodeSolidScenes } from './encode-solid-scenes.js';
import type { NumberColumn, ShowData } from './page/show-data.js';
import { pageDocument } from '../report/page-document.js';
import { showScript, showStyle } from './show-script.js';
import { endingOf, labelsOf, returnOf, type ShownEpisode } from './shown-episode.js';

/** A step is shown for this many seconds at most, or a task whose steps last long would be slow to watch. */
const LONGEST_STEP_SECONDS = 0.25;
/** Numbers beside the picture at most: components of a vector, and all over time. */
const MOST_COMPONENTS = 48;
const MOST_NUMBERS = 60_000;

const rounded = (value: number): number => Number(value.toPrecision(7));

/** Vectors over time by component; nothing where it would be more than somebody reads. */
function numberColumns(vectors: readonly Float32Array[], space: Space, word: string): NumberColumn[] {
  if (space.size > MOST_COMPONENTS || space.size * vectors.length > MOST_NUMBERS) return [];
  if (space.kind === 'discrete') {
    return [{ label: word, values: vectors.map((vector) => vector[0]!), names: space.labels ?? null, whole: true }];
  }
  return labelsOf(space, word).map((label, index) => {
    const values = vectors.map((vector) => rounded(vector[index]!));
    return { label, values, names: null, whole: false };
  });
}

/** What the page's script is given. */
export function showData(episode: ShownEpisode): ShowData {
  const { frames, timeStep, name, rewards, observations, actions, observationSpace, actionSpace } = episode;
  return {
    name,
    timeStep,
    secondsPerStep: Math.min(timeStep, LONGEST_STEP_SECONDS),
    rewards: rewards.map(rounded),
    flat: frames.kind === 'flat' ? encodeScenes(frames.scenes) : null,
    solid: frames.kind === 'solid' ? encodeSolidScenes(frames.scenes) : null,
    observations: numberColumns(observations, observationSpace, 'observation'),
    actions: numberColumns(actions, actionSpace, 'action'),
  };
}

function header(episode: ShownEpisode): Html {
  const { name, policy, seed, settings, rewards, timeStep, reward, source } = episode;
  const figures = [
    { name: 'Return', value: formatNumber(returnOf(episode)), note: 'sum of the rewards' },
    {
      name: 'Steps',
      value: String(rewards.length),
      note: `${formatNumber(rewards.length * timeStep)} s at ${Number(timeStep.toPrecision(3))} s a step`,
    },
    { name: 'Acts', value: policy, note: `seed ${seed}` },
  ];
  return html`<header>
    <p class="eyebrow"><span class="brand">mbrl</span> ${source}${settings.length > 0 && ` · ${settings.join(' ')}`}</p>
    <h1>${name}</h1>
    <p class="lead">The episode ${endingOf(episode)}. Reward: ${reward}.</p>
    <dl class="figures">
      ${figures.map(
        ({ name, value, note }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}<small>${note}</small></dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

/** Renders the page of an episode as the text of an HTML file. */
export function renderShowPage(episode: ShownEpisode): string {
  const data = showData(episode);
  const { observations, actions } = data;
  const wide = Math.max(observations.length, actions.length) > 8 || observations.length === 0 || actions.length === 0;
  const body = html`<main>
    ${header(episode)}
    <div class="grid">
      <section class="card wide" aria-label="Player">
        <div id="player"></div>
        ${data.solid !== null && html`<p class="note" id="view-hint"></p>`}
      </section>
      ${observations.length > 0 && card('observation', 'Observation', describeSpace(episode.observationSpace), wide)}
      ${actions.length > 0 && card('action', 'Action', describeSpace(episode.actionSpace), wide)}
    </div>
    <footer>
      <p>Written by <code>mbrl show</code>. Everything on this page is inside this file.</p>
    </footer>
  </main>`;
  return pageDocument({ title: episode.name, style: showStyle(), body, data, script: showScript(data.solid ? 'solid' : 'flat') });
}
