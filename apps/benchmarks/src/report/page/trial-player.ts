/** Plays the trials of a run. */
import { createEpisodePlayer } from './episode-player.js';
import { element, showNumber } from './page-elements.js';
import type { ReportData, ReportTrajectory } from './report-data.js';
import { trackPicture } from './track-picture.js';

/** A player of one trial at a time. */
export interface TrialPlayer {
  readonly root: HTMLElement;
  /** Shows another trial from its start, and plays it when the reader wants motion. */
  show(trajectory: ReportTrajectory): void;
}

/** Makes a player. */
export function createTrialPlayer({ timeStep }: ReportData): TrialPlayer {
  const canvas = element('canvas', { class: 'scene', role: 'img' });
  const player = createEpisodePlayer({ canvas, timeStep, word: 'trial' });
  return {
    root: player.root,
    show({ trial, rewards, episodeStarts, scenes, return: sum }) {
      const label = `Animation of trial ${trial}, return ${showNumber(sum)}`;
      player.show({ rewards, episodeStarts, label, picture: scenes && trackPicture(canvas, scenes) });
    },
  };
}
