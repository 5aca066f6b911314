import { createAcrobot, createAcrobotSwingUp, createDoublePendulum, createReacher2, type ClassicEnvironment } from '@mbrl/envs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { physicsOf, stateAfter } from './classic-state.js';

const g = 9.81;

interface Links {
  readonly m1: number;
  readonly m2: number;
  readonly l1: number;
  readonly l2: number;
  readonly kind: 'rod' | 'point';
}

/** Energy from positions and velocities of the masses themselves, not from the equations of motion. */
function energy([a, b, u, v]: readonly number[], { m1, m2, l1, l2, kind }: Links, gravity = g): number {
  const part = kind === 'rod' ? 0.5 : 1;
  const spin = kind === 'rod' ? 1 / 12 : 0;
  const [x1, y1] = [part * l1 * Math.cos(a!) * u!, part * l1 * Math.sin(a!) * u!];
  const [ex, ey] = [l1 * Math.cos(a!) * u!, l1 * Math.sin(a!) * u!];
  const w = u! + v!;
  const [x2, y2] = [ex + part * l2 * Math.cos(a! + b!) * w, ey + part * l2 * Math.sin(a! + b!) * w];
  const kinetic =
    0.5 * m1 * (x1 ** 2 + y1 ** 2) + 0.5 * m2 * (x2 ** 2 + y2 ** 2) + 0.5 * spin * (m1 * l1 ** 2 * u! ** 2 + m2 * l2 ** 2 * w ** 2);
  const height1 = -part * l1 * Math.cos(a!);
  const height2 = -l1 * Math.cos(a!) - part * l2 * Math.cos(a! + b!);
  return kinetic + gravity * (m1 * height1 + m2 * height2);
}

describe('two links', () => {
  const start = [1.2, -2, 1, -3];

  it.each(['rod', 'point'] as const)('conserve the energy of free %ss, better by 2⁴ with half the step', (kind) => {
    const links = { m1: 1, m2: 0.6, l1: 0.8, l2: 1.1, kind };
    const drift = (integrationSteps: number): number => {
      const environment = createDoublePendulum({
        firstMass: 1,
        secondMass: 0.6,
        firstLength: 0.8,
        secondLength: 1.1,
        links: kind,
        integrationSteps,
      });
      environment.reset({ state: start });
      let worst = 0;
      for (let t = 0; t < 40; t++) {
        environment.step([0, 0]);
        worst = Math.max(worst, Math.abs(energy(physicsOf(environment), links) - energy(start, links)));
      }
      return worst;
    };
    expect(drift(16) / drift(32)).toBeGreaterThan(10);
    expect(drift(64)).toBeLessThan(1e-6);
  });

  it('lose just the power of friction, and gain just the work of the torques', () => {
    const links: Links = { m1: 1, m2: 1, l1: 1, l2: 1, kind: 'rod' };
    const h = 1e-4;
    const make = (friction: number): ClassicEnvironment => createDoublePendulum({ timeStep: h, integrationSteps: 1, friction });
    const power = (friction: number, action: number[]): number =>
      (energy(stateAfter(make(friction), start, action), links) -
        energy(
          stateAfter(
            make(friction),
            start,
            action.map((a) => -a),
          ),
          links,
        )) /
      h;
    // Half the difference of ±torque is its power, torque times the joint's velocity.
    expect(power(0, [1, 0]) / 2).toBeCloseTo(8 * start[2]!, 2);
    expect(power(0, [0, 1]) / 2).toBeCloseTo(4 * start[3]!, 2);
    const lost = (energy(start, links) - energy(stateAfter(make(0.3), start, [0, 0]), links)) / h;
    expect(lost).toBeCloseTo(0.3 * (start[2]! ** 2 + start[3]! ** 2), 2);
  });

  it('swing with the frequencies of small oscillations of two point masses', () => {
    // Equal masses and lengths: ω² = (2 ± √2) g / l, with the lower mode at ratio √2 of the absolute angles.
    const slow = Math.sqrt((2 - Math.SQRT2) * g);
    const environment = createDoublePendulum({ links: 'point', timeStep: 0.001, integrationSteps: 1, maxSteps: 10_000 });
    environment.reset({ state: [1e-5, 1e-5 * (Math.SQRT2 - 1), 0, 0] });
    let steps = 0;
    while (physicsOf(environment)[0]! > 0) {
      environment.step([0, 0]);
      steps++;
    }
    expect(Math.abs(steps * 0.001 - Math.PI / 2 / slow)).toBeLessThanOrEqual(0.001);
  });

  it('rest hanging, standing and folded', () => {
    for (const state of [
      [0, 0, 0, 0],
      [Math.PI, 0, 0, 0],
      [0, Math.PI, 0, 0],
      [Math.PI, Math.PI, 0, 0],
    ]) {
      stateAfter(createDoublePendulum(), state, [0, 0]).forEach((v, i) => expect(v).toBeCloseTo(state[i]!, 12));
    }
  });

  it('mirror: the mirrored state and torques give the mirrored state', () => {
    const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(coordinate, coordinate, coordinate, coordinate), fc.tuple(coordinate, coordinate), (state, action) => {
        const there = stateAfter(createDoublePendulum(), [...state], [...action]);
        const back = stateAfter(
          createDoublePendulum(),
          state.map((v) => -v),
          action.map((v) => -v),
        );
        back.forEach((v, i) => expect(v).toBeCloseTo(-there[i]!, 9));
      }),
    );
  });

  it('the acrobot is a double pendulum whose shoulder is passive', () => {
    const acrobot = stateAfter(createAcrobotSwingUp({ torqueLimit: 3 }), start, 0.7);
    expect(stateAfter(createDoublePendulum({ torqueLimits: [0, 3] }), start, [1, 0.7])).toEqual(acrobot);
    expect(stateAfter(createDoublePendulum({ torqueLimits: [5, 3] }), start, [1, 0.7])).not.toEqual(acrobot);
    expect(createAcrobotSwingUp().actionSpace.size).toBe(1);
  });

  it('Acrobot-v1 moves by the same equations, with its own moments of inertia, and the paper by others', () => {
    // A finely integrated step of Lagrange's equations; Gymnasium takes 0.2 s at once, so the state is a slow one.
    const state = [0.1, -0.08, 0.05, 0.1];
    const book = stateAfter(createAcrobot(), state, 2);
    let y = state;
    const n = 2000;
    for (let i = 0; i < n; i++) y = lagrange(y, 1, 0.2 / n);
    book.forEach((v, i) => expect(v).toBeCloseTo(y[i]!, 3));
    const fast = [0.1, 1, 3, 0];
    expect(stateAfter(createAcrobot(), fast, 2)).not.toEqual(stateAfter(createAcrobot({ dynamics: 'nips' }), fast, 2));
  });

  it('pays exp(−‖end − goal‖² / (l₁ + l₂)²) − 0.01 ‖a‖² after the step: 1 standing', () => {
    const environment = createDoublePendulum();
    environment.reset({ state: [Math.PI, 0, 0, 0] });
    expect(environment.step([0, 0]).reward).toBeCloseTo(1, 12);
    environment.reset({ state: start });
    const { reward } = environment.step([0.5, 7]);
    const [a, b] = physicsOf(environment) as [number, number];
    const distance = (Math.sin(a) + Math.sin(a + b)) ** 2 + (-Math.cos(a) - Math.cos(a + b) - 2) ** 2;
    expect(reward).toBeCloseTo(Math.exp(-distance / 4) - 0.01 * (0.25 + 1), 12);
  });
});

