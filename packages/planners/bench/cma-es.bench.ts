/**
 * Evaluations that CMA-ES needs on four known functions, beside the medians of the reference implementation (pycma with
 * its defaults, 15 runs to a cost of 1e-9). Medians are of the runs that reached the target.
 *
 * Run with `npx tsx --conditions=@mbrl/source bench/cma-es.bench.ts [runs]`.
 */
import { median } from '@mbrl/core';
import { cmaEsProblems, runProblem } from '../test/cma-es-problems.js';

const runs = Number(process.argv[2] ?? 15);
console.log('| function | n | evaluations, median | solved | reference | ratio |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const problem of cmaEsProblems) {
  const results = Array.from({ length: runs }, (_, seed) => runProblem(problem, seed));
  const solved = results.filter((result) => result.status === 'target');
  const evaluations = median(solved.map((result) => result.evaluationCount));
  const { evaluationCount, solvedCount } = problem.reference;
  console.log(
    `| ${problem.name} | ${problem.dimension} | ${evaluations} | ${solved.length} of ${runs} | ${evaluationCount} (${solvedCount} of 15) | ${(evaluations / evaluationCount).toFixed(3)} |`,
  );
}
