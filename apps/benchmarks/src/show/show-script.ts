/** The script and the style sheet of the page of an episode. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnsupportedError } from '@mbrl/core';
import { inElement, pageSheet } from '../report/page-script.js';

// This file lies in src/show or in dist/show; bundles and the style sheet each have one place.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The script of a page of flat scenes or of solids. @throws UnsupportedError when it is not built. */
export function showScript(kind: 'flat' | 'solid'): string {
  const path = join(root, 'dist', 'show', 'bundle', `${kind}-page.js`);
  if (!existsSync(path)) throw new UnsupportedError(`show: the page's script is not built; run npm run build in ${root}`);
  return inElement(readFileSync(path, 'utf8'));
}

/** The style sheet of the page. */
export function showStyle(): string {
  return `${pageSheet()}\n${inElement(readFileSync(join(root, 'src', 'show', 'page', 'show.css'), 'utf8'))}`;
}
