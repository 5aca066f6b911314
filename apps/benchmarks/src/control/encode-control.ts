/** Turns a solved demo into what its page is given. */
import type { SceneTrack } from '../report/page/scene-track.js';
import { encodeScenes } from '../run/encode-scenes.js';
import { encodeSolidScenes } from '../show/encode-solid-scenes.js';
import { formatNumber } from '../view/format-figures.js';
import { checkSolution } from './check-solution.js';
import type { ControlDemo, DemoFrame, DemoPicture, PathPoint } from './demo.js';
import type { ControlData, LimitedColumn, ShownTrajectory } from './page/control-data.js';
import { flatPaths } from './path-shapes.js';
import { sizesOf, type Trajectory } from './record-iterates.js';
import type { SolvedDemo } from './solve-demo.js';

/** Faint paths at most. */
const mostEarlierPaths = 7;

const rounded = (value: number): number => Number(value.toPrecision(6));
const bound = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);

/** Powers of two up to the last iteration, and the start: what is worth looking at. */
function chosenIterations(last: number): number[] {
  const chosen = [0];
  for (let i = 1; i < last; i *= 2) chosen.push(i);
  return chosen;
}

/** A cost, to six digits. */
export const formatCost = (value: number): string => String(Number(value.toPrecision(6))).replace('-', '−');

/** Text of a number that may be very small. */
export function formatSmall(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 1e-2
    ? formatNumber(value)
    : value
        .toExponential(1)
        .replace('e-', '·10⁻')
        .replace(/⁻(\d+)$/, superscript);
}
const superscript = (_: string, digits: string): string => `⁻${[...digits].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!).join('')}`;

/** Reads states and actions of a trajectory step by step. */
function steps(demo: ControlDemo, { states, actions }: Trajectory): { state(t: number): Float64Array; action(t: number): Float64Array } {
  const { problem } = demo;
  const [n, m] = sizesOf(problem.dynamics);
  const last = problem.horizon - 1;
  return {
    state: (t) => states.slice(t * n, t * n + n),
    action: (t) => actions.slice(Math.min(t, last) * m, Math.min(t, last) * m + m),
  };
}

function pathOf(demo: ControlDemo, trajectory: Trajectory): PathPoint[] {
  const { state } = steps(demo, trajectory);
  return Array.from({ length: demo.problem.horizon + 1 }, (_, t) => demo.trace(state(t)));
}

/** The frames of a trajectory over its paths, which are the same in all of them. */
function flatTrack({ pathSize, scene }: DemoPicture & { readonly kind: 'flat' }, frames: readonly DemoFrame[]): SceneTrack {
  const track = encodeScenes(frames.map((frame) => scene(frame)));
  const [under] = encodeScenes([{ view: track[0]!.view, shapes: flatPaths(frames[0]!, pathSize) }]);
  return track.map((segment) => ({ ...segment, shapes: [...under!.shapes, ...segment.shapes] }));
}

/** A trajectory as the page shows it. */
function encodeTrajectory(
  demo: ControlDemo,
  trajectory: Trajectory,
  paths: Pick<DemoFrame, 'solution' | 'earlier'>,
  about: Pick<ShownTrajectory, 'label' | 'words' | 'iteration' | 'pushStep'>,
): ShownTrajectory {
  const { problem, frameStride, picture, quantities } = demo;
  const { horizon: T, cost } = problem;
  const { state, action } = steps(demo, trajectory);
  const path = pathOf(demo, trajectory);
  const frames = Array.from({ length: T / frameStride + 1 }, (_, f): DemoFrame => {
    const t = f * frameStride;
    return { state: state(t), action: action(t), path, ...paths };
  });
  const times = Array.from({ length: T + 1 }, (_, t) => t);
  const [, m] = sizesOf(problem.dynamics);
  return {
    ...about,
    flat: picture.kind === 'flat' ? flatTrack(picture, frames) : null,
    solid: picture.kind === 'solid' ? encodeSolidScenes(frames.map((frame) => picture.scene(frame))) : null,
    costs: frames
      .slice(1)
      .map((_, f) =>
        rounded(times.slice(f * frameStride, (f + 1) * frameStride).reduce((sum, t) => sum + cost.stage(state(t), action(t), t), 0)),
      ),
    actions: Array.from({ length: m }, (_, i) => times.slice(0, T).map((t) => rounded(action(t)[i]!))),
    quantities: quantities.map(({ of }) => times.map((t) => rounded(of(state(t))))),
  };
}

