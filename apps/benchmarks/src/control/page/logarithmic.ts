/** Plots of positive numbers over several decades. */
import type { PlotContent, PlotLine } from '../../plan/page/plot-frame.js';

/** A line whose values at or below 0 are gaps. */
export type PositiveLine = Omit<PlotLine, 'y'> & { readonly y: readonly (number | null)[] };

const powers = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
const superscript = (power: number): string =>
  `${power < 0 ? '⁻' : ''}${[...String(Math.abs(power))].map((digit) => powers[Number(digit)]!).join('')}`;

/** A decade as the axis has it. */
export const decadeText = (power: number): string => (power === 0 ? '1' : power === 1 ? '10' : `10${superscript(power)}`);

/** Whether positive values lie so far apart that they need decades. */
export function spansDecades(values: readonly number[]): boolean {
  const positive = values.filter((value) => value > 0);
  return positive.length === values.length && positive.length > 0 && Math.max(...positive) > 50 * Math.min(...positive);
}

/** Lines with their vertical axis in decades, not below `least`. */
export function inDecades(lines: readonly PositiveLine[], least: number): Pick<PlotContent, 'lines' | 'yRange' | 'yTicks'> {
  const positive = lines.flatMap(({ y }) => y.filter((value): value is number => value !== null && value > 0));
  const low = Math.floor(Math.log10(Math.max(least, Math.min(1, ...positive))));
  const most = positive.length > 0 ? Math.max(...positive) : 1;
  const high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9));
  const every = Math.max(1, Math.ceil((high - low) / 4));
  const yTicks = [];
  for (let power = low; power <= high; power += every) yTicks.push({ at: power, text: decadeText(power) });
  return {
    yRange: [low, high + 0.05 * (high - low)],
    yTicks,
    lines: lines.map((line) => ({
      ...line,
      y: line.y.map((value) => (value === null || value <= 0 ? null : Math.max(low, Math.log10(value)))),
    })),
  };
}
