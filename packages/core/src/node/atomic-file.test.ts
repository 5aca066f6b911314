import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint.js';
import { createRng } from '../rng.js';
import { writeFileAtomic } from './atomic-file.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mbrl-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const checkpoint = (round: number): Checkpoint => ({
  kind: 'Loop',
  version: 1,
  json: { round },
  arrays: { values: { dtype: 'float64', shape: [50_000], data: new Float64Array(50_000).fill(round) } },
});

describe('writeFileAtomic', () => {
  it('writes bytes and texts, new and over old, and leaves nothing else', async () => {
    const path = join(folder, 'a.bin');
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    await writeFileAtomic(path, 'größe');
    expect(await readFile(path, 'utf8')).toBe('größe');
    expect(await readdir(folder)).toEqual(['a.bin']);
  });

  it('writes a path without a folder, relative to the working one', async () => {
    const name = `atomic-${createRng(folder).integer(2 ** 32)}.tmp-test`;
    try {
      await writeFileAtomic(name, 'x');
      expect(await readFile(name, 'utf8')).toBe('x');
    } finally {
      await rm(name, { force: true });
    }
  });

  it('leaves the old file and no temporary one when the target cannot be replaced', async () => {
    const path = join(folder, 'taken');
    await mkdir(join(path, 'inner'), { recursive: true });
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({ code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST|EPERM/) });
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('leaves the old file and no temporary one when writing fails halfway', async () => {
    const path = join(folder, 'a');
    await writeFileAtomic(path, 'old');
    await expect(writeFileAtomic(path, 5 as never)).rejects.toThrow(/must be of type|must be an instance of/);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('says so when the folder is not there', async () => {
    await expect(writeFileAtomic(join(folder, 'missing', 'a'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is not disturbed by other writers at the same time', async () => {
    const path = join(folder, 'a');
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('removes temporary files of dead writers of this name alone', async () => {
    const dead = await deadPid();
    const others = [
      `.a.${process.pid}.0123456789ab.tmp`, // a living writer's
      `.ab.${dead}.0123456789ab.tmp`, // another name's
      `.a.${dead}.notes.tmp`, // not of this form
      'a.tmp',
    ];
    for (const name of [...others, `.a.${dead}.0123456789ab.tmp`]) await writeFile(join(folder, name), 'x');
    await writeFileAtomic(join(folder, 'a'), 'new');
    expect((await readdir(folder)).sort()).toEqual([...others, 'a'].sort());
  });

  async function deadPid(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    return child.pid!;
  }
});

describe('checkpoint files', () => {
  it('give back what was written', async () => {
    const path = join(folder, 'c.safetensors');
    await writeCheckpoint(path, checkpoint(3));
    expect(await readCheckpoint(path)).toEqual(checkpoint(3));
  });

  it('name the file when it is missing, cut or foreign', async () => {
    const path = join(folder, 'c.safetensors');
    const refusal = (why: RegExp) => ({ code: 'CHECKPOINT', message: expect.stringMatching(why), cause: expect.any(Error) });
    await expect(readCheckpoint(path)).rejects.toMatchObject(refusal(/^readCheckpoint: .*c\.safetensors: ENOENT/));
    await writeCheckpoint(path, checkpoint(3));
    await writeFile(path, (await readFile(path)).subarray(0, 1000));
    await expect(readCheckpoint(path)).rejects.toMatchObject(refusal(/^readCheckpoint: .*c\.safetensors: decodeCheckpoint: .*truncated/));
    await writeFile(path, 'hello, a text');
    await expect(readCheckpoint(path)).rejects.toMatchObject(
      refusal(/^readCheckpoint: .*c\.safetensors: decodeCheckpoint: the file must be safetensors/),
    );
  });

  it('are not touched by a checkpoint that cannot be encoded', async () => {
    const path = join(folder, 'c.safetensors');
    await writeCheckpoint(path, checkpoint(1));
    await expect(writeCheckpoint(path, { ...checkpoint(2), json: { loss: NaN } })).rejects.toMatchObject({ code: 'OPTION' });
    expect((await readCheckpoint(path)).json).toEqual({ round: 1 });
  });

  it('are refused in a folder that cannot be written, without a trace', async () => {
    if (process.getuid?.() === 0 || process.platform === 'win32') return; // the superuser writes anywhere
    await chmod(folder, 0o555);
    await expect(writeCheckpoint(join(folder, 'c'), checkpoint(1))).rejects.toMatchObject({ code: 'EACCES' });
    await chmod(folder, 0o755);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a writer killed at any moment', () => {
  /** Writes growing rounds to one path until it is killed, and prints each round that is done. */
  const program = `
    import { writeCheckpoint } from '${new URL('./checkpoint-file.ts', import.meta.url).href}';
    const path = process.argv[1];
    for (let round = Number(process.argv[2]); ; round++) {
      const data = new Float64Array(50_000).fill(round);
      await writeCheckpoint(path, { kind: 'Loop', version: 1, json: { round }, arrays: { values: { dtype: 'float64', shape: [50_000], data } } });
      process.stdout.write(round + '\\n');
    }`;
  const start = (path: string, round: number): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, path, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('leaves a whole file, and at most one temporary file that the next write removes', async () => {
    const path = join(folder, 'loop.safetensors');
    const rng = createRng('kill');
    let done = 0;
    for (let kill = 0; kill < 5; kill++) {
      const child = start(path, done + 1);
      child.stdout!.setEncoding('utf8');
      let seen = '';
      child.stdout!.on('data', (text: string) => (seen += text));
      await once(child.stdout!, 'data');
      await new Promise((resolve) => setTimeout(resolve, 1 + 25 * rng.uniform()));
      child.kill('SIGKILL');
      await once(child, 'close');
      const lastPrinted = Number(seen.trim().split('\n').at(-1));
      const loaded = await readCheckpoint(path);
      const { round } = loaded.json as { round: number };
      // The round that was under way may have been renamed before it was printed; nothing printed is lost.
      expect([lastPrinted, lastPrinted + 1]).toContain(round);
      expect(loaded).toEqual(checkpoint(round));
      const stale = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
      expect(stale.length).toBeLessThanOrEqual(1);
      done = round;
    }
    await writeCheckpoint(path, checkpoint(done));
    expect(await readdir(folder)).toEqual(['loop.safetensors']);
  }, 120_000);
});
