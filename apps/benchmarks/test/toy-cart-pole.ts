/** A small cart-pole for tests of the command: hangs at first, pushes from −1 to 1, never ends by itself. */
import { boxSpace, createRng, type Environment, type Json, type Rng, type Scene } from '@mbrl/core';

const timeStep = 0.04;
const force = 10;
const poleLength = 0.6;
const poleMass = 0.3;

function derivative(state: readonly number[], push: number): number[] {
  const [, angle, velocity, spin] = state as [number, number, number, number];
  const sin = Math.sin(angle);
  const cos = Math.cos(angle);
  const half = poleLength;
  const acceleration = (push + poleMass * sin * (half * spin * spin - 9.81 * cos)) / (1 + poleMass * sin * sin);
  return [velocity, spin, acceleration, (9.81 * sin - acceleration * cos) / half];
}

/** Makes the environment. */
export function createToyCartPole(
  labels: readonly string[] = ['x (m)', 'sin θ', 'cos θ', 'ẋ (m/s)', 'θ̇ (rad/s)'],
): Environment & { readonly state: readonly number[] } {
  let rng: Rng = createRng(0);
  let state: number[] = [0, Math.PI, 0, 0];
  const observe = (): Float32Array => Float32Array.of(state[0]!, Math.sin(state[1]!), Math.cos(state[1]!), state[2]!, state[3]!);
  const tip = (): [number, number] => [state[0]! + poleLength * Math.sin(state[1]!), poleLength * Math.cos(state[1]!)];
  return {
    name: 'ToyCartPole',
    get state() {
      return state;
    },
    observationSpace: boxSpace({ low: [-Infinity, -1, -1, -Infinity, -Infinity], high: [Infinity, 1, 1, Infinity, Infinity], labels }),
    actionSpace: boxSpace({ low: [-1], high: [1], labels: ['push'] }),
    timeStep,
    reset(options = {}) {
      if (options.seed !== undefined) rng = createRng(options.seed);
      state = [0, Math.PI, 0, 0].map((value) => value + 0.02 * rng.normal());
      return { observation: observe(), info: {} };
    },
    step(action) {
      const push = force * Math.max(-1, Math.min(1, typeof action === 'number' ? action : action[0]!));
      for (let part = 0; part < 8; part++) {
        const d = derivative(state, push);
        const h = timeStep / 8;
        state[2]! += h * d[2]!;
        state[3]! += h * d[3]!;
        state[0]! += h * state[2]!;
        state[1]! += h * state[3]!;
      }
      const [x, y] = tip();
      const reward = Math.exp(-(x * x + (y - poleLength) ** 2) / 0.36) - 0.01 * (push / force) ** 2;
      return { observation: observe(), reward, terminated: false, truncated: false, info: {} };
    },
    saveState: () => ({ state: [...state], rng: rng.save() }),
    restoreState(saved) {
      const from = saved as { state: number[]; rng: Json };
      state = [...from.state];
      rng.restore(from.rng);
    },
    scene(): Scene {
      const x = state[0]!;
      return {
        view: { left: -4, right: 4, bottom: -1, top: 1.1 },
        shapes: [
          { kind: 'line', from: [-4, -0.12], to: [4, -0.12], width: 0.02, role: 'ground' },
          { kind: 'circle', center: [0, poleLength], radius: 0.05, role: 'target' },
          { kind: 'box', center: [x, 0], width: 0.4, height: 0.2, role: 'body' },
          { kind: 'line', from: [x, 0], to: tip(), width: 0.06, role: 'accent' },
          { kind: 'circle', center: [x, 0], radius: 0.035, role: 'joint' },
        ],
      };
    },
  };
}
