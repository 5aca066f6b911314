/** The page of a planned episode of flat scenes, or of one that nobody can see. */
import { trackPicture } from '../../report/page/track-picture.js';
import { pageIsReady } from '../../show/page/show-page.js';
import { fillPlanPage, readPlanData } from './plan-page.js';

const data = readPlanData();
fillPlanPage(data, (canvas) => data.flat && trackPicture(canvas, data.flat));
pageIsReady();
