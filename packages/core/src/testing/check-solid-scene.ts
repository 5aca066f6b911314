/** The form of a scene in space: a camera, and solids of known kinds and roles with finite numbers and unit turns. */
import type { SolidScene } from '../solid-scene.js';
import { sceneRoles } from './check-scene.js';

type Fields = { readonly [field: string]: unknown };

const isVector = (value: unknown, size: number): boolean => Array.isArray(value) && value.length === size && value.every(Number.isFinite);
const isLength = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
const areLengths = (value: unknown): boolean => Array.isArray(value) && value.length === 3 && value.every(isLength);

function faultOfForm(form: Fields): string | undefined {
  switch (form['kind']) {
    case 'sphere':
      return isLength(form['radius']) ? undefined : 'a sphere must have a radius of at least 0';
    case 'capsule':
    case 'cylinder':
      return isLength(form['radius']) && isLength(form['halfLength']) ? undefined : `a ${form['kind']} must have radius and halfLength`;
    case 'box':
      return areLengths(form['halfSizes']) ? undefined : 'a box must have three halfSizes';
    case 'ellipsoid':
      return areLengths(form['radii']) ? undefined : 'an ellipsoid must have three radii';
    case 'plane':
      return undefined;
    default:
      return `kind must be sphere, capsule, cylinder, box, ellipsoid or plane, got ${JSON.stringify(form['kind'])}`;
  }
}

function faultOfSolid(shape: Fields): string | undefined {
  if (!sceneRoles.some((role) => role === shape['role']))
    return `role must be one of ${sceneRoles.join(', ')}, got ${JSON.stringify(shape['role'])}`;
  if (!isVector(shape['position'], 3)) return `position must be three finite numbers, got ${JSON.stringify(shape['position'])}`;
  const rotation = shape['rotation'];
  if (!isVector(rotation, 4) || Math.abs(Math.hypot(...(rotation as number[])) - 1) > 1e-6)
    return `rotation must be a unit quaternion, got ${JSON.stringify(rotation)}`;
  const colour = shape['colour'];
  const isColour = isVector(colour, 3) && (colour as number[]).every((part) => part >= 0 && part <= 1);
  if (colour !== undefined && !isColour) return `colour must be three numbers in [0, 1], got ${JSON.stringify(colour)}`;
  return faultOfForm(shape['form'] as Fields);
}

/** Says what is wrong with a scene in space, or returns undefined when nothing is. */
export function faultOfSolidScene(scene: SolidScene): string | undefined {
  const { position, target, fieldOfView } = scene.camera;
  if (!isVector(position, 3) || !isVector(target, 3) || !(fieldOfView > 0 && fieldOfView < 180))
    return `camera must have a position, a target and a fieldOfView in (0, 180), got ${JSON.stringify(scene.camera)}`;
  if (position.every((value, i) => value === target[i])) return 'camera must not stand in its target';
  if (!Array.isArray(scene.shapes) || scene.shapes.length === 0) return 'shapes must be a list of at least one shape';
  for (const [index, shape] of scene.shapes.entries()) {
    const fault = faultOfSolid(shape as unknown as Fields);
    if (fault) return `shape ${index}: ${fault}`;
  }
  return undefined;
}

/** What must stay the same from frame to frame, as a text: forms, roles and colours in order. */
export function solidFormOf(scene: SolidScene): string {
  return JSON.stringify(scene.shapes.map(({ form, role, colour }) => [form, role, colour]));
}
