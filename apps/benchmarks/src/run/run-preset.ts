/** Runs a preset in a folder, from the start or from where its checkpoint stands. */
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { OptionError, type Space } from '@mbrl/core';
import { readCheckpoint } from '@mbrl/core/node';
import type { LoopSettings } from '../presets/loop-settings.js';
import type { Preset } from '../presets/preset.js';
import { checkStoredSettings, differences } from '../presets/resolve-settings.js';
import type { Settings } from '../presets/setting.js';
import { unpackCheckpoint } from './loop-checkpoint.js';
import type { RunWatcher } from './run-event.js';
import { checkFolderFree, lockRunFolder, makeRunFolder, readConfig, removeLeftovers, type RunPaths, runPaths } from './run-folder.js';
import { runLoop } from './run-loop.js';
import type { RunParts } from './run-parts.js';
import { type RunConfig, runFormat, type RunResult } from './run-record.js';
import { openRunStore, writeConfig } from './run-store.js';
import { collectVersions } from './versions.js';

/** What to run, and where. */
export interface RunPresetOptions {
  readonly preset: Preset;
  readonly settings: Settings;
  /** Run folder: new or empty, or with `resume` that of a run. */
  readonly folder: string;
  readonly resume: boolean;
  readonly watch: RunWatcher;
  readonly signal: AbortSignal;
  /** Told of what does not stop a run but should be known. */
  readonly warn: (message: string) => void;
}

function makeConfig(preset: Preset, settings: Settings, parts: RunParts): RunConfig {
  const { environment } = parts;
  // The labels of a discrete space name its values, not its one component.
  const labels = (space: Space, what: string): string[] =>
    Array.from(
      { length: space.size },
      (_, index) => (space.kind === 'box' ? space.labels?.[index] : undefined) ?? (space.size === 1 ? what : `${what} ${index}`),
    );
  return {
    format: runFormat,
    preset: preset.name,
    description: preset.description,
    environment: environment.name,
    timeStep: environment.timeStep,
    goal: preset.goal.description,
    solvedWhen: preset.goal.rule,
    observationLabels: labels(environment.observationSpace, 'observation'),
    actionLabels: labels(environment.actionSpace, 'action'),
    seed: settings['seed'] as number,
    settings,
    versions: collectVersions(),
    engine: parts.engine,
    startedAt: new Date().toISOString(),
  };
}

/**
 * Refuses to go on with another preset or other settings than those of the run, or with settings that no run can have.
 * @throws OptionError that names each difference.
 */
export function checkResumable(folder: string, config: RunConfig, preset: Preset, settings: Settings): void {
  if (config.preset !== preset.name) throw new OptionError(`--resume ${folder}: it is a run of ${config.preset}, not of ${preset.name}`);
  checkStoredSettings(preset, config.settings, `--resume ${folder}`);
  const different = differences(config.settings, settings);
  if (different.length > 0) throw new OptionError(`--resume ${folder}: settings differ: ${different.join('; ')}`);
}

function warnOfVersions(config: RunConfig, parts: RunParts, warn: (message: string) => void): void {
  const now: { [name: string]: string } = {
    ...collectVersions(),
    engine: `${parts.engine.name} ${parts.engine.version}, ${parts.engine.threadCount} threads`,
  };
  const then: { [name: string]: string } = {
    ...config.versions,
    engine: `${config.engine.name} ${config.engine.version}, ${config.engine.threadCount} threads`,
  };
  const changed = Object.keys({ ...then, ...now }).filter((name) => then[name] !== now[name]);
  if (changed.length > 0) {
    const list = changed.map((name) => `${name} was ${then[name] ?? 'absent'}, is ${now[name] ?? 'absent'}`);
    warn(`the run began on other versions, so it may not go on bit for bit: ${list.join('; ')}`);
  }
}

/**
 * Runs.
 * @throws OptionError when the folder or the settings do not allow it, CheckpointError when the checkpoint cannot be read.
 */
export async function runPreset(options: RunPresetOptions): Promise<RunResult> {
  const { preset, settings, folder, resume, warn } = options;
  const paths = runPaths(folder);
  if (resume) checkResumable(folder, readConfig(folder), preset, settings);
  else checkFolderFree(folder);
  const parts = await preset.createParts(settings);
  try {
    if (!resume) makeRunFolder(paths);
    const unlock = lockRunFolder(paths);
    try {
      const config = resume ? readConfig(folder) : makeConfig(preset, settings, parts);
      if (resume) warnOfVersions(config, parts, warn);
      else await writeConfig(paths, config);
      return await runInFolder(options, paths, config, parts);
    } finally {
      unlock();
    }
  } finally {
    parts.dispose();
  }
}

async function runInFolder(options: RunPresetOptions, paths: RunPaths, config: RunConfig, parts: RunParts): Promise<RunResult> {
  const { preset, settings, resume, watch, signal } = options;
  // Killed before its first checkpoint, a run starts again.
  const saved = resume && existsSync(paths.checkpoint) ? unpackCheckpoint(await readCheckpoint(paths.checkpoint)) : undefined;
  removeLeftovers(paths, saved?.state.trial ?? 0);
  if (saved) {
    parts.agent.load(saved.agent);
    if (saved.state.environmentState !== null) parts.environment.restoreState(saved.state.environmentState);
  }
  const store = openRunStore(paths, saved?.state.metricsLength ?? 0);
  try {
    watch({
      type: 'runStarted',
      config,
      trials: saved?.state.trials ?? [],
      environmentSteps: saved?.state.environmentSteps ?? 0,
      elapsedMilliseconds: saved?.state.elapsedMilliseconds ?? 0,
      resumed: resume,
    });
    return await runLoop({
      preset: preset.name,
      settings: settings as unknown as LoopSettings,
      goal: preset.goal,
      parts,
      store,
      ...(saved ? { state: saved.state } : {}),
      watch,
      signal,
      now: () => performance.now(),
    });
  } finally {
    store.close();
  }
}
