import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Dynamics } from '@mbrl/control';
import { createRng } from '@mbrl/core';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, whyNoChromium } from '../../../tooling/browser/run-in-chromium.js';
import { checkSolution } from '../src/control/check-solution.js';
import type { ControlDemo, ControlMethod } from '../src/control/demo.js';
import { controlDemos, openDemo } from '../src/control/demos.js';
import { controlData } from '../src/control/encode-control.js';
import type { ControlData } from '../src/control/page/control-data.js';
import { drawPush, rollPushed } from '../src/control/push-rollouts.js';
import { bodyRadius, holeRadius, wallHalfThickness } from '../src/control/quadrotor-demo.js';
import { costOf, sizesOf } from '../src/control/record-iterates.js';
import { missesOf } from '../src/control/render-control-page.js';
import { solveDemo, type SolvedDemo } from '../src/control/solve-demo.js';
import { runHere } from './run-here.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();
const solved = new Map<string, SolvedDemo>();

function solve(demo: ControlDemo, method: ControlMethod = demo.method, maxIterations = 500): SolvedDemo {
  const clock = (): number => 0;
  return solveDemo(demo, { method, maxIterations, pushCount: 12, seed: 5, rng: createRng(5), clock });
}

/** The demo solved by its own method; each is solved once. */
function solvedDemo(name: string): SolvedDemo {
  const known = solved.get(name) ?? solve(openDemo(name));
  solved.set(name, known);
  return known;
}

function statesOf({ demo, result }: SolvedDemo): Float64Array[] {
  const [n] = sizesOf(demo.problem.dynamics);
  return Array.from({ length: demo.problem.horizon + 1 }, (_, t) => result.states.slice(t * n, t * n + n));
}

const names = controlDemos().map(({ name }) => name);

describe.each(names)('%s', (name) => {
  test('is solved: dynamics and bounds hold at every step, the cost is what it is said to be', () => {
    const { demo, result, check } = solvedDemo(name);
    const { problem, initialState, actions } = demo;
    const [n, m] = sizesOf(problem.dynamics);
    expect(result.status).toBe('converged');
    expect(Array.from(result.states.slice(0, n))).toEqual(initialState);
    const x = Float64Array.from(initialState);
    const next = new Float64Array(n);
    for (let t = 0; t < problem.horizon; t++) {
      const u = result.actions.slice(t * m, t * m + m);
      void (problem.dynamics as Dynamics).step(x, u, next, 1, Int32Array.of(t));
      x.set(next);
      // From the start without a look at the states: small differences grow in a step of an unstable system.
      expect(Math.max(...x.map((value, i) => Math.abs(value - result.states[(t + 1) * n + i]!)))).toBeLessThan(1e-9);
      u.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(actions[i]!.low);
        expect(value).toBeLessThanOrEqual(actions[i]!.high);
      });
    }
    expect(costOf(problem, result)).toBeCloseTo(result.cost, 10);
    expect(check.cost).toBe(costOf(problem, result));
    expect(check.gradient).toBeLessThan(1e-5);
    expect(check.violation).toBeLessThan(1e-6);
    expect(check.violation).toBeCloseTo(result.constraintViolation, 9);
  });

  test('the search goes down, and its iterates are those of the log', () => {
    const { demo, result, iterates } = solvedDemo(name);
    const { log } = result;
    for (let i = 1; i < log.length; i++)
      if (log[i]!.round === log[i - 1]!.round) expect(log[i]!.merit).toBeLessThanOrEqual(log[i - 1]!.merit * (1 + 1e-12) + 1e-12);
    const taken = log.filter(({ stepLength }) => stepLength > 0);
    expect(iterates.map(({ iteration }) => iteration)).toEqual([0, ...taken.map(({ iteration }) => iteration)]);
    const none = new Float64Array(result.multipliers.length);
    for (const iterate of iterates.filter((_, i) => i % 7 === 0 || i > iterates.length - 4)) {
      const { cost, defect, violation } = checkSolution(demo.problem, iterate, none);
      expect(defect).toBe(0);
      const record = log.find(({ iteration }) => iteration === iterate.iteration);
      if (!record) continue;
      expect(cost / record.cost).toBeCloseTo(1, 9);
      expect(Math.abs(violation - record.constraintViolation)).toBeLessThan(1e-9);
    }
  });

  test('feedback takes a push back that the actions alone do not', () => {
    const known = solvedDemo(name);
    const [held, free] = [missesOf(known, 'withFeedback'), missesOf(known, 'without')];
    expect(held.median).toBeLessThan(0.1 * free.median);
    expect(new Set(known.pushed.map(({ push }) => push.change.join())).size).toBe(12);
  });

  test('the page has the numbers of the solution', () => {
    const known = solvedDemo(name);
    const data = controlData(known);
    const { problem, frameStride } = known.demo;
    expect(problem.horizon % frameStride).toBe(0);
    const shown = data.shown[data.solution]!;
    expect(shown.label).toBe('solution');
    expect(data.shown.map(({ label }) => label).slice(0, 4)).toEqual(['start', '1', '2', '4']);
    expect(data.shown.slice(-2).map(({ label }) => label)).toEqual(['pushed, with feedback', 'pushed, without']);
    const count = problem.horizon / frameStride + 1;
    for (const { flat, solid, costs, quantities } of data.shown) {
      expect(solid?.count ?? flat!.reduce((sum, segment) => sum + segment.count, 0)).toBe(count);
      expect(costs).toHaveLength(count - 1);
      expect(quantities.flat().every(Number.isFinite)).toBe(true);
    }
    // One stage draws all of them.
    const forms = new Set(data.shown.map(({ solid }) => JSON.stringify(solid?.shapes.map(({ form, role }) => [form, role]))));
    expect(forms.size).toBe(1);
    const sum = shown.costs.reduce((total, cost) => total + cost, 0);
    const last = statesOf(known).at(-1)!;
    expect(sum + problem.cost.terminal(last)).toBeCloseTo(known.result.cost, 3);
    data.quantities.forEach(({ low, high }, i) => {
      expect(Math.min(...shown.quantities[i]!)).toBeGreaterThanOrEqual((low ?? -Infinity) - 1e-6);
      expect(Math.max(...shown.quantities[i]!)).toBeLessThanOrEqual((high ?? Infinity) + 1e-6);
    });
    expect(data.search.cost).toHaveLength(known.result.log.length);
  });
});

