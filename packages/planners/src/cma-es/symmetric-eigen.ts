/**
 * Eigenvalues and eigenvectors of a real symmetric matrix: Householder reflections bring it to tridiagonal form, and
 * QL steps with implicit Wilkinson shifts bring that to diagonal form (Golub and Van Loan, "Matrix computations",
 * 8.3). About 9 n³ operations; errors of the order of the rounding of the greatest eigenvalue.
 */

/** Buffers for matrices of size n. */
export interface SymmetricEigen {
  /** Eigenvalues, `[n]`, in no order. */
  readonly values: Float64Array;
  /** Eigenvectors in columns, `[n, n]` row-major. */
  readonly vectors: Float64Array;
  /** Scratch, `[n]`: the off-diagonal of the tridiagonal form. */
  readonly offDiagonal: Float64Array;
  /** Scratch, `[n]`: the vector of a reflection. */
  readonly reflector: Float64Array;
  /** Scratch, `[n]`. */
  readonly product: Float64Array;
}

/** Makes the buffers. */
export function createSymmetricEigen(size: number): SymmetricEigen {
  const vector = (): Float64Array => new Float64Array(size);
  return { values: vector(), vectors: new Float64Array(size * size), offDiagonal: vector(), reflector: vector(), product: vector() };
}

/** QL steps allowed for one eigenvalue; two or three are usual. */
const STEP_LIMIT = 60;

/** A ← Qᵀ A Q with Q in `vectors`: `values` gets the diagonal, `offDiagonal[i]` the entry between i and i + 1. */
function tridiagonalize(a: Float64Array, size: number, { values, vectors, offDiagonal, reflector, product }: SymmetricEigen): void {
  vectors.fill(0);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  for (let k = 0; k + 1 < size; k++) {
    // The reflection I − 2 v vᵀ that clears column k below the first off-diagonal entry.
    let norm = 0;
    for (let i = k + 1; i < size; i++) norm = Math.hypot(norm, a[i * size + k]!);
    const head = a[(k + 1) * size + k]!;
    const alpha = head > 0 ? -norm : norm;
    offDiagonal[k] = alpha;
    let length = 0;
    for (let i = k + 1; i < size; i++) {
      reflector[i] = a[i * size + k]! - (i === k + 1 ? alpha : 0);
      length = Math.hypot(length, reflector[i]!);
    }
    if (norm === 0 || length === 0) {
      offDiagonal[k] = head;
      continue;
    }
    for (let i = k + 1; i < size; i++) reflector[i]! /= length;
    // A ← A − 2 v wᵀ − 2 w vᵀ on the rest, with p = A v and w = p − (vᵀ p) v.
    let overlap = 0;
    for (let i = k + 1; i < size; i++) {
      let sum = 0;
      for (let j = k + 1; j < size; j++) sum += a[i * size + j]! * reflector[j]!;
      product[i] = sum;
      overlap += sum * reflector[i]!;
    }
    for (let i = k + 1; i < size; i++) product[i]! -= overlap * reflector[i]!;
    for (let i = k + 1; i < size; i++) {
      for (let j = k + 1; j < size; j++) a[i * size + j]! -= 2 * (reflector[i]! * product[j]! + product[i]! * reflector[j]!);
    }
    // Q ← Q (I − 2 v vᵀ).
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = k + 1; j < size; j++) sum += vectors[i * size + j]! * reflector[j]!;
      for (let j = k + 1; j < size; j++) vectors[i * size + j]! -= 2 * sum * reflector[j]!;
    }
  }
  for (let i = 0; i < size; i++) values[i] = a[i * size + i]!;
  offDiagonal[size - 1] = 0;
}

/** One implicit QL step on the block `first … last`, whose off-diagonal entries are not negligible. */
function stepBlock(first: number, last: number, size: number, { values, vectors, offDiagonal }: SymmetricEigen): void {
  // Wilkinson's shift: the eigenvalue of the leading 2 × 2 block that is nearer to its first entry.
  const half = (values[first + 1]! - values[first]!) / 2;
  const coupling = offDiagonal[first]!;
  const root = Math.hypot(half, coupling);
  const shift = values[first]! - (coupling * coupling) / (half + (half < 0 ? -root : root));
  // A rotation of the last two coordinates starts a bulge that the following ones chase up to the first.
  let x = values[last]! - shift;
  let z = offDiagonal[last - 1]!;
  for (let k = last - 1; k >= first; k--) {
    const radius = Math.hypot(x, z);
    const cosine = radius === 0 ? 1 : x / radius;
    const sine = radius === 0 ? 0 : z / radius;
    if (k < last - 1) offDiagonal[k + 1] = radius;
    // Rotate coordinates k and k + 1: [d_k e; e d_{k+1}] with (c, s) on k + 1 and k.
    const [upper, lower, between] = [values[k]!, values[k + 1]!, offDiagonal[k]!];
    values[k + 1] = cosine * cosine * lower + 2 * cosine * sine * between + sine * sine * upper;
    values[k] = sine * sine * lower - 2 * cosine * sine * between + cosine * cosine * upper;
    offDiagonal[k] = cosine * sine * (upper - lower) + (cosine * cosine - sine * sine) * between;
    if (k > first) {
      x = offDiagonal[k]!;
      z = sine * offDiagonal[k - 1]!;
      offDiagonal[k - 1]! *= cosine;
    }
    for (let i = 0; i < size; i++) {
      const row = i * size + k;
      const [left, right] = [vectors[row]!, vectors[row + 1]!];
      vectors[row + 1] = cosine * right + sine * left;
      vectors[row] = cosine * left - sine * right;
    }
  }
}

/**
 * Decomposes a symmetric matrix.
 * @param matrix `[n, n]`, symmetric and finite; overwritten
 * @returns whether every eigenvalue was found.
 */
export function decomposeSymmetric(matrix: Float64Array, eigen: SymmetricEigen): boolean {
  const { values, offDiagonal } = eigen;
  const size = values.length;
  tridiagonalize(matrix, size, eigen);
  const isSmall = (k: number): boolean => Math.abs(offDiagonal[k]!) <= Number.EPSILON * (Math.abs(values[k]!) + Math.abs(values[k + 1]!));
  for (let first = 0; first < size - 1; first++) {
    for (let steps = 0; ; steps++) {
      let last = first;
      while (last < size - 1 && !isSmall(last)) last++;
      if (last === first) break;
      if (steps === STEP_LIMIT) return false;
      stepBlock(first, last, size, eigen);
    }
  }
  return true;
}
