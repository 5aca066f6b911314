/** A chart of lines, dots, bars and bands that follows the width of its place and the theme of the page. */
import { element } from './page-elements.js';
import { faded, onThemeChange, themeColour } from './page-theme.js';

/** One series of a chart. */
export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null | undefined)[];
  /** Colour by its name in the style sheet. */
  readonly colour: string;
  /** `edge`: the invisible edge of a band. */
  readonly shape: 'line' | 'steps' | 'dots' | 'linedots' | 'bars' | 'edge';
  readonly width?: number;
  readonly alpha?: number;
  readonly dash?: readonly number[];
  /** Left out of the readout under the pointer. */
  readonly silent?: boolean;
}

/** A band between two series, by their index in the list. */
export interface ChartBand {
  readonly high: number;
  readonly low: number;
  readonly colour: string;
  readonly alpha: number;
}

/** What a chart shows. */
export interface ChartOptions {
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly series: readonly ChartSeries[];
  readonly bands?: readonly ChartBand[];
  readonly height: number;
  /** Least and greatest value shown; the data's own where it is absent. */
  readonly yRange?: readonly [number, number];
  readonly xRange?: readonly [number, number];
  /** Draws ticks at whole numbers only. */
  readonly wholeX?: boolean;
  /** Says in words what the chart shows. */
  readonly description: string;
  /** Text of the readout for an index of x. */
  readonly readout?: (index: number) => string;
}

const font = (size: number): string => `${size}px system-ui, -apple-system, "Segoe UI", sans-serif`;

function makeSeries(series: ChartSeries): uPlot.Series {
  const colour = faded(themeColour(series.colour), series.alpha ?? 1);
  const { shape } = series;
  const base: uPlot.Series = {
    label: series.label,
    stroke: colour,
    width: series.width ?? 2,
    ...(series.dash ? { dash: [...series.dash] } : {}),
  };
  if (shape === 'edge') return { ...base, width: 0, points: { show: false } };
  if (shape === 'bars')
    return { ...base, width: 0, fill: colour, paths: uPlot.paths.bars!({ size: [0.62, 48], radius: 0.12 }), points: { show: false } };
  const points = { show: shape === 'dots' || shape === 'linedots', size: 7, fill: colour, stroke: colour };
  if (shape === 'dots') return { ...base, width: 0, paths: () => null, points };
  if (shape === 'steps') return { ...base, paths: uPlot.paths.stepped!({ align: 1 }), points };
  return { ...base, points };
}

function makeAxis(label: string, whole: boolean): uPlot.Axis {
  return {
    stroke: themeColour('muted'),
    grid: { stroke: themeColour('line'), width: 1 },
    ticks: { show: false },
    font: font(12),
    labelFont: font(12),
    labelGap: 2,
    ...(label === '' ? { size: 46 } : { label, labelSize: 18, size: 28 }),
    ...(whole ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000] } : {}),
    values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : `${Number(tick.toPrecision(10))}`.replace('-', '−'))),
  };
}

/** Makes a chart; it draws itself once its place has a width. */
export function createLineChart(options: ChartOptions): HTMLElement {
  const place = element('div', { class: 'chart', role: 'img', 'aria-label': options.description });
  const readout = element('div', { class: 'chart-readout', 'aria-hidden': 'true' });
  const data = [options.x, ...options.series.map((series) => series.values)] as unknown as uPlot.AlignedData;
  let chart: uPlot | undefined;

  const describe = (index: number): string => {
    if (options.readout) return options.readout(index);
    return options.series
      .filter((series) => !series.silent && series.shape !== 'edge' && typeof series.values[index] === 'number')
      .map((series) => `${series.label} ${Number((series.values[index] as number).toPrecision(4))}`)
      .join(' · ')
      .replaceAll('-', '−');
  };

  const build = (): void => {
    chart?.destroy();
    const width = Math.floor(place.clientWidth);
    if (width === 0) return;
    chart = new uPlot(
      {
        width,
        height: options.height,
        legend: { show: false },
        padding: [8, 10, 0, 0],
        cursor: { drag: { x: false, y: false }, y: false, points: { size: 6 } },
        scales: {
          x: { time: false, ...(options.xRange ? { range: [...options.xRange] as [number, number] } : {}) },
          y: options.yRange ? { range: [...options.yRange] as [number, number] } : {},
        },
        axes: [makeAxis(options.xLabel, options.wholeX === true), makeAxis('', false)],
        series: [{}, ...options.series.map(makeSeries)],
        bands: (options.bands ?? []).map(({ high, low, colour, alpha }) => ({
          series: [high + 1, low + 1],
          fill: faded(themeColour(colour), alpha),
        })),
        hooks: {
          setCursor: [
            (made) => {
              const index = made.cursor.idx;
              readout.textContent = typeof index === 'number' ? describe(index) : '';
            },
          ],
        },
      },
      data,
      place,
    );
  };

  const fit = (): void => {
    const width = Math.floor(place.clientWidth);
    if (!chart) build();
    else if (width > 0 && width !== chart.width) chart.setSize({ width, height: options.height });
  };
  // In the next frame: a chart that grows while its size is being observed is an error to a browser.
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(place);
  onThemeChange(build);
  return element('div', { class: 'chart-frame' }, [place, readout]);
}

/** A legend: names beside samples of their colours. */
export function legend(
  entries: readonly { readonly text: string; readonly colour: string; readonly kind: 'line' | 'dash' | 'dot' | 'band' }[],
): HTMLElement {
  return element(
    'ul',
    { class: 'legend' },
    entries.map(({ text, colour, kind }) => {
      const mark = element('span', { class: `key ${kind}`, 'aria-hidden': 'true' });
      mark.style.setProperty('--key', `var(--${colour})`);
      return element('li', {}, [mark, text]);
    }),
  );
}
