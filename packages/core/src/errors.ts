/**
 * The errors of every mbrl package. Each carries a literal `code`, so a caller can tell them apart without
 * parsing text, and a message in the order function, requirement, value:
 * `createCem: eliteCount must be in [1, populationSize=32], got 40`.
 */

/** The literal codes of all mbrl errors. */
export type ErrorCode = 'SHAPE' | 'OPTION' | 'NUMERICAL' | 'LIFECYCLE' | 'CHECKPOINT' | 'UNSUPPORTED';

/** Base of all errors thrown on purpose by an mbrl package. */
export class MbrlError extends Error {
  /** Which kind of error this is. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** An array, space or tensor has the wrong shape or size. */
export class ShapeError extends MbrlError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('SHAPE', message, options);
  }
}

/** An option or argument is outside of what is allowed. */
export class OptionError extends MbrlError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('OPTION', message, options);
  }
}

/** A value that must be finite is not, or an iteration broke down. */
export class NumericalError extends MbrlError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('NUMERICAL', message, options);
  }
}

/** Something was called at the wrong time: a step before a reset, a call after dispose. */
export class LifecycleError extends MbrlError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('LIFECYCLE', message, options);
  }
}

/** A checkpoint is truncated, altered, foreign or of a version that cannot be read. */
export class CheckpointError extends MbrlError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('CHECKPOINT', message, options);
  }
}

/** What was asked for is not offered: an op that the compiler does not know, an engine that is not there. */
export class UnsupportedError extends MbrlError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('UNSUPPORTED', message, options);
  }
}
