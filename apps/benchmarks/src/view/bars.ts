/** Bars of block characters. */

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A horizontal bar of `width` characters, `fraction` of it full. */
export function progressBar(fraction: number, width: number): string {
  const full = Math.max(0, Math.min(width, Math.round(fraction * width)));
  return '━'.repeat(full) + '─'.repeat(width - full);
}

/**
 * Upright bars, one for each value, from the least value or zero (whichever is less) to the greatest: `rows` texts from
 * top to bottom, each bar `barWidth` characters wide with one space between.
 */
export function uprightBars(values: readonly number[], rows: number, barWidth: number): string[] {
  const low = Math.min(0, ...values);
  const span = Math.max(...values, low + 1e-9) - low;
  return Array.from({ length: rows }, (_, row) =>
    values
      .map((value) => {
        const filled = Math.max(1, Math.round(((value - low) / span) * rows * 8));
        const here = Math.max(0, Math.min(8, filled - (rows - 1 - row) * 8));
        return eighths[here]!.repeat(barWidth);
      })
      .join(' '),
  );
}
