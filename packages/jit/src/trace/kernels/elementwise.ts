/** Operations element by element: arithmetic, comparison, logic, selection and the usual functions. */
import { broadcastShape } from '../graph.js';
import {
  type KernelInputs,
  type KernelTable,
  traceBackend as backend,
  type TraceKernel,
  type TracedDType,
  type TracedValue,
} from './register.js';

const scalar = (value: number, dtype: TracedDType = 'float32'): TracedValue => backend.uniform(value, [], dtype);

const apply = (op: string, ...inputs: TracedValue[]): TracedValue => backend.elementwise(op, inputs, inputs[0]!.dtype);

const test = (op: string, ...inputs: TracedValue[]): TracedValue => backend.elementwise(op, inputs, 'bool');

const not = (x: TracedValue): TracedValue => test('Not', x);

/** Takes from one value where the condition holds, from another elsewhere. ONNX Runtime selects no booleans. */
const select = (condition: TracedValue, yes: TracedValue, no: TracedValue): TracedValue =>
  yes.dtype === 'bool'
    ? test('Or', test('And', condition, yes), test('And', not(condition), no))
    : backend.elementwise('Where', [condition, yes, no], yes.dtype);

/** Arithmetic on booleans is arithmetic on 0 and 1. */
const numeric = (x: TracedValue): TracedValue => (x.dtype === 'bool' ? backend.cast(x, 'int32') : x);

const float = (x: TracedValue): TracedValue => backend.cast(x, 'float32');

/** A function of one argument that ONNX has too; folded where the argument is one known number. */
const unary =
  (op: string, fold?: (x: number) => number): TraceKernel =>
  ({ x }) => {
    const input = numeric(x!);
    if (fold && input.uniform !== undefined) return backend.uniform(fold(input.uniform), input.shape, input.dtype);
    return apply(op, input);
  };

/** As {@link unary}, for functions that give real numbers whatever they are given. */
const realUnary =
  (op: string, fold?: (x: number) => number): TraceKernel =>
  ({ x }) =>
    unary(op, fold)({ x: float(x!) }, {});

/** The value in the shape that it has after broadcasting with another. */
const widen = (value: TracedValue, other: TracedValue): TracedValue => ({ ...value, shape: broadcastShape(value.shape, other.shape) });

/** Arithmetic of two arguments, with the identities that gradients produce in numbers (x + 0, x · 1, x / 1) left out. */
const binary =
  (op: string, fold: (a: number, b: number) => number, rightIdentity?: number, leftIdentity?: number): TraceKernel =>
  ({ a, b }) => {
    const left = numeric(a!);
    const right = numeric(b!);
    if (left.uniform !== undefined && right.uniform !== undefined) {
      return backend.uniform(fold(left.uniform, right.uniform), widen(left, right).shape, left.dtype);
    }
    if (rightIdentity !== undefined && right.uniform === rightIdentity) return widen(left, right);
    if (leftIdentity !== undefined && left.uniform === leftIdentity) return widen(right, left);
    return apply(op, left, right);
  };

const comparison =
  (op: string, negate = false): TraceKernel =>
  ({ a, b }) => {
    const result = test(op, op === 'Equal' ? a! : numeric(a!), op === 'Equal' ? b! : numeric(b!));
    return negate ? not(result) : result;
  };

/** log(1 + x), exact near 0: log(u) · x / (u − 1) with u = 1 + x (Kahan). */
const log1p: TraceKernel = (inputs) => {
  const x = float(inputs.x!);
  const one = scalar(1);
  const u = apply('Add', x, one);
  const flat = test('Equal', u, one);
  const infinite = backend.elementwise('IsInf', [u], 'bool', { attributes: { detect_negative: 0 } });
  const quotient = apply('Div', apply('Mul', apply('Log', u), x), select(flat, one, apply('Sub', u, one)));
  return select(flat, x, select(infinite, u, quotient));
};

/** exp(x) − 1, exact near 0: (u − 1) · x / log(u) with u = exp(x) (Kahan). */
const expm1: TraceKernel = (inputs) => {
  const x = float(inputs.x!);
  const one = scalar(1);
  const u = apply('Exp', x);
  const flat = test('Equal', u, one);
  const difference = apply('Sub', u, one);
  const far = test('Greater', apply('Abs', x), scalar(20));
  const quotient = apply('Div', apply('Mul', difference, x), select(flat, one, apply('Log', u)));
  return select(flat, x, select(far, difference, quotient));
};

