/** What the model said would happen, against what did: fans of ±2 standard deviations, and how often they held. */
import { type ChartBand, type ChartSeries, createLineChart, legend } from './line-chart.js';
import { element, showNumber } from './page-elements.js';
import type { ReportData, ReportTrajectory } from './report-data.js';

/** A column as long as the trial, with values from `start` on and gaps elsewhere. */
function placed(length: number, start: number, values: readonly number[]): (number | null)[] {
  const column = new Array<number | null>(length).fill(null);
  values.forEach((value, index) => {
    if (start + index < length) column[start + index] = value;
  });
  return column;
}

/** A range that shows what happened in full, and of the fans what does not squash it. */
function rangeFor(actual: readonly number[], fans: readonly number[]): [number, number] {
  const low = Math.min(...actual);
  const high = Math.max(...actual);
  const margin = Math.max(high - low, 1e-3) * 0.45;
  const bottom = Math.max(Math.min(low, ...fans), low - margin);
  const top = Math.min(Math.max(high, ...fans), high + margin);
  const pad = (top - bottom) * 0.06;
  return [bottom - pad, top + pad];
}

/** One chart for each observation component of a trial. */
export function predictionCharts(data: ReportData, trajectory: ReportTrajectory): HTMLElement[] {
  const predictions = trajectory.evaluation!.predictions;
  const length = trajectory.observations[0]!.length;
  const x = Array.from({ length }, (_, step) => Number((step * data.timeStep).toFixed(4)));
  return data.observationLabels.map((label, component) => {
    const actual = trajectory.observations[component]!;
    const series: ChartSeries[] = [{ label: 'observed', values: actual, colour: 'ink', shape: 'line', width: 1.5, alpha: 0.85 }];
    const bands: ChartBand[] = [];
    const fans: number[] = [];
    for (const { start, mean, standardDeviation } of predictions) {
      const first = actual[start]!;
      const middle = mean.map((row) => row[component]!);
      const spread = standardDeviation.map((row) => 2 * row[component]!);
      const high = [first, ...middle.map((value, index) => value + spread[index]!)];
      const low = [first, ...middle.map((value, index) => value - spread[index]!)];
      fans.push(...high, ...low);
      bands.push({ high: series.length, low: series.length + 1, colour: 'blue', alpha: 0.22 });
      series.push(
        { label: 'high', values: placed(length, start, high), colour: 'blue', shape: 'edge' },
        { label: 'low', values: placed(length, start, low), colour: 'blue', shape: 'edge' },
        { label: 'predicted', values: placed(length, start, [first, ...middle]), colour: 'blue', shape: 'line', width: 2 },
      );
    }
    const chart = createLineChart({
      x,
      xLabel: 'seconds',
      series,
      bands,
      height: 190,
      yRange: rangeFor(actual, fans),
      description: `${label}: observed, and ${predictions.length} predictions with their spread`,
      readout: (index) => {
        const parts = [`${x[index]!.toFixed(2)} s`, `observed ${showNumber(actual[index]!)}`];
        const at = predictions.find(({ start, horizon }) => index > start && index <= start + horizon);
        if (at)
          parts.push(
            `predicted ${showNumber(at.mean[index - at.start - 1]![component]!)} ± ${showNumber(2 * at.standardDeviation[index - at.start - 1]![component]!)}`,
          );
        return parts.join(' · ');
      },
    });
    return element('figure', { class: 'small' }, [element('figcaption', {}, [label]), chart]);
  });
}

/** The legend of the prediction charts. */
export function predictionLegend(): HTMLElement {
  return legend([
    { text: 'what happened', colour: 'ink', kind: 'line' },
    { text: 'predicted from the start of the fan, not looking', colour: 'blue', kind: 'line' },
    { text: '±2 standard deviations', colour: 'blue', kind: 'band' },
  ]);
}

/** The calibration plot: the trial chosen in colour, the others faint. */
export function calibrationChart(trajectories: readonly ReportTrajectory[], chosen: ReportTrajectory): HTMLElement[] {
  const { expected, observed } = chosen.evaluation!.calibration;
  const x = [0, ...expected, 1];
  const same = trajectories.filter((other) => other !== chosen && other.evaluation!.calibration.expected.length === expected.length);
  const chart = createLineChart({
    x,
    xLabel: 'share that the model expects inside',
    xRange: [0, 1],
    yRange: [0, 1],
    height: 300,
    series: [
      { label: 'exact', values: x, colour: 'muted', shape: 'line', dash: [3, 4], width: 1.5, silent: true },
      ...same.map((other): ChartSeries => ({
        label: `trial ${other.trial}`,
        values: [0, ...other.evaluation!.calibration.observed, 1],
        colour: 'muted',
        shape: 'line',
        width: 1,
        alpha: 0.3,
        silent: true,
      })),
      { label: 'observed', values: [0, ...observed, 1], colour: 'blue', shape: 'line', width: 2.5 },
    ],
    description: `Share of outcomes inside the interval, for intervals that claim ${expected.map((value) => `${Math.round(value * 100)}%`).join(', ')}: ${observed.map((value) => `${Math.round(value * 100)}%`).join(', ')}`,
    readout: (index) => `${Math.round(x[index]! * 100)} % expected inside · ${Math.round([0, ...observed, 1][index]! * 100)} % were`,
  });
  const half = observed[expected.indexOf(0.5)];
  const judgement =
    half === undefined ? '' : half < 0.4 ? ' It was too sure of itself.' : half > 0.6 ? ' It was too careful.' : ' That is about right.';
  const words =
    half === undefined
      ? []
      : [
          element('p', { class: 'note' }, [
            `In trial ${chosen.trial} the intervals that claim half of the outcomes held ${Math.round(half * 100)}\u00a0%.${judgement}`,
          ]),
        ];
  return [
    ...words,
    chart,
    legend([
      { text: `trial ${chosen.trial}`, colour: 'blue', kind: 'line' },
      ...(same.length > 0 ? [{ text: 'other trials', colour: 'muted', kind: 'line' } as const] : []),
      { text: 'exact', colour: 'muted', kind: 'dash' },
    ]),
  ];
}
