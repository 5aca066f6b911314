/**
 * Times several things against each other in one process. They take turns, round by round, so that a machine that gets
 * slower or busier meets all of them; a ratio is the median of the ratios within the rounds.
 */
import { median, quantile } from '@mbrl/core';

/** Something to time. */
export interface Variant {
  /** One call; a promise is awaited. Set-up belongs outside. */
  run(): unknown;
  /** Calls that make one sample, at least 1. Default 1. */
  readonly calls?: number;
}

/** How long to measure. */
export interface Rounds {
  /** Samples of each variant, at least 1. */
  readonly rounds: number;
  /** Calls of each variant before the first sample. */
  readonly warmUp: number;
  /** Whether a call that is not timed precedes each sample, so that caches hold the variant's own data. */
  readonly settle: boolean;
}

/** Milliseconds a call, one entry for each round. */
export type Samples = readonly number[];

async function sample({ run, calls = 1 }: Variant, settle: boolean): Promise<number> {
  if (settle) await run();
  const start = performance.now();
  for (let call = 0; call < calls; call++) await run();
  return (performance.now() - start) / calls;
}

/** Times the variants, one after the other in each round, each round starting with another one. */
export async function timeTogether<Name extends string>(
  variants: { readonly [K in Name]: Variant },
  { rounds, warmUp, settle }: Rounds,
): Promise<{ [K in Name]: Samples }> {
  const names = Object.keys(variants) as Name[];
  for (const name of names) for (let call = 0; call < warmUp; call++) await variants[name].run();
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as { [K in Name]: number[] };
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]!;
      samples[name].push(await sample(variants[name], settle));
    }
  }
  return samples;
}

/** Median over the rounds of the first's time by the second's. */
export function timeRatio(first: Samples, second: Samples): number {
  return median(first.map((time, round) => time / second[round]!));
}

/** A measured figure with its quartiles. */
export interface Quantity {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly unit: string;
}

/** Median and quartiles of `convert(milliseconds a call)`. */
export function quantityOf(samples: Samples, unit: string, convert: (milliseconds: number) => number = (time) => time): Quantity {
  const values = samples.map(convert);
  return { value: median(values), lower: quantile(values, 0.25), upper: quantile(values, 0.75), unit };
}
