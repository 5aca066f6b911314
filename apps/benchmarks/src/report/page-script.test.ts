import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
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
