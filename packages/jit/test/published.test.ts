/**
 * The package as it is published, in a folder outside of the workspace: in plain Node with and without the runtimes,
 * and in a bundle for the browser. Sources are transpiled as they are; the exports are those of `publishConfig`.
 */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);

/** Folder of an installed package that does not export its package.json. */
function folderOf(name: string): string {
  const entry = require.resolve(name);
  return entry.slice(0, entry.lastIndexOf(`/${name}/`) + name.length + 1);
}

let root = '';

interface Manifest {
  exports: unknown;
  publishConfig: { exports: unknown };
  scripts?: unknown;
}

/** Puts a package of ours into a folder's node_modules, as a reader of the registry would have it. */
async function publish(name: string, folder: string): Promise<void> {
  const source = join(packages, name);
  const target = join(folder, 'node_modules/@mbrl', name);
  const files = (await readdir(join(source, 'src'), { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  await build({
    entryPoints: files.map((file) => join(source, 'src', file)),
    outdir: join(target, 'dist'),
    outbase: join(source, 'src'),
    format: 'esm',
    target: 'es2023',
    logLevel: 'silent',
  });
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Manifest;
  await writeFile(join(target, 'package.json'), JSON.stringify({ ...manifest, exports: manifest.publishConfig.exports, scripts: {} }));
}

async function link(name: string, folder: string): Promise<void> {
  const target = join(folder, 'node_modules', name);
  await mkdir(dirname(target), { recursive: true });
  await symlink(folderOf(name), target, 'dir');
}

/** A project with the package and these runtimes beside it. */
async function project(name: string, runtimes: readonly string[]): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await cp(join(root, 'published/node_modules'), join(folder, 'node_modules'), { recursive: true });
  await link('@tensorflow/tfjs', folder);
  for (const runtime of runtimes) await link(runtime, folder);
  return folder;
}

const program = `
import { configureEngine, describeEngines, grad, jit, tf } from '@mbrl/jit';
import { float32 } from '@mbrl/core';
const slope = jit(grad((x) => tf.matMul(x, x, false, true).sum()));
const { data } = await slope(float32([1, 2], [1.5, -2]));
const engines = Object.fromEntries((await describeEngines()).map((engine) => [engine.name, engine]));
configureEngine({ engine: 'onnxruntime-web' });
const web = await slope(float32([1, 2], [1.5, -2])).then((array) => Array.from(array.data), (error) => error.message);
console.log(JSON.stringify({ result: Array.from(data), engines, web, backend: tf.getBackend() }));
process.exit(0);
`;

interface Report {
  readonly result: number[];
  readonly engines: {
    readonly [name: string]: { readonly available: boolean; readonly inUse: boolean; readonly note: string; readonly version?: string };
  };
  readonly web: number[] | string;
  readonly backend: string;
}

/** Runs the program in the folder; it may print nothing but its report. */
async function run(folder: string): Promise<Report> {
  await writeFile(join(folder, 'program.mjs'), program);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['program.mjs'], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', NODE_PATH: '' },
  });
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Report;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mbrl-published-'));
  await Promise.all(['core', 'jit'].map((name) => publish(name, join(root, 'published'))));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('in plain Node', () => {
  it('runs on both runtimes where they are installed', async () => {
    const { result, engines, web } = await run(await project('both', ['onnxruntime-node', 'onnxruntime-web']));
    expect(result).toEqual([3, -4]);
    expect(web).toEqual([3, -4]);
    expect(engines['onnxruntime-node']).toMatchObject({ available: true, inUse: true });
    expect(engines['onnxruntime-web']).toMatchObject({ available: true, inUse: false });
    expect(engines['tfjs-node']).toEqual({
      name: 'tfjs-node',
      available: false,
      inUse: false,
      note: '@tensorflow/tfjs-node is not installed',
    });
  });

  it('runs eagerly with neither, prints nothing, and says what is missing', async () => {
    const { result, engines, web, backend } = await run(await project('neither', []));
    expect(result).toEqual([3, -4]);
    expect(backend).toBe('cpu');
    expect(engines['onnxruntime-node']).toEqual({
      name: 'onnxruntime-node',
      available: false,
      inUse: false,
      note: 'onnxruntime-node is not installed',
    });
    expect(engines['onnxruntime-web']).toEqual({
      name: 'onnxruntime-web',
      available: false,
      inUse: false,
      note: 'onnxruntime-web is not installed',
    });
    expect(engines['eager']).toMatchObject({ available: true, inUse: true, note: 'TensorFlow.js op by op on its cpu backend' });
    expect(web).toBe('engine onnxruntime-web is not available: onnxruntime-web is not installed');
  });

  it('reports a native TensorFlow that loads, one that does not, and keeps the backend in use', async () => {
    const folder = await project('native', []);
    const native = join(folder, 'node_modules/@tensorflow/tfjs-node');
    await mkdir(native, { recursive: true });
    await writeFile(
      join(native, 'package.json'),
      JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0', type: 'module', exports: './index.js' }),
    );
    const loads = `import * as tf from '@tensorflow/tfjs'; tf.registerBackend('tensorflow', tf.findBackendFactory('cpu'), 3); export const version = { 'tfjs-node': '4.22.0' };`;
    await writeFile(join(native, 'index.js'), loads);
    const found = await run(folder);
    expect(found.engines['tfjs-node']).toMatchObject({ available: true, inUse: false, version: '4.22.0' });
    expect(found.backend).toBe('cpu');
    await writeFile(
      join(native, 'index.js'),
      `throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /somewhere\\nmore');`,
    );
    const broken = await run(folder);
    expect(broken.engines['tfjs-node']).toMatchObject({
      available: false,
      note: '@tensorflow/tfjs-node is installed without its native library',
    });
  });
});

describe('in a bundle for the browser', () => {
  const bundle = async (folder: string): Promise<{ inputs: string[]; imports: string[]; warnings: string[] }> => {
    const stdin = { contents: `export { jit, tf } from '@mbrl/jit';`, resolveDir: folder };
    const result = await build({
      stdin,
      bundle: true,
      write: false,
      outdir: join(folder, 'out'),
      format: 'esm',
      platform: 'browser',
      metafile: true,
      logLevel: 'silent',
    });
    const inputs = Object.entries(result.metafile.inputs);
    return {
      inputs: inputs.map(([path]) => path),
      imports: inputs.flatMap(([, { imports }]) => imports.flatMap(({ path, external }) => (external ? [path] : []))),
      warnings: result.warnings.map(({ text }) => text),
    };
  };

  it('holds the WebAssembly build, and nothing of Node', async () => {
    const { inputs, imports } = await bundle(await project('bundled', ['onnxruntime-node', 'onnxruntime-web']));
    expect(inputs.some((path) => /onnxruntime-web.*wasm/.test(path))).toBe(true);
    expect(inputs.filter((path) => /onnxruntime-node|tfjs-node|onnxruntime-web-in-node/.test(path))).toEqual([]);
    expect(imports.filter((path) => path.startsWith('node:') && path !== 'node:module')).toEqual([]);
  });

  it('is made without onnxruntime-web too', async () => {
    const { inputs, imports } = await bundle(await project('bundled-eager', []));
    expect(inputs.filter((path) => path.includes('onnxruntime-web/'))).toEqual([]);
    expect(imports).toContain('onnxruntime-web/wasm');
  });
});
