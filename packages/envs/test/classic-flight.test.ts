import {
  type ClassicEnvironment,
  createLander,
  createPlanarQuadrotor,
  createQuadrotor,
  createWindyQuadrotor,
  type LanderOptions,
  type WindyQuadrotorOptions,
} from '@mbrl/envs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { physicsOf, stateAfter } from './classic-state.js';

const level = [1, 0, 0, 0];
const at = (position: number[], velocity: number[] = [0, 0, 0], attitude: number[] = level, spin: number[] = [0, 0, 0]): number[] => [
  ...position,
  ...attitude,
  ...velocity,
  ...spin,
];
/** A vector turned by a quaternion, by its matrix. */
const turn = ([w, x, y, z]: readonly number[], v: readonly number[]): number[] =>
  [
    [1 - 2 * (y! * y! + z! * z!), 2 * (x! * y! - w! * z!), 2 * (x! * z! + w! * y!)],
    [2 * (x! * y! + w! * z!), 1 - 2 * (x! * x! + z! * z!), 2 * (y! * z! - w! * x!)],
    [2 * (x! * z! - w! * y!), 2 * (y! * z! + w! * x!), 1 - 2 * (x! * x! + y! * y!)],
  ].map((row) => row[0]! * v[0]! + row[1]! * v[1]! + row[2]! * v[2]!);
const expectNear = (actual: readonly number[], wanted: readonly number[], digits = 10): void =>
  wanted.forEach((v, i) => expect(actual[i], `component ${i}`).toBeCloseTo(v, digits));

describe('the planar quadrotor', () => {
  it.each([1.5, 2, 3])('hovers at 2 / thrustToWeight − 1, with a thrust-to-weight ratio of %d', (thrustToWeight) => {
    const environment = createPlanarQuadrotor({ thrustToWeight });
    const hover = 2 / thrustToWeight - 1;
    environment.reset({ state: [0.3, 1, 0, 0, 0, 0] });
    for (let t = 0; t < 100; t++) environment.step([hover, hover]);
    expectNear(physicsOf(environment), [0.3, 1, 0, 0, 0, 0]);
  });

  it('falls freely without thrust and drag, upside down too', () => {
    for (const tilt of [0, 1, Math.PI]) {
      const environment = createPlanarQuadrotor({ drag: 0, timeStep: 0.05 });
      environment.reset({ state: [0, 2.5, tilt, 0.5, 1, 0.3] });
      for (let t = 0; t < 4; t++) environment.step([-1, -1]);
      expectNear(physicsOf(environment), [0.1, 2.5 + 0.2 - 0.5 * 9.81 * 0.04, tilt + 0.06, 0.5, 1 - 9.81 * 0.2, 0.3]);
    }
  });

  it('slows to the speed at which drag carries the weight', () => {
    const environment = createPlanarQuadrotor({ drag: 5, roomSize: 100, maxSteps: 2000 });
    environment.reset({ state: [0, 90, 0, 0, 0, 0] });
    for (let t = 0; t < 500; t++) environment.step([-1, -1]);
    expect(physicsOf(environment)[4]).toBeCloseTo((-0.5 * 9.81) / 5, 6);
  });

  it('turns counter-clockwise when the right rotor pushes more, by l ΔF / I', () => {
    const after = stateAfter(createPlanarQuadrotor(), [0, 1, 0, 0, 0, 0], [0, 0.1]);
    // Thrusts differ by 0.1 of half the weight.
    expect(after[5]).toBeCloseTo((0.2 * 0.1 * ((0.5 * 9.81) / 2) * 0.02) / 0.01, 12);
    expect(after[3]).toBeLessThan(0);
  });

  it('mirrors', () => {
    const number = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(number, number, number, number, number), fc.tuple(number, number), ([x, tilt, vx, vz, w], [left, right]) => {
        const there = stateAfter(createPlanarQuadrotor(), [x, 1.5, 3 * tilt, vx, vz, 5 * w], [left, right]);
        const mirrored = stateAfter(createPlanarQuadrotor(), [-x, 1.5, -3 * tilt, -vx, vz, -5 * w], [right, left]);
        const signs = [-1, 1, -1, -1, 1, -1];
        mirrored.forEach((v, i) => expect(v).toBeCloseTo(signs[i]! * there[i]!, 11));
      }),
    );
  });

  it('ends at the ground, the ceiling and the walls only', () => {
    const ends = (x: number, z: number): boolean => {
      const environment = createPlanarQuadrotor();
      environment.reset({ state: [x, z, 0, 0, 0, 0] });
      return environment.step([0, 0]).terminated;
    };
    expect([ends(0, -0.01), ends(0, 3.01), ends(3.01, 1), ends(-3.01, 1)]).toEqual([true, true, true, true]);
    expect([ends(0, 0.01), ends(0, 2.99), ends(2.99, 1), ends(-2.99, 1)]).toEqual([false, false, false, false]);
  });
});

