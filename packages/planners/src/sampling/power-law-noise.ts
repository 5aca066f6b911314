/**
 * Noise whose power falls with frequency as 1 / f^β (Timmer and König 1995, "On generating power law noise"; for
 * planning: Pinneri et al. 2020, arXiv 2008.06389). β = 0 is white, 1 pink, 2 red.
 *
 * Over H steps, z = B ε with ε white and the columns of B the real Fourier basis of length H, each scaled by f^(−β/2)
 * at its frequency f = k / H; the mean (f = 0) takes the scale of the lowest frequency. B is scaled as a whole so that
 * each step has variance one, the mean's share included (the `colorednoise` package leaves that out). As there,
 * z is periodic: the last step is as close to the first as the first to the second.
 */

/** Draws of one power law over a horizon. */
export interface PowerLawNoise {
  readonly horizon: number;
  /** B, `[H, H]`. */
  readonly synthesis: Float64Array;
}

/** Makes the synthesis of a power law. @param exponent β, at least 0 */
export function createPowerLawNoise(horizon: number, exponent: number): PowerLawNoise {
  const synthesis = new Float64Array(horizon * horizon);
  const powerAt = (k: number): number => Math.max(k, 1) ** -exponent;
  let total = 0;
  // Column j is the cosine of frequency (j + 1) / 2 where j is odd, the sine of frequency j / 2 where it is even.
  for (let j = 0; j < horizon; j++) total += powerAt((j + 1) >> 1);
  for (let j = 0; j < horizon; j++) {
    const k = (j + 1) >> 1;
    const isAlone = k === 0 || 2 * k === horizon;
    const scale = Math.sqrt((powerAt(k) / total) * (isAlone ? 1 : 2));
    for (let t = 0; t < horizon; t++) {
      // The product is reduced first: large angles lose digits.
      const angle = (2 * Math.PI * ((k * t) % horizon)) / horizon;
      synthesis[t * horizon + j] = scale * (j % 2 === 0 && k > 0 ? Math.sin(angle) : Math.cos(angle));
    }
  }
  return { horizon, synthesis };
}

/**
 * Turns white noise into coloured noise, in place.
 * @param noise `[N, H, A]`; rows `from … to` are turned
 * @param scratch `[H·A]`
 */
export function colourNoise(
  { horizon, synthesis }: PowerLawNoise,
  noise: Float32Array,
  from: number,
  to: number,
  actionSize: number,
  scratch: Float64Array,
): void {
  const size = horizon * actionSize;
  for (let row = from; row < to; row++) {
    const start = row * size;
    // Transposed, so that the sums run over neighbours.
    for (let t = 0; t < horizon; t++) for (let a = 0; a < actionSize; a++) scratch[a * horizon + t] = noise[start + t * actionSize + a]!;
    for (let t = 0; t < horizon; t++) {
      const basis = t * horizon;
      for (let a = 0; a < actionSize; a++) {
        const white = a * horizon;
        let sum = 0;
        for (let j = 0; j < horizon; j++) sum += synthesis[basis + j]! * scratch[white + j]!;
        noise[start + t * actionSize + a] = sum;
      }
    }
  }
}

/** The correlation of two steps of the noise. @param lag how many steps they are apart */
export function powerLawCorrelation({ horizon, synthesis }: PowerLawNoise, lag: number): number {
  let sum = 0;
  for (let j = 0; j < horizon; j++) sum += synthesis[j]! * synthesis[lag * horizon + j]!;
  return sum;
}
