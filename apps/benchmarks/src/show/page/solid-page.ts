/** The page of an episode of solids. */
import { fillShowPage, pageIsReady, readShowData } from './show-page.js';
import { solidPicture } from './solid-picture.js';

const data = readShowData();
const picture = solidPicture(data.solid);
fillShowPage(data, picture.make);
picture.offerControls();
pageIsReady();
