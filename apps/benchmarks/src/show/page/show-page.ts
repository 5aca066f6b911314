/** What both pages of an episode do: read its data, and show its numbers beside the picture. */
import { createEpisodePlayer, type EpisodePicture, type EpisodePlayer } from '../../report/page/episode-player.js';
import { byId, element, showNumber } from '../../report/page/page-elements.js';
import type { NumberColumn, ShowData } from './show-data.js';

/** Reads the data that the page carries. */
export function readShowData(): ShowData {
  return JSON.parse(byId('page-data').textContent ?? '') as ShowData;
}

/** A list of names with the values of a moment, which `show` changes. */
function numberList(columns: readonly NumberColumn[]): { readonly list: HTMLElement; show(at: number): void } {
  const values = columns.map(() => element('dd'));
  const rows = columns.map(({ label }, index) => element('div', {}, [element('dt', {}, [label]), values[index]!]));
  return {
    list: element('dl', { class: 'pairs' }, rows),
    show: (at) =>
      columns.forEach((column, index) => {
        const value = column.values[at];
        const shown = value === undefined ? '–' : (column.names?.[value] ?? (column.whole ? String(value) : showNumber(value)));
        values[index]!.textContent = shown;
      }),
  };
}

/**
 * Fills the page: a player with a picture, and the numbers of the step that is shown.
 * @param makePicture gives the picture of a canvas; it may ask for another drawing of the present moment
 * @param onStep called when another step is shown, with the number of steps taken
 */
export function fillShowPage(
  data: ShowData,
  makePicture: (canvas: HTMLCanvasElement, redraw: () => void) => EpisodePicture | null,
  onStep?: (step: number) => void,
): EpisodePlayer {
  const observation = numberList(data.observations);
  const action = numberList(data.actions);
  const canvas = element('canvas', { class: 'scene', role: 'img' });
  const player = createEpisodePlayer({
    canvas,
    timeStep: data.timeStep,
    secondsPerStep: data.secondsPerStep,
    word: 'episode',
    onStep: (step) => {
      observation.show(step);
      action.show(step - 1);
      onStep?.(step);
    },
  });
  byId('player').append(player.root);
  document.getElementById('observation')?.append(observation.list);
  document.getElementById('action')?.append(action.list);
  const { rewards } = data;
  const sum = rewards.reduce((total, reward) => total + reward, 0);
  const label = `Animation of ${data.name}, ${rewards.length} steps, return ${showNumber(sum)}`;
  player.show({ rewards, episodeStarts: [0], label, picture: makePicture(canvas, () => player.redraw()) });
  return player;
}

/** Says that the page stands. */
export function pageIsReady(): void {
  document.documentElement.dataset['ready'] = 'true';
}