describe('what each demo promises', () => {
  test('acrobot: the published optimum, upright', () => {
    const known = solvedDemo('acrobot');
    expect(known.result.cost).toBeCloseTo(44.51328515, 5);
    expect(known.demo.miss(statesOf(known).at(-1)!)).toBeLessThan(0.02);
  });

  test('cart-pole: the published optimum, exactly upright, with the force at its bound', () => {
    const known = solvedDemo('cart-pole');
    expect(known.result.cost).toBeCloseTo(1.4958744, 5);
    statesOf(known)
      .at(-1)!
      .forEach((value, i) => expect(value).toBeCloseTo([0, Math.PI, 0, 0][i]!, 6));
    expect(Math.max(...known.result.actions)).toBe(3);
  });

  test('car parking: no body ever touches another, and it stands straight in its place', () => {
    const known = solvedDemo('car-parking');
    const corners = (x: number, y: number, heading: number): [number, number][] =>
      [
        [-0.5, -0.55],
        [2.5, -0.55],
        [2.5, 0.55],
        [-0.5, 0.55],
      ].map(([along, aside]) => [
        x + along! * Math.cos(heading) - aside! * Math.sin(heading),
        y + along! * Math.sin(heading) + aside! * Math.cos(heading),
      ]);
    /** Gap between two rectangles along the best of their axes: above 0 where they are apart. */
    const apart = (a: [number, number][], b: [number, number][], headings: readonly number[]): number =>
      Math.max(
        ...headings
          .flatMap((heading) => [heading, heading + Math.PI / 2])
          .map((direction) => {
            const along = ([x, y]: [number, number]): number => x * Math.cos(direction) + y * Math.sin(direction);
            const [p, q] = [a.map(along), b.map(along)];
            return Math.max(Math.min(...q) - Math.max(...p), Math.min(...p) - Math.max(...q));
          }),
      );
    let nearest = Infinity;
    for (const [x, y, heading] of statesOf(known))
      for (const place of [-3.7, 3.7]) nearest = Math.min(nearest, apart(corners(x!, y!, heading!), corners(place, 0, 0), [0, heading!]));
    expect(nearest).toBeGreaterThan(0);
    expect(nearest).toBeLessThan(0.4);
    statesOf(known)
      .at(-1)!
      .forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-6));
    // It drives both ways, and the cars press.
    const speeds = statesOf(known).map((x) => x[3]!);
    expect([Math.min(...speeds) < -1, Math.max(...speeds) > 0.3]).toEqual([true, true]);
    expect(known.check.activeSteps).toBeGreaterThan(0);
  });

  test('quadrotor: a ball around the body goes through the hole', () => {
    const known = solvedDemo('quadrotor');
    let inside = 0;
    for (const [x, y, z] of statesOf(known)) {
      if (Math.abs(x!) > wallHalfThickness + bodyRadius) continue;
      inside += 1;
      expect(Math.hypot(y! - 0.8, z! - 1.6)).toBeLessThanOrEqual(holeRadius - bodyRadius + 1e-6);
    }
    expect(inside).toBeGreaterThan(2);
    expect(known.demo.miss(statesOf(known).at(-1)!)).toBeLessThan(0.01);
    expect(Math.max(...known.result.actions)).toBeCloseTo(2, 9);
  });

  test('arm: the hand meets the point, slowly in the end', () => {
    const known = solvedDemo('arm');
    const last = statesOf(known).at(-1)!;
    expect(known.demo.miss(last)).toBeLessThan(1e-6);
    expect(Math.max(...last.subarray(7).map(Math.abs))).toBeLessThan(0.05);
    expect(known.demo.miss(statesOf(known)[0]!)).toBeGreaterThan(0.3);
  });
});

