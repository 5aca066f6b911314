/** One frame of the live view, as lines of text that fit a terminal of a given size. */
import { uprightBars, progressBar } from './bars.js';
import { drawScene } from './draw-scene.js';
import { formatClock, formatDuration, formatNumber } from './format-figures.js';
import { bestReturn, type RunProgress, timeLeft } from './run-progress.js';
import { type TerminalStyle, truncateVisible, visibleWidth } from './terminal-style.js';

/** What a frame is drawn for. */
export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/** Puts one text at the left and one at the right end of a line: the first of `rights` for which there is room. */
function spread(left: string, rights: readonly string[], width: number): string {
  const right = rights.find((text) => visibleWidth(left) + visibleWidth(text) + 2 <= width);
  return right === undefined ? truncateVisible(left, width) : left + ' '.repeat(width - visibleWidth(left) - visibleWidth(right)) + right;
}

/** The figures that fit into the width, two spaces apart. */
function figures(parts: readonly string[], width: number): string {
  let line = '';
  for (const part of parts) {
    const next = line === '' ? part : `${line}   ${part}`;
    if (visibleWidth(next) > width) break;
    line = next;
  }
  return line;
}

function returnBars(progress: RunProgress, width: number, rows: number, style: TerminalStyle): string[] {
  const barWidth = 6;
  const shown = Math.max(1, Math.floor((width + 1) / (barWidth + 1)));
  const live = progress.result === undefined && progress.step > 0 && progress.trials.at(-1)?.index !== progress.trial;
  const entries = [
    ...progress.trials.map((trial) => ({
      label: String(trial.index),
      value: trial.return,
      solved: trial.solved,
      live: false,
      random: trial.random,
    })),
    ...(live ? [{ label: String(progress.trial), value: progress.return, solved: false, live: true, random: progress.random }] : []),
  ].slice(-shown);
  if (entries.length === 0) return [];
  const paintBar = (text: string, index: number): string => {
    const entry = entries[index]!;
    return entry.solved ? style.good(text) : entry.live ? style.accent(text) : entry.random ? style.dim(text) : text;
  };
  const center = (text: string): string =>
    truncateVisible(text.padStart(Math.ceil((barWidth + text.length) / 2)).padEnd(barWidth), barWidth);
  const bars = uprightBars(
    entries.map((entry) => entry.value),
    rows,
    barWidth,
  );
  const split = (line: string): string[] =>
    entries.map((_, index) => line.slice(index * (barWidth + 1), index * (barWidth + 1) + barWidth));
  return [
    style.dim('return by trial'),
    ...bars.map((line) => split(line).map(paintBar).join(' ')),
    entries.map((entry, index) => paintBar(center(formatNumber(entry.value)), index)).join(' '),
    style.dim(entries.map((entry) => center(entry.random ? 'random' : entry.label)).join(' ')),
  ];
}

/** Makes the lines of a frame, at most `rows`, each at most `columns` wide. */
export function liveFrame(progress: RunProgress, elapsedMilliseconds: number, size: FrameSize, style: TerminalStyle): string[] {
  const width = Math.max(10, Math.min(size.columns - 2, 100));
  const { config } = progress;
  if (!config) return [' preparing …'];
  const trials = config.settings['trials'] as number;
  const left = timeLeft(progress);
  const early = (config.settings['stopAfterSolvedTrials'] as number) > 0;
  const clock = formatClock(elapsedMilliseconds);
  const clocks =
    left === undefined
      ? [clock]
      : [
          `${clock}   ${early ? 'at most' : 'about'} ${formatClock(left)} left`,
          `${clock}  ${early ? '≤' : '~'}${formatClock(left)} left`,
          clock,
        ];
  const head = [
    spread(`${style.bold(config.preset)}  ${style.dim(`seed ${config.seed}`)}`, clocks.map(style.dim), width),
    style.dim(truncateVisible(config.description, width)),
  ];

  const what = progress.random ? 'random actions, to learn from' : `trial ${progress.trial} of ${trials}`;
  const barWidth = Math.max(6, Math.min(30, width - 44));
  const fitting = progress.fitFraction !== undefined;
  const activity = fitting
    ? `fitting the model  ${style.accent(progressBar(progress.fitFraction!, barWidth))}  ${Math.round(progress.fitFraction! * 100)} %`
    : `${what}   ${style.accent(progressBar(progress.step / Math.max(1, progress.stepLimit), barWidth))}  step ${progress.step} of ${progress.stepLimit}`;
  const best = bestReturn(progress.trials);
  const show = (name: string, value: string): string => `${style.dim(name)} ${value}`;
  const row = figures(
    [
      show('return', style.bold(formatNumber(progress.return))),
      show('best', best === undefined ? '–' : formatNumber(best)),
      show('loss', progress.loss === undefined ? '–' : formatNumber(progress.loss)),
      show('plan', Number.isNaN(progress.meanPlanMilliseconds) ? '–' : formatDuration(progress.meanPlanMilliseconds)),
      show('steps', String(progress.environmentSteps)),
      show('engine', config.engine.name),
    ],
    width,
  );
  const foot = style.dim(truncateVisible('Ctrl-C stops; the run can be resumed from there', width));

  // What there is room for: figures first, then the scene, then the bars.
  const fixed = head.length + 3 + 1;
  const spare = size.rows - 1 - fixed;
  const barRows = spare >= 22 ? 6 : spare >= 16 ? 4 : spare >= 12 ? 2 : 0;
  const bars = barRows > 0 ? ['', ...returnBars(progress, width, barRows, style)] : [];
  const sceneRows = Math.min(spare - (barRows > 0 ? barRows + 4 : 0) - 1, 24);
  const scene = progress.scene && sceneRows >= 3 ? drawScene(progress.scene, width, sceneRows, style) : [];
  // The scene keeps its place: empty rows stand in for it before the first frame.
  const lines = [...head, '', activity, row, ...(sceneRows >= 3 ? ['', ...scene] : []), ...bars];
  while (lines.length < size.rows - 2 && lines.length < fixed - 1) lines.push('');
  lines.push('', foot);
  return lines.slice(0, Math.max(1, size.rows)).map((line) => ` ${truncateVisible(line, width)}`);
}
