/**
 * Holds compiled ops against eager TensorFlow.js on its CPU backend: values, gradients and gradients of gradients.
 * Many ops go into one program, since loading a program is what takes time.
 */
import { jit, tf } from '@mbrl/jit';
import type { NdArray } from '@mbrl/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { arrayOf, type DrawnArg } from './drawn-args.js';

/** What an op is applied to, and how. */
export interface OpCall {
  readonly args: readonly DrawnArg[];
  readonly apply: (...args: tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[];
}

/** An op of the table. */
export interface OpEntry {
  readonly name: string;
  /** How often TensorFlow.js differentiates it: 0, 1 or 2 times. */
  readonly order: 0 | 1 | 2;
  readonly calls: fc.Arbitrary<OpCall>;
  /** Largest difference allowed, relative to one plus the largest magnitude of the result. Default 1e-5. */
  readonly tolerance?: number;
}

/** An entry whose function does not depend on what is drawn. */
export function op(
  name: string,
  order: OpEntry['order'],
  args: fc.Arbitrary<readonly DrawnArg[]>,
  apply: (...args: never[]) => tf.Tensor | readonly tf.Tensor[],
  tolerance?: number,
): OpEntry {
  const calls = args.map((drawn) => ({ args: drawn, apply: apply as OpCall['apply'] }));
  return tolerance === undefined ? { name, order, calls } : { name, order, calls, tolerance };
}

/** Tensors made outside of the program, by argument. */
type Captured = ReadonlyMap<DrawnArg, tf.Tensor>;

/** The argument as the op sees it, from the program's input where it has one. */
function formed(arg: DrawnArg, input: tf.Tensor | undefined, captured: Captured): tf.Tensor {
  const shape = [...arg.shape];
  if (arg.form === 'input') return input!;
  if (arg.form === 'spread') return tf.broadcastTo(input!, shape);
  if (arg.form === 'captured') return captured.get(arg)!;
  const number = arg.array.data[0]!;
  const value = (arg.array.dtype === 'bool' ? number === 1 : number) as number;
  return tf.fill(arg.shape as number[], value, arg.array.dtype);
}

const isInput = (arg: DrawnArg): boolean => arg.form === 'input' || arg.form === 'spread';

/** A weight for each element of a result, the same in every run; a sum with them stands for any loss. */
function weights(like: tf.Tensor, salt: number): tf.Tensor {
  return tf.tensor(arrayOf(like.shape, 'smooth', 'float32', salt + like.size).data as Float32Array, like.shape);
}

const weightedSum = (values: readonly tf.Tensor[], salt: number): tf.Tensor =>
  values.map((value, i) => value.mul(weights(value, salt + i)).sum()).reduce((a, b) => a.add(b), tf.scalar(0));

/** Gradients by each x; undefined where the function does not depend on it. */
function gradients(f: (...xs: tf.Tensor[]) => tf.Tensor, xs: readonly tf.Tensor[]): (tf.Tensor | undefined)[] {
  const { grads } = tf.engine().gradients(() => f(...xs), [...xs], undefined, true);
  return grads.map((gradient) => gradient ?? undefined);
}

/** Results of a call: values, then gradients, then gradients of gradients, as far as `order` goes. */
function evaluate(call: OpCall, order: number, inputs: readonly tf.Tensor[], captured: Captured): tf.Tensor[] {
  const run = (given: readonly tf.Tensor[]): readonly tf.Tensor[] => {
    let next = 0;
    const result = call.apply(...call.args.map((arg) => formed(arg, isInput(arg) ? given[next++] : undefined, captured)));
    return result instanceof tf.Tensor ? [result] : result;
  };
  const values = run(inputs);
  const results = [...values];
  const places = inputs.flatMap((input, i) => (input.dtype === 'float32' ? [i] : []));
  const float = values.flatMap((value, i) => (value.dtype === 'float32' ? [i] : []));
  if (order === 0 || places.length === 0 || float.length === 0) return results;
  const withPlaces = (xs: readonly tf.Tensor[]): tf.Tensor[] =>
    inputs.map((input, i) => (places.includes(i) ? xs[places.indexOf(i)]! : input));
  const loss = (...xs: tf.Tensor[]): tf.Tensor => {
    const outputs = run(withPlaces(xs));
    return weightedSum(
      float.map((i) => outputs[i]!),
      1,
    );
  };
  const slope = (...xs: tf.Tensor[]): tf.Tensor =>
    weightedSum(
      gradients(loss, xs).filter((gradient) => gradient !== undefined),
      100,
    );
  const variables = places.map((i) => inputs[i]!);
  const gradientList = (f: typeof loss): tf.Tensor[] =>
    gradients(f, variables).map((gradient, i) => gradient ?? tf.zerosLike(variables[i]!));
  results.push(...gradientList(loss));
  if (order === 2) results.push(...gradientList(slope));
  return results;
}

/** A result as an array, for comparison. */
async function download(tensor: tf.Tensor): Promise<NdArray> {
  const data = await tensor.data();
  return { dtype: tensor.dtype, shape: tensor.shape, data } as NdArray;
}

/** Says how two arrays differ, undefined where they agree. NaN agrees with NaN. */
export function difference(actual: NdArray, expected: NdArray, tolerance: number): string | undefined {
  if (actual.dtype !== expected.dtype) return `element type ${actual.dtype}, expected ${expected.dtype}`;
  if (actual.shape.join() !== expected.shape.join()) return `shape [${actual.shape}], expected [${expected.shape}]`;
  if (actual.data.length !== expected.data.length) return `${actual.data.length} elements, expected ${expected.data.length}`;
  const scale = Array.from(expected.data).reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  const limit = actual.dtype === 'float32' ? tolerance * (1 + scale) : 0;
  for (let i = 0; i < actual.data.length; i++) {
    const [a, b] = [actual.data[i]!, expected.data[i]!];
    const same = Object.is(a, b) || a === b || (Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= limit);
    if (!same) return `element ${i} is ${a}, expected ${b} (allowed difference ${limit})`;
  }
  return undefined;
}

const describeCall = (call: OpCall): string =>
  call.args
    .map((arg) => `${arg.form} ${arg.array.dtype}[${arg.array.shape}]→[${arg.shape}] = ${Array.from(arg.array.data).slice(0, 12)}`)
    .join('; ');

/** Runs the calls eagerly and as one program, and lists where they differ. */
export async function compare(entries: readonly OpEntry[], calls: readonly OpCall[]): Promise<string[]> {
  const captured = new Map<DrawnArg, tf.Tensor>();
  for (const arg of calls.flatMap((call) => call.args)) {
    if (arg.form === 'captured') captured.set(arg, tf.tensor(arg.array.data, [...arg.shape], arg.array.dtype));
  }
  const arrays = calls.map((call) => call.args.filter(isInput).map((arg) => arg.array));
  const all = (inputs: readonly (readonly tf.Tensor[])[]): tf.Tensor[][] =>
    calls.map((call, i) => {
      try {
        return evaluate(call, entries[i]!.order, inputs[i]!, captured);
      } catch (error) {
        throw new Error(`${entries[i]!.name} (${describeCall(call)}): ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    });
  const eager = tf.tidy(() => all(arrays.map((list) => list.map((array) => tf.tensor(array.data, [...array.shape], array.dtype)))));
  const expected = await Promise.all(eager.map((list) => Promise.all(list.map(download))));
  const compiled = jit(all, { name: 'ops' });
  try {
    // An input that no op reads would be dropped; a scalar keeps the argument from being empty.
    const actual = await compiled(arrays as never);
    return calls.flatMap((call, i) =>
      expected[i]!.flatMap((array, k) => {
        const problem = difference((actual as unknown as NdArray[][])[i]![k]!, array, entries[i]!.tolerance ?? 1e-5);
        return problem ? [`${entries[i]!.name}, result ${k} of ${expected[i]!.length}: ${problem}\n    on ${describeCall(call)}`] : [];
      }),
    );
  } finally {
    compiled.dispose();
    tf.dispose(eager.flat());
    tf.dispose([...captured.values()]);
  }
}

/** Checks a table of ops on random calls. */
export async function checkOps(entries: readonly OpEntry[], runs = 5): Promise<void> {
  await tf.setBackend('cpu');
  const drawn = fc.tuple(...entries.map((entry) => entry.calls));
  const property = fc.asyncProperty(drawn, async (calls) => {
    const problems = await compare(entries, calls);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  const outcome = await fc.check(property, { numRuns: runs, endOnFailure: true });
  // The drawn calls hold functions, of which the usual report prints the source.
  if (outcome.failed)
    expect.fail(
      `with seed ${outcome.seed}: ${String(outcome.errorInstance instanceof Error ? outcome.errorInstance.message : outcome.errorInstance)}`,
    );
}
