/** The compiled function as a machine: its cache, its memory, overlapping calls and engines. */
import { type CompileInfo, configureEngine, currentEngine, jit, tf } from '@mbrl/jit';
import { bool, float32, int32, LifecycleError, type NdArray } from '@mbrl/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runLearningSuite } from './browser/learning-suite.js';

afterEach(() => configureEngine({}));

const twice = (x: tf.Tensor): tf.Tensor => x.mul(2);

describe('the cache of programs', () => {
  it('compiles once for each set of shapes and element types, and says so', async () => {
    const compiled: CompileInfo[] = [];
    const program = jit((x: tf.Tensor) => x.add(x), { name: 'twice', onCompile: (info) => compiled.push(info) });
    expect(program.programCount).toBe(0);
    for (const size of [2, 3, 2, 3, 2])
      expect((await program(float32([size], Array(size).fill(1.5)))).data).toEqual(new Float32Array(size).fill(3));
    expect((await program(int32([2], [1, 2]))).data).toEqual(Int32Array.of(2, 4));
    expect(program.programCount).toBe(3);
    expect(compiled).toEqual([1, 2, 3].map((programCount) => ({ name: 'twice', nodeCount: 1, programCount })));
    program.dispose();
    expect(program.programCount).toBe(0);
  });

  it('takes the structure of the arguments into account, not the order of keys', async () => {
    const program = jit((p: { a: tf.Tensor; b: tf.Tensor }) => ({ difference: p.a.sub(p.b) }));
    const [one, five] = [float32([1], [1]), float32([1], [5])];
    expect((await program({ a: one, b: five })).difference.data[0]).toBe(-4);
    expect((await program({ b: five, a: one })).difference.data[0]).toBe(-4);
    expect(program.programCount).toBe(1);
    program.dispose();
  });

  it('tells lists of different length and added keys apart', async () => {
    const program = jit((list: tf.Tensor[], record: { [key: string]: tf.Tensor }) => tf.addN([...list, ...Object.values(record)]));
    const x = float32([1], [1]);
    expect((await program([x], { a: x })).data[0]).toBe(2);
    expect((await program([x, x], { a: x })).data[0]).toBe(3);
    expect((await program([x], { a: x, b: x })).data[0]).toBe(3);
    expect(program.programCount).toBe(3);
    program.dispose();
  });

  it('gives results in the structure that the function returns', async () => {
    const program = jit((x: tf.Tensor) => ({ list: [x, x.add(1)], nested: { same: x, flag: x.greater(0), count: tf.scalar(3, 'int32') } }));
    const result = await program(float32([1], [1]));
    expect(result).toEqual({
      list: [float32([1], [1]), float32([1], [2])],
      nested: { same: float32([1], [1]), flag: bool([1], [1]), count: int32([], [3]) },
    });
    expect(result.list[0]).not.toBe(result.nested.same);
    program.dispose();
  });

  it('shares one compilation between calls that overlap, and keeps their numbers apart', async () => {
    const onCompile = vi.fn<(info: CompileInfo) => void>();
    const program = jit((x: tf.Tensor) => tf.matMul(x, x).sum(), { onCompile });
    const inputs = Array.from({ length: 30 }, (_, i) => float32([1 + (i % 3), 1 + (i % 3)], Array((1 + (i % 3)) ** 2).fill(i)));
    const results = await Promise.all(inputs.map((x) => program(x)));
    results.forEach((result, i) => expect(result.data[0]).toBe(i * i * (1 + (i % 3)) ** 3));
    expect(onCompile).toHaveBeenCalledTimes(3);
    program.dispose();
  });

  it('lets calls that run when it is disposed come to their end', async () => {
    const program = jit((x: tf.Tensor) => {
      let y = x;
      for (let i = 0; i < 20; i++) y = tf.tanh(tf.matMul(y, x));
      return y;
    });
    const x = float32(
      [64, 64],
      Float32Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i)),
    );
    const wanted = [...(await program(x)).data];
    const running = [program(x), program(x)];
    program.dispose();
    for (const each of running) expect([...(await each).data]).toEqual(wanted);
    await expect(program(x)).rejects.toThrow(LifecycleError);
  });

  it('refuses calls that wait for a compilation when it is disposed meanwhile', async () => {
    const program = jit(twice);
    const waiting = program(float32([1], [1]));
    program.dispose();
    await expect(waiting).rejects.toBeInstanceOf(LifecycleError);
  });

  it('compiles with constants of its own where it is called within another function', async () => {
    const inner = jit(twice);
    const outer = jit((x: tf.Tensor) => twice(x).add(1));
    const x = float32([1], [3]);
    expect((await Promise.all([inner(x), outer(x)])).map((result) => result.data[0])).toEqual([6, 7]);
    inner.dispose();
    outer.dispose();
  });
});

