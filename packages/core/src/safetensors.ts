/**
 * The safetensors container (https://huggingface.co/docs/safetensors): eight bytes with the header's length,
 * little-endian; the header, a JSON object from names to `{ dtype, shape, data_offsets }` with texts under
 * `__metadata__`; then the arrays' bytes without gaps. Offsets count from the end of the header.
 */
import type { CheckpointArray } from './checkpoint.js';
import { CheckpointError } from './errors.js';
import { sizeOf } from './nd-array.js';

const FORMAT_DTYPES = { float32: 'F32', float64: 'F64', int32: 'I32', uint32: 'U32', uint8: 'U8', bool: 'BOOL' } as const;
const ELEMENT_BYTES = { F64: 8, F32: 4, I32: 4, U32: 4, U8: 1, BOOL: 1 } as const;
const CONSTRUCTORS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;
type FormatDType = keyof typeof ELEMENT_BYTES;

/** Names that an array cannot have: reserved by the format, or a danger to whoever copies records by key. */
const REFUSED_NAMES: readonly string[] = ['__metadata__', '__proto__', 'constructor', 'prototype', ''];

/** Where an array lies. */
interface Entry {
  readonly dtype: FormatDType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

/** The metadata of a file: texts by name. */
export type Metadata = { readonly [name: string]: string };

const encoder = new TextEncoder();

/** The header as text. `__metadata__` comes first; the names follow in the record's order. */
function headerText(metadata: Metadata, entries: Iterable<readonly [string, Entry]>): string {
  let text = `{"__metadata__":${JSON.stringify(metadata)}`;
  for (const [name, { dtype, shape, data_offsets }] of entries) {
    text += `,${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets })}`;
  }
  return `${text}}`;
}

function checkArray(caller: string, name: string, array: CheckpointArray): void {
  if (REFUSED_NAMES.includes(name)) throw new CheckpointError(`${caller}: an array must not be named ${JSON.stringify(name)}`);
  if (!Object.hasOwn(FORMAT_DTYPES, array.dtype) || !(array.data instanceof CONSTRUCTORS[array.dtype])) {
    throw new CheckpointError(
      `${caller}: array ${JSON.stringify(name)} must have a known dtype and data of it, got ${String(array.dtype)}`,
    );
  }
  if (!array.shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) || sizeOf(array.shape) !== array.data.length) {
    throw new CheckpointError(
      `${caller}: array ${JSON.stringify(name)} must have the elements of its shape [${array.shape.join(', ')}], got ${array.data.length}`,
    );
  }
  if (array.dtype === 'bool' && array.data.some((value) => value > 1)) {
    throw new CheckpointError(`${caller}: array ${JSON.stringify(name)} is bool and must hold 0 and 1 only`);
  }
}

/**
 * Writes a file. The header is padded with spaces to a multiple of eight bytes and wide elements come first, so every
 * array is aligned and can be mapped in place.
 */
export function writeSafetensors(caller: string, metadata: Metadata, arrays: { readonly [name: string]: CheckpointArray }): Uint8Array {
  const named = Object.entries(arrays);
  for (const [name, array] of named) checkArray(caller, name, array);
  const places = new Map<string, Entry>();
  let offset = 0;
  for (const width of [8, 4, 1]) {
    for (const [name, { dtype, shape, data }] of named) {
      if (data.BYTES_PER_ELEMENT !== width) continue;
      places.set(name, { dtype: FORMAT_DTYPES[dtype], shape, data_offsets: [offset, offset + data.byteLength] });
      offset += data.byteLength;
    }
  }
  const header = encoder.encode(
    headerText(
      metadata,
      named.map(([name]) => [name, places.get(name)!]),
    ),
  );
  const headerLength = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  new DataView(bytes.buffer).setUint32(0, headerLength, true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(header, 8);
  for (const [name, { data }] of named) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerLength + places.get(name)!.data_offsets[0]);
  }
  return bytes;
}

