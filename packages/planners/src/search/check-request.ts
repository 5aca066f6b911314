/** What every planner checks of a request before it searches. */
import { checkNumber, NumericalError, OptionError, type PlanRequest, ShapeError } from '@mbrl/core';

/**
 * Checks that evaluator, observation and deadline are usable by a planner of this horizon and action size.
 * @throws ShapeError, NumericalError or OptionError otherwise.
 */
export function checkRequest(
  { observation, evaluator, clock, deadlineMs }: PlanRequest,
  { horizon, actionSize }: { readonly horizon: number; readonly actionSize: number },
): void {
  if (evaluator.horizon !== horizon || evaluator.actionSize !== actionSize) {
    throw new ShapeError(
      `plan: evaluator must score sequences of shape [${horizon}, ${actionSize}], got one for [${evaluator.horizon}, ${evaluator.actionSize}]`,
    );
  }
  if (observation.length !== evaluator.observationSize) {
    throw new ShapeError(`plan: observation must have ${evaluator.observationSize} components, got ${observation.length}`);
  }
  for (let i = 0; i < observation.length; i++) {
    if (!Number.isFinite(observation[i]!))
      throw new NumericalError(`plan: observation must be finite, got ${observation[i]} at component ${i}`);
  }
  if (deadlineMs !== undefined) {
    checkNumber('plan', 'deadlineMs', deadlineMs, { above: 0 });
    if (!clock) throw new OptionError(`plan: clock must be given with a deadline, got deadlineMs ${deadlineMs} alone`);
  }
}
