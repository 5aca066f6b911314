import { OptionError } from '@mbrl/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadMujoco } from './load-mujoco.js';
import type { MjcfModel } from './mjcf.js';
import { createSimulation } from './simulation.js';
import { writeMjcf } from './write-mjcf.js';

/** A model with every kind of element. */
const full: MjcfModel = {
  name: 'full',
  compiler: { inertiafromgeom: true, settotalmass: 3, autolimits: true },
  option: {
    timestep: 0.004,
    gravity: [0, 0, -5],
    integrator: 'implicitfast',
    solver: 'CG',
    cone: 'elliptic',
    iterations: 30,
    impratio: 2,
    density: 1.2,
    viscosity: 1e-5,
    wind: [1, 0, 0],
  },
  memory: 500_000,
  defaults: { geom: { density: 500, rgba: [1, 0, 0, 1] }, joint: { damping: 0.5 }, site: { size: 0.02 }, motor: { gear: 4 } },
  classes: { heavy: { geom: { density: 5000 }, joint: { armature: 0.25 }, position: { kp: 7 } } },
  geoms: [{ name: 'floor', type: 'plane', size: [5, 5, 0.1], friction: [0.9, 0.01, 0.001] }],
  sites: [{ name: 'mark', type: 'box', pos: [1, 1, 1], size: [0.1, 0.2, 0.3] }],
  bodies: [
    {
      name: 'base',
      pos: [0, 0, 1],
      quat: [1, 0, 0, 0],
      gravcomp: 1,
      joints: [{ name: 'lift', type: 'slide', axis: [0, 0, 1], range: [-1, 1], stiffness: 3, springref: 0.1, frictionloss: 0.2 }],
      geoms: [{ type: 'box', size: [0.1, 0.2, 0.3], axisangle: [0, 0, 1, 0.5], solref: [0.01, 1], solimp: [0.9, 0.95, 0.001], condim: 4 }],
      sites: [{ name: 'pad' }],
      bodies: [
        {
          name: 'arm',
          childclass: 'heavy',
          joints: [{ name: 'turn', type: 'hinge', axis: [0, 1, 0], ref: 0.3, range: [-2, 2], solreflimit: [0.02, 1], solimplimit: [0.9] }],
          geoms: [{ type: 'capsule', fromto: [0, 0, 0, 0.5, 0, 0], size: 0.05, mass: 0.4, margin: 0.001, priority: 1, group: 2 }],
        },
      ],
    },
  ],
  tendons: [
    {
      name: 'both',
      joints: [
        { joint: 'lift', coef: 1 },
        { joint: 'turn', coef: -2 },
      ],
      limited: true,
      range: [-3, 3],
    },
  ],
  actuators: [
    { kind: 'motor', name: 'push', joint: 'lift', ctrllimited: true, ctrlrange: [-1, 1] },
    { kind: 'position', joint: 'turn', class: 'heavy', ctrlrange: [-2, 2], kv: 1, forcerange: [-5, 5] },
    { kind: 'velocity', tendon: 'both', kv: 3 },
  ],
  sensors: [
    { kind: 'touch', name: 'touch', site: 'pad' },
    { kind: 'jointpos', joint: 'turn' },
  ],
  excludes: [{ body1: 'base', body2: 'arm' }],
};

