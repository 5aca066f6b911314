/** Reading a checkpoint with care, and checkpoints made of others: an agent's holds its model's and its data's. */
import type { Checkpoint, CheckpointArray } from './checkpoint.js';
import { CheckpointError } from './errors.js';
import type { Json } from './json.js';

/**
 * Returns the checkpoint when it is of this kind and its version can be read.
 * @param options.kind what the caller reads
 * @param options.version the newest version it reads
 * @param options.oldestVersion the oldest version it reads; `version` when absent
 * @param options.caller names the function in the message
 * @throws CheckpointError otherwise.
 */
export function expectCheckpoint(
  checkpoint: Checkpoint,
  options: { readonly kind: string; readonly version: number; readonly oldestVersion?: number; readonly caller: string },
): Checkpoint {
  const { kind, version, oldestVersion = version, caller } = options;
  if (checkpoint.kind !== kind) throw new CheckpointError(`${caller}: the checkpoint must be of kind ${kind}, got ${checkpoint.kind}`);
  if (checkpoint.version < oldestVersion || checkpoint.version > version) {
    const allowed = oldestVersion === version ? `${version}` : `in [${oldestVersion}, ${version}]`;
    const hint = checkpoint.version > version ? ': a newer mbrl wrote it' : '';
    throw new CheckpointError(`${caller}: the version of ${kind} must be ${allowed}, got ${checkpoint.version}${hint}`);
  }
  return checkpoint;
}

/**
 * Gets an array by name.
 * @param options.dtype its element type
 * @param options.shape its shape; `null` stands for any extent; unchecked when absent
 * @throws CheckpointError when it is missing or differs.
 */
export function checkpointArray<D extends CheckpointArray['dtype']>(
  checkpoint: Checkpoint,
  name: string,
  options: { readonly dtype: D; readonly shape?: readonly (number | null)[]; readonly caller: string },
): Extract<CheckpointArray, { readonly dtype: D }> {
  const { dtype, shape, caller } = options;
  const array = Object.hasOwn(checkpoint.arrays, name) ? checkpoint.arrays[name] : undefined;
  if (!array) throw new CheckpointError(`${caller}: the ${checkpoint.kind} checkpoint must have an array ${JSON.stringify(name)}`);
  if (array.dtype !== dtype) throw new CheckpointError(`${caller}: array ${JSON.stringify(name)} must be ${dtype}, got ${array.dtype}`);
  if (shape && !(shape.length === array.shape.length && shape.every((extent, i) => extent === null || extent === array.shape[i]))) {
    const wanted = shape.map((extent) => extent ?? 'any').join(', ');
    throw new CheckpointError(`${caller}: array ${JSON.stringify(name)} must have shape [${wanted}], got [${array.shape.join(', ')}]`);
  }
  return array as Extract<CheckpointArray, { readonly dtype: D }>;
}

/** A checkpoint together with those of its parts. */
export interface CompositeCheckpoint {
  readonly json: Json;
  /** Arrays of its own; their names hold no `/`. */
  readonly arrays: { readonly [name: string]: CheckpointArray };
  /** Checkpoints of the parts by name; a name holds no `/`. Parts may be composite themselves. */
  readonly parts: { readonly [name: string]: Checkpoint };
}

/**
 * Joins a checkpoint and those of its parts into one: the arrays of part `model` become `model/…`.
 * @throws CheckpointError when a name holds `/`.
 */
export function combineCheckpoints(options: {
  readonly kind: string;
  readonly version: number;
  readonly json?: Json;
  readonly arrays?: { readonly [name: string]: CheckpointArray };
  readonly parts: { readonly [name: string]: Checkpoint };
}): Checkpoint {
  const { kind, version, json = null, arrays: own = {}, parts } = options;
  for (const name of [...Object.keys(own), ...Object.keys(parts)]) {
    if (name.includes('/') || name === '')
      throw new CheckpointError(`combineCheckpoints: a name must be a text without "/", got ${JSON.stringify(name)}`);
  }
  const arrays = new Map(Object.entries(own));
  for (const [part, checkpoint] of Object.entries(parts)) {
    for (const [name, array] of Object.entries(checkpoint.arrays)) arrays.set(`${part}/${name}`, array);
  }
  const described = Object.fromEntries(
    Object.entries(parts).map(([part, checkpoint]) => [
      part,
      { kind: checkpoint.kind, version: checkpoint.version, json: checkpoint.json },
    ]),
  );
  return { kind, version, json: { own: json, parts: described }, arrays: Object.fromEntries(arrays) };
}

const asRecord = (json: unknown): { readonly [key: string]: Json } | undefined =>
  json !== null && typeof json === 'object' && !Array.isArray(json) ? (json as { readonly [key: string]: Json }) : undefined;

/**
 * Takes apart what {@link combineCheckpoints} joined.
 * @param options.parts names of the parts that must be there
 * @throws CheckpointError when the checkpoint is not a composite or a part is missing.
 */
export function separateCheckpoint<Part extends string>(
  checkpoint: Checkpoint,
  options: { readonly parts: readonly Part[]; readonly caller: string },
): {
  readonly json: Json;
  readonly arrays: { readonly [name: string]: CheckpointArray };
  readonly parts: { readonly [name in Part]: Checkpoint };
} {
  const { caller } = options;
  const described = asRecord(asRecord(checkpoint.json)?.['parts']);
  const own = asRecord(checkpoint.json)?.['own'];
  if (!described || own === undefined) throw new CheckpointError(`${caller}: the ${checkpoint.kind} checkpoint must be made of parts`);
  const entries = Object.entries(checkpoint.arrays);
  const parts = options.parts.map((part) => {
    const facts = Object.hasOwn(described, part) ? asRecord(described[part]) : undefined;
    if (typeof facts?.['kind'] !== 'string' || typeof facts['version'] !== 'number' || facts['json'] === undefined) {
      throw new CheckpointError(`${caller}: the ${checkpoint.kind} checkpoint must have a part ${JSON.stringify(part)}`);
    }
    const arrays = entries
      .filter(([name]) => name.startsWith(`${part}/`))
      .map(([name, array]) => [name.slice(part.length + 1), array] as const);
    return [part, { kind: facts['kind'], version: facts['version'], json: facts['json'], arrays: Object.fromEntries(arrays) }] as const;
  });
  return {
    json: own,
    arrays: Object.fromEntries(entries.filter(([name]) => !name.includes('/'))),
    parts: Object.fromEntries(parts) as unknown as { readonly [name in Part]: Checkpoint },
  };
}
