/**
 * An ONNX model as bytes. Field numbers are those of onnx.proto (IR version 10, opset 21), and the contributed
 * operators of ONNX Runtime (`com.microsoft`, version 1).
 */
import { MessageWriter } from './protobuf.js';

/** Element types by their number in onnx.proto. */
export const ELEMENT_TYPES = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;

/** An element type that a graph may hold; int64 only inside. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** An attribute of a node: integers are written as ints, wrap a number in `{ float }` for a real one. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** One operation. */
export interface GraphNode {
  readonly op: string;
  readonly domain: '' | 'com.microsoft';
  /** Names of inputs; an empty name stands for an absent optional one. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: { readonly [name: string]: Attribute };
}

/** A constant. */
export interface GraphConstant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Little-endian elements. */
  readonly bytes: Uint8Array;
}

/** An input or output. */
export interface GraphPort {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** A whole graph, its nodes in an order in which every input comes before its use. */
export interface GraphDescription {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphConstant[];
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
}

function writeAttribute(name: string, value: Attribute): MessageWriter {
  const message = new MessageWriter().text(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function writeNode(node: GraphNode): MessageWriter {
  const message = new MessageWriter();
  for (const input of node.inputs) message.text(1, input);
  for (const output of node.outputs) message.text(2, output);
  message.text(3, node.outputs[0]!).text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) message.message(5, writeAttribute(name, value));
  return node.domain === '' ? message : message.text(7, node.domain);
}

function writeConstant(constant: GraphConstant): MessageWriter {
  const message = new MessageWriter();
  for (const extent of constant.shape) message.integer(1, extent);
  return message.integer(2, ELEMENT_TYPES[constant.type]).text(8, constant.name).bytes(9, constant.bytes);
}

function writePort(port: GraphPort): MessageWriter {
  const shape = new MessageWriter();
  for (const extent of port.shape) shape.message(1, new MessageWriter().integer(1, extent));
  const tensor = new MessageWriter().integer(1, ELEMENT_TYPES[port.type]).message(2, shape);
  return new MessageWriter().text(1, port.name).message(2, new MessageWriter().message(1, tensor));
}

/** Encodes a graph as an ONNX model that ONNX Runtime loads. */
export function encodeModel(graph: GraphDescription): Uint8Array {
  const body = new MessageWriter();
  for (const node of graph.nodes) body.message(1, writeNode(node));
  body.text(2, graph.name);
  for (const constant of graph.constants) body.message(5, writeConstant(constant));
  for (const input of graph.inputs) body.message(11, writePort(input));
  for (const output of graph.outputs) body.message(12, writePort(output));
  const model = new MessageWriter().integer(1, 10).text(2, 'mbrl').message(7, body);
  model.message(8, new MessageWriter().text(1, '').integer(2, 21));
  if (graph.nodes.some((node) => node.domain === 'com.microsoft')) {
    model.message(8, new MessageWriter().text(1, 'com.microsoft').integer(2, 1));
  }
  return model.finish();
}
