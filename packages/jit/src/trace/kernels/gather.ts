/** Picking and placing by index, one-hot coding and the greatest k. Indices are int32 in TensorFlow.js, int64 in the graph. */
import { fullValue, type KernelTable, traceBackend as backend, type TraceKernel, type TracedDType, type TracedValue, unsupported } from './register.js';

/** Indices as int64, which every indexing operator takes. */
const longName = (indices: TracedValue): string => backend.castName(backend.full(indices), 'int64');

const gather: TraceKernel<{ axis: number; batchDims: number }> = ({ x, indices }, { axis, batchDims }) => {
  const along = axis < 0 ? axis + x!.shape.length : axis;
  const batch = batchDims < 0 ? batchDims + indices!.shape.length : batchDims;
  const shape = [...x!.shape.slice(0, along), ...indices!.shape.slice(batch), ...x!.shape.slice(along + 1)];
  const { graph } = backend;
  if (batch === 0) {
    return fullValue(graph.op('Gather', [backend.full(x!), backend.full(indices!)], { axis: along }), shape, x!.dtype);
  }
  if (along !== batch) return unsupported('gather with 0 < batchDims < axis');
  const points = backend.reshapedName(longName(indices!), [...indices!.shape, 1]);
  return fullValue(graph.op('GatherND', [backend.full(x!), points], { batch_dims: batch }), shape, x!.dtype);
};

const gatherNd: TraceKernel = ({ params, indices }) => {
  const depth = indices!.shape.at(-1)!;
  const shape = [...indices!.shape.slice(0, -1), ...params!.shape.slice(depth)];
  return fullValue(backend.graph.op('GatherND', [backend.full(params!), longName(indices!)]), shape, params!.dtype);
};

/** Adds rows into zeros; equal indices add up. */
function scatterAdd(indices: string, updates: TracedValue, shape: readonly number[]): TracedValue {
  const zeros = backend.full(backend.uniform(0, shape, updates.dtype));
  return fullValue(backend.graph.op('ScatterND', [zeros, indices, backend.full(updates)], { reduction: 'add' }), shape, updates.dtype);
}

const scatterNd: TraceKernel<{ shape: readonly number[] }> = ({ indices, updates }, { shape }) => scatterAdd(longName(indices!), updates!, shape);

const scatterUpdate: TraceKernel = ({ tensor, indices, updates }) =>
  fullValue(backend.graph.op('ScatterND', [backend.full(tensor!), longName(indices!), backend.full(updates!)]), tensor!.shape, tensor!.dtype);

const segmentSum: TraceKernel<{ numSegments: number }> = ({ x, segmentIds }, { numSegments }) => {
  if (segmentIds!.shape.length !== 1) return unsupported('unsortedSegmentSum with segment ids of rank other than one');
  const points = backend.reshapedName(longName(segmentIds!), [segmentIds!.shape[0]!, 1]);
  return scatterAdd(points, x!, [numSegments, ...x!.shape.slice(1)]);
};

interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: TracedDType;
}

const oneHot: TraceKernel<OneHotAttributes> = ({ indices }, { depth, onValue, offValue, dtype }) => {
  const { graph } = backend;
  const columns = graph.constant('int32', [depth], Array.from({ length: depth }, (_, i) => i));
  const rows = backend.reshapedName(backend.full(indices!), [...indices!.shape, 1]);
  const hit = graph.op('Equal', [rows, columns]);
  const constant = (value: number): string => graph.constant(dtype, [], [value]);
  return fullValue(graph.op('Where', [hit, constant(onValue), constant(offValue)]), [...indices!.shape, depth], dtype);
};

const topK: TraceKernel<{ k: number; sorted: boolean }> = ({ x }, { k, sorted }) => {
  const shape = [...x!.shape.slice(0, -1), k];
  const [values, positions] = backend.graph.ops('TopK', [backend.full(x!), backend.graph.integers([k])], 2, { axis: -1, largest: 1, sorted: Number(sorted) });
  return [fullValue(values!, shape, x!.dtype), fullValue(backend.castName(positions!, 'int32'), shape, 'int32')];
};

export const gatherKernels: KernelTable = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
  TopK: topK,
} as KernelTable;