/** One small semi-implicit step of the acrobot's Lagrange equations, from mass matrix and forces with I = 1. */
function lagrange([a, b, u, v]: readonly number[], torque: number, h: number): number[] {
  const c = 0.5 * Math.cos(b!);
  const s = 0.5 * Math.sin(b!);
  const m11 = 0.25 + 1 + 0.25 + 2 * c + 2;
  const m12 = 0.25 + c + 1;
  const m22 = 1.25;
  const weight = 9.8 * 0.5 * Math.sin(a! + b!);
  const r1 = s * v! * (2 * u! + v!) - 9.8 * 1.5 * Math.sin(a!) - weight;
  const r2 = torque - s * u! ** 2 - weight;
  const d = m11 * m22 - m12 ** 2;
  const u2 = u! + (h * (m22 * r1 - m12 * r2)) / d;
  const v2 = v! + (h * (m11 * r2 - m12 * r1)) / d;
  return [a! + (h * (u! + u2)) / 2, b! + (h * (v! + v2)) / 2, u2, v2];
}

describe('the 2-link reacher', () => {
  it('keeps energy and angular momentum without torque and friction, whatever the angle to the ground', () => {
    const links: Links = { m1: 1, m2: 0.8, l1: 0.5, l2: 0.4, kind: 'rod' };
    const environment = createReacher2({ friction: 0, integrationSteps: 20 });
    const start = [0.3, 1, 2, -1, 0.5, 0.5];
    environment.reset({ state: start });
    for (let t = 0; t < 20; t++) environment.step([0, 0]);
    const after = physicsOf(environment);
    expect(energy(after, links, 0)).toBeCloseTo(energy(start, links, 0), 7);
    const momentum = ([, b, u, v]: readonly number[]): number => {
      const [a1, b1, c1] = [1 / 12 + 0.8 * 0.25, (0.8 * 0.16) / 3, 0.8 * 0.5 * 0.2 * Math.cos(b!)];
      return (a1 + b1 + 2 * c1) * u! + (b1 + c1) * v!;
    };
    expect(momentum(after)).toBeCloseTo(momentum([...start]), 7);
    expect(after.slice(4)).toEqual([0.5, 0.5]);
  });

  it('pays minus the distance from its end to the target', () => {
    const environment = createReacher2({ actionCost: 0 });
    const still = [0.4, 0.7, 0, 0];
    const end = [0.5 * Math.cos(0.4) + 0.4 * Math.cos(1.1), 0.5 * Math.sin(0.4) + 0.4 * Math.sin(1.1)];
    environment.reset({ state: [...still, end[0]! + 0.03, end[1]! - 0.04] });
    expect(environment.step([0, 0]).reward).toBeCloseTo(-0.05, 12);
    environment.reset({ state: [...still, ...end] });
    expect(environment.step([0, 0]).reward).toBeCloseTo(0, 12);
  });

  it('draws targets over the ring that it was told', () => {
    const environment = createReacher2({ targetRange: [0.5, 0.6] });
    for (let i = 0; i < 200; i++) {
      environment.reset();
      const [x, y] = physicsOf(environment).slice(4) as [number, number];
      const part = Math.hypot(x, y) / 0.9;
      expect(part).toBeGreaterThanOrEqual(0.5 - 1e-12);
      expect(part).toBeLessThanOrEqual(0.6 + 1e-12);
    }
  });
});
