import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { darkPalette, lightPalette, type ScenePalette } from '@mbrl/envs';
import { expect, test } from 'vitest';
import { pageScript, pageStyle } from './page-script.js';

test('the joined modules of the page are one valid script, with every module in it', () => {
  const script = pageScript();
  expect(() => new Script(script)).not.toThrow();
  expect(script.includes('\nimport ')).toBe(false);
  expect(script.includes('\nexport ')).toBe(false);
  const typesOnly = ['model-evaluation.ts', 'report-data.ts', 'scene-track.ts'];
  const modules = readdirSync(join(import.meta.dirname, 'page')).filter((name) => name.endsWith('.ts') && !typesOnly.includes(name));
  // Each module's header is gone with the comments, so its first function stands for it.
  expect(modules).toHaveLength(12);
  for (const name of [
    'themeColour',
    'choiceRow',
    'locateMoment',
    'drawMoment',
    'createEpisodePlayer',
    'trackPicture',
    'createTrialPlayer',
    'createLineChart',
    'learningSection',
    'predictionCharts',
    'lossChart',
    'fillPlayer',
  ]) {
    expect(script.includes(`function ${name}(`), name).toBe(true);
  }
});

test('neither script nor style can end its element', () => {
  expect(/<\/script/i.test(pageScript())).toBe(false);
  expect(/<\/style/i.test(pageStyle())).toBe(false);
});

test('the page and the software pictures have the same colours', () => {
  const [light = '', dark = ''] = pageStyle().split('prefers-color-scheme: dark').slice(-2);
  const coloursOf = (sheet: string): { readonly [part: string]: string } =>
    Object.fromEntries(
      [...sheet.matchAll(/--scene-(\w+): (#[0-9a-f]{6});/g)].map((match) => [match[1] === 'back' ? 'background' : match[1]!, match[2]!]),
    );
  const written = (palette: ScenePalette): { readonly [part: string]: string } =>
    Object.fromEntries(
      Object.entries(palette).map(([part, colour]) => [part, `#${colour.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`]),
    );
  expect(coloursOf(light)).toEqual(written(lightPalette));
  expect(coloursOf(dark)).toEqual(written(darkPalette));
});
