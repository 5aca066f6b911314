import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInChromium, whyNoChromium } from '../browser/run-in-chromium.js';

const reason = whyNoChromium();

describe.skipIf(reason !== null)(`runInChromium${reason === null ? '' : ` (${reason})`}`, () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mbrl-pages-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function pageOf(source: string): Promise<string> {
    const entry = join(folder, `page-${source.length}.ts`);
    await writeFile(entry, source);
    return entry;
  }

  it('returns what the page reports, from an isolated page with threads', async () => {
    const entry = await pageOf(
      `const sum: number = [1, 2, 3].reduce((a, b) => a + b, 0);
       Object.assign(globalThis, { __results: Promise.resolve({ sum, isolated: crossOriginIsolated, shared: typeof SharedArrayBuffer, page: location.pathname }) });`,
    );
    expect(await runInChromium({ entry })).toEqual({ sum: 6, isolated: true, shared: 'function', page: '/' });
  });

  it('leaves the page unisolated on request', async () => {
    const entry = await pageOf('Object.assign(globalThis, { __results: { isolated: crossOriginIsolated } });');
    expect(await runInChromium({ entry, crossOriginIsolated: false })).toEqual({ isolated: false });
  });

  it('rejects with the error and the console of a page that throws', async () => {
    const entry = await pageOf(`console.log('before the fall'); throw new Error('fell over');`);
    await expect(runInChromium({ entry })).rejects.toThrow(/fell over[^]*console: before the fall/);
  });

  it('rejects when the promise of results is rejected', async () => {
    const entry = await pageOf(`Object.assign(globalThis, { __results: Promise.reject(new Error('no plan')) });`);
    await expect(runInChromium({ entry })).rejects.toThrow('no plan');
  });

  it('rejects when no results come in time', async () => {
    const entry = await pageOf('export {};');
    await expect(runInChromium({ entry, timeoutSeconds: 0.5 })).rejects.toThrow('no results within 0.5 s');
  });
});
