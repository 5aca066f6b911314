/**
 * Puts right the order in which TensorFlow.js notes operations for differentiation.
 *
 * A gradient may keep a copy of an operation's result: that of exp keeps eˣ. The copy is noted on the tape before the
 * operation itself, and a gradient of the gradient, which follows the tape from the beginning, takes it for a constant.
 * So second derivatives of exp, tanh, sigmoid, elu, softmax and all that is made of them come out as zero, without a
 * word. Here such copies move behind the operation whose result they copy.
 */
import * as tf from '@tensorflow/tfjs';

interface TapeNode {
  readonly inputs: { readonly [name: string]: tf.Tensor };
  readonly outputs: readonly tf.Tensor[];
  readonly saved?: readonly tf.Tensor[];
}

interface TapeKeeper {
  readonly state: { activeTape: TapeNode[] | null | undefined; readonly gradientDepth: number };
  addTapeNode(...args: unknown[]): void;
}

/** Copies are noted just before; an operation keeps a few at most. */
const COPIES_AT_MOST = 8;

function moveCopiesBehindLast(tape: TapeNode[]): void {
  const operation = tape.at(-1);
  if (!operation) return;
  const results = new Set(operation.outputs.map((output) => output.id));
  // What was noted before cannot use the results of the operation, unless it is a copy that the operation kept.
  for (let i = tape.length - 2, left = COPIES_AT_MOST; i >= 0 && left > 0; i--, left--) {
    const inputs = Object.values(tape[i]!.inputs);
    if (inputs.length === 1 && results.has(inputs[0]!.id)) tape.push(...tape.splice(i, 1));
  }
}

/** Corrects the order from now on. */
export function correctTapeOrder(): void {
  const engine = tf.engine() as unknown as TapeKeeper;
  const addTapeNode = engine.addTapeNode.bind(engine);
  engine.addTapeNode = (...args) => {
    addTapeNode(...args);
    const { activeTape } = engine.state;
    if (activeTape) moveCopiesBehindLast(activeTape);
  };
}

/**
 * Ends the tape of a differentiation that failed on its way back. TensorFlow.js leaves it running: it would keep what it
 * saved, and note every operation from then on.
 */
export function abandonTape(): void {
  const { state } = tf.engine() as unknown as TapeKeeper;
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) saved?.forEach((tensor) => tensor.dispose());
  state.activeTape = null;
}
