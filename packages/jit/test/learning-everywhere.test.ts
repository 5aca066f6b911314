/** One suite, a training step and an evaluation of plans, in Node on every engine and in a browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureEngine, type EngineDescription } from '@mbrl/jit';
import { fileURLToPath } from 'node:url';
import { runInChromium, whyNoChromium } from '../../../tooling/browser/run-in-chromium.js';
import { type LearningResults, runLearningSuite } from './browser/learning-suite.js';

const reason = whyNoChromium();
const entry = (name: string): string => fileURLToPath(new URL(`browser/${name}`, import.meta.url));

let reference: LearningResults;

beforeAll(async () => {
  reference = await runLearningSuite({ engine: 'eager' });
});
afterAll(() => configureEngine({}));

/** Twenty steps of Adam amplify the rounding of float32; results agree to four digits. */
function expectAgreement(actual: LearningResults): void {
  for (const key of ['losses', 'norms', 'returns', 'slopes'] as const) {
    expect(actual[key]).toHaveLength(reference[key].length);
    actual[key].forEach((value, i) => expect(value, `${key}[${i}]`).toBeCloseTo(reference[key][i]!, 3));
  }
}

describe('learning and planning in Node', () => {
  it('learns: the loss falls by more than a fifth of a nat', () => {
    expect(reference.engine).toBe('eager');
    expect(reference.losses[0]! - reference.losses.at(-1)!).toBeGreaterThan(0.2);
    expect(new Set(reference.returns).size).toBe(6);
  });

  it.each(['onnxruntime-node', 'onnxruntime-web'] as const)('gives the same on %s', async (engine) => {
    const results = await runLearningSuite({ engine });
    expect(results).toMatchObject({ engine, programCount: 1 });
    expectAgreement(results);
  });

  it('gives the same bits twice', async () => {
    const [first, second] = [
      await runLearningSuite({ engine: 'onnxruntime-node' }),
      await runLearningSuite({ engine: 'onnxruntime-node' }),
    ];
    expect(second).toEqual(first);
  });
});

describe.skipIf(reason !== null)(`learning and planning in Chromium${reason === null ? '' : ` (${reason})`}`, () => {
  it('gives the same over onnxruntime-web, which is chosen by itself, and eagerly', async () => {
    const results = (await runInChromium({ entry: entry('page.ts') })) as Record<'single' | 'eager', LearningResults> & {
      automatic: string;
      engines: EngineDescription[];
    };
    expect(results.single).toMatchObject({ engine: 'onnxruntime-web', threadCount: 1, programCount: 1 });
    expectAgreement(results.single);
    expect(results.automatic).toBe('onnxruntime-web');
    expect(results.eager.engine).toBe('eager');
    expectAgreement(results.eager);
    const byName = Object.fromEntries(results.engines.map((engine) => [engine.name, engine]));
    expect(byName['onnxruntime-node']).toMatchObject({ available: false, note: 'onnxruntime-node runs in Node only' });
    expect(byName['onnxruntime-web']).toMatchObject({ available: true, inUse: true });
  }, 90_000);

  it('gives the same on two threads', async () => {
    const results = (await runInChromium({ entry: entry('threaded-page.ts') })) as LearningResults;
    expect(results).toMatchObject({ engine: 'onnxruntime-web', threadCount: 2 });
    expectAgreement(results);
  }, 90_000);
});
