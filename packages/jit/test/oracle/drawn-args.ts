/** Draws arguments for ops: shapes that broadcast, values of a domain, and the form in which they enter the program. */
import { type DType, type NdArray, sizeOf } from '@mbrl/core';
import fc from 'fast-check';

/** Where an argument's values come from. Grids make ties and zeros likely. */
export type Domain = 'grid' | 'smooth' | 'positive' | 'unit' | 'aboveOne' | 'integer' | 'huge' | 'special' | 'bool';

/**
 * How an argument reaches the op: as the program's input, as an input that is broadcast inside, filled with one value
 * inside, or as a tensor captured from outside. The last three are stored smaller than they are, or folded, in a trace.
 */
export type Form = 'input' | 'spread' | 'uniform' | 'captured';

/** One argument. */
export interface DrawnArg {
  readonly form: Form;
  /** Shape that the op sees. */
  readonly shape: readonly number[];
  /** Values as stored: of `shape`, or of a shape that broadcasts to it. */
  readonly array: NdArray;
}

const specials = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2.5, -2.5, 0.5, -0.5, 1e30, -1e30];

const draws: { readonly [D in Domain]: (random: () => number) => number } = {
  grid: (random) => Math.round(random() * 24 - 12) / 4,
  smooth: (random) => random() * 6 - 3,
  positive: (random) => 0.25 + random() * 3,
  unit: (random) => random() * 1.9 - 0.95,
  aboveOne: (random) => 1.05 + random() * 3,
  integer: (random) => Math.round(random() * 12 - 6),
  huge: (random) => Math.round((random() * 2 - 1) * 2 ** (8 + Math.floor(random() * 24))),
  special: (random) => specials[Math.floor(random() * specials.length)]!,
  bool: (random) => Math.round(random()),
};

/** A small, fast generator; the seed comes from fast-check. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** An array of the given shape, filled from a domain. */
export function arrayOf(shape: readonly number[], domain: Domain, dtype: DType, seed: number): NdArray {
  const random = mulberry32(seed);
  const data = new arrayTypes[dtype](sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = draws[domain](random);
  return { dtype, shape: [...shape], data } as NdArray;
}

/** Which values an argument takes. */
export interface ArgKind {
  readonly domain: Domain;
  readonly dtype: DType;
  /** Keep to plain inputs and captured tensors: for ops on which the form has no bearing. */
  readonly plain?: boolean;
}

export const grid: ArgKind = { domain: 'grid', dtype: 'float32' };
export const smooth: ArgKind = { domain: 'smooth', dtype: 'float32' };
export const positive: ArgKind = { domain: 'positive', dtype: 'float32' };
export const unit: ArgKind = { domain: 'unit', dtype: 'float32' };
export const aboveOne: ArgKind = { domain: 'aboveOne', dtype: 'float32' };
export const special: ArgKind = { domain: 'special', dtype: 'float32' };
export const integer: ArgKind = { domain: 'integer', dtype: 'int32' };
export const huge: ArgKind = { domain: 'huge', dtype: 'int32' };
export const truth: ArgKind = { domain: 'bool', dtype: 'bool' };

const formArb: fc.Arbitrary<Form> = fc.oneof(
  { arbitrary: fc.constant<Form>('input'), weight: 5 },
  { arbitrary: fc.constant<Form>('spread'), weight: 3 },
  { arbitrary: fc.constant<Form>('uniform'), weight: 1 },
  { arbitrary: fc.constant<Form>('captured'), weight: 1 },
);

/** An argument of exactly this shape. */
export function argOf(shape: readonly number[], { domain, dtype, plain = false }: ArgKind): fc.Arbitrary<DrawnArg> {
  const drawn = fc.record({
    form: formArb,
    seed: fc.integer(),
    collapse: fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    dropRank: fc.boolean(),
  });
  return drawn.map(({ form, seed, collapse, dropRank }) => {
    // TensorFlow.js itself broadcasts wrongly to an extent of zero.
    const used: Form = plain || (form === 'spread' && shape.includes(0)) ? 'input' : form;
    let stored = [...shape];
    if (used === 'uniform') stored = [];
    if (used === 'spread') {
      stored = stored.map((extent, i) => (collapse[i] ? 1 : extent));
      if (dropRank) while (stored[0] === 1) stored.shift();
    }
    return { form: used, shape, array: arrayOf(stored, domain, dtype, seed) };
  });
}

/** Extents: mostly small, now and then one or zero. */
const extent = (allowEmpty: boolean): fc.Arbitrary<number> =>
  fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 4 }), weight: allowEmpty ? 14 : 1 },
    ...(allowEmpty ? [{ arbitrary: fc.constant(0), weight: 1 }] : []),
  );

/** Bounds of drawn shapes. */
export interface ShapeBounds {
  readonly minRank?: number;
  readonly maxRank?: number;
  /** Whether an extent may be zero. Default true. */
  readonly allowEmpty?: boolean;
}

/** A shape; of rank four at most by default, as TensorFlow.js has no gradient of a broadcast beyond that. */
export function shapeOf({ minRank = 0, maxRank = 4, allowEmpty = true }: ShapeBounds = {}): fc.Arbitrary<number[]> {
  return fc.array(extent(allowEmpty), { minLength: minRank, maxLength: maxRank, size: 'max' });
}

/** Arguments whose shapes broadcast together; equal ones where an extent is zero, which TensorFlow.js broadcasts wrongly. */
export function broadcasting(kinds: readonly ArgKind[], bounds: ShapeBounds = {}): fc.Arbitrary<DrawnArg[]> {
  const change = fc.record({
    drop: fc.integer({ min: 0, max: 5 }),
    ones: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    whole: fc.boolean(),
  });
  return fc.tuple(shapeOf(bounds), fc.tuple(...kinds.map(() => change))).chain(([shape, changes]) => {
    const shapes = changes.map(({ drop, ones, whole }) =>
      whole || shape.includes(0) ? shape : shape.map((size, i) => (ones[i] ? 1 : size)).slice(Math.min(drop, shape.length)),
    );
    return fc.tuple(...kinds.map((kind, i) => argOf(shapes[i]!, kind)));
  });
}

/** Arguments that all have one shape. */
export function alike(kinds: readonly ArgKind[], bounds: ShapeBounds = {}): fc.Arbitrary<DrawnArg[]> {
  return shapeOf(bounds).chain((shape) => fc.tuple(...kinds.map((kind) => argOf(shape, kind))));
}
