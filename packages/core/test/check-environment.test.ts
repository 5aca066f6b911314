import type { Action, BatchedFunctions, Environment, Json, ResetResult, Scene, StepResult, TabularModel } from '@mbrl/core';
import { boxSpace, createRng, ShapeError } from '@mbrl/core';
import { checkEnvironment, type ContractError, type EnvironmentCheckOptions, type EnvironmentClause } from '@mbrl/core/testing';
import { describe, expect, it } from 'vitest';
import { casesOf, expectBroken } from './toys/expect-broken.js';
import { ToyEnvironment } from './toys/toy-environment.js';
import { ToyTable } from './toys/toy-table.js';
import { byRow, toyTensor, toyTensors } from './toys/toy-tensor.js';

const options: EnvironmentCheckOptions = { tensors: toyTensors, mustEnd: true, stepLimit: 60 };

/** The toy with some members replaced; `self` is the right one, with its state. */
const wrong =
  (change: (self: ToyEnvironment) => object, kind: 'box' | 'discrete' = 'box') =>
  (): Environment => {
    const right = new ToyEnvironment(kind);
    const changed = change(right);
    return new Proxy(right, {
      get: (target, key) => {
        const value: unknown = Reflect.get(key in changed ? changed : target, key);
        return typeof value === 'function' ? (value as (...inputs: unknown[]) => unknown).bind(key in changed ? changed : target) : value;
      },
    });
  };

const changedStep = (self: ToyEnvironment, change: (result: StepResult, action: Action) => object) => ({
  step: (action: Action, into?: Float32Array): StepResult => {
    const result = self.step(action, into);
    return { ...result, ...change(result, action) };
  },
});
const changedReset = (self: ToyEnvironment, change: (result: ResetResult) => object) => ({
  reset: (given?: { seed?: number }): ResetResult => {
    const result = self.reset(given);
    return { ...result, ...change(result) };
  },
});
const changedBatched = (self: ToyEnvironment, change: BatchedFunctions) => ({ batched: { ...self.batched, ...change } });
const changedSolid = (self: ToyEnvironment, change: object): object => {
  const scene = self.solidScene();
  return { ...scene, shapes: scene.shapes.map((shape, i) => (i === 1 ? { ...shape, ...change } : shape)) };
};
const record = (state: Json): { [key: string]: Json } => state as { [key: string]: Json };

let instances = 0;
let lent: Float32Array | undefined;

/** The chain with some members replaced. */
const wrongTable = (change: (self: ToyTable) => object) => (): Environment => {
  const table = new ToyTable();
  return Object.assign(table, change(table));
};
/** The chain with other tables. */
const wrongTables = (change: (model: TabularModel) => Partial<TabularModel>): (() => Environment) =>
  wrongTable(({ tabularModel }) => ({ tabularModel: { ...tabularModel, ...change(tabularModel) } }));

