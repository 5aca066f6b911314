import { ContractError } from '@mbrl/core/testing';
import { expect } from 'vitest';

/** Expects that a check finds the clause broken, and says so. */
export async function expectBroken(check: string, clause: string, work: () => unknown): Promise<void> {
  let error: unknown;
  try {
    await work();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ContractError);
  expect((error as ContractError).message).toMatch(new RegExp(`^${check}: .+ breaks the clause ${clause}: .+`, 's'));
  expect((error as ContractError).clause).toBe(clause);
}

/** Lists the wrong things by clause as cases of a table. */
export function casesOf<T>(wrongs: {
  readonly [clause: string]: { readonly [what: string]: T };
}): { clause: string; what: string; subject: T }[] {
  return Object.entries(wrongs).flatMap(([clause, subjects]) =>
    Object.entries(subjects).map(([what, subject]) => ({ clause, what, subject })),
  );
}
