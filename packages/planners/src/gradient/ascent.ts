/**
 * Steps uphill for several plans at once: plain gradient steps, or Adam (Kingma & Ba 2015, arXiv 1412.6980) with each
 * plan's moments its own. A gradient longer than the clip is scaled down to it.
 */

/** How to step. */
export interface AscentSettings {
  readonly optimizer: 'adam' | 'gradient';
  /** Length of a step of Adam by component, or factor of the gradient. */
  readonly learningRate: number;
  /** Greatest Euclidean length of a plan's gradient; Infinity for none. */
  readonly gradientClip: number;
}

/** What Adam knows of one plan of D variables. */
export interface AscentMemory {
  readonly first: Float64Array;
  readonly second: Float64Array;
  steps: number;
}

const firstDecay = 0.9;
const secondDecay = 0.999;
const tiny = 1e-8;

/** Makes the memory of one plan. */
export function createAscentMemory(size: number): AscentMemory {
  return { first: new Float64Array(size), second: new Float64Array(size), steps: 0 };
}

/** Forgets all steps. */
export function resetAscent(memory: AscentMemory): void {
  memory.first.fill(0);
  memory.second.fill(0);
  memory.steps = 0;
}

/** Euclidean length; not finite where a component is not. */
export function lengthOf(values: Float64Array): number {
  let squares = 0;
  for (let d = 0; d < values.length; d++) squares += values[d]! * values[d]!;
  return Math.sqrt(squares);
}

/** Moves `z` one step up along `gradient`, whose length is given. */
export function stepUp(settings: AscentSettings, memory: AscentMemory, z: Float64Array, gradient: Float64Array, length: number): void {
  const { optimizer, learningRate, gradientClip } = settings;
  const scale = length > gradientClip ? gradientClip / length : 1;
  if (optimizer === 'gradient') {
    for (let d = 0; d < z.length; d++) z[d]! += learningRate * scale * gradient[d]!;
    return;
  }
  const { first, second } = memory;
  memory.steps += 1;
  const firstCorrection = 1 - firstDecay ** memory.steps;
  const secondCorrection = 1 - secondDecay ** memory.steps;
  for (let d = 0; d < z.length; d++) {
    const g = scale * gradient[d]!;
    first[d] = firstDecay * first[d]! + (1 - firstDecay) * g;
    second[d] = secondDecay * second[d]! + (1 - secondDecay) * g * g;
    z[d]! += (learningRate * (first[d]! / firstCorrection)) / (Math.sqrt(second[d]! / secondCorrection) + tiny);
  }
}
