import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.js';
import type { Checkpoint, CheckpointArray } from './checkpoint.js';
import { crc32 } from './crc32.js';
import type { Json } from './json.js';

const example: Checkpoint = {
  kind: 'Example',
  version: 3,
  json: { step: 12, name: 'größe "1"', negativeZero: -0, tiny: 5e-324, list: [true, null] },
  arrays: {
    'net/weight.0': { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1.5, -0, Infinity, NaN, 1e-45, 3) },
    flags: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
    exact: { dtype: 'float64', shape: [2], data: Float64Array.of(0.1, -0) },
    counts: { dtype: 'int32', shape: [2, 1], data: Int32Array.of(-7, 2 ** 31 - 1) },
    state: { dtype: 'uint32', shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
    pixels: { dtype: 'uint8', shape: [5], data: Uint8Array.of(0, 1, 2, 254, 255) },
    empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
    scalar: { dtype: 'float32', shape: [], data: Float32Array.of(7) },
  },
};

/** Reads a file by the safetensors specification alone. */
function readPlainly(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return { length, header, metadata: header['__metadata__'] as unknown as Record<string, string>, view, data: 8 + length };
}

/** Puts a file together from a header's text, with a right checksum where the header has room for one at its place. */
function assemble(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  const place = 8 + '{"__metadata__":{"checksum":"'.length;
  if (header.startsWith('{"__metadata__":{"checksum":"00000000"')) {
    bytes.set(new TextEncoder().encode(crc32(bytes).toString(16).padStart(8, '0')), place);
  }
  return bytes;
}

const metadata = (changes: Record<string, string> = {}): string =>
  JSON.stringify({
    checksum: '00000000',
    format: 'mbrl-checkpoint',
    formatVersion: '1',
    kind: 'K',
    kindVersion: '1',
    json: 'null',
    ...changes,
  });
/** Lists within lists, deeper than a recursive reader's stack. */
const nested = '['.repeat(100_000) + ']'.repeat(100_000);

const withArrays = (arrays: string, data = new Uint8Array(8), changes: Record<string, string> = {}): Uint8Array =>
  assemble(`{"__metadata__":${metadata(changes)}${arrays === '' ? '' : `,${arrays}`}}`, data);

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'CHECKPOINT', name: 'CheckpointError', message: expect.stringMatching(message) });

describe('a checkpoint through bytes', () => {
  it('comes back exactly, with its own arrays, in order', () => {
    const bytes = encodeCheckpoint(example);
    const decoded = decodeCheckpoint(bytes);
    bytes.fill(0);
    expect(decoded).toStrictEqual(example);
    expect(Object.keys(decoded.arrays)).toEqual(Object.keys(example.arrays));
    for (const [name, { data }] of Object.entries(decoded.arrays)) {
      const original = example.arrays[name]!.data;
      expect(new Uint8Array(data.buffer)).toEqual(new Uint8Array(original.buffer));
    }
  });

  it('is the same bytes for the same checkpoint, and after decoding', () => {
    expect(encodeCheckpoint(decodeCheckpoint(encodeCheckpoint(example)))).toEqual(encodeCheckpoint(example));
  });

  it('holds anything (property)', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !['__metadata__', '__proto__', 'constructor', 'prototype'].includes(text));
    const array: fc.Arbitrary<CheckpointArray> = fc.oneof(
      fc.float32Array().map((data) => ({ dtype: 'float32' as const, shape: [data.length], data })),
      fc.float64Array().map((data) => ({ dtype: 'float64' as const, shape: [1, data.length], data })),
      fc.int32Array().map((data) => ({ dtype: 'int32' as const, shape: [data.length, 1], data })),
      fc.uint32Array().map((data) => ({ dtype: 'uint32' as const, shape: [data.length], data })),
      fc.uint8Array().map((data) => ({ dtype: 'uint8' as const, shape: [data.length], data })),
      fc.uint8Array({ max: 1 }).map((data) => ({ dtype: 'bool' as const, shape: [data.length], data })),
    );
    const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(fc.dictionary(name, array), json, fc.string({ minLength: 1 }), fc.integer({ min: 1 }), (arrays, value, kind, version) => {
        const checkpoint = { kind, version, json: value as Json, arrays: { ...arrays } };
        const decoded = decodeCheckpoint(encodeCheckpoint(checkpoint));
        expect(decoded).toStrictEqual(checkpoint);
      }),
    );
  });

  it('is read from a slice of a larger buffer at any offset, and from a Node Buffer, as copies', () => {
    const bytes = encodeCheckpoint(example);
    for (let offset = 0; offset < 8; offset++) {
      const larger = new Uint8Array(bytes.length + 20).fill(0xab);
      larger.set(bytes, offset);
      expect(decodeCheckpoint(larger.subarray(offset, offset + bytes.length))).toStrictEqual(example);
    }
    const buffer = Buffer.from(bytes);
    const decoded = decodeCheckpoint(buffer);
    buffer.fill(0);
    expect(decoded).toStrictEqual(example);
  });

  it('takes views of larger buffers as arrays', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const decoded = decodeCheckpoint(encodeCheckpoint({ ...example, arrays: { a: { dtype: 'float32', shape: [2], data } } }));
    expect([...decoded.arrays['a']!.data]).toEqual([1, 2]);
  });
});

