/** The page of a control problem in the plane. */
import { trackPicture } from '../../report/page/track-picture.js';
import { pageIsReady } from '../../show/page/show-page.js';
import { fillControlPage, readControlData } from './control-page.js';

const data = readControlData();
fillControlPage(data, (canvas, current) => {
  const pictures = new Map(data.shown.map((shown) => [shown, trackPicture(canvas, shown.flat!)]));
  const first = pictures.get(current())!;
  return { ...first, draw: (moment) => pictures.get(current())!.draw(moment) };
});
pageIsReady();