/** Everything that the page's script reads. */
export function controlData({ demo, result, iterates, pushed, check }: SolvedDemo): ControlData {
  const { problem, quantities, actions, timeStep, frameStride, slowdown } = demo;
  const { horizon: T, constraints = [] } = problem;
  const { log } = result;
  const none = new Float64Array(result.multipliers.length);
  const [n] = sizesOf(problem.dynamics);
  const solution = pathOf(demo, result);
  const chosen = chosenIterations(result.iterations);
  const shownIterates = iterates.filter(({ iteration }) => chosen.includes(iteration));
  const earlier = shownIterates.slice(-mostEarlierPaths).map((iterate) => pathOf(demo, iterate));
  const paths = { solution, earlier };
  const missOf = ({ states }: Trajectory): string => formatSmall(demo.miss(states.slice(T * n)));
  const violated = (value: number): string => (constraints.length > 0 ? `, largest violation ${formatSmall(value)}` : '');

  const shown = shownIterates.map((iterate): ShownTrajectory => {
    const { cost, violation } = checkSolution(problem, iterate, none);
    const { iteration } = iterate;
    const words = `${iteration === 0 ? 'Where the search starts' : `After iteration ${iteration}`}: cost ${formatCost(cost)}${violated(violation)}; ${demo.missLabel.replace(/, m$/, '')} ${missOf(iterate)} m at the end.`;
    return encodeTrajectory(demo, iterate, paths, {
      label: iteration === 0 ? 'start' : String(iteration),
      words,
      iteration,
      pushStep: null,
    });
  });
  shown.push(
    encodeTrajectory(demo, result, paths, {
      label: 'solution',
      words: `The solution: cost ${formatCost(check.cost)}${violated(check.violation)}; ${demo.missLabel.replace(/, m$/, '')} ${missOf(result)} m at the end.`,
      iteration: result.iterations + 1,
      pushStep: null,
    }),
  );
  const solutionIndex = shown.length - 1;
  const [first] = pushed;
  if (first) {
    const { step: pushStep } = first.push;
    const moment = `Pushed at ${(pushStep * timeStep).toFixed(2)} s`;
    shown.push(
      encodeTrajectory(demo, first.withFeedback, paths, {
        label: 'pushed, with feedback',
        words: `${moment}, with the solver's feedback: ${demo.missLabel.replace(/, m$/, '')} ${missOf(first.withFeedback)} m at the end.`,
        iteration: null,
        pushStep,
      }),
      encodeTrajectory(demo, first.without, paths, {
        label: 'pushed, without',
        words: `${moment}, the planned actions alone: ${demo.missLabel.replace(/, m$/, '')} ${missOf(first.without)} m at the end.`,
        iteration: null,
        pushStep,
      }),
    );
  }
  const away = (trajectory: Trajectory): number[] =>
    pathOf(demo, trajectory).map((point, t) => rounded(Math.hypot(...point.map((value, i) => value - solution[t]![i]!))));
  const start = iterates[0] ? checkSolution(problem, iterates[0], none) : { cost: check.cost, violation: check.violation };
  const limited = ({ label, low, high }: { label: string; low?: number; high?: number }): LimitedColumn => ({
    label,
    low: bound(low),
    high: bound(high),
  });
  return {
    name: demo.name,
    timeStep,
    frameStride,
    slowdown,
    horizon: T,
    shown,
    solution: solutionIndex,
    actions: actions.map(limited),
    quantities: quantities.map(limited),
    start: { cost: rounded(start.cost), violation: rounded(start.violation) },
    end: { cost: rounded(check.cost), violation: rounded(check.violation), gradient: rounded(check.gradient) },
    search: {
      iteration: log.map(({ iteration }) => iteration),
      cost: log.map(({ cost }) => rounded(cost)),
      gradient: log.map(({ gradientNorm }) => rounded(gradientNorm)),
      violation: log.map(({ constraintViolation }) => rounded(constraintViolation)),
      stepLength: log.map(({ stepLength }) => rounded(stepLength)),
      regularization: log.map(({ regularization }) => rounded(regularization)),
      penalty: log.map(({ penalty }) => rounded(penalty)),
    },
    constrained: constraints.length > 0,
    away: { withFeedback: pushed.map(({ withFeedback }) => away(withFeedback)), without: pushed.map(({ without }) => away(without)) },
  };
}
