import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode } from 'fast-png';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, whyNoChromium } from '../../../tooling/browser/run-in-chromium.js';
import { runHere } from './run-here.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();
const flat = join(root, 'flat.html');
const solid = join(root, 'solid.html');

const missing = whyNoChromium();
describe.skipIf(missing !== null)(`the page of an episode, in a browser${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  /** Without WebGL, and with one that computes on the processor. */
  let plain: Browser;
  let webgl: Browser;

  beforeAll(async () => {
    expect((await runHere(['show', 'Pendulum-v1', '--steps', '60', '--seed', '1', '--out', flat])).code).toBe(0);
    expect((await runHere(['show', 'HalfCheetah-v5', '--steps', '40', '--seed', '1', '--out', solid])).code).toBe(0);
    const executablePath = findChromium()!;
    plain = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis'] });
    webgl = await chromium.launch({ executablePath, args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
  }, 120_000);
  afterAll(() => Promise.all([plain?.close(), webgl?.close()]));

  async function open(browser: Browser, file: string, options: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport: { width: 560, height: 760 }, offline: true, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    // A driver that is software says that reading pixels back is slow.
    page.on('console', (message) => message.text().includes('GL Driver Message') || complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href && !request.url().startsWith('data:')) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-ready]');
    return { page, complaints };
  }

  /** The picture on the screen. */
  const shot = (page: Page): Promise<Buffer> => page.locator('canvas.scene').screenshot();

  /** How many colours a picture has. */
  function coloursOf(png: Buffer): number {
    const { data, channels } = decode(png);
    const colours = new Set<number>();
    for (let at = 0; at < data.length; at += channels) colours.add(data[at]! * 65_536 + data[at + 1]! * 256 + data[at + 2]!);
    return colours.size;
  }

  const kinds = [
    ['flat shapes', () => plain, flat, 4],
    ['solids without WebGL', () => plain, solid, 200],
    ['solids by WebGL', () => webgl, solid, 200],
  ] as const;

  test.each(kinds)('%s: plays, pauses and scrubs, and nothing complains', { timeout: 90_000 }, async (_, browser, file, least) => {
    const { page, complaints } = await open(browser(), file, {});
    const readout = page.locator('.readout');
    const first = await readout.textContent();
    // Not waitForFunction: it evaluates text in the page, which the page's policy rightly forbids.
    await expect.poll(() => readout.textContent(), { timeout: 30_000 }).not.toBe(first);
    await page.getByRole('button', { name: 'Pause' }).click();
    const scrub = page.getByRole('slider', { name: 'step of the episode' });
    await scrub.fill('3');
    expect(await readout.textContent()).toMatch(/step 3 of \d+ · reward .* · return/);
    const early = await shot(page);
    expect(coloursOf(early)).toBeGreaterThan(least);
    await scrub.fill('30');
    expect(await readout.textContent()).toMatch(/step 30 of \d+/);
    expect(await shot(page)).not.toEqual(early);
    await scrub.fill('3');
    expect(await shot(page)).toEqual(early);
    await page.getByRole('radio', { name: '4×' }).click();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('the numbers beside the picture are those of the step that is shown', { timeout: 90_000 }, async () => {
    const { page } = await open(plain, flat, { reducedMotion: 'reduce' });
    const values = (id: string): Promise<string[]> => page.locator(`#${id} dd`).allTextContents();
    expect(await values('action')).toEqual(['–']);
    const before = await values('observation');
    expect(before).toHaveLength(3);
    await page.getByRole('slider').fill('10');
    expect(await values('observation')).not.toEqual(before);
    expect((await values('action'))[0]).toMatch(/^−?\d/);
    await page.context().close();
  });

  test.each(kinds)(
    '%s: fits a phone, in the dark, and a reader who wants no motion gets none',
    { timeout: 90_000 },
    async (_, browser, file) => {
      const viewport = { width: 390, height: 800 };
      const { page, complaints } = await open(browser(), file, { viewport, colorScheme: 'dark', reducedMotion: 'reduce' });
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await page.getByRole('button', { name: 'Play' }).count()).toBe(1);
      const dark = await shot(page);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await expect.poll(async () => (await shot(page)).equals(dark), { timeout: 30_000 }).toBe(false);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test('solids are looked at from elsewhere, and from where the environment looks again', { timeout: 90_000 }, async () => {
    const { page, complaints } = await open(webgl, solid, { reducedMotion: 'reduce' });
    const first = await shot(page);
    const box = (await page.locator('canvas.scene').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 150, box.y + box.height / 2 - 40, { steps: 4 });
    await page.mouse.up();
    const turned = await shot(page);
    expect(turned).not.toEqual(first);
    await page.mouse.wheel(0, 400);
    await expect.poll(async () => (await shot(page)).equals(turned), { timeout: 30_000 }).toBe(false);
    // The view that the reader chose stays while time goes on.
    await page.getByRole('slider').fill('20');
    await page.getByRole('button', { name: 'Reset view' }).click();
    await page.getByRole('slider').fill('0');
    expect(await shot(page)).toEqual(first);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('without WebGL the page says why it looks coarser', { timeout: 90_000 }, async () => {
    const { page } = await open(plain, solid, { reducedMotion: 'reduce' });
    expect(await page.locator('#view-hint').textContent()).toMatch(/Drawn without WebGL/);
    expect(await page.getByRole('button', { name: 'Reset view' }).count()).toBe(0);
    await page.context().close();
  });
});
