/**
 * A drawing of dots in braille characters, two by four dots a character. A terminal's character is about twice as
 * high as wide, so the dots are square.
 */
import type { SceneRole } from '@mbrl/core';
import type { TerminalStyle } from './terminal-style.js';

/** Bits of the dots in a braille character, by row and column. */
const dotBits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

/** Dots to draw on; dot (0, 0) is at the top left. */
export interface BrailleCanvas {
  /** Extent in dots. */
  readonly width: number;
  readonly height: number;
  set(x: number, y: number, role: SceneRole): void;
  clear(x: number, y: number): void;
  /** One text for each row of characters. */
  lines(style: TerminalStyle): string[];
}

/** Makes an empty canvas of so many characters. */
export function createBrailleCanvas(columns: number, rows: number): BrailleCanvas {
  const bits = new Uint8Array(columns * rows);
  const roles: (SceneRole | undefined)[] = Array.from({ length: columns * rows });
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= columns * 2 || y >= rows * 4 ? -1 : (y >> 2) * columns + (x >> 1));
  const bit = (x: number, y: number): number => dotBits[(y & 3) * 2 + (x & 1)]!;
  return {
    width: columns * 2,
    height: rows * 4,
    set(x, y, role) {
      const cell = at(x, y);
      if (cell < 0) return;
      bits[cell]! |= bit(x, y);
      roles[cell] = role;
    },
    clear(x, y) {
      const cell = at(x, y);
      if (cell >= 0) bits[cell]! &= ~bit(x, y);
    },
    lines(style) {
      return Array.from({ length: rows }, (_, row) => {
        let line = '';
        let run = '';
        let role: SceneRole | undefined;
        const end = (): void => {
          line += role ? style.role(role, run) : run;
          run = '';
        };
        for (let column = 0; column < columns; column++) {
          const cell = row * columns + column;
          const next = bits[cell] === 0 ? undefined : roles[cell];
          if (next !== role) {
            end();
            role = next;
          }
          run += bits[cell] === 0 ? ' ' : String.fromCharCode(0x2800 + bits[cell]!);
        }
        end();
        return line;
      });
    },
  };
}
