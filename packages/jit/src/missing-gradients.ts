/**
 * Gradients that TensorFlow.js 4 lacks. Without those of comparisons, a function that masks or selects by a comparison
 * of what it is differentiated by (`x.mul(x.greater(0).cast('float32'))`) has no gradient at all, and the second
 * derivative of every rectifier, maximum and clipping is missing. Without those of broadcast products, an ensemble
 * would have to repeat the batch for each member. Those of the cumulative sum, of padding by mirroring, of
 * conversion to whole numbers and of splitting into one part are there, and wrong.
 */
import * as tf from '@tensorflow/tfjs';

type Saved = readonly tf.Tensor[];

/** The result jumps and is flat between: the gradient by each input is zero. */
const flat = (...names: readonly string[]): tf.GradConfig['gradFunc'] => {
  return (_, saved: Saved) => Object.fromEntries(names.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)]));
};

function registerFlat(kernelName: string, names: string[]): void {
  tf.registerGradient({ kernelName, inputsToSave: names, gradFunc: flat(...names) });
}

/** y = x or eˣ − 1, so that dx = dy where y ≥ 0 and dy · (y + 1) elsewhere; by y only the second part changes. */
const eluGradient: tf.GradConfig['gradFunc'] = (gradient, saved: Saved) => {
  const [dy, y] = saved as [tf.Tensor, tf.Tensor];
  const up = gradient as tf.Tensor;
  return {
    dy: () => tf.where(y.greaterEqual(0), up, up.mul(y.add(1))),
    y: () => tf.where(y.greaterEqual(0), tf.zerosLike(up), up.mul(dy)),
  };
};

/** What arrives at the k greatest goes back to where they came from. */
const topKGradient: tf.GradConfig['gradFunc'] = (gradients, saved: Saved) => {
  const [x, indices] = saved as [tf.Tensor, tf.Tensor];
  const extent = x.shape.at(-1)!;
  const rows = x.size / extent;
  const k = indices.shape.at(-1)!;
  const starts = tf.range(0, rows, 1, 'int32').mul(tf.scalar(extent, 'int32')).expandDims(1);
  return {
    x: () => {
      const places = indices.reshape([rows, k]).add(starts).flatten() as tf.Tensor1D;
      const dy = (gradients as unknown as tf.Tensor[])[0]!;
      return tf.unsortedSegmentSum(dy.flatten(), places, rows * extent).reshape(x.shape);
    },
  };
};

/** The sums of what arrives, from the other end. TensorFlow.js' own has its axes swapped unless it sums along the last. */
const cumulativeSumGradient: tf.GradConfig['gradFunc'] = (gradient, _saved, attributes) => {
  const { axis, exclusive, reverse } = attributes as unknown as tf.CumsumAttrs;
  return { x: () => tf.cumsum(gradient as tf.Tensor, axis, exclusive, !reverse) };
};

/** Joins what arrives at the parts again. TensorFlow.js' own cannot where there is one part only: it is then given no list. */
const partsGradient = (name: 'x' | 'value', join: (parts: tf.Tensor[], axis: number) => tf.Tensor): tf.GradConfig['gradFunc'] => {
  return (gradients, _saved, attributes) => {
    const parts = [gradients].flat() as tf.Tensor[];
    return { [name]: () => join(parts, (attributes as unknown as { axis: number }).axis) };
  };
};

/**
 * What arrives at a mirrored border goes back to the elements that it shows. TensorFlow.js' own drops it.
 * Along an axis of extent n the border before shows elements e, e + 1, …, the border behind n − 1 − e, n − 2 − e, …,
 * with e = 1 in mode `reflect` and 0 in `symmetric`.
 */
const mirrorPadGradient: tf.GradConfig['gradFunc'] = (gradient, saved: Saved, attributes) => {
  const { paddings, mode } = attributes as unknown as tf.MirrorPadAttrs;
  const edge = mode === 'reflect' ? 1 : 0;
  const folded = (dy: tf.Tensor, axis: number): tf.Tensor => {
    const [before, behind] = paddings[axis]!;
    const extent = saved[0]!.shape[axis]!;
    const [front, inner, back] = tf.split(dy, [before, extent, behind], axis) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const placed = (border: tf.Tensor, start: number): tf.Tensor => {
      const room: [number, number][] = border.shape.map((size, i) => (i === axis ? [start, extent - start - size] : [0, 0]));
      return tf.pad(tf.reverse(border, axis), room);
    };
    let sum = inner;
    if (before > 0) sum = sum.add(placed(front, edge));
    if (behind > 0) sum = sum.add(placed(back, extent - edge - behind));
    return sum;
  };
  return { x: () => paddings.reduce((dy, _, axis) => folded(dy, axis), gradient as tf.Tensor) };
};

