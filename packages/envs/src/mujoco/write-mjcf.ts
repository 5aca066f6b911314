/** Writes a model as MJCF, and refuses what cannot be meant: wrong sizes, numbers that are not finite, names twice or unknown. */
import { OptionError } from '@mbrl/core';
import type { MjcfActuator, MjcfBody, MjcfDefaults, MjcfModel, MjcfSensor } from './mjcf.js';
import { type AttributeTable, direction, flag, integer, name, number, numbers, oneOf, range, writeAttributes } from './mjcf-attributes.js';

const notNegative = number({ min: 0 });
const turn: AttributeTable = { quat: direction(4), axisangle: direction(4) };
const colour = numbers(4, 4, 0);
const bits = integer(0, 2 ** 31 - 1);
const named: AttributeTable = { name, class: name };

const geomTable: AttributeTable = {
  ...named,
  ...turn,
  type: oneOf('plane', 'sphere', 'capsule', 'cylinder', 'box', 'ellipsoid'),
  size: numbers(1, 3, 0),
  fromto: numbers(6),
  pos: numbers(3),
  contype: bits,
  conaffinity: bits,
  condim: oneOf(1, 3, 4, 6),
  friction: numbers(1, 3, 0),
  density: notNegative,
  mass: notNegative,
  margin: notNegative,
  solref: numbers(2),
  solimp: numbers(1, 5),
  priority: integer(-(2 ** 31), 2 ** 31 - 1),
  group: integer(0, 5),
  rgba: colour,
};
const jointTable: AttributeTable = {
  ...named,
  type: oneOf('free', 'ball', 'slide', 'hinge'),
  pos: numbers(3),
  axis: direction(3),
  limited: flag,
  range,
  ref: number(),
  springref: number(),
  stiffness: notNegative,
  damping: notNegative,
  armature: notNegative,
  frictionloss: notNegative,
  margin: notNegative,
  solreflimit: numbers(2),
  solimplimit: numbers(1, 5),
};
const siteTable: AttributeTable = {
  ...named,
  ...turn,
  type: oneOf('sphere', 'capsule', 'cylinder', 'box', 'ellipsoid'),
  pos: numbers(3),
  size: numbers(1, 3, 0),
  rgba: colour,
};
const bodyTable: AttributeTable = { name, childclass: name, ...turn, pos: numbers(3), gravcomp: number({ min: 0, max: 1 }) };
const actuatorTable: AttributeTable = {
  ...named,
  joint: name,
  tendon: name,
  gear: number(),
  ctrllimited: flag,
  ctrlrange: range,
  forcelimited: flag,
  forcerange: range,
  kp: notNegative,
  kv: notNegative,
};
const tendonTable: AttributeTable = { name, limited: flag, range, stiffness: notNegative, damping: notNegative };
const sensorTable: AttributeTable = { name, site: name, joint: name, body: name };
const optionTable: AttributeTable = {
  timestep: number({ above: 0 }),
  gravity: numbers(3),
  integrator: oneOf('Euler', 'RK4', 'implicit', 'implicitfast'),
  solver: oneOf('PGS', 'CG', 'Newton'),
  cone: oneOf('pyramidal', 'elliptic'),
  iterations: integer(1, 1e6),
  impratio: number({ above: 0 }),
  density: notNegative,
  viscosity: notNegative,
  wind: numbers(3),
};
const compilerTable: AttributeTable = { inertiafromgeom: flag, settotalmass: number({ above: 0 }), autolimits: flag };
const actuatorKinds = oneOf('motor', 'position', 'velocity');
const sensorKinds = oneOf('touch', 'accelerometer', 'velocimeter', 'gyro', 'force', 'torque', 'jointpos', 'jointvel', 'subtreecom');

const modelKeys = [
  'name',
  'compiler',
  'option',
  'memory',
  'defaults',
  'classes',
  'geoms',
  'sites',
  'bodies',
  'tendons',
  'actuators',
  'sensors',
  'excludes',
] as const;

class Writer {
  private readonly names: Map<string, Set<string>> = new Map();
  private readonly classes: ReadonlySet<string>;

  constructor(classes: readonly string[]) {
    this.classes = new Set(classes);
  }

  /** One element without content; its name is kept for references, and must be new among its kind. */
  element(tag: string, kind: string, table: AttributeTable, element: object, apart: readonly string[] = []): string {
    const {
      name: own,
      class: named,
      childclass,
    } = element as { readonly name?: string; readonly class?: string; readonly childclass?: string };
    const where = own === undefined ? `a ${kind} without a name` : `${kind} ${JSON.stringify(own)}`;
    const attributes = writeAttributes(where, table, element, apart);
    for (const used of [named, childclass])
      if (used !== undefined && !this.classes.has(used)) this.unknown(where, 'class', used, this.classes);
    if (own !== undefined) {
      const taken = this.namesOf(kind);
      if (taken.has(own)) throw new OptionError(`writeMjcf: names of ${kind}s must differ, got ${JSON.stringify(own)} twice`);
      taken.add(own);
    }
    return `<${tag}${attributes}`;
  }

  private namesOf(kind: string): Set<string> {
    const known = this.names.get(kind) ?? new Set();
    this.names.set(kind, known);
    return known;
  }

  private unknown(where: string, kind: string, value: string, known: Iterable<string>): never {
    throw new OptionError(
      `writeMjcf: ${kind} of ${where} must be one of the model's (${[...known].join(', ')}), got ${JSON.stringify(value)}`,
    );
  }

  /** Requires that a name was given to an element of a kind. */
  refer(where: string, kind: string, value: string | undefined): void {
    if (value !== undefined && !this.namesOf(kind).has(value)) this.unknown(where, kind, value, this.namesOf(kind));
  }

