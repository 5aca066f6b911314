/**
 * Giving back the stack of WebAssembly that an error of MuJoCo leaves behind. An error thrown in the middle of a step
 * skips the functions that it leaves, and their part of the stack is never given back: after some twenty of them the
 * stack runs into MuJoCo's own data, and no simulation of the thread works any more.
 *
 * Of all that moves the stack the module hands out `ccall` alone, which puts arguments on it. So the top of the stack is
 * read off the place of an argument, and moved by one whose length is negative; `ccall` would undo that after the call,
 * unless the call throws.
 */

/** The part of the module that is used: `ccall`, and the functions that it finds by their names. */
interface NamedFunctions {
  ccall(name: string, returns: null, kinds: readonly string[], values: readonly unknown[]): void;
  [name: `_${string}`]: (argument: number) => void;
}

/**
 * Notes the top of the stack.
 * @returns a function that brings the stack back to it, when nothing of MuJoCo is running
 */
export function noteStack(module: object): () => void {
  const functions = module as NamedFunctions;
  const stay = new Error('the stack stays where it is');
  let place = 0;
  functions._notePlace = (at) => {
    place = at;
  };
  functions._keepStack = () => {
    throw stay;
  };
  const placeOfTop = (): number => {
    functions.ccall('notePlace', null, ['string'], ['']);
    return place;
  };
  const noted = placeOfTop();
  return () => {
    let lost = noted - placeOfTop();
    if (lost <= 0) return;
    const backwards = {
      get length(): number {
        const length = -lost;
        lost = 0;
        return length;
      },
    };
    try {
      functions.ccall('keepStack', null, ['array'], [backwards]);
    } catch (error) {
      if (error !== stay) throw error;
    }
  };
}
