import { expect, it } from 'vitest';
import { pointwiseDynamics } from './pointwise-dynamics.js';

it.each([0.3, -3, 28, -40])('differences are good to ten digits far from zero too: x and u about %f', (at) => {
  const dynamics = pointwiseDynamics({
    stateSize: 1,
    actionSize: 1,
    step: (x, u, t, next) => void (next[0] = Math.sin(x[0]! + 0.1 * t) + u[0]! * Math.cos(x[0]!)),
  });
  const [A, B] = [new Float64Array(1), new Float64Array(1)];
  dynamics.linearize!(Float64Array.of(at), Float64Array.of(at + 1), A, B, 1, Int32Array.of(2));
  const slope = Math.cos(at + 0.2) - (at + 1) * Math.sin(at);
  expect(Math.abs(A[0]! - slope)).toBeLessThan(1e-10 * (1 + Math.abs(at)));
  expect(Math.abs(B[0]! - Math.cos(at))).toBeLessThan(1e-10 * (1 + Math.abs(at)));
});
