/** Colours of pictures: one for each role of a shape, and one for what lies behind. */
import { OptionError, type SceneRole } from '@mbrl/core';

/** Red, green and blue, whole numbers in [0, 255]. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour for each role, and for the background. */
export type ScenePalette = { readonly [Part in SceneRole | 'background']: Rgb };

/** Dark shapes on near white, as the pages show them in a light theme. */
export const lightPalette: ScenePalette = {
  background: [251, 250, 248],
  body: [47, 102, 144],
  accent: [217, 98, 43],
  joint: [29, 33, 38],
  ground: [169, 166, 157],
  target: [47, 158, 103],
  faint: [233, 230, 222],
};

/** Light shapes on near black, as the pages show them in a dark theme. */
export const darkPalette: ScenePalette = {
  background: [21, 24, 26],
  body: [91, 155, 208],
  accent: [255, 154, 87],
  joint: [244, 245, 246],
  ground: [93, 100, 107],
  target: [95, 209, 153],
  faint: [38, 43, 47],
};

const isByte = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;

/**
 * Completes a palette by the light one's colours.
 * @throws OptionError on a part that does not exist, or a colour that is not three whole numbers in [0, 255].
 */
export function completePalette(caller: string, palette: Partial<ScenePalette> = {}): ScenePalette {
  for (const [part, colour] of Object.entries(palette) as [string, unknown][]) {
    if (!Object.hasOwn(lightPalette, part)) {
      throw new OptionError(
        `${caller}: palette must have parts among ${Object.keys(lightPalette).join(', ')}, got ${JSON.stringify(part)}`,
      );
    }
    if (!Array.isArray(colour) || colour.length !== 3 || !colour.every(isByte)) {
      throw new OptionError(`${caller}: palette.${part} must be three whole numbers in [0, 255], got ${JSON.stringify(colour)}`);
    }
  }
  return { ...lightPalette, ...palette };
}
