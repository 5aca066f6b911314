import { LifecycleError, NumericalError, OptionError } from '@mbrl/core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadMujoco } from './load-mujoco.js';
import type { MjcfModel } from './mjcf.js';
import { createSimulation, type MujocoSimulation } from './simulation.js';
import { writeMjcf } from './write-mjcf.js';

const make = (model: MjcfModel): MujocoSimulation => createSimulation('test', writeMjcf(model));

const ball: MjcfModel = {
  name: 'ball',
  option: { timestep: 0.01 },
  bodies: [{ name: 'ball', pos: [0, 0, 5], joints: [{ type: 'free' }], geoms: [{ type: 'sphere', size: 0.1 }] }],
};
const pendulum: MjcfModel = {
  name: 'pendulum',
  option: { timestep: 0.005, integrator: 'RK4' },
  bodies: [
    {
      name: 'rod',
      joints: [{ name: 'hinge', type: 'hinge', axis: [0, 1, 0] }],
      geoms: [{ type: 'capsule', fromto: [0, 0, 0, 0, 0, -1], size: 0.02 }],
      sites: [{ name: 'tip', pos: [0, 0, -1], size: 0.01 }],
    },
  ],
  actuators: [{ kind: 'motor', name: 'motor', joint: 'hinge', gear: 10, ctrllimited: true, ctrlrange: [-1, 1] }],
};
const heapSize = (simulation: MujocoSimulation): number => simulation.state.qpos.buffer.byteLength;