/** A file whose header was read and whose arrays were not. */
export interface SafetensorsHeader {
  readonly metadata: Metadata;
  readonly entries: { readonly [name: string]: unknown };
  /** Where the arrays' bytes begin. */
  readonly dataStart: number;
  /** The header's text without padding. */
  readonly text: string;
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Reads the header. @throws CheckpointError when the bytes are no safetensors file. */
export function readHeader(caller: string, bytes: Uint8Array): SafetensorsHeader {
  const fail = (why: string, cause?: unknown): never => {
    throw new CheckpointError(`${caller}: the file must be safetensors: ${why}`, cause === undefined ? undefined : { cause });
  };
  if (bytes.length < 10) fail(`it must have at least 10 bytes, got ${bytes.length} (truncated or foreign)`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (headerLength > bytes.length - 8) {
    fail(`its header must fit in the file, got a header of ${headerLength} bytes in a file of ${bytes.length} (truncated or foreign)`);
  }
  let text = '';
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + headerLength)).replace(/ +$/, '');
    parsed = JSON.parse(text);
  } catch (cause) {
    fail('its header must be JSON (altered or foreign)', cause);
  }
  if (!isRecord(parsed) || !text.startsWith('{')) return fail('its header must be a JSON object (altered or foreign)');
  const metadata = Object.hasOwn(parsed, '__metadata__') ? parsed['__metadata__'] : {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    return fail('its __metadata__ must map names to texts (altered or foreign)');
  }
  const entries = Object.fromEntries(Object.entries(parsed).filter(([name]) => name !== '__metadata__'));
  return { metadata: metadata as Metadata, entries, dataStart: 8 + headerLength, text };
}

/** A foreign value in an error message: a list with its plain members, whatever may be nested in it left out. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 8).map((item: unknown) => (item instanceof Object ? '…' : JSON.stringify(item)))}]`;
  return value instanceof Object ? 'a record' : JSON.stringify(value);
}

function readEntry(caller: string, name: string, entry: unknown): Entry {
  const quoted = JSON.stringify(name);
  if (REFUSED_NAMES.includes(name)) throw new CheckpointError(`${caller}: an array must not be named ${quoted}`);
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    throw new CheckpointError(
      `${caller}: array ${quoted} must have a dtype among ${Object.keys(ELEMENT_BYTES).join(', ')}, got ${shown(dtype)}`,
    );
  }
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new CheckpointError(`${caller}: array ${quoted} must have a shape of whole numbers, got ${shown(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new CheckpointError(`${caller}: array ${quoted} must have two offsets, got ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const byteLength = sizeOf(shape) * ELEMENT_BYTES[dtype as FormatDType];
  if (end - begin !== byteLength) {
    throw new CheckpointError(
      `${caller}: array ${quoted} of shape [${shape.join(', ')}] and dtype ${dtype} must have ${byteLength} bytes, got offsets ${begin} to ${end}`,
    );
  }
  return { dtype: dtype as FormatDType, shape, data_offsets: [begin, end] };
}

const dtypeOf = (format: FormatDType): keyof typeof FORMAT_DTYPES =>
  (Object.keys(FORMAT_DTYPES) as (keyof typeof FORMAT_DTYPES)[]).find((dtype) => FORMAT_DTYPES[dtype] === format)!;

/**
 * Reads the arrays, each a copy of its own. @throws CheckpointError when an entry is malformed, when arrays overlap or
 * leave gaps, when bytes are missing or left over, and when the header is not written as `writeSafetensors` writes it
 * (a name that stands twice would be lost silently otherwise).
 */
export function readArrays(caller: string, bytes: Uint8Array, header: SafetensorsHeader): { [name: string]: CheckpointArray } {
  const entries = Object.entries(header.entries).map(([name, entry]) => [name, readEntry(caller, name, entry)] as const);
  if (headerText(header.metadata, entries) !== header.text) {
    throw new CheckpointError(`${caller}: the header must name each array and field once, in canonical form`);
  }
  const dataLength = bytes.length - header.dataStart;
  let expected = 0;
  const byPlace = [...entries].sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  for (const [
    name,
    {
      data_offsets: [begin, end],
    },
  ] of byPlace) {
    if (end > dataLength) {
      throw new CheckpointError(
        `${caller}: array ${JSON.stringify(name)} must lie within the ${dataLength} bytes of data, got offsets ${begin} to ${end}`,
      );
    }
    if (begin !== expected) {
      const what = begin < expected ? 'overlaps another' : 'leaves a gap';
      throw new CheckpointError(`${caller}: array ${JSON.stringify(name)} must begin at byte ${expected}, got ${begin}: it ${what}`);
    }
    expected = end;
  }
  if (expected !== dataLength)
    throw new CheckpointError(`${caller}: the arrays must fill the ${dataLength} bytes of data, got ${expected}`);
  return Object.fromEntries(
    entries.map(([name, { dtype: format, shape, data_offsets }]) => {
      const dtype = dtypeOf(format);
      // A copy by construction: `slice` of a Node Buffer would be a view.
      const copy = new Uint8Array(bytes.subarray(header.dataStart + data_offsets[0], header.dataStart + data_offsets[1]));
      const array = { dtype, shape, data: new CONSTRUCTORS[dtype](copy.buffer) } as CheckpointArray;
      checkArray(caller, name, array);
      return [name, array];
    }),
  );
}
