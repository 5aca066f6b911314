/** The page of an episode of solids. */
import { byId, element } from '../../report/page/page-elements.js';
import { fillShowPage, pageIsReady, readShowData } from './show-page.js';
import { createSoftwareStage } from './software-stage.js';
import { createSolidStage, offersWebGl, type SolidStage } from './solid-stage.js';

const data = readShowData();
const hint = byId('view-hint');
let stage: SolidStage | undefined;
fillShowPage(data, (canvas, redraw) => {
  if (!data.solid) return null;
  if (!offersWebGl()) {
    hint.textContent = 'Drawn without WebGL, which this browser does not offer: coarser, and from one side.';
    return createSoftwareStage(canvas, data.solid);
  }
  canvas.classList.add('turnable');
  stage = createSolidStage(canvas, data.solid, redraw);
  return stage;
});
if (stage) {
  const reset = element('button', { type: 'button', class: 'reset-view' }, ['Reset view']);
  reset.addEventListener('click', () => stage!.resetView());
  hint.append('Drag to look from elsewhere, scroll or pinch to come closer. ', reset);
}
pageIsReady();
