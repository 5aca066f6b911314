/**
 * Solves random programs and judges every answer by its own conditions.
 *
 *   npx tsx --conditions=@mbrl/source bench/qp-fuzz.ts [COUNT=10000] [SEED=1]
 */
import process from 'node:process';
import { createQpSolver } from '@mbrl/control';
import { judgeQpAnswer, makeQpCase } from './qp-cases.js';

const count = Number(process.argv[2] ?? 10000);
const seed = Number(process.argv[3] ?? 1);
const table = new Map<string, Record<string, number>>();
let wrong = 0;
for (let index = 0; index < count; index++) {
  const example = makeQpCase(seed, index);
  const answer = createQpSolver({ variableCount: example.n, constraintCount: example.m }).solve(example.program);
  const fault = judgeQpAnswer(example, answer);
  if (fault !== undefined) {
    wrong++;
    process.stdout.write(`case ${index} (${example.family}, n=${example.n}, m=${example.m}): ${fault}\n`);
  }
  const row = table.get(example.family) ?? {};
  row[answer.status] = (row[answer.status] ?? 0) + 1;
  table.set(example.family, row);
  if (answer.status === 'inaccurate' || answer.status === 'iterationLimit')
    process.stdout.write(
      `case ${index} (${example.family}, ${example.truth}): ${answer.status}, residuals ${answer.primalResidual} ${answer.dualResidual} ${answer.gap}\n`,
    );
}
for (const [family, row] of table) process.stdout.write(`${family}: ${JSON.stringify(row)}\n`);
process.stdout.write(`${count} programs, ${wrong} wrong answers\n`);
