import { expect, it } from 'vitest';
import { CheckpointError, LifecycleError, MbrlError, NumericalError, OptionError, ShapeError, UnsupportedError } from './errors.js';

it.each([
  [ShapeError, 'SHAPE'],
  [OptionError, 'OPTION'],
  [NumericalError, 'NUMERICAL'],
  [LifecycleError, 'LIFECYCLE'],
  [CheckpointError, 'CHECKPOINT'],
  [UnsupportedError, 'UNSUPPORTED'],
])('%o carries its code, name, message and cause', (Kind, code) => {
  const cause = new Error('deeper');
  const error = new Kind('f: x must be 1, got 2', { cause });
  expect(error).toBeInstanceOf(MbrlError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code, name: Kind.name, message: 'f: x must be 1, got 2', cause });
  expect(String(error)).toBe(`${Kind.name}: f: x must be 1, got 2`);
});
