/** What the commands are given from outside: presets, engines, streams. Tests give their own. */
import type { Preset } from '../presets/preset.js';

/** What is known of an engine, as `mbrl doctor` shows it. */
export interface EngineDescription {
  readonly name: string;
  readonly available: boolean;
  readonly version?: string;
  readonly threadCount?: number;
  /** Why it is not available, or what it runs on. */
  readonly note: string;
  readonly inUse: boolean;
}

/** A stream that text is written to, as `process.stdout` is one. */
export interface TextOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** Which benchmarks to run, and how. */
export interface BenchRequest {
  /** Only those whose name contains one of these; empty for all. */
  readonly names: readonly string[];
  /** File to write the figures to. */
  readonly json: string | undefined;
  /** Threads for one program; the engine's own choice when undefined. */
  readonly threads: number | undefined;
  /** Few repetitions. */
  readonly quick: boolean;
  write(line: string): void;
}

/** The world of a command. */
export interface CliContext {
  readonly presets: readonly Preset[];
  readonly output: TextOutput;
  readonly errorOutput: Pick<TextOutput, 'write' | 'isTTY'>;
  readonly environment: { readonly [name: string]: string | undefined };
  /** How this command was called, for the commands that it tells people to type. */
  readonly invocation: string;
  describeEngines(): Promise<readonly EngineDescription[]>;
  /** Runs the benchmarks. */
  runBenches(options: BenchRequest): Promise<void>;
}

/** Quotes a word for a shell where it needs it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