describe('the file', () => {
  const bytes = encodeCheckpoint(example);
  const { length, header, metadata: texts, view, data } = readPlainly(bytes);

  it('is safetensors by the letter: dtypes, shapes, values, no gaps, text metadata', () => {
    expect(texts).toMatchObject({ format: 'mbrl-checkpoint', formatVersion: '1', kind: 'Example', kindVersion: '3' });
    expect(JSON.parse(texts['json']!)).toEqual(example.json);
    expect(Object.fromEntries(Object.entries(header).map(([name, entry]) => [name, [entry.dtype, entry.shape]]))).toMatchObject({
      'net/weight.0': ['F32', [2, 3]],
      flags: ['BOOL', [3]],
      exact: ['F64', [2]],
      counts: ['I32', [2, 1]],
      state: ['U32', [1]],
      pixels: ['U8', [5]],
      empty: ['F32', [0, 4]],
      scalar: ['F32', []],
    });
    expect(view.getFloat32(data + header['net/weight.0']!.data_offsets[0], true)).toBe(1.5);
    expect(view.getFloat64(data + header['exact']!.data_offsets[0], true)).toBe(0.1);
    expect(view.getInt32(data + header['counts']!.data_offsets[0], true)).toBe(-7);
    const places = Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([, entry]) => entry.data_offsets);
    places.sort(([a, b], [c, d]) => a - c || b - d);
    expect(places[0]![0]).toBe(0);
    places.forEach(([, end], i) => expect(end).toBe(places[i + 1]?.[0] ?? bytes.length - data));
  });

  it('aligns every array to its element size', () => {
    expect((8 + length) % 8).toBe(0);
    const widths: Record<string, number> = { F64: 8, F32: 4, I32: 4, U32: 4, U8: 1, BOOL: 1 };
    for (const [name, entry] of Object.entries(header))
      if (name !== '__metadata__') expect((data + entry.data_offsets[0]) % widths[entry.dtype]!).toBe(0);
  });

  it('carries the CRC-32 of itself with a blank checksum', () => {
    const blank = bytes.slice();
    const place = new TextDecoder().decode(bytes.subarray(0, 200)).indexOf(texts['checksum']!);
    blank.fill(0x30, place, place + 8);
    expect(parseInt(texts['checksum']!, 16)).toBe(crc32(blank));
  });
});

describe('damage', () => {
  const bytes = encodeCheckpoint(example);

  it('is found when the file is cut at any length', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length)), `length ${length}`).toThrow(refusal(/truncated|altered/));
    }
  });

  it('is found when any single byte changes, to whatever', () => {
    for (let i = 0; i < bytes.length; i++) {
      for (const change of [1, 0x20, 0x80, 0xff]) {
        const altered = bytes.slice();
        altered[i]! ^= change;
        expect(() => decodeCheckpoint(altered), `byte ${i} ^ ${change}`).toThrow(refusal(/^decodeCheckpoint: /));
      }
    }
  });

  it('is found when bytes are added, swapped or random', () => {
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(() => decodeCheckpoint(longer)).toThrow(refusal(/the file was altered or truncated/));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(bytes.length - 1), (i, j) => {
        fc.pre(bytes[i] !== bytes[j]);
        const swapped = bytes.slice();
        [swapped[i], swapped[j]] = [bytes[j]!, bytes[i]!];
        expect(() => decodeCheckpoint(swapped)).toThrow(refusal(/^decodeCheckpoint: /));
      }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (noise) => void expect(() => decodeCheckpoint(noise)).toThrow(refusal(/must be safetensors/)),
      ),
    );
  });
});

