import { build } from 'esbuild';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInChromium, whyNoChromium } from '../../../tooling/browser/run-in-chromium.js';
import { walk } from './browser/mujoco-page.js';

const types: { readonly [extension: string]: string } = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Serves a folder to pages of any origin. */
async function serve(folder: string): Promise<Server> {
  const answer = async (pathname: string, response: ServerResponse): Promise<void> => {
    const bytes = await readFile(join(folder, pathname));
    const headers = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };
    response.writeHead(200, { ...headers, 'Content-Type': types[extname(pathname)] }).end(bytes);
  };
  const server = createServer((request, response) => {
    answer(new URL(request.url!, 'http://localhost').pathname, response).catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}

describe.skipIf(whyNoChromium() !== null)('MuJoCo in a browser', () => {
  let folder: string;
  let server: Server;
  let site: string;
  /** Runs code in a page, with the bundled program as `program`. */
  const runPage = async (code: string): Promise<unknown> => {
    const entry = join(folder, 'page.mjs');
    await writeFile(entry, `globalThis.__results = import('${site}/program.js').then(async (program) => ${code});`);
    return runInChromium({ entry, timeoutSeconds: 60 });
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mbrl-mujoco-'));
    await build({
      entryPoints: [fileURLToPath(new URL('browser/mujoco-page.ts', import.meta.url))],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      conditions: ['@mbrl/source'],
      outfile: join(folder, 'program.js'),
      logLevel: 'error',
    });
    const source = dirname(createRequire(import.meta.url).resolve('@mujoco/mujoco'));
    for (const name of ['mujoco.js', 'mujoco.wasm']) await copyFile(join(source, name), join(folder, name));
    for (const [from, to] of Object.entries({ 'mujoco.js': 'a/glue.js', 'mujoco.wasm': 'b/physics.wasm' })) {
      await mkdir(dirname(join(folder, to)));
      await copyFile(join(source, from), join(folder, to));
    }
    server = await serve(folder);
    site = `http://localhost:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('walks as in Node, from a plain bundle with the two files beside it', { timeout: 90_000 }, async () => {
    const [here, there] = [await walk(), (await runPage('program.walk()')) as number[]];
    expect(here.length).toBeGreaterThan(300);
    expect(there).toEqual(here);
  });

  it('takes the files from elsewhere, and says which one is missing', { timeout: 90_000 }, async () => {
    const load = (options: string): string =>
      `await program.loadMujoco(${options}).then(() => 'loaded', (error) => error.code + error.message)`;
    const code = `[
      ${load(`{ moduleUrl: '${site}/nowhere.js' }`)},
      ${load(`{ moduleUrl: '${site}/a/glue.js', wasmUrl: '${site}/nowhere.wasm' }`)},
      ${load(`{ moduleUrl: '${site}/program.js' }`)},
      ${load(`{ moduleUrl: new URL('${site}/a/glue.js'), wasmUrl: new URL('${site}/b/physics.wasm') }`)},
      (await program.walk()).at(-1),
    ]`;
    const [noModule, noWasm, otherModule, loaded, last] = (await runPage(code)) as unknown[];
    expect(noModule).toMatch(/^UNSUPPORTEDloadMujoco: mujoco\.js must load from http.*nowhere\.js, got .*fetch/);
    expect(noWasm).toMatch(/^UNSUPPORTEDloadMujoco: .* must load from http.*nowhere\.wasm, got /);
    expect(otherModule).toMatch(/program\.js must be the module mujoco\.js/);
    expect([loaded, last]).toEqual(['loaded', (await walk()).at(-1)]);
  });

  it('is not in the bundle of a program that does not ask for it', async () => {
    const program = await readFile(join(folder, 'program.js'), 'utf8');
    expect(program).toContain('HalfCheetah-v5');
    expect(program).not.toContain('ENVIRONMENT_IS_NODE');
  });
});