/**
 * Whole numbers and truth values change in jumps, so nothing comes back through a conversion to them. TensorFlow.js' own
 * passes it on as if x had not been rounded.
 */
const castGradient: tf.GradConfig['gradFunc'] = (gradient, saved: Saved, attributes) => {
  const { dtype } = attributes as unknown as tf.CastAttrs;
  const jumps = dtype !== 'float32' && saved[0]!.dtype === 'float32';
  return { x: () => (jumps ? tf.zerosLike(saved[0]!) : tf.cast(gradient as tf.Tensor, 'float32')) };
};

const gatherNdGradient: tf.GradConfig['gradFunc'] = (gradient, saved: Saved) => {
  const [params, indices] = saved as [tf.Tensor, tf.Tensor];
  return {
    params: () => tf.scatterND(indices, gradient as tf.Tensor, params.shape),
    indices: () => tf.zeros(indices.shape),
  };
};

const scatterNdGradient: tf.GradConfig['gradFunc'] = (gradient, saved: Saved) => {
  const indices = saved[0]!;
  return { updates: () => tf.gatherND(gradient as tf.Tensor, indices), indices: () => tf.zeros(indices.shape) };
};

/**
 * The gradient by one factor of an Einstein sum is the Einstein sum of the result's gradient with the other factor;
 * an index that neither of those has was summed over alone, and every element along it gets the same.
 */
const einsumGradient: tf.GradConfig['gradFunc'] = (gradient, saved: Saved, attributes) => {
  const equation = (attributes as unknown as { equation: string }).equation.replaceAll(' ', '');
  const [left, result] = equation.split('->') as [string, string];
  const terms = left.split(',');
  return Object.fromEntries(
    terms.map((term, k) => [
      String(k),
      () => {
        const others = terms.filter((_, i) => i !== k);
        const known = [...term].filter((index) => result.includes(index) || others.some((other) => other.includes(index)));
        const operands = saved.filter((_, i) => i !== k);
        const partial = tf.einsum(`${[result, ...others].join()}->${known.join('')}`, gradient as tf.Tensor, ...operands);
        const { shape } = saved[k]!;
        return partial.reshape([...term].map((index, i) => (known.includes(index) ? shape[i]! : 1))).broadcastTo(shape);
      },
    ]),
  );
};

const run = (kernelName: string, inputs: { [name: string]: tf.Tensor }, attributes: tf.NamedAttrMap): tf.Tensor =>
  tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attributes) as tf.Tensor;

/**
 * The gradients of a convolution's own gradients. All three are sums of products of image, filter and result, so each
 * one's derivative is another of them. @param kernels the convolution, and its gradients by image and filter
 */
function convolutionGradients(kernels: { readonly forward: string; readonly byImage: string; readonly byFilter: string }): void {
  const { forward, byImage, byFilter } = kernels;
  const dilations = 1;
  tf.registerGradient({
    kernelName: byImage,
    inputsToSave: ['dy', 'filter'],
    gradFunc: (gradient, saved: Saved, attributes) => {
      const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
      const x = gradient as tf.Tensor;
      return {
        dy: () => run(forward, { x, filter }, { ...attributes, dilations }),
        filter: () => run(byFilter, { x, dy }, { ...attributes, dilations, filterShape: filter.shape }),
      };
    },
  });
  tf.registerGradient({
    kernelName: byFilter,
    inputsToSave: ['x', 'dy'],
    gradFunc: (gradient, saved: Saved, attributes) => {
      const [x, dy] = saved as [tf.Tensor, tf.Tensor];
      const filter = gradient as tf.Tensor;
      return {
        x: () => run(byImage, { dy, filter }, { ...attributes, dilations, inputShape: x.shape }),
        dy: () => run(forward, { x, filter }, { ...attributes, dilations }),
      };
    },
  });
}

