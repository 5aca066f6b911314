/**
 * The workspace as the import rules see it: its packages, their layers, what each declares and offers.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Layers from the bottom up; a package imports only from lower layers. What is not named here stands at the top. */
const layers = [['core'], ['jit'], ['models', 'planners', 'control', 'envs'], ['agents']];
const topLayer = layers.length;

/**
 * @typedef {object} Member one package of the workspace
 * @property {string} folder relative to the root, such as `packages/core`
 * @property {string} name
 * @property {boolean} published whether it goes to npm
 * @property {number} layer 0 for core, the highest for apps and tooling
 * @property {Set<string>} runtime names that its sources may import
 * @property {Set<string>} development names that only its tests, benches and configuration may import
 * @property {Set<string>} subpaths keys of its exports map, such as `./testing`
 * @property {Set<string>} internals keys of its imports map, such as `#engine`
 * @property {Record<string, string>} siblings its dependencies of any kind on packages of the workspace, with their ranges
 */

/**
 * Reads the manifests under `packages`, `apps` and `tooling`.
 *
 * @param {string} root absolute path of the workspace
 * @returns {Member[]}
 */
export function readWorkspace(root) {
  const shared = Object.keys(readManifest(root, '.').devDependencies ?? {});
  const folders = [...children(root, 'packages'), ...children(root, 'apps'), 'tooling', ...children(root, 'tooling')];
  const manifests = folders
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(root, folder) }));
  const names = new Set(manifests.map(({ manifest }) => manifest.name));
  return manifests.map(({ folder, manifest }) => {
    const { dependencies = {}, peerDependencies = {}, optionalDependencies = {}, devDependencies = {} } = manifest;
    const all = { ...dependencies, ...peerDependencies, ...optionalDependencies, ...devDependencies };
    return {
      folder,
      name: manifest.name,
      published: manifest.private !== true,
      layer: layerOf(folder),
      runtime: new Set(Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })),
      development: new Set([...Object.keys(devDependencies), ...shared]),
      subpaths: new Set(Object.keys(manifest.exports ?? {})),
      internals: new Set(Object.keys(manifest.imports ?? {})),
      siblings: Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name))),
    };
  });
}

function readManifest(root, folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

function children(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}

function layerOf(folder) {
  const [parent, name] = folder.split('/');
  const layer = parent === 'packages' ? layers.findIndex((members) => members.includes(name)) : -1;
  return layer === -1 ? topLayer : layer;
}
