/** The script and the style sheet of the page of an episode. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnsupportedError } from '@mbrl/core';
import { inElement, pageSheet } from '../report/page-script.js';

// This file lies in src/show or in dist/show; bundles and the style sheet each have one place.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The pages that have a script. */
export type PageName = 'flat' | 'solid' | 'plan-flat' | 'plan-solid' | 'control-flat' | 'control-solid';

/** The script of a page of flat scenes or of solids. @throws UnsupportedError when it is not built. */
export function showScript(page: PageName): string {
  const path = join(root, 'dist', 'show', 'bundle', `${page}-page.js`);
  if (!existsSync(path)) throw new UnsupportedError(`show: the page's script is not built; run npm run build in ${root}`);
  return inElement(readFileSync(path, 'utf8'));
}

const sheet = (...path: readonly string[]): string => inElement(readFileSync(join(root, 'src', ...path), 'utf8'));

/** The style sheet of the page. */
export function showStyle(): string {
  return `${pageSheet()}\n${sheet('show', 'page', 'show.css')}`;
}

/** The style sheet of the page of a planned episode. */
export function planStyle(): string {
  return `${showStyle()}\n${sheet('plan', 'page', 'plan.css')}`;
}

/** The style sheet of the page of a control problem. */
export function controlStyle(): string {
  return `${planStyle()}\n${sheet('control', 'page', 'control.css')}`;
}
