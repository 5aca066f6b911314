/** What both pages of a control problem do: the player, the choice of what it plays, and how it was found. */
import { createPlot, type Plot, rangeOf } from '../../plan/page/plot-frame.js';
import { createEpisodePlayer, type EpisodePicture } from '../../report/page/episode-player.js';
import { byId, choiceRow, element, showNumber } from '../../report/page/page-elements.js';
import type { ControlData, LimitedColumn, ShownTrajectory } from './control-data.js';
import { inDecades, spansDecades } from './logarithmic.js';

/** Below this a number is as good as zero on the page. */
const smallest = 1e-14;

/** Reads the data that the page carries. */
export const readControlData = (): ControlData => JSON.parse(byId('page-data').textContent ?? '') as ControlData;

const multiples = (plots: readonly Plot[]): HTMLElement =>
  element(
    'div',
    { class: 'multiples' },
    plots.map(({ root }) => root),
  );

const numbered = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Small plots of numbers over time: what is shown over the solution, within its limits. */
function timePlots(
  place: HTMLElement,
  data: ControlData,
  columns: readonly LimitedColumn[],
  of: (shown: ShownTrajectory) => readonly (readonly number[])[],
): (shown: ShownTrajectory, seconds: number) => void {
  const solution = data.shown[data.solution]!;
  const plots = columns.map(({ label }) => createPlot(label, `${label} over time: what is shown, the solution, and the limits`, 130));
  place.append(multiples(plots));
  const end = data.horizon * data.timeStep;
  return (shown, seconds) =>
    plots.forEach((plot, i) => {
      const { low, high } = columns[i]!;
      const [y, planned] = [of(shown)[i]!, of(solution)[i]!];
      const x = numbered(0, y.length).map((step) => step * data.timeStep);
      const limits = [low, high].filter((limit) => limit !== null);
      plot.draw({
        xRange: [0, end],
        yRange: rangeOf([...planned, ...y, ...limits]),
        xLabel: 's',
        mark: seconds,
        lines: [
          ...limits.map((limit) => ({ x: [0, end], y: [limit, limit], colour: 'accent', width: 1.2, alpha: 0.7 })),
          ...(shown === solution ? [] : [{ x, y: planned, colour: 'muted', width: 1.2, alpha: 0.8 }]),
          { x, y, colour: 'blue', width: 2 },
        ],
      });
    });
}

/** Plots of the search by iteration; the one that is shown is marked. */
function searchSection(data: ControlData): (iteration: number | null) => void {
  const { search, start, end, constrained } = data;
  const last = search.iteration.length;
  const withStart = [0, ...search.iteration];
  const after = [...withStart, last + 1];
  const accepted = search.stepLength.map((length) => (length > 0 ? length : null));
  const described: readonly { readonly title: string; readonly x: readonly number[]; readonly y: readonly (number | null)[] }[] = [
    { title: 'cost', x: after, y: [start.cost, ...search.cost, end.cost] },
    ...(constrained
      ? [{ title: 'largest violation of a constraint', x: after, y: [start.violation, ...search.violation, end.violation] }]
      : []),
    { title: 'gradient, largest component', x: [...search.iteration, last + 1], y: [...search.gradient, end.gradient] },
    { title: 'step length α', x: search.iteration, y: accepted },
    ...(search.regularization.some((weight) => weight > 0)
      ? [{ title: 'regularisation', x: search.iteration, y: search.regularization }]
      : []),
    ...(constrained ? [{ title: 'penalty of the constraints', x: search.iteration, y: search.penalty }] : []),
  ];
  const plots = described.map(({ title }) => createPlot(title, `${title} by iteration`, 160));
  byId('search').append(multiples(plots));
  return (iteration) =>
    described.forEach(({ title, x, y }, i) => {
      const line = { x, y, colour: title === 'cost' ? 'accent' : 'blue', width: 1.6, dots: x.length < 90 };
      const values = y.filter((value) => value !== null);
      const isLinear = (title === 'cost' && !spansDecades(values)) || (title === 'step length α' && !values.some((value) => value < 0.02));
      plots[i]!.draw({
        xRange: [0, last + 1],
        xLabel: 'iterations',
        ...(iteration === null ? {} : { mark: iteration }),
        ...(isLinear ? { yRange: rangeOf(values), lines: [line] } : inDecades([line], smallest)),
      });
    });
}

