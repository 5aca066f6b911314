/**
 * Solves random small nonlinear programs and judges every answer by the first-order conditions, worked out by differences.
 *
 *   npx tsx --conditions=@mbrl/source bench/sqp-fuzz.ts [COUNT=10000] [SEED=0]
 */
import process from 'node:process';
import { solveSqp } from '@mbrl/control';
import { judgeSqpResult, makeSqpCase } from './sqp-cases.js';

const count = Number(process.argv[2] ?? 10000);
const seed = Number(process.argv[3] ?? 0);
const table: Record<string, Record<string, number>> = {};
let wrong = 0;
for (let index = 0; index < count; index++) {
  const example = makeSqpCase(seed + index);
  const result = solveSqp(example.program, example.start, example.options);
  const way = `${example.options.hessian}, ${example.options.globalization}`;
  const fault = judgeSqpResult(example, result);
  if (fault !== undefined) {
    wrong += 1;
    process.stdout.write(`case ${seed + index}, ${way}, ${result.status}: ${fault}\n`);
  }
  const row = (table[way] ??= {});
  row[result.status] = (row[result.status] ?? 0) + 1;
}
for (const [way, row] of Object.entries(table)) process.stdout.write(`${way}: ${JSON.stringify(row)}\n`);
process.stdout.write(`${count} programs, ${wrong} wrong answers\n`);
