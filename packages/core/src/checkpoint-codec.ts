/**
 * Checkpoints as bytes. One safetensors file, which any reader of that format opens. Its metadata holds:
 *
 * - `checksum`: CRC-32 of the whole file with the eight digits of the checksum itself taken as `0`; it stands first, at
 *   a fixed place, and finds every change of a single byte, in the header as in the data
 * - `format`: `mbrl-checkpoint`; `formatVersion`: the version of this layout
 * - `kind`, `kindVersion`: who wrote it, and the version of that kind's layout
 * - `json`: the JSON value
 *
 * Reading runs nothing from a file: it is JSON and numbers.
 */
import type { Checkpoint } from './checkpoint.js';
import { crc32 } from './crc32.js';
import { CheckpointError, UnsupportedError } from './errors.js';
import type { Json } from './json.js';
import { stringifyJson } from './json-text.js';
import { readArrays, readHeader, writeSafetensors } from './safetensors.js';

const FORMAT = 'mbrl-checkpoint';
/** Version of the layout described above. */
const FORMAT_VERSION = 1;
const BLANK_CHECKSUM = '00000000';
const CHECKSUM_PLACE = 8 + '{"__metadata__":{"checksum":"'.length;

const isLittleEndian = (): boolean => new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function checkHost(caller: string): void {
  if (!isLittleEndian()) throw new UnsupportedError(`${caller}: the host must be little-endian`);
}

/** The checksum of a file, its own digits taken as zeros, as eight lower-case hexadecimal digits. */
function checksumOf(bytes: Uint8Array): string {
  const before = crc32(bytes.subarray(0, CHECKSUM_PLACE));
  const blank = crc32(new TextEncoder().encode(BLANK_CHECKSUM), before);
  const all = crc32(bytes.subarray(CHECKSUM_PLACE + BLANK_CHECKSUM.length), blank);
  return all.toString(16).padStart(8, '0');
}

/**
 * Writes a checkpoint as bytes, the same bytes for the same checkpoint.
 * @throws CheckpointError when an array's data does not fit its shape or dtype, or its name is reserved;
 * OptionError when the JSON value is none (NaN, infinities, undefined, class instances).
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const caller = 'encodeCheckpoint';
  checkHost(caller);
  const { kind, version, json, arrays } = checkpoint;
  if (typeof kind !== 'string' || kind === '') throw new CheckpointError(`${caller}: kind must be a text, got ${JSON.stringify(kind)}`);
  if (!Number.isSafeInteger(version) || version < 1)
    throw new CheckpointError(`${caller}: version must be an integer in [1, Infinity), got ${version}`);
  const bytes = writeSafetensors(
    caller,
    {
      checksum: BLANK_CHECKSUM,
      format: FORMAT,
      formatVersion: String(FORMAT_VERSION),
      kind,
      kindVersion: String(version),
      json: stringifyJson(caller, 'json', json),
    },
    arrays,
  );
  bytes.set(new TextEncoder().encode(checksumOf(bytes)), CHECKSUM_PLACE);
  return bytes;
}

const versionOf = (text: string | undefined): number => (text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : NaN);

function parseJson(caller: string, text: string | undefined): Json {
  try {
    const json = JSON.parse(text ?? '') as Json;
    if (stringifyJson(caller, 'json', json) === text) return json;
  } catch (cause) {
    throw new CheckpointError(`${caller}: the JSON value must be JSON without reserved keys, nested at most 1000 deep`, { cause });
  }
  throw new CheckpointError(`${caller}: the JSON value must have each key once and be in canonical form`);
}

/**
 * Reads what {@link encodeCheckpoint} wrote. The arrays are copies: `bytes` may be reused.
 * @throws CheckpointError that says what is wrong when the bytes are truncated, altered, foreign or of a newer format.
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const caller = 'decodeCheckpoint';
  checkHost(caller);
  if (!(bytes instanceof Uint8Array))
    throw new CheckpointError(`${caller}: bytes must be a Uint8Array, got ${Object.prototype.toString.call(bytes)}`);
  const header = readHeader(caller, bytes);
  const { metadata } = header;
  if (metadata['format'] !== FORMAT) {
    throw new CheckpointError(`${caller}: the file must be a checkpoint of mbrl, got a safetensors file without "format": "${FORMAT}"`);
  }
  const formatVersion = versionOf(metadata['formatVersion']);
  if (formatVersion > FORMAT_VERSION) {
    throw new CheckpointError(
      `${caller}: the format version must be at most ${FORMAT_VERSION}, got ${formatVersion}: a newer mbrl wrote it`,
    );
  }
  const checksum = checksumOf(bytes);
  if (metadata['checksum'] !== checksum || !header.text.startsWith(`{"__metadata__":{"checksum":"${checksum}"`)) {
    throw new CheckpointError(
      `${caller}: the checksum must be ${checksum}, got ${JSON.stringify(metadata['checksum'])}: the file was altered or truncated`,
    );
  }
  const version = versionOf(metadata['kindVersion']);
  const kind = metadata['kind'];
  if (!kind || Number.isNaN(version) || Number.isNaN(formatVersion)) {
    throw new CheckpointError(`${caller}: the metadata must have formatVersion, kind and kindVersion`);
  }
  return { kind, version, json: parseJson(caller, metadata['json']), arrays: readArrays(caller, bytes, header) };
}