describe('the check', () => {
  test('its gradient is that of the cost along a rollout', () => {
    const { problem, initialState } = openDemo('acrobot');
    const rng = createRng(1);
    const actions = Float64Array.from({ length: 50 }, () => 0.3 * rng.normal());
    const roll = (u: Float64Array) => {
      const states = new Float64Array(51 * 4);
      const next = new Float64Array(4);
      const x = Float64Array.from(initialState);
      for (let t = 0; t < 50; t++) {
        void (problem.dynamics as Dynamics).step(x, u.slice(t, t + 1), next, 1, Int32Array.of(t));
        x.set(next);
        states.set(x, (t + 1) * 4);
      }
      return { states, actions: u };
    };
    const slopes = actions.map((_, t) => {
      const [more, less] = [actions.slice(), actions.slice()];
      more[t]! += 1e-5;
      less[t]! -= 1e-5;
      return (costOf(problem, roll(more)) - costOf(problem, roll(less))) / 2e-5;
    });
    const { gradient } = checkSolution(problem, roll(actions), new Float64Array(0));
    expect(gradient / Math.max(...slopes.map(Math.abs))).toBeCloseTo(1, 5);
  });

  test('finds a state that does not follow, an action beyond its bounds, and a constraint that is broken', () => {
    const { demo, result } = solvedDemo('cart-pole');
    const broken = { states: result.states.slice(), actions: result.actions.slice() };
    broken.states[4 * 50]! += 0.01;
    broken.actions[7] = 3.5;
    broken.states[4 * 100 + 1]! += 0.02;
    const check = checkSolution(demo.problem, broken, result.multipliers);
    expect(check.defect).toBeGreaterThan(0.009);
    expect(check.boundExcess).toBeCloseTo(0.5, 12);
    expect(check.violation).toBeCloseTo(0.02, 9);
    expect(check.violationByStep.slice(0, 100).every((value) => value === null)).toBe(true);
    expect(checkSolution(demo.problem, result, new Float64Array(4)).gradient).toBeGreaterThan(1e-3);
  });

  test('a push of nothing changes nothing; a push comes at its step', () => {
    const { demo, result } = solvedDemo('cart-pole');
    const same = rollPushed(demo.problem, result, { step: 20, change: [0, 0, 0, 0] }, true);
    expect(Math.max(...same.states.map((value, i) => Math.abs(value - result.states[i]!)))).toBeLessThan(1e-9);
    const { states } = rollPushed(demo.problem, result, { step: 20, change: [0, 0, 0, 1] }, false);
    const differs = Array.from({ length: 101 }, (_, t) => Math.abs(states[4 * t + 1]! - result.states[4 * t + 1]!) > 1e-9);
    expect(differs.indexOf(true)).toBe(21);
    const push = drawPush([0, 1, 0, 2], 100, createRng(3));
    expect(push.change[0]).toBeCloseTo(0, 12);
    expect(push.step).toBeGreaterThanOrEqual(10);
    expect(push.step).toBeLessThan(50);
  });
});

/** Runs `mbrl control` and reads the data of its page. */
async function control(...args: readonly string[]): Promise<{ data: ControlData; output: string; page: string; file: string }> {
  const file = join(root, `${args.join('-').replace(/[^\w]/g, '')}.html`);
  const { code, output, errors } = await runHere(['control', ...args, '--out', file]);
  expect(errors).toBe('');
  expect(code).toBe(0);
  const page = readFileSync(file, 'utf8');
  const json = /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(page)![1]!;
  return { data: JSON.parse(json) as ControlData, output, page, file };
}

