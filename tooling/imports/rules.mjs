/**
 * The rules of layout and imports:
 *
 * 1. core ← jit ← {models, planners, control, envs} ← agents ← apps: a package imports from lower layers only, so
 *    siblings never import siblings. This holds for tests and manifests too.
 * 2. A package is imported by its name and through its exports map, never by a path into it.
 * 3. What is imported is declared; sources use dependencies, only tests, benches and configuration use devDependencies.
 * 4. Sources of published packages run in a browser: `node:` modules only in files that have `node` in their path,
 *    or by a dynamic import.
 * 5. Relative imports end in an extension, and `export *` is not used.
 * 6. A file is named after its concept: not utils, helpers, common, types or misc.
 */
import { builtinModules } from 'node:module';
import { basename, posix } from 'node:path';

const vagueNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc']);
const builtins = new Set(builtinModules);

/**
 * Checks one module against the rules.
 *
 * @param {import('./workspace.mjs').Member[]} workspace
 * @param {import('./workspace.mjs').Member} member the package that the module belongs to
 * @param {string} file the module's path inside the package, such as `src/rng.ts`
 * @param {import('./specifiers.mjs').Specifier[]} specifiers
 * @returns {{ line: number, message: string }[]}
 */
export function checkModule(workspace, member, file, specifiers) {
  const found = [];
  if (vagueNames.has(basename(file).split('.')[0])) {
    found.push({ line: 1, message: `${basename(file)} names no concept: name the file after what it holds` });
  }
  for (const specifier of specifiers) {
    const message = whyForbidden(workspace, member, file, specifier);
    if (message !== null) found.push({ line: specifier.line, message });
  }
  return found;
}

/**
 * Checks the dependencies of one manifest on packages of the workspace.
 *
 * @param {import('./workspace.mjs').Member[]} workspace
 * @param {import('./workspace.mjs').Member} member
 * @returns {string[]}
 */
export function checkManifest(workspace, member) {
  return Object.entries(member.siblings).flatMap(([name, range]) => {
    const direction = whyWrongDirection(workspace, member, name);
    if (direction !== null) return [direction];
    return range === 'workspace:^' ? [] : [`${name} must be depended on by workspace:^, got ${range}`];
  });
}

function whyForbidden(workspace, member, file, { value, dynamic, everything }) {
  const development = !file.startsWith('src/') || /\.(test|bench)\.[cm]?[jt]s$/.test(file);
  if (everything) return `export * from '${value}' hides what is exported: list the names`;
  if (value.startsWith('.')) return whyForbiddenPath(file, value, development);
  if (value.startsWith('node:')) return whyForbiddenBuiltin(member, file, value, dynamic || development);
  if (value.startsWith('#')) return member.internals.has(value) ? null : `'${value}' is not in the imports of ${member.name}`;
  const name = value.split('/', value.startsWith('@') ? 2 : 1).join('/');
  if (builtins.has(name)) return `'${value}' is a module of Node: write 'node:${value}'`;
  const other = workspace.find((candidate) => candidate.name === name);
  if (other !== undefined) {
    const direction = whyWrongDirection(workspace, member, name);
    if (direction !== null) return direction;
    const subpath = `.${value.slice(name.length)}`;
    if (!other.subpaths.has(subpath)) return `'${value}' is not in the exports of ${name}`;
    if (other === member) return null;
  } else if (/\/(dist|src|lib)\//.test(value)) {
    return `'${value}' reaches into ${name}: import what it exports`;
  }
  if (member.runtime.has(name) || (development && member.development.has(name))) return null;
  const kind = development ? 'devDependencies' : 'dependencies';
  return `'${name}' is not in the ${kind} of ${member.name}`;
}

function whyWrongDirection(workspace, member, name) {
  const other = workspace.find((candidate) => candidate.name === name);
  if (other === member || other.layer < member.layer) return null;
  if (!other.published && !member.published && member.folder.startsWith('tooling/')) return null;
  const relation = other.layer === member.layer ? 'its sibling' : 'above it';
  return `${member.name} must not import ${name}, which is ${relation}: core ← jit ← {models, planners, control, envs} ← agents ← apps`;
}

function whyForbiddenPath(file, value, development) {
  const target = posix.join(posix.dirname(file), value);
  if (target.startsWith('..')) {
    const tooling = /^(\.\.\/)+tooling\//.test(target) || /^\.\.\/[^/]+\.(js|mjs)$/.test(target);
    if (!development || !tooling) return `'${value}' leaves the package: import by package name`;
  }
  return /\.(js|mjs|json)$/.test(value) ? null : `'${value}' must end in .js`;
}

function whyForbiddenBuiltin(member, file, value, allowed) {
  if (allowed || !member.published || /(^|[/-])node([/.-]|$)/.test(file.slice('src/'.length))) return null;
  return `'${value}' does not exist in a browser: only files with node in their path, or a dynamic import, may use it`;
}
