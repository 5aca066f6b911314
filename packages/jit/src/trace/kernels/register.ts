/** How kernels are written: a function of traced inputs and attributes, collected in a table and registered once. */
import { UnsupportedError } from '@mbrl/core';
import { tf } from '../../tensorflow.js';
import { checkDType, TRACE_BACKEND, traceBackend, type TracedDType, type TracedInfo, type TracedValue } from '../trace-backend.js';

/** Inputs by the names that TensorFlow.js gives them; a list of tensors has the names 0, 1, … */
export type KernelInputs = { readonly [name: string]: TracedValue };

/** Attributes as TensorFlow.js gives them. */
export type KernelAttributes = { readonly [name: string]: unknown };

/** Appends operations for one kernel and returns the resulting values. */
export type TraceKernel<A = KernelAttributes> = (inputs: KernelInputs, attributes: A) => TracedValue | readonly TracedValue[];

/** Kernels by name. */
export type KernelTable = { readonly [kernelName: string]: TraceKernel<never> };

const isList = (result: TracedValue | readonly TracedValue[]): result is readonly TracedValue[] => Array.isArray(result);

/** Registers a table of kernels with the trace backend. */
export function registerKernels(table: KernelTable): void {
  for (const [kernelName, kernel] of Object.entries(table)) {
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        const values: { [name: string]: TracedValue } = {};
        for (const [name, tensor] of Object.entries(inputs)) {
          if (tensor) values[name] = traceBackend.value(tensor as { dataId: object; shape: number[]; dtype: string });
        }
        const result = (kernel as TraceKernel)(values, attrs ?? {});
        const infos = isList(result) ? result.map((value) => traceBackend.info(value)) : traceBackend.info(result);
        return infos as unknown as ReturnType<tf.KernelFunc>;
      },
    });
  }
}

/** A value of the given name that is stored in full. */
export function fullValue(name: string, shape: readonly number[], dtype: TracedDType): TracedValue {
  return { name, shape, stored: shape, dtype };
}

/** Throws for an option of a kernel that is not compiled. */
export function unsupported(what: string): never {
  throw new UnsupportedError(`jit: ${what} cannot be compiled`);
}

export { checkDType, traceBackend, type TracedDType, type TracedInfo, type TracedValue };
