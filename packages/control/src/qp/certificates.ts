/**
 * Proofs that a program has no solution.
 *
 * Infeasible (Farkas): multipliers y with Aᵀy + z = 0 whose support Σ (upper·y⁺ − lower·y⁻) is negative. What is left of
 * Aᵀy + z must be so small that only points beyond 10⁸ (in the equilibrated units) could be feasible.
 *
 * Unbounded: a direction d with Pd = 0 and qᵀd < 0 along which no constraint is ever met.
 */
import { kindEqual, kindFree, kindLower, kindUpper, type ScaledProgram } from './scaled-program.js';
import { addTransposedProduct, multiplyRows } from './sparse-rows.js';

/** Tests of candidates against one size of program, in equilibrated units. */
export interface Certificates {
  /** The proof found last, in equilibrated units: `[m + n]`. */
  readonly multipliers: Float64Array;
  /** The proof found last, in equilibrated units: `[n]`. */
  readonly direction: Float64Array;
  /** Turns multipliers of the rows (the first m of `candidate`) into a proof of infeasibility; false where they are none. */
  provesInfeasible(program: ScaledProgram, candidate: Float64Array): boolean;
  /** Turns a direction into a proof of unboundedness; false where it is none. */
  provesUnbounded(program: ScaledProgram, candidate: Float64Array): boolean;
}

const reach = 1e8;
const slack = 1e-9;

/** Makes the arrays for n variables and m rows. */
export function createCertificates(n: number, m: number): Certificates {
  const multipliers = new Float64Array(m + n);
  const direction = new Float64Array(n);
  const product = new Float64Array(n);
  const rows = new Float64Array(m);
  return {
    multipliers,
    direction,
    provesInfeasible({ A, kind, lower, upper }, candidate) {
      let largest = 0;
      for (let i = 0; i < m; i++) {
        const value = candidate[i]!;
        const k = kind[i]!;
        const allowed = k === kindEqual || (value > 0 ? k !== kindFree && (k & kindUpper) !== 0 : k !== kindFree && (k & kindLower) !== 0);
        multipliers[i] = allowed ? value : 0;
        largest = Math.max(largest, Math.abs(multipliers[i]!));
      }
      if (!(largest > 0 && largest < Infinity)) return false;
      for (let i = 0; i < m; i++) multipliers[i]! /= largest;
      product.fill(0);
      addTransposedProduct(A, multipliers, product);
      let support = 0;
      let size = 0;
      let rest = 0;
      for (let j = 0; j < n; j++) {
        const value = -product[j]!;
        const k = kind[m + j]!;
        const allowed = k === kindEqual || (k !== kindFree && (value > 0 ? (k & kindUpper) !== 0 : (k & kindLower) !== 0));
        multipliers[m + j] = allowed ? value : 0;
        if (!allowed) rest += Math.abs(value);
      }
      for (let i = 0; i < m + n; i++) {
        const value = multipliers[i]!;
        if (value === 0) continue;
        const term = value * (value > 0 ? upper[i]! : lower[i]!);
        support += term;
        size += Math.abs(term);
      }
      return support < -1e-8 * size && -support > reach * rest && rest <= slack;
    },
    provesUnbounded({ P, A, q, kind }, candidate) {
      let largest = 0;
      for (let j = 0; j < n; j++) {
        const value = candidate[j]!;
        const k = kind[m + j]!;
        const allowed = k !== kindEqual && (value > 0 ? (k & kindUpper) === 0 : (k & kindLower) === 0);
        direction[j] = allowed ? value : 0;
        largest = Math.max(largest, Math.abs(direction[j]!));
      }
      if (!(largest > 0 && largest < Infinity)) return false;
      let slope = 0;
      let size = 0;
      for (let j = 0; j < n; j++) {
        direction[j]! /= largest;
        const term = q[j]! * direction[j]!;
        slope += term;
        size += Math.abs(term);
      }
      if (!(slope < -1e-8 * size)) return false;
      const allowance = Math.min(slack, -slope / reach);
      multiplyRows(P, direction, product);
      let largestP = 0;
      for (let k = 0; k < P.values.length; k++) largestP = Math.max(largestP, Math.abs(P.values[k]!));
      for (let j = 0; j < n; j++)
        if (Math.abs(product[j]!) > slack * Math.min(1, largestP) || Math.abs(product[j]!) > allowance) return false;
      multiplyRows(A, direction, rows);
      for (let i = 0; i < m; i++) {
        const k = kind[i]!;
        const change = rows[i]!;
        if (k === kindFree) continue;
        if (Math.abs(change) <= allowance) continue;
        if (k === kindEqual || (change > 0 ? (k & kindUpper) !== 0 : (k & kindLower) !== 0)) return false;
      }
      return true;
    },
  };
}
