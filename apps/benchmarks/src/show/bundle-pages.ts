/**
 * Bundles the scripts of the pages that `mbrl show`, `mbrl plan` and `mbrl control` write, once, as a part of the build: from their sources, with
 * what they need of three and of the environments' software pictures.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// This file runs as dist/show/bundle-pages.js.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

await build({
  entryPoints: [
    'show/page/flat-page',
    'show/page/solid-page',
    'plan/page/plan-flat-page',
    'plan/page/plan-solid-page',
    'control/page/control-flat-page',
    'control/page/control-solid-page',
  ].map((name) => join(root, 'src', `${name}.ts`)),
  entryNames: '[name]',
  outdir: join(root, 'dist', 'show', 'bundle'),
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  // None of these is reached by what a page imports; if one ever is, the page's test complains.
  external: ['module', '@mujoco/mujoco', '@tensorflow/*', 'onnxruntime-*'],
  conditions: ['@mbrl/source', 'browser', 'import', 'module', 'default'],
  legalComments: 'inline',
  // The workers of vector environments use import.meta, and none of them is reached either.
  logOverride: { 'empty-import-meta': 'silent' },
  logLevel: 'warning',
});
