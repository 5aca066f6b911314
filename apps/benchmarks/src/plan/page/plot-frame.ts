/** A small plot on a canvas that is drawn anew for every step of an episode: axes, lines and bands. */
import { fitCanvas } from '../../report/page/episode-player.js';
import { element, showNumber } from '../../report/page/page-elements.js';
import { faded, onThemeChange, themeColour } from '../../report/page/page-theme.js';

/** A line from (x₀, y₀) on; null makes a gap. */
export interface PlotLine {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Name of a colour of the style sheet. */
  readonly colour: string;
  readonly width?: number;
  readonly alpha?: number;
  readonly dots?: boolean;
  /** Whether each value holds until the next. */
  readonly steps?: boolean;
}

/** The area between two lines. */
export interface PlotBand {
  readonly x: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly colour: string;
}

/** What a plot shows at a moment. */
export interface PlotContent {
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly xLabel: string;
  readonly bands?: readonly PlotBand[];
  readonly lines: readonly PlotLine[];
  /** A vertical line, such as now. */
  readonly mark?: number;
  /** Where the vertical axis is marked, and with what. Default: its ends and its middle, with their values. */
  readonly yTicks?: readonly { readonly at: number; readonly text: string }[];
}

/** A plot and how to change it. */
export interface Plot {
  readonly root: HTMLElement;
  draw(content: PlotContent): void;
}

const textSize = 11.5;

function drawPlot(canvas: HTMLCanvasElement, { xRange, yRange, xLabel, bands = [], lines, mark, yTicks }: PlotContent): void {
  fitCanvas(canvas);
  const context = canvas.getContext('2d')!;
  const ratio = devicePixelRatio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const [width, height] = [canvas.width / ratio, canvas.height / ratio];
  context.clearRect(0, 0, width, height);
  context.font = `${textSize}px system-ui, sans-serif`;
  const [left, right, top, bottom] = [44, width - 8, 8, height - 20];
  const span = (range: readonly [number, number]): number => range[1] - range[0] || 1;
  const x = (value: number): number => left + ((value - xRange[0]) / span(xRange)) * (right - left);
  const y = (value: number): number => bottom - ((value - yRange[0]) / span(yRange)) * (bottom - top);

  context.strokeStyle = themeColour('line');
  context.fillStyle = themeColour('muted');
  context.lineWidth = 1;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  // What is nothing beside the range is written as 0.
  const written = (at: number): string => showNumber(Math.abs(at) < 2e-3 * span(yRange) ? 0 : at);
  const marked = [0, 0.5, 1].map((share) => yRange[0] + share * span(yRange)).map((at) => ({ at, text: written(at) }));
  // What hardly changes is marked once.
  const isFlat = marked.every(({ text }) => text === marked[0]!.text);
  const ticks = yTicks ?? (isFlat ? [marked[1]!] : marked);
  for (const { at, text } of ticks) {
    context.beginPath();
    context.moveTo(left, y(at));
    context.lineTo(right, y(at));
    context.stroke();
    context.fillText(text, left - 6, y(at));
  }
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  const reached = (at: number): string => (xLabel === 'iterations' ? String(at) : showNumber(at));
  context.fillText(reached(xRange[0]), left, height - 5);
  context.textAlign = 'right';
  context.fillText(`${reached(xRange[1])} ${xLabel}`, right, height - 5);

  context.save();
  context.beginPath();
  context.rect(left, top - 2, right - left, bottom - top + 4);
  context.clip();
  if (mark !== undefined) {
    context.strokeStyle = faded(themeColour('muted'), 0.6);
    context.beginPath();
    context.moveTo(x(mark), top);
    context.lineTo(x(mark), bottom);
    context.stroke();
  }
  for (const band of bands) {
    context.fillStyle = faded(themeColour(band.colour), 0.25);
    context.beginPath();
    band.x.forEach((value, i) => context.lineTo(x(value), y(band.high[i]!)));
    for (let i = band.x.length - 1; i >= 0; i--) context.lineTo(x(band.x[i]!), y(band.low[i]!));
    context.fill();
  }
  for (const line of lines) {
    context.strokeStyle = faded(themeColour(line.colour), line.alpha ?? 1);
    context.fillStyle = context.strokeStyle;
    context.lineWidth = line.width ?? 1.8;
    context.lineJoin = 'round';
    context.beginPath();
    let isOpen = false;
    line.y.forEach((value, i) => {
      if (value === null) isOpen = false;
      else if (isOpen) {
        if (line.steps) context.lineTo(x(line.x[i]!), y(line.y[i - 1]!));
        context.lineTo(x(line.x[i]!), y(value));
      } else {
        context.moveTo(x(line.x[i]!), y(value));
        isOpen = true;
      }
    });
    context.stroke();
    if (!line.dots) continue;
    line.y.forEach((value, i) => {
      if (value === null) return;
      context.beginPath();
      context.arc(x(line.x[i]!), y(value), 2.6, 0, 2 * Math.PI);
      context.fill();
    });
  }
  context.restore();
}

/** Makes a plot; it follows the width of its place and the theme of the page. */
export function createPlot(title: string, description: string, height = 150): Plot {
  const canvas = element('canvas', { class: 'plot', role: 'img', 'aria-label': description });
  canvas.style.height = `${height}px`;
  let shown: PlotContent | undefined;
  const redraw = (): void => {
    if (shown) drawPlot(canvas, shown);
  };
  new ResizeObserver(() => requestAnimationFrame(redraw)).observe(canvas);
  onThemeChange(redraw);
  return {
    root: element('figure', { class: 'small' }, [element('figcaption', {}, [title]), canvas]),
    draw(content) {
      shown = content;
      redraw();
    },
  };
}

/** The range of finite values, a little widened. */
export function rangeOf(values: Iterable<number | null>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const pad = Math.max((high - low) * 0.06, 1e-6 + Math.abs(high) * 1e-3);
  return [low - pad, high + pad];
}
