import { createRng } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropConstraint, enterConstraint, factorCurvature } from './active-set-factor.js';
import { createActiveSetMemory, type ActiveSetMemory } from './active-set-memory.js';

/** Largest distance from JᵀPJ = I, JᵀN = [R; 0] with R upper triangular. */
function faultOf({ J, R, hessian }: ActiveSetMemory, n: number, normals: readonly Float64Array[]): number {
  let worst = 0;
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      let sum = 0;
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += J[i * n + a]! * hessian[i * n + j]! * J[j * n + b]!;
      worst = Math.max(worst, Math.abs(sum - (a === b ? 1 : 0)));
    }
    normals.forEach((normal, k) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += J[i * n + a]! * normal[i]!;
      worst = Math.max(worst, Math.abs(sum - (a <= k ? R[a * n + k]! : 0)));
    });
  }
  return worst;
}

/** Takes a normal in as the method does, from d = Jᵀ normal. */
function enter(memory: ActiveSetMemory, n: number, normal: Float64Array, place: number): void {
  const { J, d, direction, member, position } = memory;
  let curvature = 0;
  for (let k = 0; k < n; k++) {
    d[k] = 0;
    for (let i = 0; i < n; i++) d[k]! += J[i * n + k]! * normal[i]!;
    if (k >= place) curvature += d[k]! * d[k]!;
  }
  for (let i = 0; i < n; i++) {
    direction[i] = 0;
    for (let k = place; k < n; k++) direction[i]! += J[i * n + k]! * d[k]!;
  }
  enterConstraint(memory, n, place, curvature);
  member[place] = place;
  position[place] = place;
}

describe('J and R of the dual active-set method', () => {
  it('keep JᵀPJ = I and JᵀN = [R; 0] through any course of constraints that enter and leave', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: -8, max: 8 }), { maxLength: 20 }),
        (seed, n, course) => {
          const rng = createRng(seed);
          const memory = createActiveSetMemory(n, 0);
          const P = new Float64Array(n * n);
          for (let k = 0; k < n; k++) {
            const row = Float64Array.from({ length: n }, () => rng.normal());
            for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) P[i * n + j]! += row[i]! * row[j]!;
          }
          for (let i = 0; i < n; i++) P[i * n + i]! += 0.1;
          memory.read({ P, q: new Float64Array(n) }, n, 0);
          expect(factorCurvature(n, 0, memory)).toBe(true);
          const normals: Float64Array[] = [];
          expect(faultOf(memory, n, normals)).toBeLessThan(1e-10);
          for (const move of course) {
            if (move >= 0 && normals.length < n) {
              const normal = Float64Array.from({ length: n }, () => rng.normal());
              enter(memory, n, normal, normals.length);
              normals.push(normal);
            } else if (move < 0 && normals.length > 0) {
              const leaving = -move % normals.length;
              dropConstraint(memory, n, normals.length, leaving);
              normals.splice(leaving, 1);
            }
          }
          // Nearly dependent draws are rare, and cost digits.
          expect(faultOf(memory, n, normals)).toBeLessThan(1e-7);
        },
      ),
    );
  });

  it('are refused for a P that is singular without equalities, and made with those that repair it', () => {
    const singular = { P: [1, -1, -1, 1], q: [0, 0] };
    const memory = createActiveSetMemory(2, 1);
    memory.read(singular, 2, 0);
    expect(factorCurvature(2, 0, memory)).toBe(false);
    memory.read({ ...singular, A: [1, 1], l: [3], u: [3] }, 2, 1);
    expect(factorCurvature(2, 1, memory)).toBe(true);
    // The linear term takes over what the square of the equality adds: −σ 3 a with σ = 1/2.
    memory.q.forEach((value) => expect(value).toBeCloseTo(-1.5, 12));
    memory.read({ ...singular, A: [1, -1], l: [3], u: [3] }, 2, 1);
    expect(factorCurvature(2, 1, memory)).toBe(false);
    memory.read({ P: [1, 0, 0, -1], q: [0, 0], lx: [0, 1], ux: [2, 1] }, 2, 0);
    expect(factorCurvature(2, 0, memory)).toBe(false);
  });
});