  content({ joints = [], geoms = [], sites = [], bodies = [] }: MjcfBody): string {
    const parts = [
      ...joints.map((joint) => `${this.element('joint', 'joint', jointTable, joint)}/>`),
      ...geoms.map((geom) => `${this.element('geom', 'geom', geomTable, geom)}/>`),
      ...sites.map((site) => `${this.element('site', 'site', siteTable, site)}/>`),
      ...bodies.map((body) => {
        const opening = this.element('body', 'body', bodyTable, body, ['joints', 'geoms', 'sites', 'bodies']);
        return `${opening}>\n${this.content(body)}</body>`;
      }),
    ];
    return parts.map((part) => `${part}\n`).join('');
  }

  actuator(actuator: MjcfActuator): string {
    const opening = this.element(actuator.kind, 'actuator', actuatorTable, actuator, ['kind']);
    const where = `actuator ${JSON.stringify(actuator.name ?? actuator.joint ?? '')}`;
    const kind = actuatorKinds(actuator.kind);
    if ('requirement' in kind)
      throw new OptionError(`writeMjcf: kind of ${where} must be ${kind.requirement}, got ${JSON.stringify(actuator.kind)}`);
    if ((actuator.joint === undefined) === (actuator.tendon === undefined))
      throw new OptionError(`writeMjcf: ${where} must have a joint or a tendon, got ${actuator.joint === undefined ? 'neither' : 'both'}`);
    this.refer(where, 'joint', actuator.joint);
    this.refer(where, 'tendon', actuator.tendon);
    return `${opening}/>\n`;
  }

  sensor(sensor: MjcfSensor): string {
    const opening = this.element(sensor.kind, 'sensor', sensorTable, sensor, ['kind']);
    const where = `sensor ${JSON.stringify(sensor.name ?? sensor.kind)}`;
    const kind = sensorKinds(sensor.kind);
    if ('requirement' in kind)
      throw new OptionError(`writeMjcf: kind of ${where} must be ${kind.requirement}, got ${JSON.stringify(sensor.kind)}`);
    this.refer(where, 'site', sensor.site);
    this.refer(where, 'joint', sensor.joint);
    this.refer(where, 'body', sensor.body);
    return `${opening}/>\n`;
  }

  defaults(defaults: MjcfDefaults): string {
    const tables = { geom: geomTable, joint: jointTable, site: siteTable, motor: actuatorTable, position: actuatorTable };
    return Object.entries(defaults)
      .filter(([, element]) => element !== undefined)
      .map(([kind, element]) => {
        const table = Object.hasOwn(tables, kind) ? tables[kind as keyof typeof tables] : undefined;
        if (!table)
          throw new OptionError(`writeMjcf: defaults must be among ${Object.keys(tables).join(', ')}, got ${JSON.stringify(kind)}`);
        return `<${kind}${writeAttributes(`the default ${kind}`, table, element as object)}/>\n`;
      })
      .join('');
  }
}

const section = (tag: string, content: string): string => (content === '' ? '' : `<${tag}>\n${content}</${tag}>\n`);

/**
 * Writes a model as MJCF.
 * @throws OptionError on an attribute or a value that MJCF does not have, a name given twice, or a reference to one
 * that is not given; the message names the element.
 */
export function writeMjcf(model: MjcfModel): string {
  for (const key of Object.keys(model)) {
    if (!modelKeys.some((known) => known === key))
      throw new OptionError(`writeMjcf: parts of a model must be among ${modelKeys.join(', ')}, got ${JSON.stringify(key)}`);
  }
  const { compiler = {}, option = {}, memory = 2 ** 20, defaults = {}, classes = {} } = model;
  const writer = new Writer(Object.keys(classes));
  const subclasses = Object.entries(classes).map(([key, inner]) => {
    const attributes = writeAttributes('a defaults class', { class: name }, { class: key });
    return `<default${attributes}>\n${writer.defaults(inner)}</default>\n`;
  });
  const size = writeAttributes('size', { memory: integer(2 ** 10, 2 ** 31) }, { memory });
  const world = writer.content(model);
  const tendons = (model.tendons ?? []).map((tendon) => {
    const opening = writer.element('fixed', 'tendon', tendonTable, tendon, ['joints']);
    const joints = tendon.joints.map((part) => {
      writer.refer(`tendon ${JSON.stringify(tendon.name)}`, 'joint', part.joint);
      return `<joint${writeAttributes('a tendon joint', { joint: name, coef: number() }, part)}/>\n`;
    });
    return `${opening}>\n${joints.join('')}</fixed>\n`;
  });
  const excludes = (model.excludes ?? []).map((pair) => {
    for (const body of [pair.body1, pair.body2]) writer.refer('an exclude', 'body', body);
    return `<exclude${writeAttributes('an exclude', { body1: name, body2: name }, pair)}/>\n`;
  });
  return [
    `<mujoco${writeAttributes('the model', { model: name }, { model: model.name })}>\n`,
    `<compiler angle="radian"${writeAttributes('compiler', compilerTable, compiler)}/>\n`,
    `<option${writeAttributes('option', optionTable, option)}/>\n`,
    `<size${size}/>\n`,
    section('default', writer.defaults(defaults) + subclasses.join('')),
    section('worldbody', world),
    section('tendon', tendons.join('')),
    section('actuator', (model.actuators ?? []).map((actuator) => writer.actuator(actuator)).join('')),
    section('sensor', (model.sensors ?? []).map((sensor) => writer.sensor(sensor)).join('')),
    section('contact', excludes.join('')),
    '</mujoco>\n',
  ].join('');
}
