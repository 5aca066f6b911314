/**
 * From a guess of the active constraints to the solution at the accuracy of the numbers: solves
 *
 *   minimise ½ xᵀPx + qᵀx   subject to   (Ax, x)ᵢ = the active side,   i active
 *
 * by the proximal factorisation with refinement on exact residuals, then corrects the guess (drops multipliers of the
 * wrong sign, adds violated constraints) and repeats: a primal-dual active-set method (Hintermüller, Ito and Kunisch
 * 2003) that ends an interior-point run, and starts a warm one.
 */
import type { KktFactor } from './quasi-definite-factor.js';
import { closeGap } from './gap-closing.js';
import { createOptimality, type Optimality } from './optimality.js';
import { kindEqual, kindFree, type ScaledProgram, type SparseProgram } from './scaled-program.js';

/** The polish of one size. */
export interface ActiveSetPolish {
  /** Measures of the pair returned last. */
  readonly optimality: Optimality;
  /** Rounds used last. */
  rounds: number;
  /**
   * Improves x `[n]`, y `[m + n]` and active `[m + n]` in place; leaves them where nothing is better.
   * @returns merit: the largest of violation, stationarity and gap
   */
  polish(
    program: SparseProgram,
    scaled: ScaledProgram,
    factor: KktFactor,
    x: Float64Array,
    y: Float64Array,
    active: Int8Array,
    tolerance: number,
    maxRounds: number,
    precise: boolean,
  ): number;
}

const huge = 1e30;

/** Largest of the three measures. */
export function meritOf(measures: { violation: number; stationarity: number; gap: number }): number {
  return Math.max(measures.violation, measures.stationarity, measures.gap);
}