/** Whether the sign bit is set; minus zero counts, as its reciprocal is minus infinity. */
const negative = (x: TracedValue): TracedValue => test('Or', test('Less', x, scalar(0)), test('Less', apply('Reciprocal', x), scalar(0)));

/** The quadrant-aware arc tangent: that of |y / x|, reflected by the signs. 0 / 0 counts as 0, ∞ / ∞ as 1. */
const atan2: TraceKernel = ({ a, b }) => {
  const [y, x] = [float(a!), float(b!)];
  const [height, width] = [apply('Abs', y), apply('Abs', x)];
  const diagonal = test('Equal', height, width);
  const onDiagonal = select(test('Equal', height, scalar(0)), scalar(0), scalar(1));
  const acute = apply('Atan', select(diagonal, onDiagonal, apply('Div', height, width)));
  const upper = select(negative(x), apply('Sub', scalar(Math.PI), acute), acute);
  return select(negative(y), apply('Neg', upper), upper);
};

/**
 * Quotient and remainder of whole numbers, rounded down, in int64, where nothing overflows; both are 0 on division by 0,
 * as in TensorFlow.js, where the machine's own division would end the process.
 */
function wholeDivision(a: TracedValue, b: TracedValue, wanted: 'quotient' | 'remainder'): TracedValue {
  const { graph } = backend;
  const long = (value: number): string => graph.constant('int64', [], [value]);
  const [left, right] = [backend.castName(a.name, 'int64'), backend.castName(b.name, 'int64')];
  const byZero = graph.op('Equal', [right, long(0)]);
  const divisor = graph.op('Where', [byZero, long(1), right]);
  const remainder = graph.op('Mod', [left, divisor], { fmod: 0 });
  const result = wanted === 'remainder' ? remainder : graph.op('Div', [graph.op('Sub', [left, remainder]), divisor]);
  const name = backend.castName(graph.op('Where', [byZero, long(0), result]), 'int32');
  return { name, shape: broadcastShape(a.shape, b.shape), stored: broadcastShape(a.stored, b.stored), dtype: 'int32' };
}

/** Remainder with the divisor's sign. */
const mod: TraceKernel = ({ a, b }) => {
  const [left, right] = [numeric(a!), numeric(b!)];
  if (left.dtype === 'int32') return wholeDivision(left, right, 'remainder');
  const remainder = backend.elementwise('Mod', [left, right], 'float32', { attributes: { fmod: 1 } });
  const zero = scalar(0);
  const unlike = test('Xor', test('Less', left, zero), test('Less', right, zero));
  const shifted = backend.elementwise('Mod', [apply('Add', remainder, right), right], 'float32', { attributes: { fmod: 1 } });
  return select(unlike, shifted, remainder);
};

/** TensorFlow.js gives whole numbers for real ones too. */
const floorDiv: TraceKernel = ({ a, b }) =>
  a!.dtype === 'int32' ? wholeDivision(a!, b!, 'quotient') : backend.cast(apply('Floor', apply('Div', float(a!), float(b!))), 'int32');

const squaredDifference: TraceKernel = ({ a, b }) => {
  const difference = apply('Sub', numeric(a!), numeric(b!));
  return apply('Mul', difference, difference);
};

const where: TraceKernel = ({ condition, t, e }) => {
  const rank = t!.shape.length;
  if (condition!.shape.length !== 1 || rank <= 1) return select(condition!, t!, e!);
  // A condition of rank one picks whole rows.
  const shape = [condition!.shape[0]!, ...Array.from({ length: rank - 1 }, () => 1)];
  const name = backend.reshapedName(backend.full(condition!), shape);
  return select({ name, shape, stored: shape, dtype: 'bool' }, t!, e!);
};

const cast: TraceKernel<{ dtype: TracedDType }> = ({ x }, { dtype }) => {
  if (x!.dtype === 'float32' && dtype === 'bool') return not(test('Equal', x!, scalar(0)));
  return backend.cast(x!, dtype);
};

const step: TraceKernel<{ alpha: number }> = ({ x }, { alpha }) => {
  const stepped = select(test('Greater', float(x!), scalar(0)), scalar(1), scalar(alpha));
  const result = select(test('IsNaN', float(x!)), float(x!), stepped);
  return x!.dtype === 'int32' ? backend.cast(result, 'int32') : result;
};

/** Whole numbers stay as they are. */
const round: TraceKernel = ({ x }) => (x!.dtype === 'float32' ? apply('Round', x!) : numeric(x!));

