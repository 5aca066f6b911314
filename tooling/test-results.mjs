/**
 * Sums the JSON reports of several vitest runs.
 *
 * A file that could not be loaded has no tests to count, so it counts as one failure.
 *
 * @param {readonly object[]} reports contents of vitest's JSON reports
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function sumResults(reports) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports) {
    sum.passed += report.numPassedTests;
    sum.failed += report.numFailedTests;
    sum.skipped += report.numPendingTests + report.numTodoTests;
    sum.failed += report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
    ).length;
  }
  return sum;
}
