/**
 * The run as a picture that moves, on a terminal's second screen. Each frame is one write: cursor home, the lines, each
 * cleared to its end, then the rest of the screen; within a synchronised update, so that nothing flickers.
 */
import { performance } from 'node:perf_hooks';
import type { RunWatcher } from '../run/run-event.js';
import { liveFrame } from './live-frame.js';
import { createRunProgress, updateRunProgress } from './run-progress.js';
import type { TerminalStyle } from './terminal-style.js';

/** A terminal, as `process.stdout` is one. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** A view that holds the terminal until it is closed. */
export interface LiveView {
  readonly watch: RunWatcher;
  /** Gives the screen and the cursor back. May be called twice, and from an exit handler. */
  close(): void;
}

/** Least time between two frames. */
const frameMilliseconds = 50;

/** Takes the terminal over. */
export function openLiveView(terminal: Terminal, style: TerminalStyle): LiveView {
  const progress = createRunProgress();
  let started = performance.now();
  let lastFrame = -Infinity;
  let lastText = '';
  let open = true;

  const draw = (): void => {
    if (!open) return;
    lastFrame = performance.now();
    const size = { columns: terminal.columns ?? 80, rows: terminal.rows ?? 24 };
    const lines = liveFrame(progress, lastFrame - started, size, style);
    const text = lines.map((line) => `${line}\x1b[K`).join('\r\n');
    if (text === lastText) return;
    lastText = text;
    terminal.write(`\x1b[?2026h\x1b[H${text}\x1b[J\x1b[?2026l`);
  };
  const redraw = (): void => {
    lastText = '';
    draw();
  };

  terminal.write('\x1b[?1049h\x1b[?25l');
  terminal.on('resize', redraw);
  draw();
  // Keeps the clock going while an action or a fit takes long.
  const timer = setInterval(draw, 250);
  timer.unref();

  return {
    watch(event) {
      updateRunProgress(progress, event);
      if (event.type === 'runStarted') started = performance.now() - event.elapsedMilliseconds;
      if (event.type === 'step' && performance.now() - lastFrame < frameMilliseconds) return;
      if (event.type === 'fitProgress' && performance.now() - lastFrame < frameMilliseconds) return;
      draw();
    },
    close() {
      if (!open) return;
      open = false;
      clearInterval(timer);
      terminal.off('resize', redraw);
      terminal.write('\x1b[?25h\x1b[?1049l');
    },
  };
}