describe('the quadrotor in space', () => {
  it.each([1.5, 2, 4])('hovers at 2 / thrustToWeight − 1, with a thrust-to-weight ratio of %d', (thrustToWeight) => {
    const environment = createQuadrotor({ thrustToWeight });
    const hover = 2 / thrustToWeight - 1;
    const start = at([0.3, -0.2, 1], [0, 0, 0], [Math.cos(0.4), 0, 0, Math.sin(0.4)]);
    environment.reset({ state: start });
    for (let t = 0; t < 100; t++) environment.step([hover, hover, hover, hover]);
    expectNear(physicsOf(environment), start);
  });

  it('falls freely without thrust and drag', () => {
    const environment = createQuadrotor({ drag: 0 });
    environment.reset({ state: at([0, 0, 2.5], [0.5, -0.5, 1], [0.5, 0.5, -0.5, 0.5]) });
    for (let t = 0; t < 10; t++) environment.step([-1, -1, -1, -1]);
    expectNear(physicsOf(environment), at([0.1, -0.1, 2.5 + 0.2 - 0.5 * 9.81 * 0.04], [0.5, -0.5, 1 - 9.81 * 0.2], [0.5, 0.5, -0.5, 0.5]));
  });

  it('keeps spin energy and angular momentum when no rotor pushes, and its quaternion at length 1', () => {
    const inertia = [0.01, 0.015, 0.022] as const;
    const environment = createQuadrotor({ inertia, drag: 0, integrationSteps: 8, gravity: 1, roomSize: 50 });
    const start = at([0, 0, 25], [0, 0, 0], [0.8, 0, 0.6, 0], [3, -2, 4]);
    environment.reset({ state: start });
    for (let t = 0; t < 100; t++) environment.step([-1, -1, -1, -1]);
    const after = physicsOf(environment);
    const momentum = (state: readonly number[]): number[] =>
      turn(
        state.slice(3, 7),
        inertia.map((part, i) => part * state[10 + i]!),
      );
    const spin = (state: readonly number[]): number => inertia.reduce((sum, part, i) => sum + part * state[10 + i]! ** 2, 0);
    expectNear(momentum(after), momentum(start), 8);
    expect(spin(after)).toBeCloseTo(spin(start), 8);
    expect(Math.hypot(...after.slice(3, 7))).toBeCloseTo(1, 14);
    // It did tumble.
    expect(Math.abs(after[10]! - 3)).toBeGreaterThan(0.1);
  });

  it('turns about the axes that its rotors say: right over, nose up, and by the reaction of a pair', () => {
    const push = 0.04;
    const spinAfter = (action: number[]): number[] => stateAfter(createQuadrotor(), at([0, 0, 1.5]), action).slice(10);
    const newton = (push * 9.81) / 4;
    const arm = 0.2 * Math.SQRT1_2;
    // Left rotors harder: about +x. Rear rotors harder: about +y, nose down. One pair harder: about +z.
    expectNear(spinAfter([push, push, 0, 0]), [(2 * arm * newton * 0.02) / 0.01, 0, 0], 6);
    expectNear(spinAfter([0, push, push, 0]), [0, (2 * arm * newton * 0.02) / 0.01, 0], 6);
    expectNear(spinAfter([push, 0, push, 0]), [0, 0, (2 * 0.02 * newton * 0.02) / 0.018], 6);
    // Nose down, it flies forwards: tilted by rotation about +y, thrust leans to +x.
    const leaning = stateAfter(
      createQuadrotor({ drag: 0 }),
      at([0, 0, 1.5], [0, 0, 0], [Math.cos(0.1), 0, Math.sin(0.1), 0]),
      [0, 0, 0, 0],
    );
    expect(leaning[7]).toBeCloseTo(9.81 * Math.sin(0.2) * 0.02, 10);
  });

  it('moves alike in every direction of the compass', () => {
    const yaw = 1.1;
    const about = [Math.cos(yaw / 2), 0, 0, Math.sin(yaw / 2)];
    const combine = ([a, b, c, d]: readonly number[], [w, x, y, z]: readonly number[]): number[] => [
      a! * w! - b! * x! - c! * y! - d! * z!,
      a! * x! + b! * w! + c! * z! - d! * y!,
      a! * y! - b! * z! + c! * w! + d! * x!,
      a! * z! + b! * y! - c! * x! + d! * w!,
    ];
    const attitude = [0.8, 0.36, -0.48, 0];
    const [p, v, w, action] = [
      [0.4, -0.3, 1.5],
      [1, 0.5, -0.4],
      [2, -1, 3],
      [0.5, -0.2, 0.1, 0.8],
    ];
    const there = stateAfter(createQuadrotor(), at(p, v, attitude, w), action);
    const turned = stateAfter(createQuadrotor(), at(turn(about, p), turn(about, v), combine(about, attitude), w), action);
    expectNear(turned.slice(0, 3), turn(about, there.slice(0, 3)));
    expectNear(turned.slice(3, 7), combine(about, there.slice(3, 7)));
    expectNear(turned.slice(7, 10), turn(about, there.slice(7, 10)));
    expectNear(turned.slice(10), there.slice(10));
  });

  it('takes a quaternion of any length but 0', () => {
    const environment = createQuadrotor();
    const { observation } = environment.reset({ state: at([0, 0, 1], [0, 0, 0], [0, 3, 4, 0]) });
    expectNear(Array.from(observation.slice(3, 7)), [0, 0.6, 0.8, 0], 6);
    expect(() => environment.reset({ state: at([0, 0, 1], [0, 0, 0], [0, 0, 0, 0]) })).toThrow(/Quadrotor-v0\.reset: the attitude/);
  });

  it('pays 1 for hovering level at its target, and less upside down', () => {
    const environment = createQuadrotor();
    environment.reset({ state: at([0, 0, 1.5]) });
    expect(environment.step([0, 0, 0, 0]).reward).toBeCloseTo(1, 10);
    environment.reset({ state: at([0, 0, 1.5], [0, 0, 0], [0, 1, 0, 0]) });
    expect(environment.step([0, 0, 0, 0]).reward).toBeCloseTo(0, 4);
  });
});

