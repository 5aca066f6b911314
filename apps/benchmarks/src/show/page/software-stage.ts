/** Draws solids on a canvas without WebGL: the pictures of the software rasteriser, from where the environment looks. */
import { renderSolidScene, type Rgb, type ScenePalette } from '@mbrl/envs';
import type { EpisodePicture } from '../../report/page/episode-player.js';
import { themeColour } from '../../report/page/page-theme.js';
import { sceneAt } from './solid-moment.js';
import { solidAspect } from './solid-aspect.js';
import type { SolidTrack } from './solid-track.js';

/** Columns of a picture at most: more would not play smoothly. */
const MOST_COLUMNS = 560;

const colourOf = (name: string): Rgb => {
  const value = Number.parseInt(themeColour(name).slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
};

const themePalette = (): ScenePalette => ({
  background: colourOf('scene-back'),
  body: colourOf('scene-body'),
  accent: colourOf('scene-accent'),
  joint: colourOf('scene-joint'),
  ground: colourOf('scene-ground'),
  target: colourOf('scene-target'),
  faint: colourOf('scene-faint'),
});

/** Makes a picture on a canvas. */
export function createSoftwareStage(canvas: HTMLCanvasElement, track: SolidTrack): EpisodePicture {
  return {
    frameCount: track.count,
    aspect: solidAspect(),
    draw(moment) {
      const width = Math.max(1, Math.min(MOST_COLUMNS, Math.round(canvas.clientWidth * devicePixelRatio)));
      const height = Math.max(1, Math.round((width * canvas.clientHeight) / Math.max(1, canvas.clientWidth)));
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d')!;
      const image = context.createImageData(width, height);
      const bytes = renderSolidScene(sceneAt(track, moment), { width, height, palette: themePalette(), samplesPerSide: 1 });
      for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
        image.data[to] = bytes[from]!;
        image.data[to + 1] = bytes[from + 1]!;
        image.data[to + 2] = bytes[from + 2]!;
        image.data[to + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    },
  };
}
