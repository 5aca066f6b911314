/** The page of an episode of flat scenes, or of one that nobody can see. */
import { trackPicture } from '../../report/page/track-picture.js';
import { fillShowPage, pageIsReady, readShowData } from './show-page.js';

const data = readShowData();
fillShowPage(data, (canvas) => data.flat && trackPicture(canvas, data.flat));
pageIsReady();
