#!/usr/bin/env node
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const start = new URL('../dist/cli/start.js', import.meta.url);
if (existsSync(fileURLToPath(start))) {
  await (await import(start.href)).start();
} else {
  process.stderr.write('mbrl: not built yet; run `npm start` at the root of the repository, or `npx turbo run build` after an install\n');
  process.exitCode = 1;
}