describe('the memory of results', () => {
  it('gives fresh results by default', async () => {
    const program = jit(twice);
    const [first, second] = [await program(float32([2], [1, 2])), await program(float32([2], [3, 4]))];
    expect(first.data).toEqual(Float32Array.of(2, 4));
    expect(second.data).toEqual(Float32Array.of(6, 8));
    program.dispose();
  });

  it('overwrites results of the call before when they are reused', async () => {
    const program = jit(twice, { outputs: 'reuse' });
    const first = await program(float32([2], [1, 2]));
    const second = await program(float32([2], [3, 4]));
    expect(second.data).toBe(first.data);
    expect(first.data).toEqual(Float32Array.of(6, 8));
    program.dispose();
  });

  it('swaps the memory of a donated argument with that of the result: two buffers, whatever the number of calls', async () => {
    const step = jit((state: { w: tf.Tensor; n: tf.Tensor }, x: tf.Tensor) => ({ w: state.w.add(x), n: state.n.add(1) }), { donate: [0] });
    let state: { w: NdArray; n: NdArray } = { w: float32([2]), n: float32([]) };
    const buffers = new Set<unknown>([state.w.data]);
    const seen: unknown[] = [state.w.data];
    for (let i = 1; i <= 6; i++) {
      state = await step(state, float32([2], [i, -i]));
      seen.push(state.w.data);
      buffers.add(state.w.data);
      expect(state.w.data).toEqual(Float32Array.of((i * (i + 1)) / 2, (-i * (i + 1)) / 2));
      expect(state.n.data[0]).toBe(i);
    }
    expect(buffers.size).toBe(2);
    for (let i = 2; i < seen.length; i++) expect(seen[i]).toBe(seen[i - 2]);
    step.dispose();
  });

  it('refuses an array that was donated, at once and for other functions too', async () => {
    const step = jit(twice, { donate: [0] });
    const other = jit(twice);
    const x = float32([2], [1, 2]);
    const first = step(x);
    await expect(step(x)).rejects.toBeInstanceOf(LifecycleError);
    await expect(other(x)).rejects.toThrow(/donated to an earlier call/);
    expect((await first).data).toEqual(Float32Array.of(2, 4));
    step.dispose();
    other.dispose();
  });

  it('uses the memory of an array once where it is donated twice in one call', async () => {
    const step = jit((a: tf.Tensor, b: tf.Tensor) => [a.add(b), a.sub(b)], { donate: [0, 1] });
    const x = float32([2], [1, 2]);
    const [sum, difference] = await step(x, x);
    const next = await step(sum!, difference!);
    expect(next.map((array) => Array.from(array.data))).toEqual([
      [2, 4],
      [2, 4],
    ]);
    expect(next[0]!.data).not.toBe(next[1]!.data);
    step.dispose();
  });

  it('gives an argument back when the call fails', async () => {
    const pick = jit((x: tf.Tensor, i: tf.Tensor) => tf.gather(x, i as tf.Tensor1D), { donate: [0] });
    const x = float32([2], [1, 2]);
    await expect(pick(x, int32([2], [9, 9]))).rejects.toThrow(/failed/);
    expect((await pick(x, int32([2], [1, 0]))).data).toEqual(Float32Array.of(2, 1));
    pick.dispose();
  });

  it('leaves no tensor behind, compiled or eager, and does not grow over 10,000 calls', async () => {
    const step = jit((state: tf.Tensor[], x: tf.Tensor) => state.map((w) => w.mul(0.5).add(x)), { donate: [0] });
    const query = jit((x: tf.Tensor) => ({ a: x.sum(), b: x.tanh() }));
    let state: NdArray[] = Array.from({ length: 4 }, () => float32([64, 64]));
    const x = float32([64, 64], new Float32Array(4096).fill(1));
    const tensors = tf.memory().numTensors;
    const round = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        state = await step(state, x);
        await query(x);
      }
    };
    await round(500);
    const before = process.memoryUsage();
    await round(5000);
    const after = process.memoryUsage();
    expect(state[0]!.data[0]).toBeCloseTo(2, 5);
    expect(tf.memory().numTensors).toBe(tensors);
    // Results of 16 KB each would add up to 400 MB; what is not collected yet stays far below.
    expect(after.rss - before.rss).toBeLessThan(100e6);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(30e6);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(60e6);
    configureEngine({ engine: 'eager' });
    await query(x);
    expect(tf.memory().numTensors).toBe(tensors);
    step.dispose();
    query.dispose();
  }, 60_000);
});