const prelu: TraceKernel = (inputs) => {
  const [x, alpha] = [float(inputs.x!), float(inputs.alpha!)];
  return select(test('GreaterOrEqual', x, scalar(0)), x, apply('Mul', x, alpha));
};

const clip: TraceKernel<{ clipValueMin: number; clipValueMax: number }> = ({ x }, { clipValueMin, clipValueMax }) =>
  apply('Clip', x!, scalar(clipValueMin, x!.dtype), scalar(clipValueMax, x!.dtype));

const leakyRelu: TraceKernel<{ alpha: number }> = ({ x }, { alpha }) =>
  backend.elementwise('LeakyRelu', [float(x!)], 'float32', { attributes: { alpha: { float: alpha } } });

const eluGradient: TraceKernel = ({ dy, y }) =>
  select(test('GreaterOrEqual', y!, scalar(0)), dy!, apply('Mul', dy!, apply('Add', y!, scalar(1))));

export const elementwiseKernels: KernelTable = {
  Abs: unary('Abs', Math.abs),
  Acos: realUnary('Acos'),
  Acosh: realUnary('Acosh'),
  Asin: realUnary('Asin'),
  Asinh: realUnary('Asinh'),
  Atan: realUnary('Atan'),
  Atanh: realUnary('Atanh'),
  Ceil: realUnary('Ceil'),
  Cos: realUnary('Cos'),
  Cosh: realUnary('Cosh'),
  Elu: realUnary('Elu'),
  EluGrad: eluGradient,
  Erf: realUnary('Erf'),
  Exp: realUnary('Exp'),
  Expm1: expm1,
  Floor: realUnary('Floor'),
  IsFinite: ({ x }) => not(test('Or', test('IsNaN', float(x!)), test('IsInf', float(x!)))),
  IsInf: ({ x }) => test('IsInf', float(x!)),
  IsNan: ({ x }) => test('IsNaN', float(x!)),
  LeakyRelu: leakyRelu as TraceKernel<never>,
  Log: realUnary('Log'),
  Log1p: log1p,
  LogicalNot: ({ x }) => not(x!),
  Neg: unary('Neg', (x) => -x),
  Prelu: prelu,
  Reciprocal: realUnary('Reciprocal', (x) => 1 / x),
  Relu: unary('Relu', (x) => Math.max(x, 0)),
  Relu6: ({ x }) => clip({ x: numeric(x!) }, { clipValueMin: 0, clipValueMax: 6 }),
  Round: round,
  Rsqrt: ({ x }) => apply('Reciprocal', apply('Sqrt', float(x!))),
  Selu: realUnary('Selu'),
  Sigmoid: realUnary('Sigmoid'),
  Sign: unary('Sign', Math.sign),
  Sin: realUnary('Sin'),
  Sinh: realUnary('Sinh'),
  Softplus: realUnary('Softplus'),
  Sqrt: realUnary('Sqrt', Math.sqrt),
  Square: ({ x }) => apply('Mul', numeric(x!), numeric(x!)),
  Step: step as TraceKernel<never>,
  Tan: realUnary('Tan'),
  Tanh: realUnary('Tanh'),
  AddN: (inputs: KernelInputs) => Object.values(inputs).reduce((a, b) => binary('Add', (x, y) => x + y, 0, 0)({ a, b }, {}) as TracedValue),
  Add: binary('Add', (a, b) => a + b, 0, 0),
  Sub: binary('Sub', (a, b) => a - b, 0),
  Multiply: binary('Mul', (a, b) => a * b, 1, 1),
  RealDiv: ({ a, b }, attributes) => binary('Div', (x, y) => x / y, 1)({ a: float(a!), b: float(b!) }, attributes),
  Maximum: binary('Max', Math.max),
  Minimum: binary('Min', Math.min),
  Pow: binary('Pow', Math.pow, 1),
  Mod: mod,
  FloorDiv: floorDiv,
  Atan2: atan2,
  SquaredDifference: squaredDifference,
  Equal: comparison('Equal'),
  NotEqual: comparison('Equal', true),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: ({ a, b }) => test('And', a!, b!),
  LogicalOr: ({ a, b }) => test('Or', a!, b!),
  LogicalXor: ({ a, b }) => test('Xor', a!, b!),
  Select: where,
  Cast: cast as TraceKernel<never>,
  ClipByValue: clip as TraceKernel<never>,
};
