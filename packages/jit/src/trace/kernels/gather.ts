/** Picking and placing by index, one-hot coding and the greatest k. Indices are int32 in TensorFlow.js, int64 in the graph. */
import {
  fullValue,
  type KernelTable,
  traceBackend as backend,
  type TraceKernel,
  type TracedDType,
  type TracedValue,
  unsupported,
} from './register.js';

/** Indices as int64, which every indexing operator takes. */
const longName = (indices: TracedValue): string => backend.castName(backend.full(indices), 'int64');

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const gather: TraceKernel<{ axis: number; batchDims: number }> = ({ x, indices }, { axis, batchDims }) => {
  const along = axis < 0 ? axis + x!.shape.length : axis;
  const batch = batchDims < 0 ? batchDims + indices!.shape.length : batchDims;
  const shape = [...x!.shape.slice(0, along), ...indices!.shape.slice(batch), ...x!.shape.slice(along + 1)];
  const { graph } = backend;
  if (batch === 0) {
    return fullValue(graph.op('Gather', [backend.full(x!), backend.full(indices!)], { axis: along }), shape, x!.dtype);
  }
  // The gathered axis comes right behind the batch axes for the operator, and then goes back.
  const rank = x!.shape.length;
  const forward = [...range(0, batch), along, ...range(batch, along), ...range(along + 1, rank)];
  const points = backend.reshapedName(longName(indices!), [...indices!.shape, 1]);
  const source = along === batch ? backend.full(x!) : graph.op('Transpose', [backend.full(x!)], { perm: forward });
  const gathered = graph.op('GatherND', [source, points], { batch_dims: batch });
  if (along === batch) return fullValue(gathered, shape, x!.dtype);
  const picked = indices!.shape.length - batch;
  const middle = batch + picked;
  const back = [
    ...range(0, batch),
    ...range(middle, middle + along - batch),
    ...range(batch, middle),
    ...range(middle + along - batch, shape.length),
  ];
  return fullValue(graph.op('Transpose', [gathered], { perm: back }), shape, x!.dtype);
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

const scatterNd: TraceKernel<{ shape: readonly number[] }> = ({ indices, updates }, { shape }) =>
  scatterAdd(longName(indices!), updates!, shape);

const scatterUpdate: TraceKernel = ({ tensor, indices, updates }) =>
  fullValue(
    backend.graph.op('ScatterND', [backend.full(tensor!), longName(indices!), backend.full(updates!)]),
    tensor!.shape,
    tensor!.dtype,
  );

/** Rows with a segment that does not exist are dropped, as TensorFlow.js does: they land in one more row, cut off after. */
const segmentSum: TraceKernel<{ numSegments: number }> = ({ x, segmentIds }, { numSegments }) => {
  if (segmentIds!.shape.length !== 1) return unsupported('unsortedSegmentSum with segment ids of rank other than one');
  const { graph } = backend;
  const ids = longName(segmentIds!);
  const long = (value: number): string => graph.constant('int64', [], [value]);
  const known = graph.op('And', [graph.op('GreaterOrEqual', [ids, long(0)]), graph.op('Less', [ids, long(numSegments)])]);
  const points = backend.reshapedName(graph.op('Where', [known, ids, long(numSegments)]), [segmentIds!.shape[0]!, 1]);
  const { name, dtype } = scatterAdd(points, x!, [numSegments + 1, ...x!.shape.slice(1)]);
  const cut = graph.op('Slice', [name, graph.integers([0]), graph.integers([numSegments]), graph.integers([0])]);
  return fullValue(cut, [numSegments, ...x!.shape.slice(1)], dtype);
};

interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: TracedDType;
}

const oneHot: TraceKernel<OneHotAttributes> = ({ indices }, { depth, onValue, offValue, dtype }) => {
  const { graph } = backend;
  const columns = graph.constant(
    'int32',
    [depth],
    Array.from({ length: depth }, (_, i) => i),
  );
  const rows = backend.reshapedName(backend.full(indices!), [...indices!.shape, 1]);
  const hit = graph.op('Equal', [rows, columns]);
  const type = dtype === 'bool' ? 'int32' : dtype;
  const constant = (value: number): string => graph.constant(type, [], [value]);
  return backend.cast(fullValue(graph.op('Where', [hit, constant(onValue), constant(offValue)]), [...indices!.shape, depth], type), dtype);
};

const topK: TraceKernel<{ k: number; sorted: boolean }> = ({ x }, { k, sorted }) => {
  const shape = [...x!.shape.slice(0, -1), k];
  const [values, positions] = backend.graph.ops('TopK', [backend.full(x!), backend.graph.integers([k])], 2, {
    axis: -1,
    largest: 1,
    sorted: Number(sorted),
  });
  return [fullValue(values!, shape, x!.dtype), fullValue(backend.castName(positions!, 'int32'), shape, 'int32')];
};

/** Places at which values would go into sorted rows: how many elements are less (or, from the right, not greater). */
const searchSorted: TraceKernel<{ side: 'left' | 'right' }> = ({ sortedSequence, values }, { side }) => {
  const { graph } = backend;
  const [rows, count] = values!.shape as [number, number];
  const sequence = backend.reshapedName(backend.full(sortedSequence!), [rows, 1, sortedSequence!.shape[1]!]);
  const sought = backend.reshapedName(backend.full(values!), [rows, count, 1]);
  const before = graph.op(side === 'left' ? 'Less' : 'LessOrEqual', [sequence, sought]);
  const places = graph.op('ReduceSum', [backend.castName(before, 'int32'), graph.integers([2])], { keepdims: 0 });
  return fullValue(places, [rows, count], 'int32');
};

export const gatherKernels: KernelTable = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
  TopK: topK,
  SearchSorted: searchSorted,
} as KernelTable;
