/** The picture of any finite process: its states on a circle, what may follow what, and where it stands. */
import type { Scene, SceneShape, TabularModel } from '@mbrl/core';

/** Greatest number of states whose links are drawn. */
const greatestLinked = 24;

/** Makes the drawer of one process. */
export function graphScene(model: TabularModel): (state: number) => Scene {
  const { stateCount, actionCount, offsets, nextStates, probabilities, endings } = model;
  const at = (state: number): [number, number] => {
    const angle = Math.PI / 2 - (2 * Math.PI * state) / stateCount;
    return [Math.cos(angle), Math.sin(angle)];
  };
  const radius = Math.min(0.16, 2.2 / stateCount);
  const links: SceneShape[] = [];
  if (stateCount <= greatestLinked) {
    const seen = new Set<number>();
    for (let state = 0; state < stateCount; state++) {
      for (let i = offsets[state * actionCount]!; i < offsets[(state + 1) * actionCount]!; i++) {
        const [low, high] = [Math.min(state, nextStates[i]!), Math.max(state, nextStates[i]!)];
        if (low === high || probabilities[i] === 0 || seen.has(low * stateCount + high)) continue;
        seen.add(low * stateCount + high);
        links.push({ kind: 'line', from: at(low), to: at(high), width: 0.02, role: 'ground' });
      }
    }
  }
  const isTerminal = new Uint8Array(stateCount);
  for (let i = 0; i < nextStates.length; i++) if (endings[i] === 1) isTerminal[nextStates[i]!] = 1;
  const nodes = Array.from({ length: stateCount }, (_, state): SceneShape => {
    return { kind: 'circle', center: at(state), radius, role: isTerminal[state] === 1 ? 'target' : 'body' };
  });
  const reach = 1.25;
  return (state) => ({
    view: { left: -reach, right: reach, bottom: -reach, top: reach },
    shapes: [...links, ...nodes, { kind: 'circle', center: at(state), radius: 0.6 * radius, role: 'accent' }],
  });
}
