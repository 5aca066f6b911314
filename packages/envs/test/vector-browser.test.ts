import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runInChromium, whyNoChromium } from '../../../tooling/browser/run-in-chromium.js';

/** Bundles a page, as its own workers need it: with its exports. */
async function bundlePage(page: string, folder: string): Promise<string> {
  const outfile = join(folder, 'page.js');
  await build({
    entryPoints: [fileURLToPath(new URL(page, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@mbrl/source'],
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

describe.skipIf(whyNoChromium() !== null)('in a browser', () => {
  it('workers give what the page gives, and the page may not block for them', { timeout: 90_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mbrl-page-'));
    try {
      const entry = await bundlePage('browser/pool-page.ts', folder);
      const expected = { returnsAgree: true, distinctReturns: 200, stepsAgree: true, blocking: 'UNSUPPORTED' };
      expect(await runInChromium({ entry, timeoutSeconds: 60 })).toEqual(expected);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