describe('what is refused, by name', () => {
  const f32 = (name: string, shape: string, from: number, to: number): string =>
    `${JSON.stringify(name)}:{"dtype":"F32","shape":${shape},"data_offsets":[${from},${to}]}`;

  it('first: the assembled file is right when nothing is wrong with it', () => {
    expect(decodeCheckpoint(withArrays(f32('a', '[2]', 0, 8)))).toEqual({
      kind: 'K',
      version: 1,
      json: null,
      arrays: { a: { dtype: 'float32', shape: [2], data: new Float32Array(2) } },
    });
  });

  it.each([
    ['nothing', new Uint8Array(0), /must be safetensors: it must have at least 10 bytes, got 0 \(truncated or foreign\)/],
    ['a text file', new TextEncoder().encode('hello, this is a text file'), /its header must fit in the file.*truncated or foreign/],
    ['a zip file', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 1, 2, 3, 4), /its header must fit in the file/],
    ['a header that is no JSON', assemble('{"a":1,}'), /its header must be JSON/],
    [
      'a header that is no UTF-8',
      (() => {
        const bytes = assemble('{"a":"xx"}');
        bytes[14] = 0xff;
        return bytes;
      })(),
      /its header must be JSON/,
    ],
    ['a header that is a list', assemble('[1,2]'), /its header must be a JSON object/],
    ['metadata that are numbers', assemble('{"__metadata__":{"a":1}}'), /its __metadata__ must map names to texts/],
    [
      'a safetensors file of someone else',
      assemble(`{${f32('a', '[2]', 0, 8)}}`, new Uint8Array(8)),
      /must be a checkpoint of mbrl, got a safetensors file without "format": "mbrl-checkpoint"/,
    ],
    [
      'a newer format',
      withArrays('', new Uint8Array(0), { formatVersion: '2' }),
      /the format version must be at most 1, got 2: a newer mbrl wrote it/,
    ],
    [
      'a format version that is none',
      withArrays('', new Uint8Array(0), { formatVersion: 'one' }),
      /must have formatVersion, kind and kindVersion/,
    ],
    ['no kind', withArrays('', new Uint8Array(0), { kind: '' }), /must have formatVersion, kind and kindVersion/],
    [
      'a kind version that is none',
      withArrays('', new Uint8Array(0), { kindVersion: '-1' }),
      /must have formatVersion, kind and kindVersion/,
    ],
    ['a JSON value that is none', withArrays('', new Uint8Array(0), { json: '{' }), /the JSON value must be JSON/],
    [
      'a JSON value with a key twice',
      withArrays('', new Uint8Array(0), { json: '{"a":1,"a":2}' }),
      /the JSON value must have each key once/,
    ],
    [
      'a JSON value with the key __proto__',
      withArrays('', new Uint8Array(0), { json: '{"__proto__":{"x":1}}' }),
      /the JSON value must be JSON without reserved keys/,
    ],
    [
      'another place for the checksum',
      assemble(`{"__metadata__":${JSON.stringify({ format: 'mbrl-checkpoint', formatVersion: '1', checksum: '00000000' })}}`),
      /the checksum must be/,
    ],
    ['an offset past the end', withArrays(f32('a', '[3]', 0, 12)), /array "a" must lie within the 8 bytes of data, got offsets 0 to 12/],
    [
      'overlapping arrays',
      withArrays(`${f32('a', '[2]', 0, 8)},${f32('b', '[1]', 4, 8)}`),
      /array "b" must begin at byte 8, got 4: it overlaps another/,
    ],
    ['a gap', withArrays(f32('a', '[1]', 4, 8)), /array "a" must begin at byte 0, got 4: it leaves a gap/],
    ['bytes left over', withArrays(f32('a', '[1]', 0, 4)), /the arrays must fill the 8 bytes of data, got 4/],
    [
      'a shape that does not fit',
      withArrays(f32('a', '[3]', 0, 8)),
      /array "a" of shape \[3\] and dtype F32 must have 12 bytes, got offsets 0 to 8/,
    ],
    ['a shape beyond measure', withArrays(f32('a', '[9007199254740991,9007199254740991]', 0, 8)), /array "a" of shape/],
    ['a negative extent', withArrays(f32('a', '[-2]', 0, 8)), /array "a" must have a shape of whole numbers, got \[-2\]/],
    ['a shape of texts', withArrays(f32('a', '["2"]', 0, 8)), /array "a" must have a shape of whole numbers/],
    ['no shape', withArrays('"a":{"dtype":"F32","data_offsets":[0,8]}'), /array "a" must have a shape of whole numbers, got undefined/],
    [
      'offsets in reverse',
      withArrays(f32('a', '[2]', 8, 0)),
      /array "a" of shape \[2\] and dtype F32 must have 8 bytes, got offsets 8 to 0/,
    ],
    ['fractional offsets', withArrays(f32('a', '[2]', 0.5, 8.5)), /array "a" must have two offsets, got \[0.5,8.5\]/],
    [
      'an unknown dtype',
      withArrays('"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}'),
      /array "a" must have a dtype among F64, F32, I32, U32, U8, BOOL, got "F8_E4M3"/,
    ],
    ['a dtype of Object', withArrays('"a":{"dtype":"toString","shape":[8],"data_offsets":[0,8]}'), /array "a" must have a dtype among/],
    [
      'a dtype that no stack holds',
      withArrays(`"a":{"dtype":${nested},"shape":[2],"data_offsets":[0,8]}`),
      /array "a" must have a dtype among .*, got \[…\]$/,
    ],
    [
      'a shape that no stack holds',
      withArrays(`"a":{"dtype":"F32","shape":${nested},"data_offsets":[0,8]}`),
      /array "a" must have a shape of whole numbers, got \[…\]$/,
    ],
    ['a JSON value that no stack holds', withArrays('', new Uint8Array(0), { json: nested }), /must be JSON .*, nested at most 1000 deep/],
    ['an array that is a number', withArrays('"a":1'), /array "a" must have a dtype among/],
    [
      'the same name twice',
      withArrays(`${f32('a', '[2]', 0, 8)},${f32('a', '[2]', 0, 8)}`),
      /the header must name each array and field once/,
    ],
    [
      'a field twice',
      withArrays('"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}'),
      /the header must name each array and field once/,
    ],
    [
      'a field too many',
      withArrays('"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"code":"x"}'),
      /the header must name each array and field once/,
    ],
    ['the name __proto__', withArrays(f32('__proto__', '[2]', 0, 8)), /an array must not be named "__proto__"/],
    ['the name constructor', withArrays(f32('constructor', '[2]', 0, 8)), /an array must not be named "constructor"/],
    [
      'a boolean of 2',
      withArrays('"a":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}', new Uint8Array(8).fill(2)),
      /array "a" is bool and must hold 0 and 1 only/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(refusal(message));
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it.each([null, undefined, 'text', new ArrayBuffer(100), [1, 2, 3]])('bytes that are %s', (bytes) => {
    expect(() => decodeCheckpoint(bytes as never)).toThrow(refusal(/must be a Uint8Array/));
  });
});

describe('what is not written', () => {
  const one = (array: unknown, name = 'a'): Checkpoint => ({ ...example, arrays: { [name]: array as CheckpointArray } });
  it.each([
    [
      'a length that differs from the shape',
      one({ dtype: 'float32', shape: [3], data: new Float32Array(2) }),
      /array "a" must have the elements of its shape \[3\], got 2/,
    ],
    [
      'a negative extent',
      one({ dtype: 'float32', shape: [-1, -2], data: new Float32Array(2) }),
      /array "a" must have the elements of its shape/,
    ],
    [
      'data of another type',
      one({ dtype: 'float32', shape: [2], data: new Float64Array(2) }),
      /array "a" must have a known dtype and data of it, got float32/,
    ],
    [
      'an unknown dtype',
      one({ dtype: 'float16', shape: [2], data: new Uint8Array(2) }),
      /array "a" must have a known dtype and data of it, got float16/,
    ],
    ['a boolean of 7', one({ dtype: 'bool', shape: [1], data: Uint8Array.of(7) }), /array "a" is bool and must hold 0 and 1 only/],
    [
      'a reserved name',
      one({ dtype: 'bool', shape: [0], data: new Uint8Array(0) }, '__metadata__'),
      /an array must not be named "__metadata__"/,
    ],
    ['an empty name', one({ dtype: 'bool', shape: [0], data: new Uint8Array(0) }, ''), /an array must not be named ""/],
    ['an empty kind', { ...example, kind: '' }, /kind must be a text, got ""/],
    ['version 0', { ...example, version: 0 }, /version must be an integer in \[1, Infinity\), got 0/],
  ])('%s', (_, checkpoint, message) => {
    expect(() => encodeCheckpoint(checkpoint)).toThrow(refusal(message));
  });

  it('NaN in the JSON value', () => {
    expect(() => encodeCheckpoint({ ...example, json: { loss: NaN } })).toThrow('encodeCheckpoint: json.loss must be finite, got NaN');
  });
});
