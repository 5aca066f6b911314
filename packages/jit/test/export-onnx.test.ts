/** Exported files: opened by another process with ONNX Runtime alone, they give what the compiled function gives. */
import { exportOnnx, jit, tf, valueAndGrad } from '@mbrl/jit';
import { float32, int32, type NdArray, OptionError, treeLeaves } from '@mbrl/core';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

type Params = { readonly layers: readonly { readonly w: tf.Tensor; readonly b: tf.Tensor }[] };

function network(params: Params, x: tf.Tensor): tf.Tensor {
  return params.layers.reduce((hidden, { w, b }) => tf.tanh(tf.matMul(hidden, w).add(b)), x);
}

function trainingLoss(params: Params, batch: { x: tf.Tensor; labels: tf.Tensor }): { loss: tf.Tensor; grads: unknown } {
  const loss = (p: Params): tf.Tensor => tf.losses.absoluteDifference(tf.oneHot(batch.labels, 2), tf.softmax(network(p, batch.x)));
  const { value, grads } = valueAndGrad(loss)(params);
  return { loss: value, grads };
}

const params = {
  layers: [
    {
      w: float32(
        [3, 4],
        Array.from({ length: 12 }, (_, i) => Math.sin(i)),
      ),
      b: float32([4], [0.1, 0, -0.1, 0.2]),
    },
    {
      w: float32(
        [4, 2],
        Array.from({ length: 8 }, (_, i) => Math.cos(i)),
      ),
      b: float32([2], [0, 0.3]),
    },
  ],
};
const batch = { x: float32([2, 3], [1, -1, 0.5, 2, 0, -2]), labels: int32([2], [0, 1]) };

/** Opens a file with a session of its own, and prints its names and results as JSON. */
const reader = `
  import { readFileSync } from 'node:fs';
  const [runtime, file, inputs] = process.argv.slice(2);
  const ort = (await import(runtime)).default;
  const session = await ort.InferenceSession.create(file);
  const feeds = Object.fromEntries(JSON.parse(readFileSync(inputs, 'utf8')).map(({ name, dtype, data, shape }) =>
    [name, new ort.Tensor(dtype, dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data), shape)]));
  const results = await session.run(feeds);
  console.log(JSON.stringify({ inputNames: session.inputNames, outputNames: session.outputNames,
    results: Object.fromEntries(Object.entries(results).map(([name, { dims, data }]) => [name, { dims, data: Array.from(data) }])) }));
`;

interface Read {
  readonly inputNames: string[];
  readonly outputNames: string[];
  readonly results: { readonly [name: string]: { readonly dims: number[]; readonly data: number[] } };
}

async function readElsewhere(bytes: Uint8Array, feeds: readonly (readonly [string, NdArray])[]): Promise<Read> {
  const folder = await mkdtemp(join(tmpdir(), 'mbrl-export-'));
  try {
    const inputs = feeds.map(([name, { dtype, data, shape }]) => ({ name, dtype, data: Array.from(data), shape }));
    await Promise.all([
      writeFile(join(folder, 'reader.mjs'), reader),
      writeFile(join(folder, 'model.onnx'), bytes),
      writeFile(join(folder, 'inputs.json'), JSON.stringify(inputs)),
    ]);
    const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['reader.mjs', runtime, 'model.onnx', 'inputs.json'], {
      cwd: folder,
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Read;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('exportOnnx', () => {
  it('writes a file that another process opens, its inputs and outputs named by their place in the trees', async () => {
    const { bytes, inputNames, outputNames } = exportOnnx(trainingLoss, [params, batch] as never, { argumentNames: ['params', 'batch'] });
    expect(inputNames).toEqual([
      'params.layers.0.w',
      'params.layers.0.b',
      'params.layers.1.w',
      'params.layers.1.b',
      'batch.x',
      'batch.labels',
    ]);
    expect(outputNames).toEqual([
      'output.loss',
      'output.grads.layers.0.w',
      'output.grads.layers.0.b',
      'output.grads.layers.1.w',
      'output.grads.layers.1.b',
    ]);
    const leaves = treeLeaves<NdArray>([params, batch]);
    const read = await readElsewhere(
      bytes,
      inputNames.map((name, i) => [name, leaves[i]!]),
    );
    expect(read.inputNames).toEqual(inputNames);
    expect(read.outputNames).toEqual(outputNames);
    const here = jit(trainingLoss as never) as unknown as (p: unknown, b: unknown) => Promise<unknown>;
    const expected = treeLeaves<NdArray>(await here(params, batch));
    outputNames.forEach((name, i) => {
      expect(read.results[name]!.dims).toEqual(expected[i]!.shape);
      expect(Float32Array.from(read.results[name]!.data)).toEqual(expected[i]!.data);
    });
  });

  it('names what has no name', () => {
    const { inputNames, outputNames } = exportOnnx((x: tf.Tensor, y: tf.Tensor) => x.add(y), [float32([2]), float32([2])]);
    expect(inputNames).toEqual(['input0', 'input1']);
    expect(outputNames).toEqual(['output']);
    expect(exportOnnx((x: tf.Tensor) => [x, x.mul(2)], [float32([2])], { resultName: 'y' }).outputNames).toEqual(['y.0', 'y.1']);
  });

  it('keeps names of the caller apart from names of its own', async () => {
    const { bytes, inputNames } = exportOnnx((a: tf.Tensor, b: tf.Tensor) => a.mul(b).add(1).tanh(), [float32([2]), float32([2])], {
      argumentNames: ['v0', 'c1'],
      resultName: 'v1',
    });
    const read = await readElsewhere(
      bytes,
      inputNames.map((name, i) => [name, float32([2], [i + 1, 0.5])]),
    );
    expect(read.results['v1']!.data[0]).toBeCloseTo(Math.tanh(3), 6);
  });

  it('refuses one name for two, and none', () => {
    expect(() => exportOnnx((x: tf.Tensor, y: tf.Tensor) => x.add(y), [float32([2]), float32([2])], { argumentNames: ['x', 'x'] })).toThrow(
      OptionError,
    );
    expect(() => exportOnnx((x: tf.Tensor) => x.neg(), [float32([2])], { argumentNames: ['x'], resultName: 'x' })).toThrow(/"x" twice/);
    expect(() => exportOnnx((x: tf.Tensor) => x.neg(), [float32([2])], { argumentNames: [''] })).toThrow(/must have a name, got ""/);
  });

  it('uses the name of the function, or the one given', () => {
    const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
    expect(text(exportOnnx(trainingLoss, [params, batch] as never).bytes)).toContain('trainingLoss');
    expect(text(exportOnnx((x: tf.Tensor) => x.neg(), [float32([2])], { name: 'negative' }).bytes)).toContain('negative');
  });
});
