/** The options that the planners which climb gradients share. */
import { checkInteger, checkNumber, checkOneOf, type Space } from '@mbrl/core';
import type { PlanFill } from '../search/plan-state.js';
import type { AscentSettings } from './ascent.js';
import type { BoxRule } from './free-actions.js';

/** How to climb. */
export interface AscentOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds. */
  readonly actionSpace: Space;
  /** Steps by Adam, or along the plain gradient. Default 'adam'. */
  readonly optimizer?: 'adam' | 'gradient';
  /**
   * Length of a step of Adam by component, in halves of the action range, or factor of the plain gradient; above 0.
   * Default 0.1.
   */
  readonly learningRate?: number;
  /** Greatest length of the gradient of one plan, above 0; a longer one is scaled down. Default: no limit. */
  readonly gradientClip?: number;
  /** How actions are kept within the bounds; see `free-actions.ts`. Default 'squash'. */
  readonly box?: BoxRule;
  /** What fills the end of a plan that `shift` moved up: the middle of the bounds, or its last action. Default 'middle'. */
  readonly fill?: PlanFill;
}

/** The checked options. */
export interface ClimbSettings {
  readonly horizon: number;
  readonly ascent: AscentSettings;
  readonly box: BoxRule;
  readonly fill: PlanFill;
}

/** Checks them. @throws OptionError on one outside its bounds. */
export function checkAscentOptions(caller: string, options: AscentOptions): ClimbSettings {
  const { gradientClip } = options;
  return {
    horizon: checkInteger(caller, 'horizon', options.horizon, { min: 1 }),
    ascent: {
      optimizer: checkOneOf(caller, 'optimizer', options.optimizer ?? 'adam', ['adam', 'gradient']),
      learningRate: checkNumber(caller, 'learningRate', options.learningRate ?? 0.1, { above: 0 }),
      gradientClip: gradientClip === undefined ? Infinity : checkNumber(caller, 'gradientClip', gradientClip, { above: 0 }),
    },
    box: checkOneOf(caller, 'box', options.box ?? 'squash', ['squash', 'project']),
    fill: checkOneOf(caller, 'fill', options.fill ?? 'middle', ['middle', 'repeat']),
  };
}
