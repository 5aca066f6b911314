/**
 * Runs a module in headless Chromium and hands back what it found: the way to show that browser code works in a browser.
 *
 * The module is bundled by esbuild with the browser's export conditions (and `@mbrl/source`, so siblings come from their
 * sources), served from localhost next to onnxruntime-web's WebAssembly files, with the headers that let a page use
 * threads. It reports by setting `globalThis.__results` to a JSON-like value, or to a promise of one.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';

/** What to run, and within what time. */
export interface ChromiumRun {
  /** Absolute path of the module to run (TypeScript or JavaScript). */
  readonly entry: string;
  /** Limit in seconds for the module to set `__results` and for its promise to settle. Default 60. */
  readonly timeoutSeconds?: number;
  /** Whether the page is cross-origin isolated, which SharedArrayBuffer and so WebAssembly threads need. Default true. */
  readonly crossOriginIsolated?: boolean;
}

const arguments_ = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/** Path of the browser: the environment variable `CHROMIUM`, else /usr/bin/chromium; null where neither exists. */
export function findChromium(): string | null {
  const candidates = [process.env['CHROMIUM'], '/usr/bin/chromium'];
  return candidates.find((path): path is string => path !== undefined && path !== '' && existsSync(path)) ?? null;
}

/** Says why browser tests cannot run here, for a test to skip with; null where they can. */
export function whyNoChromium(): string | null {
  if (findChromium() !== null) return null;
  return 'no browser: install Chromium (apt-get install chromium) or set CHROMIUM to its path';
}

/**
 * Bundles `entry`, opens it in headless Chromium and returns the value that it leaves in `globalThis.__results`.
 *
 * @throws Error when there is no browser, the bundle fails, the page throws, or no result came in time; the message
 *   carries what the page wrote to its console.
 */
export async function runInChromium({ entry, timeoutSeconds = 60, crossOriginIsolated = true }: ChromiumRun): Promise<unknown> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(`runInChromium: ${whyNoChromium()}`);
  const bundle = await bundleForBrowser(entry);
  const server = await serve(bundle, runtimeFolder(entry), crossOriginIsolated);
  const profile = await mkdtemp(join(tmpdir(), 'mbrl-chromium-'));
  try {
    const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: arguments_ });
    try {
      const page = await context.newPage();
      return await collect(page, `http://localhost:${(server.address() as AddressInfo).port}/`, timeoutSeconds);
    } finally {
      await context.close();
    }
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function bundleForBrowser(entry: string): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@mbrl/source', 'browser', 'import', 'module', 'default'],
    external: ['node:*', 'onnxruntime-node', '@tensorflow/tfjs-node'],
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`runInChromium: ${entry} bundled to nothing`);
  return file.contents;
}

/** Folder of onnxruntime-web's files as the entry's package sees them; null where it does not depend on it. */
function runtimeFolder(entry: string): string | null {
  try {
    return dirname(createRequire(entry).resolve('onnxruntime-web'));
  } catch {
    return null;
  }
}

async function serve(bundle: Uint8Array, runtime: string | null, isolated: boolean): Promise<Server> {
  const server = createServer((request, response) => {
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    answer(new URL(request.url ?? '/', 'http://localhost').pathname, bundle, runtime, response).catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}

async function answer(path: string, bundle: Uint8Array, runtime: string | null, response: ServerResponse): Promise<void> {
  const name = path === '/' ? 'index.html' : basename(path);
  response.setHeader('Content-Type', types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream');
  if (name === 'index.html') response.end('<!doctype html><link rel="icon" href="data:,"><script type="module" src="/bundle.js"></script>');
  else if (name === 'bundle.js') response.end(bundle);
  else if (runtime !== null && name.startsWith('ort')) response.end(await readFile(join(runtime, name)));
  else response.writeHead(404).end();
}

/** Opens the page and waits for its results or its first error, whichever comes first. */
async function collect(page: Page, url: string, timeoutSeconds: number): Promise<unknown> {
  const lines: string[] = [];
  const withConsole = (message: string): Error =>
    new Error(`runInChromium: ${message}${lines.map((line) => `\n  console: ${line}`).join('')}`);
  page.on('console', (message) => lines.push(message.text()));
  const thrown = new Promise<never>((_, reject) => {
    page.on('pageerror', (error) => reject(withConsole(`the page threw ${error.stack ?? error.message}`)));
    page.on('crash', () => reject(withConsole('the page crashed')));
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(withConsole(`no results within ${timeoutSeconds} s`)), timeoutSeconds * 1000);
  });
  const found = (async (): Promise<unknown> => {
    await page.goto(url);
    await page.waitForFunction('globalThis.__results !== undefined', undefined, { timeout: 0 });
    return page.evaluate('globalThis.__results');
  })();
  found.catch(() => undefined);
  try {
    return await Promise.race([found, thrown, late]);
  } finally {
    clearTimeout(timer);
    thrown.catch(() => undefined);
  }
}
