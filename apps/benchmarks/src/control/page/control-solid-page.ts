/** The page of a control problem in space. */
import { pageIsReady } from '../../show/page/show-page.js';
import { solidPicture } from '../../show/page/solid-picture.js';
import type { SolidTrack } from '../../show/page/solid-track.js';
import { fillControlPage, readControlData } from './control-page.js';

const data = readControlData();
let shown = (): SolidTrack => data.shown[data.solution]!.solid!;
// One stage for all trajectories: their shapes are the same, and the poses are read anew at each drawing.
const live: SolidTrack = {
  get count() {
    return shown().count;
  },
  get shapes() {
    return shown().shapes;
  },
  get camera() {
    return shown().camera;
  },
};
const picture = solidPicture(live);
fillControlPage(data, (canvas, current, redraw) => {
  shown = () => current().solid!;
  return picture.make(canvas, redraw)!;
});
picture.offerControls();
pageIsReady();
