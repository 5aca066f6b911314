/** Work that is synchronous as long as nothing in it has to wait, written once as a generator of what to wait for. */

/** Runs the work at once as far as it goes. @returns a promise of its end from the first promise on that it yields, else nothing */
export function runSteps(work: Generator<void | Promise<void>, void, void>): void | Promise<void> {
  for (let step = work.next(); step.done !== true; step = work.next()) if (step.value instanceof Promise) return wait(work, step.value);
  return undefined;
}

async function wait(work: Generator<void | Promise<void>, void, void>, first: Promise<void>): Promise<void> {
  await first;
  for (let step = work.next(); step.done !== true; step = work.next()) await step.value;
}
