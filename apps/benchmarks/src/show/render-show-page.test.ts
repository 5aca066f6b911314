import { boxSpace, discreteSpace } from '@mbrl/core';
import { expect, test } from 'vitest';
import { renderShowPage, showData } from './render-show-page.js';
import type { ShownEpisode } from './shown-episode.js';

const episode: ShownEpisode = {
  name: 'Toy-v0',
  observationSpace: boxSpace({ low: [-1, 0], high: [1, Infinity], labels: ['angle', 'speed'] }),
  actionSpace: discreteSpace(2, ['left', 'right']),
  timeStep: 0.05,
  seed: 4,
  settings: ['length=2'],
  policy: 'random actions',
  reward: '1 a step',
  source: 'a book',
  frames: { kind: 'none' },
  observations: [Float32Array.of(0.25, 1), Float32Array.of(0.5, 2), Float32Array.of(0.75, 3)],
  actions: [Float32Array.of(1), Float32Array.of(0)],
  rewards: [1, -3],
  ending: 'truncated',
};

test('the data has numbers by component, and names of discrete actions', () => {
  expect(showData(episode)).toEqual({
    name: 'Toy-v0',
    timeStep: 0.05,
    secondsPerStep: 0.05,
    rewards: [1, -3],
    flat: null,
    solid: null,
    observations: [
      { label: 'angle', values: [0.25, 0.5, 0.75], names: null, whole: false },
      { label: 'speed', values: [1, 2, 3], names: null, whole: false },
    ],
    actions: [{ label: 'action', values: [1, 0], names: ['left', 'right'], whole: true }],
  });
});

test('components without labels are counted, and steps that last long are shown quicker', () => {
  const actionSpace = boxSpace({ low: [-1, -1], high: [1, 1] });
  const actions = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  const data = showData({ ...episode, actionSpace, actions, timeStep: 1 });
  expect(data.actions.map(({ label }) => label)).toEqual(['action 1', 'action 2']);
  expect([data.timeStep, data.secondsPerStep]).toEqual([1, 0.25]);
});

test('more numbers than somebody reads are left out', () => {
  const wide = new Float64Array(49);
  const observationSpace = boxSpace({ low: wide, high: wide.map(() => 1) });
  const observations = episode.observations.map(() => new Float32Array(49));
  expect(showData({ ...episode, observationSpace, observations }).observations).toEqual([]);
  expect(renderShowPage({ ...episode, observationSpace, observations })).not.toContain('id="observation"');
});

test('the page tells what was played', () => {
  const page = renderShowPage(episode);
  for (const text of [
    '<h1>Toy-v0</h1>',
    'a book · length=2',
    'ran to its time limit of 2 steps',
    'Reward: 1 a step.',
    '−2.00',
    '0.10 s at 0.05 s a step',
    'seed 4',
    '2 numbers within [−1, ∞]',
    '2 choices: left, right',
  ])
    expect(page.includes(text), text).toBe(true);
});

test('nothing of what it is told becomes a part of the page', () => {
  const nasty = '</script><script>alert(1)</script><img src=x onerror=alert(1)>';
  const page = renderShowPage({
    ...episode,
    name: nasty,
    settings: [nasty],
    policy: nasty,
    reward: nasty,
    source: nasty,
    observationSpace: boxSpace({ low: [0, 0], high: [1, 1], labels: [nasty, '"'] }),
    actionSpace: discreteSpace(2, [nasty, '&']),
  });
  expect(page.includes('<img')).toBe(false);
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
});
