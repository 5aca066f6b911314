/** Who is compared: every planner of the registry at the full number of evaluations, and iCEM at a third of it. */
import { OptionError } from '@mbrl/core';
import { type PlannerName, plannerNames } from '@mbrl/planners';

/** A planner with its share of the evaluations. */
export interface Contender {
  /** Name on the command line and in the table. */
  readonly name: string;
  readonly planner: PlannerName;
  /** Evaluations are divided by it. */
  readonly divisor: number;
}

/** Names that need gradients of the return. */
export const gradientPlanners: readonly PlannerName[] = ['gradient', 'gradient-cem'];

/** All of them. */
export const contenders: readonly Contender[] = [
  ...plannerNames().map((planner) => ({ name: planner, planner, divisor: 1 })),
  { name: 'icem-third', planner: 'icem', divisor: 3 },
];

/**
 * Those of the given names, in the order of the list; all where there is none.
 * @throws OptionError on a name that none has.
 */
export function selectContenders(names: readonly string[]): readonly Contender[] {
  for (const name of names) {
    if (!contenders.some((each) => each.name === name)) {
      throw new OptionError(`--planners must be among ${contenders.map((each) => each.name).join(', ')}, got ${JSON.stringify(name)}`);
    }
  }
  return names.length === 0 ? contenders : contenders.filter(({ name }) => names.includes(name));
}
