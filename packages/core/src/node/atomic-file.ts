/**
 * Writing a file so that its name always leads to a whole one, the old or the new, whatever interrupts the writing.
 * The bytes go to a temporary file in the same folder (`.name.PID.RANDOM.tmp`), are flushed to the disk, and the
 * temporary file is renamed over the name, which a file system does in one step; then the folder is flushed, so that
 * the name survives a loss of power. A process that is killed leaves at most its temporary file, which the next write
 * to that name removes.
 */
import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, ['ESRCH']);
  }
}

/** Removes temporary files of `name` that processes left which are no more. */
async function removeStale(folder: string, name: string): Promise<void> {
  const prefix = `.${name}.`;
  for (const entry of await readdir(folder)) {
    const match = entry.startsWith(prefix) ? /^(\d+)\.[0-9a-f]{12}\.tmp$/.exec(entry.slice(prefix.length)) : null;
    if (match && !isAlive(Number(match[1]))) await rm(join(folder, entry), { force: true });
  }
}

/** Flushes a folder's entries, where the system can: Windows opens no folders, some network file systems flush none. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!hasCode(error, ['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP'])) throw error;
  }
}

/**
 * Writes a file in one step: after this the path holds all of `bytes`; after any failure it holds what it held before.
 * Writers of different processes to one path do not disturb each other: the last to finish wins.
 * @param path where to; its folder must exist. A symbolic link is replaced, not followed
 * @param bytes the content; a text is written as UTF-8. It must not change while this is under way
 * @throws the error of the file system, when a step fails; the temporary file is removed then.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const name = basename(path);
  await removeStale(folder, name);
  const temporary = join(folder, `.${name}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(folder);
}
