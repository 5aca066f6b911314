/** From a preset and the command line to the settings of a run. */
import { OptionError } from '@mbrl/core';
import * as v from 'valibot';
import { nearestName } from './nearest-name.js';
import type { Preset } from './preset.js';
import type { Settings, SettingValue } from './setting.js';

/** Writes a value as it is given on the command line. */
export function showSetting(value: SettingValue): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Finds a preset by name. @throws OptionError that suggests the nearest name. */
export function findPreset(presets: readonly Preset[], name: string): Preset {
  const found = presets.find((preset) => preset.name === name);
  if (found) return found;
  const names = presets.map((preset) => preset.name);
  const nearest = nearestName(name, names);
  throw new OptionError(
    `there is no preset ${JSON.stringify(name)}; ${nearest ? `did you mean ${nearest}? ` : ''}presets: ${names.join(', ')}`,
  );
}

/**
 * Reads one `key=value`.
 * @throws OptionError on a missing `=`, an unknown key (with the nearest one), or a value of the wrong type or out of
 * range (with what is allowed).
 */
export function parseAssignment(preset: Preset, assignment: string): { readonly key: string; readonly value: SettingValue } {
  const equals = assignment.indexOf('=');
  if (equals <= 0) throw new OptionError(`--set takes key=value, got ${JSON.stringify(assignment)}`);
  const key = assignment.slice(0, equals).trim();
  const text = assignment.slice(equals + 1).trim();
  const definition = Object.hasOwn(preset.definitions, key) ? preset.definitions[key] : undefined;
  if (!definition) {
    const keys = Object.keys(preset.definitions);
    const nearest = nearestName(key, keys);
    throw new OptionError(
      `${preset.name} has no setting ${JSON.stringify(key)}; ${nearest ? `did you mean ${nearest}?` : `settings: ${keys.join(', ')}`}`,
    );
  }
  const parsed = v.safeParse(definition.schema, definition.parse(text));
  if (!parsed.success) throw new OptionError(`${key} must be ${definition.allowed}, got ${JSON.stringify(text)}`);
  return { key, value: parsed.output };
}

/** The preset's settings with assignments in the form `key=value` on top, the last one winning. @throws OptionError. */
export function resolveSettings(preset: Preset, assignments: readonly string[]): Settings {
  const settings: Record<string, SettingValue> = { ...preset.settings };
  for (const assignment of assignments) {
    const { key, value } = parseAssignment(preset, assignment);
    settings[key] = value;
  }
  preset.check(settings);
  return settings;
}

/**
 * Checks the settings of a run that was made before, perhaps by another version of the preset.
 * @param place names where they stand
 * @throws OptionError on a setting that is missing, unknown or not allowed.
 */
export function checkStoredSettings(preset: Preset, settings: Settings, place: string): void {
  for (const key of new Set([...Object.keys(preset.definitions), ...Object.keys(settings)])) {
    const definition = Object.hasOwn(preset.definitions, key) ? preset.definitions[key] : undefined;
    if (!definition) throw new OptionError(`${place}: ${preset.name} has no setting ${JSON.stringify(key)}; another version made the run`);
    const value = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (value === undefined) throw new OptionError(`${place}: the setting ${key} is missing; another version made the run`);
    if (!v.safeParse(definition.schema, value).success) {
      throw new OptionError(`${place}: ${key} must be ${definition.allowed}, got ${JSON.stringify(value)}`);
    }
  }
  preset.check(settings);
}

/** Names each setting that differs, as `key: a there, b here`. */
export function differences(there: Settings, here: Settings): string[] {
  const keys = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  const show = (settings: Settings, key: string): string => (settings[key] === undefined ? 'nothing' : showSetting(settings[key]));
  return keys
    .filter((key) => show(there, key) !== show(here, key))
    .map((key) => `${key}: ${show(there, key)} there, ${show(here, key)} here`);
}
