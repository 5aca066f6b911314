/** Benches as lines of text: a table whose rows come as the benches end. */
import type { BenchFigure, Comparison, Target } from './bench-figure.js';
import type { BenchMachine } from './machine.js';
import type { Quantity } from './time-together.js';

const widths = [13, 62, 10, 13, 8, 46, 17, 9, 7] as const;

const headings = ['bench', 'size', 'figure', 'quartiles', 'GFLOP/s', 'compared with', 'ratio', 'target', 'reached'];

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join('  ')
    .trimEnd();
}

const quantity = ({ value, unit }: Quantity): string => `${digits(value)} ${unit}`;

const targetText = ({ kind, limit, unit }: Target): string =>
  `${kind === 'atLeast' ? '≥' : '≤'} ${limit}${unit === undefined ? '' : ` ${unit}`}`;

function comparisonCells({ with: other, figure, ratio, ratioOf, target, reached, skipped }: Comparison): string[] {
  if (skipped !== undefined) return [`${other}: skipped, ${skipped}`];
  return [
    figure ? `${other}, ${quantity(figure)}` : other,
    ratio === undefined ? '–' : `${ratio.toFixed(ratio < 0.1 ? 3 : 2)} of its ${ratioOf}`,
    target ? targetText(target) : '–',
    reached === undefined ? '–' : reached ? 'yes' : 'no',
  ];
}

/** The lines that say what the benches ran on. */
export function machineLines({ processor, cores, avx512, load, platform, node, engine }: BenchMachine): string[] {
  const instructions = avx512 === null ? 'AVX-512 unknown' : avx512 ? 'AVX-512' : 'no AVX-512';
  const lines = [
    `machine  ${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${instructions}; ${platform}, Node ${node}`,
    `engine   ${engine.name} ${engine.version}, ${engine.threadCount} ${engine.threadCount === 1 ? 'thread' : 'threads'}`,
  ];
  if (load > cores / 2)
    lines.push(`load     ${load.toFixed(1)} on ${cores} cores: others compute here, so trust the ratios more than the times`);
  return lines;
}

/** The table's head. */
export function headLines(): string[] {
  return [row(headings), widths.map((width) => '-'.repeat(width)).join('  ')];
}

/** The rows of one figure: one for each comparison, and one that names its parts. */
export function figureLines({ bench, size, figure, gigaflops, parts, comparisons }: BenchFigure): string[] {
  const own = [
    bench,
    size,
    quantity(figure),
    `${digits(figure.lower)}–${digits(figure.upper)}`,
    gigaflops === undefined ? '–' : gigaflops.toFixed(0),
  ];
  const blank = own.map(() => '');
  const lines = comparisons.map((comparison, i) => row([...(i === 0 ? own : blank), ...comparisonCells(comparison)]));
  if (parts) {
    const named = Object.entries(parts).map(([name, value]) => `${name} ${digits(value)}`);
    lines.push(row(['', `of these ${figure.unit}: ${named.join(', ')}`]));
  }
  return lines;
}
