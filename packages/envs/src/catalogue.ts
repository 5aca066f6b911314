/** What a family of environments tells of each of its members: how it is made, which options it takes, where it is from. */
import type { Environment } from '@mbrl/core';

/** One environment of a family. */
export interface CatalogueEntry<Options, Made extends Environment = Environment> {
  /** Makes it. Where `load` is given, only after that was done. */
  readonly create: (options: Options) => Made;
  /** Loads what it runs on, such as the physics of the MuJoCo tasks; more than once does no harm. */
  readonly load?: () => Promise<void>;
  /** Every key of the options, once: a key that is forgotten here does not compile. */
  readonly keys: { readonly [Key in keyof Required<Options>]: true };
  /** The reward of a step: its range, or what it is. */
  readonly reward: string;
  /** Where the task is from: the package or the paper whose equations it follows. */
  readonly source: string;
}

/** A family by name, from its options by name. */
export type Catalogue<OptionsByName, Made extends Environment = Environment> = {
  readonly [Name in keyof OptionsByName]: CatalogueEntry<OptionsByName[Name], Made>;
};