describe('the lander', () => {
  /** Vertical acceleration of a level vehicle at rest with the given actions. */
  const lift = (height: number, options: LanderOptions, action = 0): number =>
    stateAfter(createLander({ timeStep: 1e-5, ...options }), at([0, 0, height]), [action, action, action, action])[9]! / 1e-5;

  it.each([0.2, 0.3, 0.6, 1.5])('is lifted at %d m as Cheeseman and Bennett say', (height) => {
    const factor = 1 / (1 - 4 * (0.12 / (4 * height)) ** 2);
    expect(lift(height, {})).toBeCloseTo(9.81 * (factor - 1), 3);
    expect(lift(height, {}, 0.5)).toBeCloseTo(9.81 * (1.5 * factor - 1), 3);
    expect(lift(height, { residualScale: 0 })).toBeCloseTo(0, 9);
    expect(lift(height, { groundEffect: 0 })).toBeCloseTo(0, 9);
  });

  it('feels drag that fades with the height, and along the body’s axes', () => {
    const slowing = (height: number, options: LanderOptions): number =>
      -(stateAfter(createLander({ timeStep: 1e-5, ...options }), at([0, 0, height], [1, 0, 0]), [0, 0, 0, 0])[7]! - 1) / 1e-5;
    const none = { drag: [0, 0, 0] as const, quadraticDrag: 0, groundDrag: 0 };
    expect(slowing(1, none)).toBeCloseTo(0, 8);
    expect(slowing(1, { ...none, drag: [0.3, 9, 9] })).toBeCloseTo(0.3 / 1.47, 4);
    expect(slowing(1, { ...none, quadraticDrag: 0.05 })).toBeCloseTo(0.05 / 1.47, 4);
    expect(slowing(0.48, { ...none, groundDrag: 1 })).toBeCloseTo(Math.exp(-1) / 1.47, 4);
    expect(slowing(0.96, { ...none, groundDrag: 1 })).toBeCloseTo(Math.exp(-2) / 1.47, 4);
  });

  it('without the residual is the quadrotor of the same body, without drag', () => {
    const state = at([0.2, 0.1, 0.4], [1, -0.5, 0.3], [0.8, 0.36, -0.48, 0], [2, -1, 3]);
    const body = { mass: 1.2, inertia: [0.01, 0.02, 0.03] as const, armLength: 0.3 };
    const action = [0.3, -0.4, 0.5, 0.1];
    expect(stateAfter(createLander({ ...body, residualScale: 0 }), state, action)).toEqual(
      stateAfter(createQuadrotor({ ...body, drag: 0 }), state, action),
    );
    expect(stateAfter(createLander(body), state, action)).not.toEqual(
      stateAfter(createLander({ ...body, residualScale: 0.5 }), state, action),
    );
  });

  /** Flies down to the pad by feedback on the rigid body's equations; `shade` is what of the thrust the controller expects to need. */
  const land = (residualScale: number, shade: (height: number) => number): { landed: boolean; total: number; height: number } => {
    const environment = createLander({ residualScale, maxSteps: 800 });
    let { observation } = environment.reset({ seed: 1 });
    let total = 0;
    for (;;) {
      const [x, y, z, qw, qx, qy, , vx, vy, vz, wx, wy, wz] = Array.from(observation) as [
        ...[number, number, number, number, number, number, number],
        ...[number, number, number, number, number, number],
      ];
      const bound = (value: number): number => Math.max(-2, Math.min(2, value));
      const pitch = bound(-1.5 * x - 2 * vx) / 9.81;
      const roll = -bound(-1.5 * y - 2 * vy) / 9.81;
      const sink = Math.max(0.12, Math.min(0.8, 0.8 * (z - 0.15))) * (Math.hypot(x, y) < 0.1 ? 1 : 0.2);
      const lift = (1 + (3 * (-sink - vz)) / 9.81) * shade(z) - 1;
      const tx = 0.6 * (roll - 2 * qx * qw) - 0.15 * wx;
      const ty = 0.6 * (pitch - 2 * qy * qw) - 0.15 * wy;
      const tz = -0.3 * wz;
      const result = environment.step([lift + tx - ty + tz, lift + tx + ty - tz, lift - tx + ty + tz, lift - tx - ty - tz]);
      observation = result.observation;
      total += result.reward;
      if (result.terminated || result.truncated) return { landed: result.terminated, total, height: observation[2]! };
    }
  };

  it('is landed by the nominal model without the residual; with it that controller hangs on its cushion of air', () => {
    const nominal = land(0, () => 1);
    expect(nominal.landed).toBe(true);
    expect(nominal.total).toBeGreaterThan(10);
    const hanging = land(1, () => 1);
    expect(hanging.landed).toBe(false);
    expect(hanging.height).toBeGreaterThan(0.25);
    // One who knows the ground effect lands.
    const knowing = land(1, (height) => 1 - 4 * (0.12 / (4 * Math.max(height, 0.15))) ** 2);
    expect(knowing.landed).toBe(true);
    expect(knowing.total).toBeGreaterThan(10);
  });

  it('pays for a soft touchdown on the pad, and ends', () => {
    const touch = (position: number[], velocity: number[], attitude = level): { reward: number; terminated: boolean } => {
      const environment = createLander();
      environment.reset({ state: at(position, velocity, attitude) });
      return environment.step([0, 0, 0, 0]);
    };
    const soft = touch([0, 0, 0.149], [0, 0, -0.03]);
    expect(soft.terminated).toBe(true);
    expect(soft.reward).toBeGreaterThan(9.8);
    expect(touch([0, 0, 0.149], [0, 0, -1]).reward).toBeLessThan(1);
    expect(touch([0.6, 0, 0.149], [0, 0, -0.03]).reward).toBeLessThan(1);
    expect(touch([0, 0, 0.149], [0, 0, -0.03], [Math.cos(0.5), Math.sin(0.5), 0, 0]).reward).toBeLessThan(8);
    const hover = touch([0, 0, 0.5], [0, 0, 0]);
    expect(hover.terminated).toBe(false);
    expect(hover.reward).toBeCloseTo(0.02 * Math.exp(-(0.35 ** 2)), 3);
  });
});