describe('engines', () => {
  it('follow the configuration: programs compiled before are compiled anew', async () => {
    const program = jit((x: tf.Tensor) => tf.matMul(x, x, false, true).softmax());
    const x = float32([2, 3], [1, -2, 3, 0.5, 0, -1]);
    const results: NdArray[] = [];
    for (const engine of ['onnxruntime-node', 'eager', 'onnxruntime-web', 'auto'] as const) {
      configureEngine({ engine });
      results.push(await program(x));
      expect((await currentEngine())?.name ?? 'eager').toBe(engine === 'auto' ? 'onnxruntime-node' : engine);
    }
    for (const result of results) result.data.forEach((value, i) => expect(value).toBeCloseTo(results[0]!.data[i]!, 6));
    expect(results[3]).toEqual(results[0]);
    program.dispose();
  });

  it('take the number of threads that is asked for', async () => {
    configureEngine({ threadCount: 1 });
    expect((await currentEngine())!.threadCount).toBe(1);
    const one = await runLearningSuite({ threadCount: 1 });
    const three = await runLearningSuite({ threadCount: 3 });
    expect(three.threadCount).toBe(3);
    expect(three.losses.at(-1)!).toBeCloseTo(one.losses.at(-1)!, 3);
  });

  it('keep overlapping calls apart on WebAssembly too', async () => {
    configureEngine({ engine: 'onnxruntime-web' });
    const program = jit((x: tf.Tensor) => x.mul(x), { name: 'squares' });
    const results = await Promise.all(Array.from({ length: 8 }, (_, i) => program(float32([2], [i, -i]))));
    results.forEach((result, i) => expect(Array.from(result.data)).toEqual([i * i, i * i]));
    program.dispose();
  });

  it('give the same bits for the same call', async () => {
    const program = jit((x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y).tanh().sum(0));
    const values = fc.sample(fc.float({ min: -1, max: 1, noNaN: true }), { numRuns: 128 * 128, seed: 1 });
    const [x, y] = [float32([128, 128], values), float32([128, 128], values.toReversed())];
    const first = await program(x, y);
    for (let i = 0; i < 20; i++) expect(await program(x, y)).toEqual(first);
    program.dispose();
  });

  it('mark donated arrays eagerly as well', async () => {
    configureEngine({ engine: 'eager' });
    const step = jit(twice, { donate: [0] });
    const x = float32([1], [1]);
    expect((await step(x)).data[0]).toBe(2);
    await expect(step(x)).rejects.toBeInstanceOf(LifecycleError);
  });

  it('run functions eagerly that return an argument as it came', async () => {
    configureEngine({ engine: 'eager' });
    const [a, b] = await jit((x: tf.Tensor) => [x, x])(float32([1], [1]));
    expect(a).toEqual(float32([1], [1]));
    expect(b!.data).not.toBe(a!.data);
  });
});

describe('programs of odd shape', () => {
  it.each(['onnxruntime-node', 'onnxruntime-web', 'eager'] as const)('take and give empty arrays and scalars, on %s', async (engine) => {
    configureEngine({ engine });
    const program = jit((x: tf.Tensor, s: tf.Tensor) => ({
      rows: x.add(s),
      count: tf.scalar(x.shape[0]!),
      joined: tf.concat([x, x], 0),
      total: x.sum(),
    }));
    const result = await program(float32([0, 3]), float32([], [2]));
    expect(result).toEqual({ rows: float32([0, 3]), count: float32([], [0]), joined: float32([0, 3]), total: float32([], [0]) });
    program.dispose();
  });

  it('work without arguments and without computation', async () => {
    const constants = jit(() => [tf.range(0, 3), tf.ones([2]), tf.scalar(1, 'bool')]);
    expect(await constants()).toEqual([float32([3], [0, 1, 2]), float32([2], [1, 1]), bool([], [1])]);
    const nothing = jit((): { [key: string]: tf.Tensor } => ({}));
    expect(await nothing()).toEqual({});
    constants.dispose();
    nothing.dispose();
  });
});
