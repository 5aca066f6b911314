/** The page of a planned episode of solids. */
import { pageIsReady } from '../../show/page/show-page.js';
import { solidPicture } from '../../show/page/solid-picture.js';
import { fillPlanPage, readPlanData } from './plan-page.js';

const data = readPlanData();
const picture = solidPicture(data.solid);
fillPlanPage(data, picture.make);
picture.offerControls();
pageIsReady();
