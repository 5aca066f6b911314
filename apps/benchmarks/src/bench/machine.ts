/** What a bench ran on. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';
import { currentEngine, tf } from '@mbrl/jit';

/** The machine and what computed. */
export interface BenchMachine {
  readonly processor: string;
  readonly cores: number;
  /** Whether the processor has AVX-512; null where the system does not say. */
  readonly avx512: boolean | null;
  /** Mean number of runnable processes over the last minute, before the benches. */
  readonly load: number;
  readonly platform: string;
  readonly node: string;
  readonly engine: { readonly name: string; readonly version: string; readonly threadCount: number };
}

/** Whether `/proc/cpuinfo` lists AVX-512's foundation; null without that file. */
export function findAvx512(file = '/proc/cpuinfo'): boolean | null {
  try {
    return /^flags\s*:.*\bavx512f\b/m.test(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Describes this machine. */
export async function describeMachine(): Promise<BenchMachine> {
  const engine = await currentEngine();
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    avx512: findAvx512(),
    load: loadavg()[0]!,
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    engine: engine
      ? { name: engine.name, version: engine.version, threadCount: engine.threadCount }
      : { name: `eager on ${tf.getBackend()}`, version: tf.version['tfjs'] ?? 'unknown', threadCount: 1 },
  };
}