describe('mbrl control', () => {
  test('lists its demos', async () => {
    const { code, output } = await runHere(['control', '--list']);
    expect(code).toBe(0);
    expect(output.split('\n').map((line) => line.split(' ')[0])).toEqual([...names, '']);
  });

  test('tells what it found, on the page and off it', async () => {
    const { output, page } = await control('acrobot');
    expect(output).toMatch(/acrobot by ddp converged: cost 44\.5133, 35 iterations, /);
    expect(output).toMatch(/pushed: tip from upright .* m at the end with feedback, .* without/);
    for (const text of ['DDP converged', '44.5133', '44.51328514', 'Feedback at work', 'gradient of the Lagrangian'])
      expect(page.includes(text), text).toBe(true);
  });

  test('by another method', async () => {
    const { output, data } = await control('acrobot', '--method', 'ilqr');
    expect(output).toContain('acrobot by ilqr converged: cost 44.5133, 79 iterations');
    expect(data.search.iteration).toHaveLength(79);
  });

  test('stopped early says so, and pushes can be left out', async () => {
    const { output, data, page } = await control('cart-pole', '--iterations', '3', '--pushes', '0');
    expect(output).toContain('cart-pole by ddp stopped at its iteration limit');
    expect(output).not.toContain('pushed');
    expect(page).toContain('stopped at its iteration limit');
    expect(page).not.toContain('Feedback at work');
    expect(data.shown.map(({ label }) => label)).toEqual(['start', '1', '2', 'solution']);
  });

  test('pushes are a function of the seed, and the solution is not', async () => {
    const run = async (seed: string, pushes: string): Promise<ControlData> =>
      (await control('acrobot', '--seed', seed, '--pushes', pushes)).data;
    const [one, again, other] = [await run('1', '3'), await run('1', '4'), await run('2', '3')];
    expect(again.away.withFeedback.slice(0, 3)).toEqual(one.away.withFeedback);
    expect(other.away.withFeedback).not.toEqual(one.away.withFeedback);
    expect(other.shown[other.solution]).toEqual(one.shown[one.solution]);
  });

  test.each([
    [['control', 'cartpole'], /there is no demo "cartpole"; did you mean cart-pole/],
    [['control', 'zeppelin'], /there is no demo "zeppelin"; there are acrobot, cart-pole/],
    [['control'], /a demo must be named; --list/],
    [['control', 'acrobot', '--method', 'sqpp'], /--method must be one of ilqr, ddp, got "sqpp"/],
    [['control', 'acrobot', '--iterations', '0'], /--iterations must be a whole number in \[1, /],
    [['control', 'acrobot', '--pushes', '-1'], /--pushes must be a whole number in \[0, 1000\]/],
    [['control', 'acrobot', '--seed', 'x'], /--seed must be a whole number/],
  ])('%j is refused', async (args, message) => {
    const { code, errors } = await runHere(args);
    expect(code).toBe(2);
    expect(errors).toMatch(message);
  });
});

const missing = whyNoChromium();
describe.skipIf(missing !== null)(`its page, in a browser${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: findChromium()!,
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    });
  }, 60_000);
  afterAll(() => browser?.close());

  test.each(['cart-pole', 'quadrotor'])('%s: follows the step and the trajectory', { timeout: 60_000 }, async (name) => {
    const { file, data } = await control(name, '--iterations', '6', '--pushes', '2');
    const context = await browser.newContext({ viewport: { width: 390, height: 900 }, reducedMotion: 'reduce', offline: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    // What the software driver of the graphics says of itself is none of the page's.
    page.on('console', (message) => !message.text().includes('GPU stall') && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-ready]');
    const shot = (selector: string): Promise<Buffer> => page.locator(selector).first().screenshot();
    const scrub = page.getByRole('slider', { name: 'step of the trajectory' });
    await scrub.fill('30');
    expect(await page.locator('.readout').textContent()).toMatch(/step 30 of .* cost of the step/);
    const before = { scene: await shot('canvas.scene'), actions: await shot('#actions canvas'), search: await shot('#search canvas') };
    await page.getByRole('radio', { name: '2', exact: true }).click();
    expect(await page.locator('.shown-words').textContent()).toContain('After iteration 2: cost');
    // The moment stays, what is seen of it changes.
    expect(await scrub.inputValue()).toBe('30');
    expect(await shot('canvas.scene')).not.toEqual(before.scene);
    expect(await shot('#actions canvas')).not.toEqual(before.actions);
    expect(await shot('#search canvas')).not.toEqual(before.search);
    await page.getByRole('radio', { name: 'pushed, without' }).click();
    const { pushStep } = data.shown.at(-1)!;
    await scrub.fill(String(pushStep));
    expect(await page.locator('.readout').textContent()).not.toContain('pushed');
    await scrub.fill(String(pushStep! + 1));
    expect(await page.locator('.readout').textContent()).toContain('· pushed');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
