import { describe, expect, it } from 'vitest';
import { pointwiseDynamics } from '../pointwise-dynamics.js';
import { createUnscentedKalmanFilter } from './unscented-kalman-filter.js';

describe('beta', () => {
  it.each([2, 0, 1])('%d weighs the central point: x² of a normal x has variance 4μ²σ² + βσ⁴, exact for β = 2', (beta) => {
    const [mu, variance] = [0.7, 0.3];
    const filter = createUnscentedKalmanFilter({
      dynamics: pointwiseDynamics({ stateSize: 1, actionSize: 1, step: (x, _u, _t, next) => void (next[0] = x[0]! ** 2) }),
      measurement: { measurementSize: 1, measure: (x, out) => void (out[0] = x[0]!) },
      W: [[0]],
      V: [[1]],
      mean: [mu],
      covariance: [[variance]],
      ...(beta !== 2 && { beta }),
    });
    void filter.predict(new Float64Array(1));
    expect(filter.mean[0]).toBeCloseTo(mu ** 2 + variance, 12);
    expect(filter.covariance()[0]).toBeCloseTo(4 * mu ** 2 * variance + beta * variance ** 2, 12);
  });
});
