/**
 * The script of the report's page: the compiled modules of `page/` one after another in one function, with the chart
 * library before them. No bundler is needed, since a module here imports nothing but others of its folder and no two
 * of them use the same name.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnsupportedError } from '@mbrl/core';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
// This file lies in src/report or in dist/report; compiled modules and the style sheet each have one place.
const root = dirname(dirname(here));
const compiled = join(root, 'dist', 'report', 'page');

/** Each module after those that it needs. */
const modules = [
  'page-theme',
  'page-elements',
  'scene-moment',
  'scene-canvas',
  'episode-player',
  'track-picture',
  'trial-player',
  'line-chart',
  'learning-section',
  'prediction-section',
  'cost-section',
  'page-main',
];

function readModule(name: string): string {
  const path = join(compiled, `${name}.js`);
  if (!existsSync(path)) throw new UnsupportedError(`report: the page's script is not built; run npx tsc -b in ${root}`);
  return readFileSync(path, 'utf8')
    .replace(/^import\b[^;]*;\n/gm, '')
    .replace(/^export \{\};\n?/gm, '')
    .replace(/^export /gm, '');
}

/** A script or style sheet that nothing in it ends before its element does. */
export function inElement(text: string): string {
  return text.replace(/<\/(script|style)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');
}

/** Finds a file of the chart library. */
const chartFile = (name: string): string => readFileSync(join(dirname(require.resolve('uplot')), name), 'utf8').trim();

/** The chart library and the page's own script. */
export function pageScript(): string {
  return inElement(`${chartFile('uPlot.iife.min.js')}\n(() => {\n'use strict';\n${modules.map(readModule).join('\n')}})();\n`);
}

/** The style sheet that all pages share. */
export function pageSheet(): string {
  return inElement(readFileSync(join(root, 'src', 'report', 'page', 'page.css'), 'utf8'));
}

/** The style sheet of the chart library and the page's own. */
export function pageStyle(): string {
  return `${inElement(chartFile('uPlot.min.css'))}\n${pageSheet()}`;
}