describe('a simulation', () => {
  beforeAll(() => loadMujoco());

  it('falls as Euler steps do: z₀ − g h² n(n + 1) / 2', () => {
    const simulation = make(ball);
    simulation.advance(50);
    expect(simulation.time).toBeCloseTo(0.5, 12);
    expect(simulation.state.qpos[2]).toBeCloseTo(5 - (9.81 * 0.01 ** 2 * 50 * 51) / 2, 10);
    expect(simulation.state.qvel[2]).toBeCloseTo(-9.81 * 0.5, 10);
  });

  it('keeps the energy of a pendulum under RK4', () => {
    const simulation = make(pendulum);
    const [, mass = 0] = simulation.modelArray('body_mass');
    const inertia = simulation.modelArray('body_inertia')[3]! + mass * 0.25;
    const energy = (): number => {
      const { qpos, qvel } = simulation.state;
      return 0.5 * inertia * qvel[0]! ** 2 - mass * 9.81 * 0.5 * Math.cos(qpos[0]!);
    };
    simulation.state.qpos[0] = 2;
    const before = energy();
    simulation.advance(2000);
    expect(Math.abs(energy() - before)).toBeLessThan(1e-6 * Math.abs(before) + 1e-7);
    expect(simulation.state.qpos[0]).not.toBeCloseTo(2, 1);
  });

  it('reports a state that is not finite, and does not start over', () => {
    const simulation = make(ball);
    simulation.advance(3);
    expect(() => simulation.checkFinite('step')).not.toThrow();
    simulation.state.qvel[0] = NaN;
    simulation.advance(2);
    expect(simulation.time).toBeCloseTo(0.05, 12);
    expect(() => simulation.checkFinite('step')).toThrow(NumericalError);
    expect(() => simulation.checkFinite('step')).toThrow(/step: the simulation must stay finite, got qpos\[0\] = NaN after 0\.0500 s/);
    expect(simulation.warnings().badVelocity).toBeGreaterThan(0);
    simulation.reset();
    expect(simulation.warnings().badVelocity).toBe(0);
    expect(() => simulation.checkFinite('step')).not.toThrow();
    simulation.state.qpos[1] = 2e10;
    expect(() => simulation.checkFinite('step')).toThrow(/qpos\[1\] = 20000000000/);
  });

  // Before memory is made to grow below, which leaves room for a leak to hide in.
  it('gives back the memory of what is disposed of', () => {
    // A model of 0.6 MB with a state of 1 MB.
    const field = '<asset><hfield name="field" nrow="400" ncol="400" size="1 1 1 1"/></asset>';
    const makeLarge = (): MujocoSimulation => createSimulation('test', `<mujoco><size memory="1M"/>${field}</mujoco>`);
    const keeper = make(ball);
    for (let i = 0; i < 5; i++) makeLarge().dispose();
    const before = heapSize(keeper);
    for (let i = 0; i < 60; i++) makeLarge().dispose();
    expect(heapSize(keeper)).toBe(before);
  });

  it('stays alive when the memory of all grows', () => {
    const simulation = make(ball);
    simulation.advance(1);
    const stale = simulation.state.qpos;
    const before = heapSize(simulation);
    const others = Array.from({ length: 30 }, () => make({ ...ball, memory: 16 * 2 ** 20 }));
    expect(heapSize(simulation)).toBeGreaterThan(before);
    expect(stale.length).toBe(0);
    expect(simulation.state.qpos.length).toBe(7);
    expect(simulation.state.qpos[2]).toBeCloseTo(5 - 9.81 * 0.01 ** 2, 10);
    simulation.advance(1);
    expect(simulation.state.qpos[2]).toBeCloseTo(5 - 9.81 * 0.01 ** 2 * 3, 10);
    others.forEach((other) => other.dispose());
  });

  it('does not grow by resets, not even by those after a divergence', () => {
    const simulation = make(pendulum);
    simulation.reset();
    const before = heapSize(simulation);
    for (let i = 0; i < 1000; i++) {
      simulation.reset();
      simulation.state.qvel[0] = NaN;
      simulation.advance(1);
    }
    expect(simulation.warnings().badVelocity).toBeGreaterThan(0);
    expect(heapSize(simulation)).toBe(before);
  });

  it('tells contacts that do not fit into its memory', () => {
    const spheres = Array.from({ length: 24 }, (_, i) => ({
      pos: [0.02 * (i % 5), 0.02 * Math.floor(i / 5), 0.3] as const,
      joints: [{ type: 'free' as const }],
      geoms: [{ type: 'sphere' as const, size: 0.1 }],
    }));
    const crowd = { name: 'crowd', bodies: spheres };
    const tiny = make({ ...crowd, memory: 40_000 });
    expect(() => tiny.advance(1)).toThrow(NumericalError);
    expect(() => tiny.advance(1)).toThrow(/test\.advance: MuJoCo must be able to compute the step, got .*out of memory/);
    expect(() => tiny.reset()).not.toThrow();
    const small = make({ ...crowd, memory: 100_000 });
    small.advance(1);
    expect(small.warnings().contactsFull + small.warnings().constraintsFull).toBeGreaterThan(0);
    const large = make({ ...crowd, memory: 32 * 2 ** 20 });
    large.advance(1);
    expect(large.warnings().contactsFull + large.warnings().constraintsFull).toBe(0);
    expect(large.memory().size).toBeGreaterThanOrEqual(32 * 2 ** 20);
    expect(large.memory().mostUsed).toBeGreaterThan(40_000);
  });

  // What MuJoCo had on its stack once stayed there with each step that it gave up, until no step fitted any more.
  it('goes on from a good state however often it has given up', () => {
    const spheres = Array.from({ length: 24 }, () => ({
      joints: [{ type: 'free' as const }],
      geoms: [{ type: 'sphere' as const, size: 0.1 }],
    }));
    const simulation = make({ name: 'crowd', bodies: spheres, memory: 40_000 });
    const place = (distance: number): void => {
      const { qpos, qvel } = simulation.state;
      qvel.fill(0);
      for (let i = 0; i < spheres.length; i++) qpos.set([distance * i, 0, 1, 1, 0, 0, 0], 7 * i);
    };
    for (let i = 0; i < 200; i++) {
      place(0.01);
      expect(() => simulation.advance(1)).toThrow(/out of memory/);
      expect(simulation.state.qpos[7]).toBe(0.01);
      place(1);
      expect(() => simulation.advance(1)).not.toThrow();
    }
  });

  it('finds objects by name and copies arrays of the model', () => {
    const simulation = make(pendulum);
    expect(simulation.indexOf('body', 'rod')).toBe(1);
    expect(simulation.indexOf('site', 'tip')).toBe(0);
    expect(() => simulation.indexOf('joint', 'elbow')).toThrow('test: the model must have a joint named "elbow"');
    const gears = simulation.modelArray('actuator_gear');
    expect(gears[0]).toBe(10);
    gears[0] = 5;
    expect(simulation.modelArray('actuator_gear')[0]).toBe(10);
    expect(() => simulation.modelArray('wheels')).toThrow(OptionError);
  });

  it('refuses work after dispose, which may be called twice', () => {
    const simulation = make(ball);
    simulation.dispose();
    simulation.dispose();
    expect(simulation.disposed).toBe(true);
    for (const call of [() => simulation.advance(1), () => simulation.state, () => simulation.time, () => simulation.reset()])
      expect(call).toThrow(LifecycleError);
  });

  it('hands on what MuJoCo says of a model that does not compile', () => {
    const call = (): unknown => createSimulation('createThing', '<mujoco><worldbody><geom size="-1"/></worldbody></mujoco>');
    expect(call).toThrow(OptionError);
    expect(call).toThrow(/^createThing: the model must compile, got .*size 0 must be positive in geom/);
    expect(() => createSimulation('createThing', 'no XML')).toThrow(OptionError);
  });
});

describe('loading', () => {
  it('is asked for before a model is made', async () => {
    vi.resetModules();
    const fresh = await import('./simulation.js');
    expect(() => fresh.createSimulation('createThing', '<mujoco/>')).toThrow(
      /createThing: await loadMujoco\(\) must have been called before/,
    );
  });

  it('fails with the address in the message, and can be tried again', async () => {
    vi.resetModules();
    const fresh = await import('./load-mujoco.js');
    await expect(fresh.loadMujoco({ wasmUrl: '/nowhere/mujoco.wasm' })).rejects.toThrow(
      /loadMujoco: .* must load from \/nowhere\/mujoco\.wasm/,
    );
    const bytes = readFileSync(createRequire(import.meta.url).resolve('@mujoco/mujoco/mujoco.wasm'));
    await fresh.loadMujoco({ wasmBinary: new Uint8Array(bytes) });
    expect(fresh.mujocoModule('test').mjVERSION_HEADER).toBeGreaterThan(3_000_000);
    await fresh.loadMujoco();
  });
});
