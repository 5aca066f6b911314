/** The picture of an episode of solids: by WebGL where there is some, else by software; with the controls that go with it. */
import type { EpisodePicture } from '../../report/page/episode-player.js';
import { byId, element } from '../../report/page/page-elements.js';
import { createSoftwareStage } from './software-stage.js';
import { createSolidStage, offersWebGl, type SolidStage } from './solid-stage.js';
import type { SolidTrack } from './solid-track.js';

/** How a page shows solids. */
export interface SolidPicture {
  /** Makes the picture on a canvas; null where there is no track. */
  make(canvas: HTMLCanvasElement, redraw: () => void): EpisodePicture | null;
  /** Says under the picture how to look from elsewhere, once it is made. */
  offerControls(): void;
}

/** Makes it for a track. */
export function solidPicture(track: SolidTrack | null): SolidPicture {
  let stage: SolidStage | undefined;
  return {
    make(canvas, redraw) {
      if (!track) return null;
      if (!offersWebGl()) {
        byId('view-hint').textContent = 'Drawn without WebGL, which this browser does not offer: coarser, and from one side.';
        return createSoftwareStage(canvas, track);
      }
      canvas.classList.add('turnable');
      stage = createSolidStage(canvas, track, redraw);
      return stage;
    },
    offerControls() {
      if (!stage) return;
      const reset = element('button', { type: 'button', class: 'reset-view' }, ['Reset view']);
      reset.addEventListener('click', () => stage!.resetView());
      byId('view-hint').append('Drag to look from elsewhere, scroll or pinch to come closer. ', reset);
    },
  };
}