/** For each clause, environments that are wrong in just that. */
const wrongs: { readonly [clause in EnvironmentClause]: { readonly [what: string]: () => Environment } } = {
  description: {
    'has no name': wrong(() => ({ name: '' })),
    'takes no time': wrong(() => ({ timeStep: 0 })),
    'has a space without bounds': wrong(() => ({
      actionSpace: { kind: 'box', size: 1, low: new Float64Array(0), high: new Float64Array(0) },
    })),
  },
  'reset-determinism': {
    'draws its start from a generator of the whole program': wrong((self) =>
      changedReset(self, () => ({ observation: Float32Array.of(++instances / 1000, 0) })),
    ),
    'carries its steps over a reset': wrong((self) => {
      let count = 0;
      return changedStep(self, () => ({ reward: ++count }));
    }),
    'seeds the first episode alone': wrong((self) => ({
      reset: (given?: { seed?: number }) => {
        if (given?.seed === undefined) self.rng = createRng(++instances);
        return self.reset(given);
      },
    })),
  },
  'seed-matters': {
    'ignores the seed': wrong((self) => ({ reset: () => self.reset({ seed: 1 }) })),
    'repeats the seeded episode': wrong((self) => {
      let last = 0;
      return { reset: (given?: { seed?: number }) => self.reset({ seed: (last = given?.seed ?? last) }) };
    }),
  },
  'bad-seed': {
    'takes any seed': wrong((self) => ({
      reset: (given?: { seed?: number }) => self.reset(given?.seed === undefined ? {} : { seed: given.seed >>> 0 }),
    })),
    'refuses large seeds': wrong((self) => ({
      reset: (given?: { seed?: number }) => {
        if ((given?.seed ?? 0) > 2 ** 31) throw new RangeError('too large');
        return self.reset(given);
      },
    })),
  },
  'observation-space': {
    'leaves its space': wrong(() => ({ observationSpace: boxSpace({ low: [-0.6, -1], high: [0.6, 1] }) })),
    'observes too much': wrong((self) => changedStep(self, () => ({ observation: new Float32Array(3) }))),
    'observes a list': wrong((self) => changedReset(self, ({ observation }) => ({ observation: [...observation] }))),
    'observes NaN': wrong((self) => changedStep(self, () => ({ observation: Float32Array.of(0, NaN) }))),
  },
  'fresh-copy': {
    'hands out one array again and again': wrong((self) => {
      const shared = new Float32Array(2);
      const share = ({ observation }: { observation: Float32Array }) => (shared.set(observation), { observation: shared });
      return { ...changedStep(self, share), ...changedReset(self, share) };
    }),
    'hands out its own state': wrong((self) => {
      const state = new Float32Array(2);
      return {
        ...changedReset(self, ({ observation }) => (state.set(observation), {})),
        step: (action: Action): StepResult => {
          const result = self.step(action);
          // What the caller may have written to its copy shows up here.
          const reward = result.reward + (lent && lent[0] === 12345 ? 1 : 0);
          lent = result.observation;
          return { ...result, reward };
        },
      };
    }),
  },
  into: {
    'takes no notice of it': wrong((self) => ({ step: (action: Action) => self.step(action) })),
    'returns it without writing to it': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        if (into && into.length !== 2) throw new ShapeError('size');
        const result = self.step(action);
        return { ...result, observation: into ?? result.observation };
      },
    })),
    'fills it and returns a copy': wrong((self) => changedStep(self, ({ observation }) => ({ observation: observation.slice() }))),
    'rewards otherwise then': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        const result = self.step(action, into);
        return into ? { ...result, reward: result.reward + 1 } : result;
      },
    })),
    'writes to it at the next step too': wrong((self) => {
      let kept: Float32Array | undefined;
      return {
        step: (action: Action, into?: Float32Array) => {
          const result = self.step(action, into);
          kept?.set(result.observation);
          kept = into ?? kept;
          return result;
        },
      };
    }),
    'gives it again at the next step': wrong((self) => {
      let kept: Float32Array | undefined;
      return { step: (action: Action, into?: Float32Array) => self.step(action, (kept = into ?? kept)) };
    }),
    'looks into it at the next step': wrong((self) => {
      let kept: Float32Array | undefined;
      return {
        step: (action: Action, into?: Float32Array) => {
          const reward = kept?.[0] === 12345 ? 1 : 0;
          const result = self.step(action, into);
          kept = into;
          return { ...result, reward: result.reward + reward };
        },
      };
    }),
    'gives one result at every step': wrong((self) => {
      const one = {};
      return { step: (action: Action, into?: Float32Array) => Object.assign(one, self.step(action, into)) };
    }),
    'writes the result of a step without it at one with it': wrong((self) => {
      let last: object = {};
      return {
        step: (action: Action, into?: Float32Array) => {
          const { reward, ...rest } = self.step(action, into);
          if (into) Object.assign(last, { reward });
          return (last = { reward, ...rest });
        },
      };
    }),
    'fills arrays of any size': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        const result = self.step(action);
        into?.set(result.observation.subarray(0, into.length));
        return { ...result, observation: into ?? result.observation };
      },
    })),
    'refuses with a RangeError': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        if (into && into.length !== 2) throw new RangeError('offset is out of bounds');
        return self.step(action, into);
      },
    })),
    'moves before it refuses a size': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        if (into && into.length !== 2) self.step(action);
        return self.step(action, into);
      },
    })),
    'writes before it refuses a size': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        into?.fill(0);
        return self.step(action, into);
      },
    })),
    'writes before it refuses an action': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        if (into?.length === 2) into.fill(0);
        return self.step(action, into);
      },
    })),
  },
  flags: {
    'says 1 for true': wrong((self) => changedStep(self, ({ terminated }) => ({ terminated: terminated ? 1 : 0 }))),
    'does not say truncated': wrong((self) => changedStep(self, () => ({ truncated: undefined }))),
  },
  reward: {
    'gives NaN': wrong((self) => changedStep(self, () => ({ reward: NaN }))),
    'gives a text': wrong((self) => changedStep(self, () => ({ reward: '1' }))),
  },
  info: {
    'informs by a list': wrong((self) => changedStep(self, () => ({ info: [] }))),
    'gives no info': wrong((self) => changedStep(self, () => ({ info: null }))),
  },
  'step-before-reset': {
    'begins by itself': wrong((self) => ({
      step: (action: Action) => {
        if (self.phase === 'new') self.reset();
        return self.step(action);
      },
    })),
    'throws what anybody throws': wrong((self) => ({
      step: (action: Action) => {
        if (self.phase === 'new') throw new TypeError('cannot read properties of undefined');
        return self.step(action);
      },
    })),
  },
  'step-after-end': {
    'goes on after the end': wrong((self) => ({
      step: (action: Action, into?: Float32Array) => {
        if (self.phase === 'ended') self.phase = 'running';
        return self.step(action, into);
      },
    })),
    'never ends': wrong((self) => ({
      batched: { reward: self.batched.reward },
      ...changedStep(self, () => ((self.phase = 'running'), { terminated: false, truncated: false })),
    })),
  },
  'action-untouched': {
    'clips in place': wrong((self) => ({
      step: (action: Action) => {
        const result = self.step(action);
        if (typeof action !== 'number') (action as number[])[0] = 0;
        return result;
      },
    })),
  },
  'action-number': {
    'takes no number': wrong((self) => ({
      step: (action: Action) => self.step(typeof action === 'number' && Number.isFinite(action) ? NaN : action),
    })),
    'takes a number for something else': wrong((self) => ({
      step: (action: Action) => self.step(typeof action === 'number' ? -action : action),
    })),
  },
  'action-size': {
    'reads the first component of any': wrong((self) => ({
      step: (action: Action) => self.step(typeof action === 'number' ? action : Array.from(action).slice(0, 1)),
    })),
    'pads what is short': wrong((self) => ({
      step: (action: Action) => self.step(typeof action !== 'number' && action.length === 0 ? [0] : action),
    })),
  },
  'action-finite': {
    'clips infinities': wrong((self) => ({
      step: (action: Action) =>
        self.step(typeof action !== 'number' && action.length === 1 ? [Math.max(-1, Math.min(1, action[0]!))] : action),
    })),
  },
  'action-range': {
    rounds: wrong((self) => ({ step: (action: Action) => self.step(action === 0.5 ? 1 : action) }), 'discrete'),
    'counts from the end': wrong(
      (self) => ({ step: (action: Action) => self.step(typeof action !== 'number' && action[0] === -1 ? 2 : action) }),
      'discrete',
    ),
  },
  'refusal-unchanged': {
    'counts a refused step': wrong((self) => ({
      step: (action: Action) => {
        self.stepCount++;
        const result = self.step(action);
        self.stepCount--;
        return result;
      },
    })),
  },
  'save-restore': {
    'forgets its velocity': wrong((self) => ({
      restoreState: (state: Json) => {
        self.restoreState(state);
        self.velocity = 0;
      },
    })),
    'forgets how long it has run': wrong((self) => ({
      restoreState: (state: Json) => {
        self.restoreState(state);
        self.stepCount = 0;
      },
    })),
    'forgets its generator': wrong((self) => ({
      restoreState: (state: Json) => {
        self.restoreState(state);
        self.rng = createRng(5);
      },
    })),
    'revives an ended episode': wrong((self) => ({
      restoreState: (state: Json) => {
        self.restoreState(state);
        self.phase = 'running';
      },
    })),
    'saves what JSON does not hold': wrong((self) => ({
      saveState: () => ({ ...record(self.saveState()), velocity: Float64Array.of(self.velocity) }),
      restoreState: (state: Json) =>
        self.restoreState({ ...record(state), velocity: (record(state)['velocity'] as unknown as Float64Array)[0]! }),
    })),
    'keeps its state in the instance': wrong((self) => {
      const kept: Json[] = [];
      return {
        saveState: () => kept.push(self.saveState()) - 1,
        restoreState: (state: Json) => self.restoreState(kept[state as number]!),
      };
    }),
    'rounds what it saves': wrong((self) => ({
      saveState: () => ({ ...record(self.saveState()), position: Number(self.position.toFixed(6)) }),
    })),
  },
  'save-aliasing': {
    'hands out a living state': wrong((self) => {
      const living = record({ ...record(self.saveState()) });
      return {
        saveState: () => Object.assign(living, self.saveState()),
        ...changedStep(self, () => (Object.assign(living, self.saveState()), {})),
        restoreState: (state: Json) => self.restoreState(structuredClone(state)),
      };
    }),
  },
  'restore-garbage': {
    'takes anything': wrong((self) => ({
      restoreState: (state: Json) => {
        try {
          self.restoreState(state);
        } catch {
          self.reset();
        }
      },
    })),
    'throws a TypeError': wrong((self) => ({
      restoreState: (state: Json) => {
        if (state === null) throw new TypeError('cannot read properties of null');
        self.restoreState(state);
      },
    })),
    'trusts its fields': wrong((self) => ({
      restoreState: (state: Json) =>
        self.restoreState(
          state !== null && typeof state === 'object' && 'position' in state
            ? { ...state, velocity: Number(record(state)['velocity']) || 0 }
            : state,
        ),
    })),
    'is half restored when it refuses': wrong((self) => ({
      restoreState: (state: Json) => {
        if (state !== null && typeof state === 'object' && !('velocity' in state)) self.position = 1;
        self.restoreState(state);
      },
    })),
  },
  reseed: {
    'takes no notice of a bad seed': wrongTable((self) => ({ reseed: (seed: number) => void (self.rng = createRng(Math.abs(seed | 0))) })),
    'draws from a generator of the whole program': wrongTable((self) => ({
      reseed: () => {
        self.rng = createRng(++instances);
      },
    })),
    'takes no notice of the seed': wrongTable((self) => ({
      reseed: (seed: number) => (self.reset.call(new ToyTable(), { seed }), (self.rng = createRng(5))),
    })),
    'cannot do it': wrongTable(() => ({
      reseed: () => {
        throw new TypeError('no');
      },
    })),
  },
  'tabular-model': {
    'has tables of another size': wrongTables(() => ({ stateCount: 4 })),
    'has tables over a box': wrong(() => ({ tabularModel: new ToyTable().tabularModel })),
    'discounts by more than 1': wrongTables(() => ({ discount: 1.1 })),
    'has offsets that begin late': wrongTables(() => ({ offsets: Int32Array.of(1, 1, 3, 4, 6, 6, 6) })),
    'has offsets that decrease': wrongTables(() => ({ offsets: Int32Array.of(0, 1, 3, 2, 6, 6, 6) })),
    'has rewards for some outcomes': wrongTables(({ rewards }) => ({ rewards: rewards.slice(1) })),
    'has starts for some states': wrongTables(({ startProbabilities }) => ({ startProbabilities: startProbabilities.slice(1) })),
    'starts with less than certainty': wrongTables(() => ({ startProbabilities: Float64Array.of(0.5, 0.4, 0) })),
    'has outcomes of less than certainty': wrongTables(() => ({ probabilities: Float64Array.of(1, 0.5, 0.4, 1, 0.5, 0.5) })),
    'has negative probabilities': wrongTables(() => ({ probabilities: Float64Array.of(1, 1.5, -0.5, 1, 0.5, 0.5) })),
    'leads to states that are none': wrongTables(() => ({ nextStates: Int32Array.of(0, 0, 3, 1, 1, 2) })),
    'has rewards without end': wrongTables(() => ({ rewards: Float64Array.of(-1, -1, -1, -1, -1, Infinity) })),
    'has endings that are neither': wrongTables(() => ({ endings: Uint8Array.of(0, 0, 0, 0, 0, 2) })),
    'starts elsewhere': wrongTables(() => ({ startProbabilities: Float64Array.of(0, 1, 0) })),
    'moves otherwise': wrongTables(() => ({ nextStates: Int32Array.of(0, 0, 0, 1, 1, 2) })),
    'never does what is sure': wrongTables(() => ({ probabilities: Float64Array.of(1, 1, 0, 1, 0, 1) })),
    'rewards otherwise': wrongTables(() => ({ rewards: Float64Array.of(-1, -1, -1, -1, -1, 9) })),
    'ends otherwise': wrongTables(() => ({ endings: Uint8Array.of(0, 0, 0, 0, 0, 0) })),
  },
  snapshot: {
    'takes snapshots that cannot be restored': wrong(() => ({ restoreSnapshot: undefined })),
    'forgets its velocity': wrong((self) => ({
      restoreSnapshot: (buffer: Float64Array) => {
        self.restoreSnapshot(buffer);
        self.velocity = 0;
      },
    })),
    'forgets how long it has run': wrong((self) => ({
      restoreSnapshot: (buffer: Float64Array) => {
        self.restoreSnapshot(buffer);
        self.stepCount = 0;
      },
    })),
    'hands out a living array': wrong((self) => {
      const living = new Float64Array(4);
      return {
        snapshot: (into?: Float64Array) => self.snapshot(into ?? living),
        ...changedStep(self, () => (self.snapshot(living), {})),
      };
    }),
    'ignores the array it is given': wrong((self) => ({ snapshot: () => self.snapshot() })),
    'fills the array with something else': wrong((self) => ({
      snapshot: (into?: Float64Array) => (into?.length === 4 ? into.fill(1) : self.snapshot(into)),
    })),
    'keeps the buffer': wrong((self) => {
      let kept: Float64Array | undefined;
      return {
        restoreSnapshot: (buffer: Float64Array) => {
          self.restoreSnapshot(buffer);
          kept = buffer;
        },
        ...changedStep(self, () => (kept && self.snapshot(kept), {})),
      };
    }),
    'snaps a part when it is new': wrong((self) => ({
      snapshot: (into?: Float64Array) => (self.phase === 'new' ? new Float64Array(1) : self.snapshot(into)),
    })),
    'keeps its state in the instance': wrong((self) => {
      const kept: string[] = [];
      return {
        snapshot: (into = new Float64Array(1)) => {
          if (into.length !== 1) return self.snapshot(into);
          const text = JSON.stringify(self.saveState());
          if (!kept.includes(text)) kept.push(text);
          return into.fill(kept.indexOf(text));
        },
        restoreSnapshot: (buffer: Float64Array) => self.restoreState(JSON.parse(kept[buffer[0]!]!) as Json),
      };
    }),
    'revives an ended episode': wrong((self) => ({
      restoreSnapshot: (buffer: Float64Array) => {
        self.restoreSnapshot(buffer);
        self.phase = 'running';
      },
    })),
    'takes any length': wrong((self) => ({
      restoreSnapshot: (buffer: Float64Array) => self.restoreSnapshot(Float64Array.from({ length: 4 }, (_, i) => buffer[i] ?? 0)),
    })),
    'is half restored when it refuses': wrong((self) => ({
      restoreSnapshot: (buffer: Float64Array) => {
        self.position = buffer[0]!;
        self.restoreSnapshot(buffer);
      },
    })),
  },
  'solid-scene': {
    'draws NaN': wrong((self) => ({ solidScene: () => changedSolid(self, { position: [NaN, 0, 0] }) })),
    'turns by no unit quaternion': wrong((self) => ({ solidScene: () => changedSolid(self, { rotation: [1, 1, 0, 0] }) })),
    'picks a colour for a role': wrong((self) => ({ solidScene: () => changedSolid(self, { role: 'red' }) })),
    'has a colour beyond white': wrong((self) => ({ solidScene: () => changedSolid(self, { colour: [2, 0, 0] }) })),
    'draws a torus': wrong((self) => ({ solidScene: () => changedSolid(self, { form: { kind: 'torus' } }) })),
    'draws a sphere without radius': wrong((self) => ({ solidScene: () => changedSolid(self, { form: { kind: 'sphere' } }) })),
    'draws a flat capsule': wrong((self) => ({ solidScene: () => changedSolid(self, { form: { kind: 'capsule', radius: 1 } }) })),
    'draws a box of two sizes': wrong((self) => ({ solidScene: () => changedSolid(self, { form: { kind: 'box', halfSizes: [1, 1] } }) })),
    'draws a bent ellipsoid': wrong((self) => ({
      solidScene: () => changedSolid(self, { form: { kind: 'ellipsoid', radii: [1, 1, -1] } }),
    })),
    'draws nothing': wrong((self) => ({ solidScene: () => ({ ...self.solidScene(), shapes: [] }) })),
    'looks at itself': wrong((self) => ({
      solidScene: () => ({ ...self.solidScene(), camera: { position: [0, 0, 0], target: [0, 0, 0], fieldOfView: 45 } }),
    })),
    'sees no angle': wrong((self) => ({
      solidScene: () => ({ ...self.solidScene(), camera: { ...self.solidScene().camera, fieldOfView: 0 } }),
    })),
    'grows on the way': wrong((self) => ({
      solidScene: () => changedSolid(self, { form: { kind: 'sphere', radius: self.stepCount } }),
    })),
    throws: wrong(() => ({
      solidScene: () => {
        throw new Error('no space');
      },
    })),
  },
  scene: {
    'draws NaN': wrong((self) => ({ scene: (): Scene => self.sceneOf([NaN]) })),
    'draws nothing': wrong((self) => ({ scene: (): Scene => ({ ...self.scene(), shapes: [] }) })),
    'has an empty view': wrong((self) => ({ sceneOf: (): Scene => ({ ...self.scene(), view: { left: 1, right: 1, bottom: 0, top: 1 } }) })),
    'picks a colour': wrong((self) => ({
      scene: () => ({ ...self.scene(), shapes: [{ kind: 'circle', center: [0, 0], radius: 1, role: 'red' }] }),
    })),
    'draws a star': wrong((self) => ({ scene: () => ({ ...self.scene(), shapes: [{ kind: 'star', role: 'body' }] }) })),
    'draws a box without height': wrong((self) => ({
      scene: () => ({ ...self.scene(), shapes: [{ kind: 'box', center: [0, 0], width: 1, role: 'body' }] }),
    })),
    throws: wrong(() => ({
      scene: () => {
        throw new Error('no canvas');
      },
    })),
  },
  'batched-reward': {
    'rewards otherwise in batches': wrong((self) =>
      changedBatched(self, { reward: (_o, _a, next) => byRow([next], 'float32', ([position]) => -Math.abs(position!)) }),
    ),
    'rewards the observation before': wrong((self) =>
      changedBatched(self, { reward: (observation) => byRow([observation], 'float32', ([position]) => -(position! ** 2)) }),
    ),
    'rewards in a column': wrong((self) =>
      changedBatched(self, {
        reward: (_o, _a, next) => ({ ...byRow([next], 'float32', ([position]) => -(position! ** 2)), shape: [next.shape[0]!, 1] }),
      }),
    ),
  },
  'batched-terminated': {
    'never terminates in batches': wrong((self) => changedBatched(self, { terminated: (_o, _a, next) => byRow([next], 'bool', () => 0) })),
    'says 1.0 for true': wrong((self) =>
      changedBatched(self, { terminated: (_o, _a, next) => byRow([next], 'float32', ([position]) => Number(Math.abs(position!) > 2)) }),
    ),
    'terminates without saying so in batches': wrong((self) => ({ batched: { reward: self.batched.reward } })),
  },
  'batched-dynamics': {
    'moves otherwise in batches': wrong((self) =>
      changedBatched(self, { dynamics: (observation) => toyTensor(new Float32Array(observation.size), [...observation.shape]) }),
    ),
  },
};

