/** Distribution functions and the distance of samples from them. */

/** Normal distribution function: series near zero, Laplace's continued fraction in the tails. */
export function normalCdf(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17; n++) {
      term *= (x * x) / (2 * n + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = Math.abs(x);
  for (let n = 60; n >= 1; n--) fraction = Math.abs(x) + n / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}

/** √n times the Kolmogorov–Smirnov distance; above 1.95 in one case of a thousand. */
export function kolmogorov(values: Float64Array, cdf: (x: number) => number): number {
  values.sort();
  let distance = 0;
  values.forEach((value, i) => {
    const p = cdf(value);
    distance = Math.max(distance, p - i / values.length, (i + 1) / values.length - p);
  });
  return distance * Math.sqrt(values.length);
}
