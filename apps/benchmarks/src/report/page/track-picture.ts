/** Plays a track of flat scenes on a canvas. */
import { type EpisodePicture, fitCanvas } from './episode-player.js';
import { aspectOf, drawMoment } from './scene-canvas.js';
import { frameCount } from './scene-moment.js';
import type { SceneTrack } from './scene-track.js';

/** Draws the frames of a track on a canvas that it fits to the screen. */
export function trackPicture(canvas: HTMLCanvasElement, track: SceneTrack): EpisodePicture {
  return {
    frameCount: frameCount(track),
    aspect: aspectOf(track),
    draw(moment) {
      fitCanvas(canvas);
      drawMoment(canvas, track, moment);
    },
  };
}
