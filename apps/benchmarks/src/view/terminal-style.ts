/** Colours of a terminal, or none where they are not wanted. */
import type { SceneRole } from '@mbrl/core';

/** Wraps text in the codes of a style. */
export interface TerminalStyle {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
  role(role: SceneRole, text: string): string;
}

const roleCodes: { readonly [R in SceneRole]: string } = {
  body: '36',
  accent: '1;33',
  joint: '97',
  ground: '90',
  target: '32',
  faint: '90',
};

/** Makes a style; without colours every function gives its text back. */
export function createTerminalStyle(colours: boolean): TerminalStyle {
  const wrap = (code: string) => (text: string) => (colours && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text);
  return {
    bold: wrap('1'),
    dim: wrap('2'),
    good: wrap('32'),
    bad: wrap('31'),
    accent: wrap('33'),
    role: (role, text) => wrap(roleCodes[role])(text),
  };
}

/** Whether colours are wanted: `NO_COLOR` (any text) turns them off, `FORCE_COLOR` on, else they are for terminals. */
export function wantsColours(environment: { readonly [name: string]: string | undefined }, isTerminal: boolean): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return true;
  return isTerminal && environment['TERM'] !== 'dumb';
}

// Escape codes start with ESC, which is what this looks for.
const escapeCode = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'y');

/** Columns that a text takes, colour codes left out. All that the views write is one column wide. */
export function visibleWidth(text: string): number {
  return cut(text, Infinity).width;
}

/** The first `width` columns of a text, colour codes kept. */
export function truncateVisible(text: string, width: number): string {
  return cut(text, width).text;
}

function cut(text: string, limit: number): { text: string; width: number } {
  let out = '';
  let width = 0;
  for (let index = 0; index < text.length;) {
    escapeCode.lastIndex = index;
    const code = escapeCode.exec(text)?.[0];
    if (code !== undefined) {
      out += code;
      index += code.length;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(index)!);
    index += character.length;
    if (width < limit) {
      out += character;
      width++;
    }
  }
  return { text: out, width };
}
