/**
 * Progressive widening (Couëtoux et al. 2011): a node that was visited N times may have ⌈k N^α⌉ children, so that a
 * search through a continuum tries more where it looks more often.
 */
import { checkNumber } from '@mbrl/core';

/** How fast a node widens. */
export interface Widening {
  /** k, above 0. */
  readonly factor: number;
  /** α in [0, 1]; with 0 the number stays at ⌈k⌉. */
  readonly exponent: number;
}

/** Checks k and α. @throws OptionError */
export function checkWidening(caller: string, name: string, { factor, exponent }: Widening): Widening {
  return {
    factor: checkNumber(caller, `${name}.factor`, factor, { above: 0 }),
    exponent: checkNumber(caller, `${name}.exponent`, exponent, { min: 0, max: 1 }),
  };
}

/** Children that a node of N visits may have. */
export const allowedChildren = ({ factor, exponent }: Widening, visits: number): number =>
  Math.ceil(factor * Math.max(1, visits) ** exponent);
