/**
 * Solves random problems of optimal control by iLQR and DDP and judges every answer by its own conditions, worked out by differences.
 *
 *   npx tsx --conditions=@mbrl/source bench/ilqr-fuzz.ts [COUNT=10000] [SEED=0] [SECONDS]
 */
import process from 'node:process';
import { createDdp, createIlqr } from '@mbrl/control';
import { NumericalError } from '@mbrl/core';
import { judgeIlqrResult, makeIlqrCase } from './ilqr-cases.js';

const count = Number(process.argv[2] ?? 10000);
const seed = Number(process.argv[3] ?? 0);
const end = performance.now() + 1000 * Number(process.argv[4] ?? Infinity);
const table: Record<string, Record<string, number>> = { iLQR: {}, DDP: {} };
let wrong = 0;
let index = 0;
for (; index < count && performance.now() < end; index++) {
  const example = makeIlqrCase(seed + index);
  for (const [name, create] of [
    ['iLQR', createIlqr],
    ['DDP', createDdp],
  ] as const) {
    let outcome: string;
    try {
      const result = create(example.problem, { maxIterations: 300, gradientTolerance: 1e-7 }).solve(example.start);
      outcome = result.status;
      const fault = judgeIlqrResult(example, result);
      if (fault !== undefined) {
        wrong += 1;
        process.stdout.write(`case ${seed + index}, ${name}, ${outcome}: ${fault}\n`);
      }
    } catch (error) {
      // Where the dynamics are NaN at the start.
      if (!(error instanceof NumericalError)) throw error;
      outcome = 'NumericalError';
    }
    table[name]![outcome] = (table[name]![outcome] ?? 0) + 1;
  }
}
for (const [name, row] of Object.entries(table)) process.stdout.write(`${name}: ${JSON.stringify(row)}\n`);
process.stdout.write(`${index} problems, ${wrong} wrong answers\n`);
