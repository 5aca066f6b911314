/**
 * What the contract checks share. They depend on no test runner: a broken clause throws a {@link ContractError} whose
 * message names the check, the subject, the clause, and what was found.
 */
import type { ErrorCode } from '../errors.js';

/** A clause of a contract is broken. */
export class ContractError extends Error {
  readonly code: 'CONTRACT' = 'CONTRACT' as const;
  /** Which clause, such as `step-after-end`; the documentation of each check lists its clauses. */
  readonly clause: string;

  constructor(check: string, subject: string, clause: string, why: string, options?: { cause?: unknown }) {
    super(`${check}: ${subject} breaks the clause ${clause}: ${why}`, options);
    this.name = 'ContractError';
    this.clause = clause;
  }
}

/** Throws for one check and one subject. */
export interface Contract<Clause extends string> {
  /** Throws unless `condition` holds. */
  require(clause: Clause, condition: boolean, why: string | (() => string)): void;
  /** Throws unless `work` throws, or rejects with, an error of this code. */
  requireError(clause: Clause, code: ErrorCode, what: string, work: () => unknown): Promise<void>;
  /** As `requireError`, for work that is done when it returns. */
  requireThrow(clause: Clause, code: ErrorCode, what: string, work: () => unknown): void;
  /** Runs `work`; an error that it throws breaks the clause. */
  allow<T>(clause: Clause, what: string, work: () => T): T;
  /** As `allow`, for a promise. */
  allowAsync<T>(clause: Clause, what: string, work: () => Promise<T>): Promise<T>;
}

const describe = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Makes the thrower for one check, such as `checkPlanner`, and one subject. */
export function contract<Clause extends string>(check: string, subject: string): Contract<Clause> {
  const fail = (clause: Clause, why: string, cause?: unknown): never => {
    throw new ContractError(check, subject, clause, why, cause === undefined ? undefined : { cause });
  };
  const judge = (clause: Clause, code: ErrorCode, what: string, error: unknown): void => {
    if (codeOf(error) !== code) fail(clause, `${what} must throw an error with code ${code}, got ${describe(error)}`, error);
  };
  const failNoThrow = (clause: Clause, code: ErrorCode, what: string): never =>
    fail(clause, `${what} must throw an error with code ${code}, but it went through`);
  return {
    require(clause, condition, why) {
      if (!condition) fail(clause, typeof why === 'string' ? why : why());
    },
    requireThrow(clause, code, what, work) {
      try {
        work();
      } catch (error) {
        return judge(clause, code, what, error);
      }
      failNoThrow(clause, code, what);
    },
    async requireError(clause, code, what, work) {
      try {
        await work();
      } catch (error) {
        return judge(clause, code, what, error);
      }
      failNoThrow(clause, code, what);
    },
    allow(clause, what, work) {
      try {
        return work();
      } catch (error) {
        if (error instanceof ContractError) throw error;
        return fail(clause, `${what} must not throw, got ${describe(error)}`, error);
      }
    },
    async allowAsync(clause, what, work) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof ContractError) throw error;
        return fail(clause, `${what} must not throw, got ${describe(error)}`, error);
      }
    },
  };
}

/** Index of the first entry in which two number arrays differ (NaN equals NaN), or −1; a difference in length counts. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return i;
  return -1;
}

/** Whether every entry is finite. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Shows the first numbers of an array. */
export function show(values: ArrayLike<number>): string {
  const shown = Array.from({ length: Math.min(values.length, 8) }, (_, i) => values[i]);
  return `[${shown.join(', ')}${values.length > 8 ? ', …' : ''}]`;
}