describe('writing MJCF', () => {
  beforeAll(() => loadMujoco());

  it('gives a model that compiles to what was said', () => {
    const simulation = createSimulation('test', writeMjcf(full));
    expect(simulation.physicsTimeStep).toBe(0.004);
    expect([simulation.nq, simulation.nv, simulation.nu]).toEqual([2, 2, 3]);
    expect(simulation.modelArray('body_mass').reduce((a, b) => a + b)).toBeCloseTo(3, 12);
    expect(Array.from(simulation.modelArray('dof_armature'))).toEqual([0, 0.25]);
    expect(Array.from(simulation.modelArray('dof_damping'))).toEqual([0.5, 0.5]);
    expect(simulation.modelArray('actuator_gear').filter((_, i) => i % 6 === 0)).toEqual(Float64Array.of(4, 4, 4));
    expect(simulation.modelArray('actuator_gainprm')[10]).toBe(7);
    expect(simulation.modelArray('qpos0')[1]).toBe(0.3);
    expect(simulation.memory().size).toBeGreaterThanOrEqual(500_000);
    simulation.state.qpos[1] = 0.7;
    simulation.forward();
    expect(simulation.state.sensordata[1]).toBe(0.7);
    expect(simulation.state.ten_length[0]).toBeCloseTo(-1.4, 12);
    simulation.dispose();
  });

  it('takes 1 MB of scratch memory unless told', () => {
    const simulation = createSimulation('test', writeMjcf({ name: 'x', bodies: [] }));
    expect(simulation.memory().size).toBe(2 ** 20);
  });

  it('writes numbers in full', () => {
    expect(writeMjcf({ name: 'x', option: { timestep: 0.1 + 0.2 }, bodies: [] })).toContain('timestep="0.30000000000000004"');
  });

  const body = full.bodies[0]!;
  const refused: [what: string, model: object, message: RegExp][] = [
    [
      'a size that is not finite',
      { geoms: [{ name: 'g', size: NaN }] },
      /size of geom "g" must be 1 to 3 finite numbers of at least 0, got NaN/,
    ],
    ['a negative size', { geoms: [{ size: [0.1, -1] }] }, /size of a geom without a name must be .*, got \[0\.1,-1\]/],
    [
      'a position of two numbers',
      { geoms: [{ name: 'g', size: 1, pos: [0, 1] }] },
      /pos of geom "g" must be 3 finite numbers, got \[0,1\]/,
    ],
    ['an attribute that there is none of', { geoms: [{ name: 'g', radius: 1 }] }, /attributes of geom "g" must be among .*, got "radius"/],
    ['a form that there is none of', { geoms: [{ name: 'g', type: 'ball' }] }, /type of geom "g" must be one of "plane", .*, got "ball"/],
    [
      'limits out of order',
      { bodies: [{ joints: [{ name: 'j', range: [1, -1] }] }] },
      /range of joint "j" must be two finite numbers in order/,
    ],
    [
      'an axis without direction',
      { bodies: [{ joints: [{ name: 'j', axis: [0, 0, 0] }] }] },
      /axis of joint "j" must be 3 finite numbers, not all 0/,
    ],
    ['a name that XML would read', { bodies: [{ name: 'a"b' }] }, /name of body .* must be a text without/],
    [
      'a name twice',
      {
        geoms: [
          { name: 'g', size: 1 },
          { name: 'g', size: 1 },
        ],
      },
      /names of geoms must differ, got "g" twice/,
    ],
    [
      'a motor of a joint that is not there',
      { actuators: [{ kind: 'motor', joint: 'knee' }] },
      /joint of actuator "knee" must be one of the model's \(\), got "knee"/,
    ],
    ['a motor of nothing', { actuators: [{ kind: 'motor', name: 'm' }] }, /actuator "m" must have a joint or a tendon, got neither/],
    [
      'an actuator of no kind',
      { bodies: [body], classes: full.classes, actuators: [{ kind: 'rocket', joint: 'lift' }] },
      /kind of actuator "lift" must be one of "motor"/,
    ],
    ['a sensor of no kind', { sensors: [{ kind: 'smell' }] }, /kind of sensor "smell" must be one of "touch"/],
    ['a sensor at a site that is not there', { sensors: [{ kind: 'touch', site: 'nose' }] }, /site of sensor "touch" must be/],
    ['an exclude of a body that is not there', { excludes: [{ body1: 'a', body2: 'b' }] }, /body of an exclude must be/],
    [
      'a tendon over a joint that is not there',
      { tendons: [{ name: 't', joints: [{ joint: 'x', coef: 1 }] }] },
      /joint of tendon "t" must be/,
    ],
    ['a class that is not there', { geoms: [{ name: 'g', size: 1, class: 'light' }] }, /class of geom "g" must be one of the model's/],
    ['a childclass that is not there', { bodies: [{ name: 'b', childclass: 'light' }] }, /class of body "b" must be/],
    ['a default that there is none of', { defaults: { wheel: {} } }, /defaults must be among geom, .*, got "wheel"/],
    ['a part that there is none of', { lights: [] }, /parts of a model must be among .*, got "lights"/],
    ['a step of no time', { option: { timestep: 0 } }, /timestep of option must be a finite number above 0, got 0/],
    ['half a byte', { memory: 1500.5 }, /memory of size must be an integer/],
    ['a flag that is none', { compiler: { inertiafromgeom: 'yes' } }, /inertiafromgeom of compiler must be true or false, got "yes"/],
  ];

  it.each(refused)('refuses %s', (_, part, message) => {
    const model = { name: 'x', bodies: [], ...part } as MjcfModel;
    expect(() => writeMjcf(model)).toThrow(OptionError);
    expect(() => writeMjcf(model)).toThrow(message);
  });
});