describe('checkEnvironment', () => {
  it.each(['box', 'discrete'] as const)('finds nothing wrong with a right environment with %s actions', (kind) => {
    checkEnvironment(() => new ToyEnvironment(kind), options);
  });

  it('lets one through that writes one result for all steps that are lent an array', () => {
    const sparing = wrong((self) => {
      const one = {};
      return {
        step: (action: Action, into?: Float32Array) => (into ? Object.assign(one, self.step(action, into)) : self.step(action)),
      };
    });
    checkEnvironment(sparing, options);
  });

  it('lets a right one with tables and a seed at any time through', () => {
    checkEnvironment(() => new ToyTable(), { mustEnd: true });
  });

  it.each(casesOf(wrongs))('$clause: finds an environment that $what', async ({ clause, subject }) => {
    await expectBroken('checkEnvironment', clause, () => checkEnvironment(subject, options));
  });
});

describe('its options', () => {
  const clauseOf = (factory: () => Environment, given: EnvironmentCheckOptions): string | undefined => {
    try {
      checkEnvironment(factory, given);
      return undefined;
    } catch (error) {
      return (error as ContractError).clause;
    }
  };
  const oneStart = wrong((self) => ({
    reset: (given?: { seed?: number }) => {
      self.reset(given);
      Object.assign(self, { position: 0, velocity: 0 });
      return { observation: self.observe(), info: {} };
    },
  }));

  it('seedsDiffer: false allows a single start', () => {
    expect(clauseOf(oneStart, options)).toBe('seed-matters');
    expect(clauseOf(oneStart, { ...options, seedsDiffer: false })).toBeUndefined();
  });

  it('tensors are needed for batched functions', () => {
    const { tensors: _, ...rest } = options;
    expect(clauseOf(() => new ToyEnvironment(), rest)).toBe('batched-reward');
  });

  it('stepLimit and mustEnd decide whether the end is tried', () => {
    const endless = wrongs['step-after-end']['goes on after the end']!;
    expect(clauseOf(endless, { ...options, stepLimit: 3, mustEnd: false })).toBeUndefined();
    expect(clauseOf(endless, { ...options, stepLimit: 3 })).toBe('step-after-end');
  });

  it('chooseAction plays the episodes', () => {
    let calls = 0;
    const toTheRight = (): number => ((calls += 1), 1);
    checkEnvironment(() => new ToyEnvironment(), { ...options, chooseAction: toTheRight });
    expect(calls).toBeGreaterThan(10);
  });

  it('episodeCount, seed and batchedTolerance reach what they name', () => {
    const seeds = new Set<number | undefined>();
    const noting = wrong((self) => ({ reset: (given?: { seed?: number }) => (seeds.add(given?.seed), self.reset(given)) }));
    checkEnvironment(noting, { ...options, seed: 70, episodeCount: 5 });
    for (const seed of [70, 71, 72, 73, 74]) expect(seeds).toContain(seed);
    const rough = wrong((self) =>
      changedBatched(self, { reward: (_o, _a, next) => byRow([next], 'float32', ([position]) => -(position! ** 2) + 1e-3) }),
    );
    expect(clauseOf(rough, options)).toBe('batched-reward');
    expect(clauseOf(rough, { ...options, batchedTolerance: 0.01 })).toBeUndefined();
  });
});