/** Makes the arrays for n variables and m rows; `shouldStop` is asked before every round. */
export function createActiveSetPolish(n: number, m: number, shouldStop: () => boolean): ActiveSetPolish {
  const count = m + n;
  const optimality = createOptimality(n, m);
  const x = new Float64Array(n);
  const y = new Float64Array(count);
  const set = new Int8Array(count);
  const a = new Float64Array(n);
  const b = new Float64Array(m);
  const rightX = new Float64Array(n);
  const rightY = new Float64Array(m);

  const startX = new Float64Array(n);
  const startY = new Float64Array(count);
  /** Whether the residuals in `optimality` are those of x and y. */
  let known = false;

  /** Newton steps with the present factorisation on exact residuals; false, and nothing changed, where it is spoilt by rounding. */
  const refine = (program: SparseProgram, scaled: ScaledProgram, smallest: number): boolean => {
    const { lower, upper } = program;
    const { kind, variableScale: D, constraintScale: E, costScale: c } = scaled;
    let before = Infinity;
    for (let refinement = 0; refinement < 12; refinement++) {
      if (precise || !known) optimality.evaluateResiduals(program, x, y, precise);
      known = true;
      let norm = 0;
      for (let j = 0; j < n; j++) {
        if (set[m + j] !== 0 && kind[m + j] !== kindFree) {
          rightX[j] = 0;
          continue;
        }
        rightX[j] = -optimality.gradient[j]! * D[j]! * c;
        norm = Math.max(norm, Math.abs(optimality.gradient[j]!));
      }
      for (let i = 0; i < m; i++) {
        if (b[i] === huge) {
          rightY[i] = 0;
          continue;
        }
        const side = set[i] === 1 ? upper[i]! : lower[i]!;
        rightY[i] = side - optimality.value[i]! - optimality.valueRest[i]!;
        norm = Math.max(norm, Math.abs(rightY[i]!));
        rightY[i]! *= E[i]!;
      }
      if (refinement > 0 && !(norm < 0.7 * before)) {
        left = Math.min(norm, before);
        if (norm <= before) return true;
        x.set(startX);
        y.set(startY);
        // The residuals too are those of what is kept.
        optimality.evaluateResiduals(program, x, y, precise);
        return refinement > 1;
      }
      left = norm;
      if (norm <= smallest) return true;
      before = norm;
      startX.set(x);
      startY.set(y);
      factor.solve(rightX, rightY);
      for (let j = 0; j < n; j++) if (a[j] !== huge) x[j]! += rightX[j]! * D[j]!;
      for (let i = 0; i < m; i++) if (b[i] !== huge) y[i]! += (rightY[i]! * E[i]!) / c;
      known = false;
    }
    return true;
  };

  /** Multipliers of active bounds take up the gradient. */
  const takeGradient = (): void => {
    const { gradient } = optimality;
    for (let j = 0; j < n; j++) {
      if (set[m + j] === 0) continue;
      const before = y[m + j]!;
      const after = before - gradient[j]!;
      y[m + j] = after;
      gradient[j]! += after - before;
    }
  };
  let factor!: KktFactor;
  let precise = true;
  /** Largest residual of the equations that the last refinement left. */
  let left = 0;

  const self: ActiveSetPolish = {
    optimality,
    rounds: 0,
    polish(program, scaled, givenFactor, givenX, givenY, active, tolerance, maxRounds, isPrecise) {
      precise = isPrecise;
      const { lower, upper } = program;
      const { kind } = scaled;
      factor = givenFactor;
      let bestMerit = Infinity;
      let measured = false;
      if (precise) {
        optimality.evaluate(program, givenX, givenY, true);
        bestMerit = meritOf(optimality);
        measured = true;
      }
      x.set(givenX);
      y.set(givenY);
      known = false;
      set.set(active);
      let previousChanges = Infinity;
      let rising = 0;
      self.rounds = 0;
      for (let round = 0; round < maxRounds && bestMerit > tolerance && !shouldStop(); round++) {
        self.rounds = round + 1;
        for (let i = 0; i < count; i++) {
          if (kind[i] === kindEqual) set[i] = 2;
          const on = set[i] !== 0 && kind[i] !== kindFree;
          if (!on && y[i] !== 0) {
            if (i < m) known = false;
            else optimality.gradient[i - m]! -= y[i]!;
            y[i] = 0;
          }
          if (i < m) b[i] = on ? 0 : huge;
          else {
            a[i - m] = on ? huge : 0;
            const side = set[i] === 1 ? upper[i]! : lower[i]!;
            if (on && x[i - m] !== side) {
              known = false;
              x[i - m] = side;
            }
          }
        }
        let proximity = 1e-9;
        for (let attempt = 0; attempt < 4; attempt++) {
          for (let i = 0; i < m; i++) if (b[i] !== huge) b[i] = proximity;
          for (let j = 0; j < n; j++) if (a[j] !== huge) a[j] = proximity;
          factor.factorize(a, b);
          if (!refine(program, scaled, precise ? 0 : 1e-7)) proximity *= 100;
          // Nearly dependent constraints converge by the ratio of the proximal term to them: a lighter one sees more.
          else if (precise && left > 1e-2 * tolerance && proximity <= 1e-9) proximity *= 1e-2;
          else break;
        }
        takeGradient();
        // Wrong signs and violations correct the guess; what is returned has none of them.
        let changes = 0;
        for (let i = 0; i < count; i++) {
          const side = set[i]!;
          if (side === 2 || kind[i] === kindFree) continue;
          if (side !== 0 && y[i]! * side < 0) {
            if (i < m) known = false;
            else optimality.gradient[i - m]! -= y[i]!;
            y[i] = 0;
            set[i] = 0;
            changes++;
          }
        }
        for (let i = 0; i < count; i++) {
          if (kind[i] === kindEqual || kind[i] === kindFree || set[i] !== 0) continue;
          const value = optimality.value[i]!;
          const slack = 1e-13 * Math.max(1, Math.abs(value));
          if (value < lower[i]! - slack) set[i] = -1;
          else if (value > upper[i]! + slack) set[i] = 1;
          else continue;
          changes++;
        }
        measured = false;
        let merit = Infinity;
        if (precise || changes === 0) {
          for (let j = 0; j < n; j++) {
            const clipped = Math.min(Math.max(x[j]!, lower[m + j]!), upper[m + j]!);
            if (clipped === x[j]) continue;
            x[j] = clipped;
            known = false;
          }
          optimality.evaluate(program, x, y, precise, known && !precise);
          known = true;
          merit = meritOf(optimality);
          if (!precise && merit > tolerance) {
            refine(program, scaled, 1e-3 * tolerance);
            takeGradient();
            optimality.evaluate(program, x, y, precise, true);
            merit = meritOf(optimality);
          }
          if (precise && merit > tolerance && Math.max(optimality.violation, optimality.stationarity) <= tolerance) {
            closeGap(program, x, y, optimality, tolerance);
            merit = meritOf(optimality);
          }
        }
        if (merit < bestMerit) {
          bestMerit = merit;
          measured = true;
          givenX.set(x);
          givenY.set(y);
          active.set(set);
        }
        if (changes === 0 || (precise && !(merit < Infinity))) break;
        rising = changes >= previousChanges ? rising + 1 : 0;
        if (rising > 2) break;
        previousChanges = changes;
      }
      if (!measured) optimality.evaluate(program, givenX, givenY, precise);
      return meritOf(optimality);
    },
  };
  return self;
}
