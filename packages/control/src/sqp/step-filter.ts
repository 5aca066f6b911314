/** The filter of Fletcher and Leyffer (2002): pairs of violation and objective, none of which is to be repeated or worsened. */

/** A filter. */
export interface StepFilter {
  /** Whether a pair is better than every entry in one of its parts, by a margin. */
  accepts(violation: number, objective: number): boolean;
  /** Adds an entry and drops those it dominates. */
  add(violation: number, objective: number): void;
  clear(): void;
}

const margin = 1e-5;

/** Makes an empty filter that refuses violations above `ceiling`. */
export function createStepFilter(ceiling: number): StepFilter {
  let entries: [number, number][] = [];
  return {
    accepts: (violation, objective) =>
      violation <= ceiling && entries.every(([h, f]) => violation <= (1 - margin) * h || objective <= f - margin * h),
    add(violation, objective) {
      entries = entries.filter(([h, f]) => h < violation || f < objective);
      entries.push([violation, objective]);
    },
    clear() {
      entries = [];
    },
  };
}
