#!/usr/bin/env node
/**
 * Checks every module and manifest of the workspace against the rules in imports/rules.mjs, prints what breaks them and
 * exits with 1 when anything does.
 *
 *   node tooling/check-imports.mjs [ROOT]
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkManifest, checkModule } from './imports/rules.mjs';
import { listSpecifiers } from './imports/specifiers.mjs';
import { readWorkspace } from './imports/workspace.mjs';

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
// Generators of golden data lie beside it; what they need is not installed here.
const ignored = new Set(['node_modules', 'dist', 'runs', 'coverage', 'data']);

/** Paths of the modules of a package, relative to its folder; those of packages within it are theirs. */
function listModules(folder, inside = '') {
  return readdirSync(join(folder, inside)).flatMap((name) => {
    const path = inside === '' ? name : `${inside}/${name}`;
    if (ignored.has(name) || name.startsWith('.')) return [];
    if (statSync(join(folder, path)).isDirectory()) return existsSync(join(folder, path, 'package.json')) ? [] : listModules(folder, path);
    return /\.(ts|mts|js|mjs)$/.test(name) ? [path] : [];
  });
}

const workspace = readWorkspace(root);
let moduleCount = 0;
let violationCount = 0;
const report = (place, message) => {
  violationCount++;
  process.stdout.write(`${place}: ${message}\n`);
};

for (const member of workspace) {
  for (const message of checkManifest(workspace, member)) report(`${member.folder}/package.json`, message);
  for (const file of listModules(join(root, member.folder))) {
    moduleCount++;
    const specifiers = listSpecifiers(file, readFileSync(join(root, member.folder, file), 'utf8'));
    for (const { line, message } of checkModule(workspace, member, file, specifiers)) report(`${member.folder}/${file}:${line}`, message);
  }
}
process.stdout.write(`check-imports: ${moduleCount} modules in ${workspace.length} packages, ${violationCount} violations\n`);
process.exitCode = violationCount === 0 ? 0 : 1;
