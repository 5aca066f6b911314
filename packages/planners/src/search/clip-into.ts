/** Writes `values` into `out`, clipped to the bounds (which repeat over `values`). */
export function clipInto(out: Float32Array | Float64Array, values: ArrayLike<number>, low: Float64Array, high: Float64Array): void {
  for (let i = 0, d = 0; i < values.length; i++) {
    out[i] = Math.min(Math.max(values[i]!, low[d]!), high[d]!);
    d = d + 1 === low.length ? 0 : d + 1;
  }
}
