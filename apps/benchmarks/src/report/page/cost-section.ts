/** What learning cost: the model's loss by epoch, the time of an action and of the fits by trial. */
import { type ChartSeries, createLineChart, legend } from './line-chart.js';
import { showNumber } from './page-elements.js';
import type { CurvePoints, ReportData, ReportRun } from './report-data.js';

const isNumber = (value: number | null | undefined): value is number => typeof value === 'number';

/** Shows all but the first spikes of a loss. */
function lossRange(values: readonly (number | null)[]): [number, number] {
  const sorted = values.filter(isNumber).sort((a, b) => a - b);
  const low = sorted[0] ?? 0;
  const high = sorted[Math.max(0, Math.floor(sorted.length * 0.97) - 1)] ?? 1;
  const pad = Math.max(high - low, 1e-6) * 0.06;
  return [low - pad, high + pad];
}

/** The loss over all fits of a run, one after another. */
export function lossChart(run: ReportRun): HTMLElement[] {
  const join = (pick: (fit: ReportRun['fits'][number]) => CurvePoints): (number | null)[] => run.fits.flatMap((fit) => [...pick(fit)]);
  const train = join((fit) => fit.train);
  const holdout = join((fit) => fit.holdout);
  const owner = run.fits.flatMap((fit) => fit.train.map(() => fit.trial));
  const place = run.fits.flatMap((fit, index) => fit.train.map(() => index));
  const hasHoldout = holdout.some(isNumber);
  // Every other fit is a series of its own, so that no line leads from the end of one to the start of the next.
  const apart = (label: string, values: readonly (number | null)[], colour: string): ChartSeries[] =>
    [0, 1].map((parity) => ({
      label,
      values: values.map((value, index) => (place[index]! % 2 === parity ? value : null)),
      colour,
      shape: 'line',
      width: 2,
    }));
  const series = [...apart('training', train, 'accent'), ...(hasHoldout ? apart('held out', holdout, 'blue') : [])];
  const chart = createLineChart({
    x: train.map((_, index) => index + 1),
    xLabel: 'epoch, over all fits',
    wholeX: true,
    series,
    height: 300,
    yRange: lossRange([...train, ...holdout]),
    description: `Loss of the model over ${run.fits.length} fits, ending at ${showNumber(train.filter(isNumber).at(-1) ?? 0)}`,
    readout: (index) => {
      const parts = [`after trial ${owner[index]}`];
      if (isNumber(train[index])) parts.push(`training ${showNumber(train[index])}`);
      if (isNumber(holdout[index])) parts.push(`held out ${showNumber(holdout[index])}`);
      return parts.join(' · ');
    },
  });
  return [
    chart,
    legend([
      { text: 'training', colour: 'accent', kind: 'line' },
      ...(hasHoldout ? [{ text: 'held out', colour: 'blue', kind: 'line' } as const] : []),
    ]),
  ];
}

function barsByTrial(
  data: ReportData,
  value: (trial: ReportRun['trials'][number]) => number | null,
  unit: string,
  colour: string,
  what: string,
): HTMLElement {
  const count = data.curves.trials.length;
  const columns = data.runs.map((run) => run.trials.map(value));
  const middle = Array.from({ length: count }, (_, index) => {
    const there = columns
      .map((column) => column[index])
      .filter(isNumber)
      .sort((a, b) => a - b);
    return there.length === 0 ? null : there[there.length >> 1]!;
  });
  return createLineChart({
    x: data.curves.trials,
    xLabel: 'trial',
    wholeX: true,
    xRange: [-0.6, count - 0.4],
    series: [{ label: what, values: middle, colour, shape: 'bars' }],
    height: 190,
    yRange: [0, Math.max(1e-6, ...middle.filter(isNumber)) * 1.12],
    description: `${what} by trial: ${middle.map((figure, index) => `${index}: ${figure === null ? 'none' : `${showNumber(figure)} ${unit}`}`).join(', ')}`,
    readout: (index) => (isNumber(middle[index]) ? `trial ${index} · ${what} ${showNumber(middle[index])} ${unit}` : ''),
  });
}

/** Time to choose an action, by trial; the median over several runs. */
export function planTimeChart(data: ReportData): HTMLElement {
  return barsByTrial(data, (trial) => (trial.random ? null : trial.planMilliseconds), 'ms', 'accent', 'planning an action took');
}

/** Time spent fitting in and after each trial. */
export function fitTimeChart(data: ReportData): HTMLElement {
  return barsByTrial(data, (trial) => trial.fitMilliseconds / 1000, 's', 'blue', 'fitting took');
}
