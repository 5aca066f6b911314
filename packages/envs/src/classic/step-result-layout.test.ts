import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import type { StepResult } from '@mbrl/core';
import { expect, test } from 'vitest';
import type { ClassicEnvironment } from './classic-environment.js';
import { createCartPole } from './cart-pole.js';
import { createPendulum } from './pendulum.js';

setFlagsFromString('--expose-gc');
setFlagsFromString('--allow-natives-syntax');
const collectGarbage = runInNewContext('gc') as () => void;
const haveSameLayout = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (a: object, b: object) => boolean;

// Reading results of a retired layout was four times as slow as a whole step, in a process that had collected garbage
// between loading the environments and their first step.
test('results of all tasks have one layout in V8, whatever was collected before the first of them', async () => {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const cartPole = createCartPole();
  const pendulum = createPendulum();
  cartPole.reset({ seed: 1 });
  pendulum.reset({ seed: 1 });
  const stepOften = (environment: ClassicEnvironment): StepResult => {
    let result = environment.step(0);
    for (let i = 0; i < 20_000; i++) {
      if (result.terminated || result.truncated) environment.reset();
      result = environment.step(i % 2);
    }
    return result;
  };
  const whole = stepOften(cartPole);
  const fractional = stepOften(pendulum);
  const wholeAgain = stepOften(cartPole);
  expect(whole.reward).toBe(1);
  expect(Number.isInteger(fractional.reward)).toBe(false);
  expect(haveSameLayout(fractional, wholeAgain)).toBe(true);
  expect(haveSameLayout({ ...whole, more: 1 }, wholeAgain)).toBe(false);
});
