/**
 * The graph that a trace grows. It keeps one node for equal operations (so a forward pass traced twice stands once),
 * one constant for equal values, and drops at the end what no output needs.
 */
import { ShapeError } from '@mbrl/core';
import type { Attribute, ElementType, GraphConstant, GraphDescription, GraphNode, GraphPort } from '../onnx/model.js';

type Attributes = { readonly [name: string]: Attribute };

const constructors = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array } as const;

/** Small constants are shared by content; larger ones are rare and stand alone. */
const SHARED_CONSTANT_SIZE = 64;

export class Graph {
  readonly #nodes: GraphNode[] = [];
  readonly #nodeByKey = new Map<string, readonly string[]>();
  readonly #constants = new Map<string, GraphConstant>();
  readonly #constantByKey = new Map<string, string>();
  #nextId = 0;

  #name(prefix: string): string {
    return `${prefix}${this.#nextId++}`;
  }

  /** Adds an operation with one output, or finds the equal one that is there; returns the output's name. */
  op(op: string, inputs: readonly string[], attributes: Attributes = {}, domain: GraphNode['domain'] = ''): string {
    return this.ops(op, inputs, 1, attributes, domain)[0]!;
  }

  /** Adds an operation with several outputs, as {@link op}. */
  ops(
    op: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Attributes = {},
    domain: GraphNode['domain'] = '',
  ): readonly string[] {
    const key = `${domain}|${op}|${inputs.join()}|${JSON.stringify(attributes)}|${outputCount}`;
    const known = this.#nodeByKey.get(key);
    if (known) return known;
    const outputs = Array.from({ length: outputCount }, () => this.#name('v'));
    this.#nodes.push({ op, domain, inputs, outputs, attributes });
    this.#nodeByKey.set(key, outputs);
    return outputs;
  }

  /** Adds a copy of a value under a name of its own. */
  copy(input: string): string {
    const output = this.#name('v');
    this.#nodes.push({ op: 'Identity', domain: '', inputs: [input], outputs: [output], attributes: {} });
    return output;
  }

  /** Adds a constant of the given type and shape, or finds the equal one; returns its name. */
  constant(type: ElementType, shape: readonly number[], values: ArrayLike<number>): string {
    const data =
      type === 'int64'
        ? BigInt64Array.from(Array.from(values, (value) => BigInt(value)))
        : constructors[type].from(values as ArrayLike<number>);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = data.length <= SHARED_CONSTANT_SIZE ? `${type}|${shape.join()}|${bytes.join()}` : undefined;
    const known = key === undefined ? undefined : this.#constantByKey.get(key);
    if (known) return known;
    const name = this.#name('c');
    this.#constants.set(name, { name, type, shape: [...shape], bytes: bytes.slice() });
    if (key !== undefined) this.#constantByKey.set(key, name);
    return name;
  }

  /** A list of whole numbers as a one-dimensional int64 constant, which is how ONNX takes shapes and axes. */
  integers(values: readonly number[]): string {
    return this.constant('int64', [values.length], values);
  }

  /** Whether `name` is a constant. */
  isConstant(name: string): boolean {
    return this.#constants.has(name);
  }

  /** The finished graph: only the nodes and constants that the outputs need. */
  describe(name: string, inputs: readonly GraphPort[], outputs: readonly GraphPort[]): GraphDescription {
    const needed = new Set(outputs.map((port) => port.name));
    const nodes: GraphNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      nodes.push(node);
      for (const input of node.inputs) needed.add(input);
    }
    const constants = [...this.#constants.values()].filter((constant) => needed.has(constant.name));
    return { name, nodes: nodes.toReversed(), constants, inputs, outputs };
  }
}

/** Extents of the broadcast of two shapes, right-aligned. @throws ShapeError when they do not broadcast together. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - (rank - a.length)] ?? 1;
    const right = b[i - (rank - b.length)] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(`jit: shapes that meet must be equal or 1 along each axis, got [${a.join(', ')}] and [${b.join(', ')}]`);
    }
    return left === 1 ? right : left;
  });
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
