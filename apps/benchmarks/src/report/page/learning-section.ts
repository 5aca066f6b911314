/** The learning curve: each trial's return, the best so far, and over several runs the median with a band. */
import { type ChartSeries, createLineChart, legend } from './line-chart.js';
import { showNumber } from './page-elements.js';
import type { ReportData } from './report-data.js';

function single(data: ReportData): HTMLElement[] {
  const { trials, raw, best } = data.curves;
  const run = data.runs[0]!;
  const solved = run.trials.map((trial) => (trial.solved ? trial.return : null));
  const series: ChartSeries[] = [
    { label: 'best so far', values: best[0]!, colour: 'blue', shape: 'steps', dash: [6, 5], width: 1.5 },
    { label: 'return', values: raw[0]!, colour: 'accent', shape: 'linedots', width: 2.5 },
    { label: 'solved', values: solved, colour: 'good', shape: 'dots', silent: true },
  ];
  const chart = createLineChart({
    x: trials,
    xLabel: 'trial',
    wholeX: true,
    xRange: [-0.25, Math.max(1, trials.length - 1) + 0.25],
    series,
    height: 290,
    description: `Return by trial: ${run.trials.map((trial) => `${trial.index}: ${showNumber(trial.return)}`).join(', ')}`,
    readout: (index) => {
      const trial = run.trials[index];
      if (!trial) return '';
      return `trial ${trial.index}${trial.random ? ' (random)' : ''} · return ${showNumber(trial.return)} · ${trial.environmentSteps} steps = ${(trial.environmentSteps * data.timeStep).toFixed(0)} s of experience`;
    },
  });
  return [
    chart,
    legend([
      { text: 'return of the trial', colour: 'accent', kind: 'line' },
      { text: 'best so far', colour: 'blue', kind: 'dash' },
      ...(solved.some((value) => value !== null) ? [{ text: 'solved', colour: 'good', kind: 'dot' } as const] : []),
    ]),
  ];
}

function several(data: ReportData): HTMLElement[] {
  const { trials, raw, rawBand, bestBand } = data.curves;
  const count = raw.length;
  const series: ChartSeries[] = [
    { label: 'three quarters', values: rawBand!.high, colour: 'accent', shape: 'edge' },
    { label: 'one quarter', values: rawBand!.low, colour: 'accent', shape: 'edge' },
    ...raw.map((values, index): ChartSeries => ({
      label: data.runs[index]!.name,
      values,
      colour: 'muted',
      shape: 'line',
      width: 1,
      alpha: 0.35,
      silent: true,
    })),
    { label: 'median of the best so far', values: bestBand!.median, colour: 'blue', shape: 'steps', dash: [6, 5], width: 1.5 },
    { label: 'median', values: rawBand!.median, colour: 'accent', shape: 'linedots', width: 2.5 },
  ];
  const chart = createLineChart({
    x: trials,
    xLabel: 'trial',
    wholeX: true,
    xRange: [-0.25, Math.max(1, trials.length - 1) + 0.25],
    series,
    bands: [{ high: 0, low: 1, colour: 'accent', alpha: 0.2 }],
    height: 310,
    description: `Median return over ${count} runs by trial: ${rawBand!.median.map((value, index) => `${index}: ${value === null ? 'none' : showNumber(value)}`).join(', ')}`,
    readout: (index) => {
      const at = (values: readonly (number | null)[]): string => (typeof values[index] === 'number' ? showNumber(values[index]) : '–');
      return `trial ${trials[index]} · median ${at(rawBand!.median)} (${at(rawBand!.low)} to ${at(rawBand!.high)}) · best so far ${at(bestBand!.median)}`;
    },
  });
  return [
    chart,
    legend([
      { text: `median of ${count} runs`, colour: 'accent', kind: 'line' },
      { text: 'middle half of the runs', colour: 'accent', kind: 'band' },
      { text: 'each run', colour: 'muted', kind: 'line' },
      { text: 'median of the best so far', colour: 'blue', kind: 'dash' },
    ]),
  ];
}

/** The parts of the section. */
export function learningSection(data: ReportData): HTMLElement[] {
  return data.runs.length === 1 ? single(data) : several(data);
}