/** Averages what arrives over the windows, as the pool does. */
const averagePoolGradient: tf.GradConfig['gradFunc'] = (gradient, saved: Saved, attributes) => ({
  dy: () => run('AvgPool', { x: gradient as tf.Tensor }, attributes),
  input: () => tf.zeros(saved[0]!.shape),
});

/** Adds up the axes along which a value was broadcast, so that it has the given shape again. */
function summedTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((extent, i) => (i < lead || (extent !== 1 && shape[i - lead] === 1) ? [i] : []));
  return axes.length === 0 ? x : x.sum(axes).reshape([...shape]);
}

/** Makes the gradients of an operation of two arguments, `a` and `b`, add up along broadcast axes. */
function broadcastGradient(kernelName: string): void {
  const config = tf.getGradient(kernelName);
  if (!config) return;
  const gradFunc: tf.GradConfig['gradFunc'] = (gradient, saved: Saved, attributes) => {
    const parts = config.gradFunc(gradient, saved as tf.Tensor[], attributes);
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return { a: () => summedTo(parts['a']!(), a.shape), b: () => summedTo(parts['b']!(), b.shape) };
  };
  tf.registerGradient({ ...config, gradFunc });
}

/** Lets the gradient of an operation pass indices over: they change in jumps, so that theirs is zero. */
function withFlatIndices(kernelName: string, name: string, placeInSaved: number): void {
  const config = tf.getGradient(kernelName);
  if (!config) return;
  const gradFunc: tf.GradConfig['gradFunc'] = (gradient, saved: Saved, attributes) => ({
    ...config.gradFunc(gradient, saved as tf.Tensor[], attributes),
    [name]: () => tf.zeros(saved[placeInSaved]!.shape),
  });
  tf.registerGradient({ ...config, gradFunc });
}

/** Registers them. Those that TensorFlow.js has by now are replaced by equal ones. */
export function registerMissingGradients(): void {
  for (const kernel of ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'])
    registerFlat(kernel, ['a', 'b']);
  for (const kernel of ['LogicalNot', 'All', 'Any', 'IsNan', 'IsInf', 'IsFinite']) registerFlat(kernel, ['x']);
  for (const kernel of ['BatchMatMul', 'Maximum', 'Minimum', 'SquaredDifference']) broadcastGradient(kernel);
  withFlatIndices('GatherV2', 'indices', 1);
  withFlatIndices('UnsortedSegmentSum', 'segmentIds', 0);
  convolutionGradients({ forward: 'Conv2D', byImage: 'Conv2DBackpropInput', byFilter: 'Conv2DBackpropFilter' });
  convolutionGradients({
    forward: 'DepthwiseConv2dNative',
    byImage: 'DepthwiseConv2dNativeBackpropInput',
    byFilter: 'DepthwiseConv2dNativeBackpropFilter',
  });
  tf.registerGradient({ kernelName: 'AvgPoolGrad', inputsToSave: ['input'], gradFunc: averagePoolGradient });
  tf.registerGradient({ kernelName: 'EluGrad', inputsToSave: ['dy', 'y'], gradFunc: eluGradient });
  tf.registerGradient({ kernelName: 'TopK', inputsToSave: ['x'], outputsToSave: [false, true], gradFunc: topKGradient });
  tf.registerGradient({ kernelName: 'Cumsum', gradFunc: cumulativeSumGradient });
  tf.registerGradient({ kernelName: 'MirrorPad', inputsToSave: ['x'], gradFunc: mirrorPadGradient });
  tf.registerGradient({ kernelName: 'Cast', inputsToSave: ['x'], gradFunc: castGradient });
  tf.registerGradient({ kernelName: 'SplitV', gradFunc: partsGradient('x', (parts, axis) => tf.concat(parts, axis)) });
  tf.registerGradient({ kernelName: 'Unpack', gradFunc: partsGradient('value', (parts, axis) => tf.stack(parts, axis)) });
  tf.registerGradient({ kernelName: 'GatherNd', inputsToSave: ['params', 'indices'], gradFunc: gatherNdGradient });
  tf.registerGradient({ kernelName: 'ScatterNd', inputsToSave: ['indices'], gradFunc: scatterNdGradient });
  tf.registerGradient({ kernelName: 'Einsum', saveAllInputs: true, gradFunc: einsumGradient });
}