/** How far pushed rollouts are from the path. */
function feedbackSection(data: ControlData): (seconds: number) => void {
  const plot = createPlot('distance from the planned path, m', 'distance from the planned path over time, with feedback and without', 260);
  const key = element('p', { class: 'line-key' }, [
    element('span', { class: 'blue' }, ['with feedback']),
    element('span', { class: 'accent' }, ['the planned actions alone']),
  ]);
  byId('feedback').append(key, plot.root);
  const x = numbered(0, data.horizon + 1).map((step) => step * data.timeStep);
  const lines = [
    ...data.away.without.map((y) => ({ x, y, colour: 'accent', width: 1.2, alpha: 0.5 })),
    ...data.away.withFeedback.map((y) => ({ x, y, colour: 'blue', width: 1.2, alpha: 0.6 })),
  ];
  return (seconds) => plot.draw({ xRange: [0, x.at(-1)!], xLabel: 's', mark: seconds, ...inDecades(lines, 1e-5) });
}

/**
 * Fills the page.
 * @param makePicture gives the picture of a canvas, which follows `current`; it may ask for another drawing of the present moment
 */
export function fillControlPage(
  data: ControlData,
  makePicture: (canvas: HTMLCanvasElement, current: () => ShownTrajectory, redraw: () => void) => EpisodePicture,
): void {
  let shown = data.shown[data.solution]!;
  let frame = 0;
  const secondsPerFrame = data.timeStep * data.frameStride;
  const costs = [...shown.costs];
  const canvas = element('canvas', { class: 'scene', role: 'img' });
  const words = element('p', { class: 'note shown-words', 'aria-live': 'polite' });
  const showSearch = searchSection(data);
  const showActions = timePlots(byId('actions'), data, data.actions, ({ actions }) => actions);
  const showQuantities = timePlots(byId('quantities'), data, data.quantities, ({ quantities }) => quantities);
  const showFeedback = data.away.without.length > 0 ? feedbackSection(data) : undefined;
  const showMoment = (): void => {
    const seconds = frame * secondsPerFrame;
    showActions(shown, seconds);
    showQuantities(shown, seconds);
    showFeedback?.(seconds);
  };
  const player = createEpisodePlayer({
    canvas,
    timeStep: secondsPerFrame,
    secondsPerStep: secondsPerFrame * data.slowdown,
    word: 'trajectory',
    readout: (at) => {
      const cost = at > 0 ? ` · cost of the step ${showNumber(shown.costs[at - 1]!)}` : '';
      const push = shown.pushStep !== null && at * data.frameStride > shown.pushStep ? ' · pushed' : '';
      const slow = data.slowdown > 1 ? `, ${data.slowdown} times slower` : '';
      return `${(at * secondsPerFrame).toFixed(2)} s${slow} · step ${Math.min(at * data.frameStride, data.horizon)} of ${data.horizon}${cost}${push}`;
    },
    onStep: (at) => {
      frame = at;
      showMoment();
    },
  });
  const choices = choiceRow(
    'trajectory',
    data.shown.map(({ label }) => ({ text: label })),
    data.solution,
    (index) => {
      shown = data.shown[index]!;
      // The player reads this list at each drawing: the strip under the picture follows.
      costs.splice(0, costs.length, ...shown.costs);
      words.textContent = shown.words;
      showSearch(shown.iteration);
      player.redraw();
      showMoment();
    },
  );
  byId('player').append(
    element('div', { class: 'chooser' }, [element('span', { class: 'note' }, ['Iteration']), choices]),
    player.root,
    words,
  );
  words.textContent = shown.words;
  showSearch(shown.iteration);
  const picture = makePicture(
    canvas,
    () => shown,
    () => player.redraw(),
  );
  player.show({ rewards: costs, episodeStarts: [0], label: `Animation of ${data.name}: a trajectory of ${data.horizon} steps`, picture });
}
