/** The example of a README: its first block of TypeScript. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the first TypeScript block of the README in `folder`.
 *
 * @throws Error when there is no README, or no such block in it.
 */
export function readmeExample(folder: string): string {
  const file = join(folder, 'README.md');
  if (!existsSync(file)) throw new Error(`${file} is missing: every package has a README with an example that runs`);
  const source = firstTypeScriptBlock(readFileSync(file, 'utf8'));
  if (source === null) throw new Error(`${file} has no block of TypeScript: its example is the first one`);
  return source;
}

/** Returns what stands in the first fenced block marked `ts` or `typescript`; null where there is none. */
export function firstTypeScriptBlock(markdown: string): string | null {
  return /^```(?:ts|typescript)\b[^\n]*\n(.*?)^```/ms.exec(markdown)?.[1] ?? null;
}
