import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoChromium, findChromium } from '../../../tooling/browser/run-in-chromium.js';
import { resolveSettings } from '../src/presets/resolve-settings.js';
import type { Preset } from '../src/presets/preset.js';
import { writeReport } from '../src/report/write-report.js';
import { runPreset } from '../src/run/run-preset.js';
import { temporaryFolder } from './temporary-folder.js';
import { toyPreset } from './toy-preset.js';

const root = temporaryFolder();
const nasty = '</script><img src=x onerror=alert(1)>';

async function run(preset: Preset, folder: string, set: string[] = []): Promise<string> {
  await runPreset({
    preset,
    settings: resolveSettings(preset, set),
    folder,
    resume: false,
    watch: () => {},
    signal: new AbortController().signal,
    warn: () => {},
  });
  return folder;
}

const one = join(root, 'one.html');
const many = join(root, 'many.html');
const early = join(root, 'early.html');

beforeAll(async () => {
  const hostile = toyPreset({
    name: `toy-${nasty}`,
    description: `"quoted" & <b>bold</b> ${nasty}`,
    labels: [nasty, '<i>sin</i>', "'cos'", '"v"', '&amp;'],
    settings: { trials: 2, stepsPerTrial: 60, initialSteps: 90 },
  });
  await writeReport([await run(hostile, join(root, 'hostile'))], one);
  const toy = toyPreset({ settings: { trials: 3, stepsPerTrial: 50, initialSteps: 50 } });
  const folders: string[] = [];
  for (const seed of [0, 1, 2]) folders.push(await run(toy, join(root, `seed${seed}`), [`seed=${seed}`]));
  await writeReport(folders, many);
  // Stopped before any trial has ended.
  const abort = new AbortController();
  await runPreset({
    preset: toy,
    settings: resolveSettings(toy, []),
    folder: join(root, 'early'),
    resume: false,
    watch: ({ type }) => type === 'step' && abort.abort(),
    signal: abort.signal,
    warn: () => {},
  });
  await writeReport([join(root, 'early')], early);
  await run(toyPreset({ name: 'other' }), join(root, 'other'), ['trials=0', 'initialSteps=20']);
  await run(toy, join(root, 'longer'), ['trials=1', 'seed=9']);
});

test('a report is one file without references to others, and what it shows is escaped', () => {
  // Whole pages do not belong into the message of a failure, so only what is found is compared.
  const text = readFileSync(one, 'utf8');
  const references = [...text.matchAll(/<(?:link|script|img|iframe|source)\b[^>]*\s(?:src|href)\s*=\s*"?([^"\s>]*)/gi)].map(
    (match) => match[1],
  );
  expect(references).toEqual(['data:,']);
  expect(text.includes('<img src=x')).toBe(false);
  expect(text.match(/<\/script>/g)).toHaveLength(2);
  expect(text.includes('toy-&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;')).toBe(true);
});

test('runs of different presets or settings do not share a report', async () => {
  await expect(writeReport([join(root, 'seed0'), join(root, 'other')], many)).rejects.toThrow(/one preset, got toy .* and other/);
  await expect(writeReport([join(root, 'seed0'), join(root, 'longer')], many)).rejects.toThrow(/differ in trials: 3 there, 1 here/);
});

const missing = whyNoChromium();
describe.skipIf(missing !== null)(`in a browser${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(() => browser?.close());

  async function open(
    file: string,
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href && !request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-ready]');
    return { page, complaints, requests };
  }

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('opens at %i px, %s: no complaint, no request, nothing wider than the screen', async (width, scheme) => {
    for (const file of [one, many, early]) {
      const { page, complaints, requests } = await open(file, width, scheme);
      await page.waitForSelector('#learning canvas');
      if (file !== early) await page.waitForSelector('#predictions canvas');
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await page.locator('img').count()).toBe(0);
      await page.context().close();
    }
  });

  test('the animation plays, pauses, scrubs, and shows the trial that is chosen', async () => {
    const { page } = await open(one, 1280, 'light');
    const readout = page.locator('.readout');
    const first = await readout.textContent();
    // Not waitForFunction: it evaluates text in the page, which the page's policy rightly forbids.
    await expect.poll(() => readout.textContent(), { timeout: 10_000 }).not.toBe(first);
    await page.getByRole('button', { name: 'Pause' }).click();
    const scrub = page.getByRole('slider', { name: 'step of the trial' });
    await scrub.fill('30');
    expect(await readout.textContent()).toMatch(/1\.2 s · step 30 of 60 · reward/);
    const picture = (): Promise<unknown> => page.evaluate("document.querySelector('canvas.scene').toDataURL()");
    const at30 = await picture();
    await scrub.fill('45');
    expect(await picture()).not.toBe(at30);
    // Trial 0 has two episodes, of 60 and 30 steps, and so two first frames.
    await page
      .locator('#player')
      .getByRole('radio', { name: /random/ })
      .click();
    expect(await scrub.getAttribute('max')).toBe('91');
    await page.getByRole('button', { name: 'Pause' }).click();
    await scrub.fill('91');
    expect(await readout.textContent()).toMatch(/step 90 of 90/);
    await page.context().close();
  });

  test('a reader who wants no motion gets none until it is asked for', async () => {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(pathToFileURL(one).href);
    await page.waitForSelector('html[data-ready]');
    expect(await page.getByRole('button', { name: 'Play' }).count()).toBe(1);
    await context.close();
  });
});