describe('the quadrotor in wind', () => {
  const steady = (options: WindyQuadrotorOptions = {}): ClassicEnvironment =>
    createWindyQuadrotor({ gustRatio: 0, roomSize: 1000, ...options });
  const hover = [0, 0, 0, 0];

  it('moves in wind as it moves in still air, seen from a frame that goes with the wind', () => {
    const velocity = [1, -2, 0.5];
    const attitude = [0.8, 0.36, -0.48, 0];
    const still = stateAfter(steady(), [...at([0, 0, 100], velocity, attitude, [1, 2, 3]), 0, 0, 0], [0.2, -0.1, 0.3, 0]);
    const windy = stateAfter(steady(), [...at([0, 0, 100], [1 + 4, -2 + 3, 0.5], attitude, [1, 2, 3]), 4, 3, 0], [0.2, -0.1, 0.3, 0]);
    expectNear(windy.slice(7, 10), [still[7]! + 4, still[8]! + 3, still[9]!]);
    expectNear(windy.slice(0, 3), [still[0]! + 4 * 0.02, still[1]! + 3 * 0.02, still[2]!]);
    expectNear(windy.slice(3, 7), still.slice(3, 7));
  });

  it('drifts up to the speed of the wind', () => {
    const environment = steady({ maxSteps: 3000, quadraticDrag: 0 });
    environment.reset({ state: [...at([0, 0, 100]), 4, 3, 0] });
    for (let t = 0; t < 2000; t++) environment.step(hover);
    expectNear(physicsOf(environment).slice(7, 9), [4, 3], 4);
  });

  it('blows in gusts about its mean, with their period', () => {
    const push = (phase: number): number => {
      const options = { gustRatio: 0.5, quadraticDrag: 0, timeStep: 1e-5 };
      return stateAfter(createWindyQuadrotor(options), [...at([0, 0, 1.5]), 2, 0, phase], hover)[7]! / 1e-5;
    };
    expect(push(0)).toBeCloseTo(0.3 * 2, 3);
    expect(push(Math.PI / 2)).toBeCloseTo(0.3 * 3, 3);
    expect(push((3 * Math.PI) / 2)).toBeCloseTo(0.3 * 1, 3);
    const environment = createWindyQuadrotor({ gustPeriod: 2 });
    environment.reset({ state: [...at([0, 0, 1.5]), 0, 0, 1] });
    for (let t = 0; t < 100; t++) environment.step(hover);
    expect(physicsOf(environment)[15]).toBeCloseTo(1, 9);
  });

  it('draws speeds from its list in every direction, and keeps the mean through an episode', () => {
    const environment = createWindyQuadrotor({ windSpeeds: [1, 5] });
    const seen = new Set<number>();
    let east = 0;
    for (let i = 0; i < 200; i++) {
      environment.reset();
      const [x, y] = physicsOf(environment).slice(13) as [number, number];
      seen.add(Math.round(1e6 * Math.hypot(x, y)) / 1e6);
      if (x > 0) east++;
    }
    expect([...seen].sort()).toEqual([1, 5]);
    expect(east).toBeGreaterThan(70);
    expect(east).toBeLessThan(130);
    const mean = physicsOf(environment).slice(13, 15);
    environment.step(hover);
    expect(physicsOf(environment).slice(13, 15)).toEqual(mean);
  });

  it('hidden, moves as when observed, and tells nothing of the wind', () => {
    const state = [...at([0, 0, 1.5], [1, 0, 0]), 3, -2, 0.5];
    const [open, hidden] = [createWindyQuadrotor(), createWindyQuadrotor({ observeWind: false })];
    const full = open.reset({ state }).observation;
    expectNear(Array.from(full.slice(13)), [3, -2, Math.sin(0.5), Math.cos(0.5)], 6);
    expect(Array.from(hidden.reset({ state }).observation)).toEqual(Array.from(full.slice(0, 13)));
    expect(Array.from(hidden.step(hover).observation)).toEqual(Array.from(open.step(hover).observation.slice(0, 13)));
    expect(physicsOf(hidden)).toEqual(physicsOf(open));
    expect(hidden.observationSpace.size).toBe(13);
  });
});
