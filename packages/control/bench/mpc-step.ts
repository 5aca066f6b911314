/** A linear MPC loop of 12 states, 4 inputs and 50 stages: six masses on springs, pushed about by noise. */
import { loadavg } from 'node:os';
import process from 'node:process';
import { createStagewiseSolver } from '@mbrl/control';
import { createRng } from '@mbrl/core';

const n = 12;
const m = 4;
const N = 50;
const masses = 6;
const step = 0.2;
const inputLimit = 0.5;
const stateLimit = 4;

/** exp(step · [[Ac, Bc], [0, 0]]) by its series. */
function discretise(Ac: Float64Array, Bc: Float64Array): { A: Float64Array; B: Float64Array } {
  const size = n + m;
  const joint = new Float64Array(size * size);
  for (let i = 0; i < n; i++) {
    joint.set(Ac.subarray(i * n, i * n + n), i * size);
    joint.set(Bc.subarray(i * m, i * m + m), i * size + n);
  }
  const sum = new Float64Array(size * size);
  let power = new Float64Array(size * size);
  for (let i = 0; i < size; i++) sum[i * size + i] = power[i * size + i] = 1;
  for (let k = 1; k < 24; k++) {
    const next = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let q = 0; q < size; q++)
        for (let j = 0; j < size; j++) next[i * size + j]! += (power[i * size + q]! * joint[q * size + j]! * step) / k;
    power = next;
    for (let i = 0; i < size * size; i++) sum[i]! += power[i]!;
  }
  const A = new Float64Array(n * n);
  const B = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    A.set(sum.subarray(i * size, i * size + n), i * n);
    B.set(sum.subarray(i * size + n, i * size + size), i * m);
  }
  return { A, B };
}

const repeat = (block: Float64Array, count: number): Float64Array => {
  const out = new Float64Array(block.length * count);
  for (let k = 0; k < count; k++) out.set(block, k * block.length);
  return out;
};
const identity = (size: number): Float64Array => Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));

/**
 * How far a step is from the optimum, by the conditions of optimality of the problem as it is stated: dynamics, bounds,
 * and the gradient Qx + Aᵀλ⁺ − λ and Ru + Bᵀλ⁺, which may press against a bound that is reached and must vanish elsewhere.
 */
function departure(
  state: Float64Array,
  { states, inputs, costates }: { states: Float64Array; inputs: Float64Array; costates: Float64Array },
  A: Float64Array,
  B: Float64Array,
): number {
  let worst = 0;
  const note = (value: number): void => {
    if (!(Math.abs(value) <= worst)) worst = Math.abs(value);
  };
  const noteBound = (value: number, limit: number, gradient: number): void => {
    note(Math.max(0, Math.abs(value) - limit));
    if (value >= limit - 1e-9) note(Math.max(0, gradient));
    else if (value <= -limit + 1e-9) note(Math.min(0, gradient));
    else note(gradient);
  };
  for (let i = 0; i < n; i++) note(states[i]! - state[i]!);
  for (let k = 0; k <= N; k++) {
    for (let j = 0; j < n && k > 0; j++) {
      let gradient = states[k * n + j]! - costates[(k - 1) * n + j]!;
      for (let i = 0; i < n && k < N; i++) gradient += A[i * n + j]! * costates[k * n + i]!;
      noteBound(states[k * n + j]!, stateLimit, gradient);
    }
    if (k === N) break;
    for (let j = 0; j < m; j++) {
      let gradient = inputs[k * m + j]!;
      for (let i = 0; i < n; i++) gradient += B[i * m + j]! * costates[k * n + i]!;
      noteBound(inputs[k * m + j]!, inputLimit, gradient);
    }
    for (let i = 0; i < n; i++) {
      let next = -states[(k + 1) * n + i]!;
      for (let j = 0; j < n; j++) next += A[i * n + j]! * states[k * n + j]!;
      for (let j = 0; j < m; j++) next += B[i * m + j]! * inputs[k * m + j]!;
      note(next);
    }
  }
  return worst;
}

/** Runs the loop and tells the time of a warm step. */
export function timeMpcSteps(tell: (line: string) => void): void {
  const Ac = new Float64Array(n * n);
  const Bc = new Float64Array(n * m);
  for (let i = 0; i < masses; i++) {
    Ac[i * n + masses + i] = 1;
    Ac[(masses + i) * n + i] = -2;
    if (i > 0) Ac[(masses + i) * n + i - 1] = 1;
    if (i < masses - 1) Ac[(masses + i) * n + i + 1] = 1;
  }
  for (let i = 0; i < m; i++) {
    Bc[(masses + i) * m + i] = 1;
    Bc[(masses + i + 1) * m + i] = -1;
  }
  const { A, B } = discretise(Ac, Bc);
  const solver = createStagewiseSolver({ stageCount: N, stateSize: n, inputSize: m, constraintCount: 0 });
  solver.load({
    A: repeat(A, N),
    B: repeat(B, N),
    Q: repeat(identity(n), N + 1),
    R: repeat(identity(m), N),
    inputLower: new Float64Array(N * m).fill(-inputLimit),
    inputUpper: new Float64Array(N * m).fill(inputLimit),
    stateLower: new Float64Array((N + 1) * n).fill(-stateLimit),
    stateUpper: new Float64Array((N + 1) * n).fill(stateLimit),
  });
  const rng = createRng(1);
  let state = Float64Array.from({ length: n }, () => rng.normal());
  const times: number[] = [];
  let cpuTime = 0;
  let rounds = 0;
  let worst = 0;
  let unsolved = 0;
  let interior = 0;
  let saturated = 0;
  for (let t = 0; t < 3000; t++) {
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    if (t > 0) solver.shift();
    const answer = solver.solve(state, t > 0);
    if (t >= 1000) {
      times.push(Number(process.hrtime.bigint() - start) / 1e6);
      const after = process.cpuUsage(cpu);
      cpuTime += (after.user + after.system) / 1e3;
      rounds += answer.polishRounds;
    }
    worst = Math.max(worst, departure(state, answer, A, B));
    if (answer.status !== 'solved') unsolved++;
    if (answer.iterations > 0) interior++;
    if (answer.inputs.some((value) => Math.abs(value) >= inputLimit)) saturated++;
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = i >= masses ? 0.1 * rng.normal() : 0;
      for (let j = 0; j < n; j++) sum += A[i * n + j]! * state[j]!;
      for (let j = 0; j < m; j++) sum += B[i * m + j]! * answer.inputs[j]!;
      next[i] = sum;
    }
    state = next;
  }
  times.sort((a, b) => a - b);
  const at = (ratio: number): string => times[Math.floor(ratio * times.length)]!.toFixed(3);
  tell(`MPC step, 12 states, 4 inputs, N = 50, warm: fastest tenth ${at(0.1)} ms, median ${at(0.5)} ms, nine tenths below ${at(0.9)} ms`);
  tell(
    `mean time on the processor ${(cpuTime / times.length).toFixed(3)} ms, active sets tried ${(rounds / times.length).toFixed(2)}; the machine's load ${loadavg()[0]!.toFixed(1)}`,
  );
  tell(
    `of 3000 steps ${unsolved} unsolved, ${interior} by interior point, ${saturated} with inputs at their bounds; departure from the optimality conditions at most ${worst.toExponential(1)}`,
  );
}
