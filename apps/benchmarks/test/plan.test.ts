import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, whyNoChromium } from '../../../tooling/browser/run-in-chromium.js';
import type { PlanData } from '../src/plan/page/plan-data.js';
import { runHere } from './run-here.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();
const quick = ['--steps', '6', '--horizon', '5', '--evaluations', '40'];

/** Runs `mbrl plan` and reads the data of its page. */
async function plan(...args: readonly string[]): Promise<{ data: PlanData; output: string; page: string }> {
  const file = join(root, `${args.join('-').replace(/[^\w]/g, '')}.html`);
  const { code, output, errors } = await runHere(['plan', ...args, ...quick, '--out', file]);
  expect(errors).toBe('');
  expect(code).toBe(0);
  const page = readFileSync(file, 'utf8');
  const json = /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(page)![1]!;
  return { data: JSON.parse(json) as PlanData, output, page };
}

describe('mbrl plan', () => {
  test('through the true dynamics: a plan a step, what it expected comes true, and its search is told', async () => {
    const { data, output, page } = await plan('Pendulum-v1', '--true-model', '--planner', 'cem', '--seed', '3');
    expect(page).toContain('reward [−16.3, 0]');
    expect(page).not.toContain('imagined futures');
    expect(data.actionBounds).toEqual([{ label: 'torque (N m)', low: -2, high: 2, whole: false }]);
    expect(output).toMatch(/Pendulum-v1 stopped after 6 steps.*return −.*median/);
    expect(data.plans.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(data.horizon).toBe(5);
    for (const { best, elite, spread, eliteSpread, elites, evaluations, nonFinite, mean, low, actions } of data.plans) {
      expect([best.length, elite.length, spread.length, eliteSpread!.length, elites.length]).toEqual([3, 3, 3, 3, 3]);
      expect(evaluations).toBe(39);
      expect(nonFinite).toBe(0);
      expect(mean!.map((column) => column.length)).toEqual([5, 5, 5]);
      expect(low).toBeNull();
      expect(actions[0]).toHaveLength(5);
      expect(elites[0]![0]![0]).toHaveLength(5);
    }
    // The first step of a plan is taken, so that its first expectation is the next observation.
    data.plans.forEach(({ step, mean }) =>
      mean!.forEach((column, i) => expect(column[0]).toBeCloseTo(data.observations[i]!.values[step + 1]!, 3)),
    );
    data.plans.forEach(({ actions }, step) => expect(actions[0]![0]).toBeCloseTo(data.actions[0]!.values[step]!, 3));
  });

  test('through a simulator, for discrete actions', async () => {
    const { data } = await plan('CartPole-v1', '--true-model', 'simulator', '--planner', 'cem');
    expect(data.plans).toHaveLength(6);
    expect(data.actionBounds).toEqual([{ label: 'action', low: 0, high: 1, whole: true }]);
    expect(data.plans[2]!.mean![2]![0]).toBeCloseTo(data.observations[2]!.values[3]!, 3);
  });

  test('through a learned model: futures with a spread', async () => {
    const { data, output, page } = await plan('Pendulum-v1', '--planner', 'mppi', '--learn-steps', '80', '--replan-every', '2');
    expect(output).toContain('learning from 80 random steps');
    expect(page).toContain('middle eighty per cent of the imagined futures');
    expect(data.plans.map(({ step }) => step)).toEqual([0, 2, 4]);
    const { low, high, mean, effective } = data.plans[0]!;
    expect(effective!.every((size) => size >= 1 && size <= 20)).toBe(true);
    low!.forEach((column, i) => column.forEach((value, t) => expect(value).toBeLessThanOrEqual(high![i]![t]!)));
    expect(high![2]![4]! - low![2]![4]!).toBeGreaterThan(0);
    expect(mean!.flat().every(Number.isFinite)).toBe(true);
  });

  test('by gradient', async () => {
    const { data } = await plan('Pendulum-v1', '--true-model', 'dynamics', '--planner', 'gradient');
    // One start, whose first thirteen scores come with a gradient.
    expect(data.plans[0]!.best.length).toBe(14);
    expect(data.plans[0]!.best.at(-1)!).toBeGreaterThan(data.plans[0]!.best[0]!);
  });

  test('is a function of its seed', async () => {
    const actions = async (seed: string, name: string): Promise<unknown> =>
      (await plan('Pendulum-v1', '--true-model', '--seed', seed, '--set', `seed=${name}`)).data.actions;
    expect(await actions('1', '5')).toEqual(await actions('1', '6'));
    expect(await actions('1', '5')).not.toEqual(await actions('2', '5'));
  });

  test.each([
    [['plan', 'Pendulum'], /there is no environment "Pendulum"; did you mean Pendulum-v1/],
    [['plan', 'Pendulum-v1', '--planner', 'cme'], /--planner must be one of .*icem.*, got "cme"; did you mean cem/],
    [['plan', 'CartPole-v1', '--planner', 'mppi', '--true-model'], /--planner must be one of random-shooting, cem for discrete actions/],
    [['plan', 'Pendulum-v1', '--true-model', 'exact'], /--true-model must be dynamics or simulator/],
    [['plan', 'HalfCheetah-v5'], /does not offer its reward in batched form.*--true-model/],
    [['plan', 'HalfCheetah-v5', '--true-model', 'dynamics'], /does not offer its dynamics in batched form/],
    [['plan', 'Pendulum-v1', '--horizon', '0'], /--horizon must be a whole number in \[1, 1000\], got "0"/],
    [['plan', 'Pendulum-v1', '--evaluations', '5'], /--evaluations must be a whole number in \[20/],
    [['plan', 'Pendulum-v1', '--horizon', '3', '--replan-every', '4'], /--replan-every must be a whole number in \[1, 3\]/],
    [['plan', 'Pendulum-v1', '--set', 'gravitas=3'], /options of Pendulum-v1 must be among/],
  ])('%j is refused', async (args, message) => {
    const file = join(root, 'refused.html');
    const { code, errors } = await runHere([...args, '--out', file]);
    expect(code).toBe(2);
    expect(errors).toMatch(message);
    expect(existsSync(file)).toBe(false);
  });
});

const missing = whyNoChromium();
describe.skipIf(missing !== null)(`its page, in a browser${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(() => browser?.close());

  test('follows the step and the iteration', { timeout: 60_000 }, async () => {
    const file = join(root, 'page.html');
    await runHere(['plan', 'Pendulum-v1', '--true-model', '--planner', 'cem', ...quick, '--steps', '30', '--out', file]);
    const context = await browser.newContext({ viewport: { width: 900, height: 1200 }, reducedMotion: 'reduce', offline: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-ready]');
    const shot = (id: string): Promise<Buffer> => page.locator(`#${id} canvas`).first().screenshot();
    const scrub = page.getByRole('slider', { name: 'step of the episode' });
    await scrub.fill('2');
    const early = { expected: await shot('expected'), search: await page.locator('#search').textContent() };
    await scrub.fill('20');
    expect(await shot('expected')).not.toEqual(early.expected);
    expect(await page.locator('#search').textContent()).not.toEqual(early.search);
    expect(await page.locator('#search').textContent()).toContain('plan of step21');
    const last = await shot('elites');
    await page.getByRole('radiogroup', { name: 'iteration of the search' }).getByRole('radio', { name: '1' }).click();
    expect(await shot('elites')).not.toEqual(last);
    expect(await page.locator('#elites').textContent()).toContain('Iteration 1 of 3');
    await scrub.fill('30');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
