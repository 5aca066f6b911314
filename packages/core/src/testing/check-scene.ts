/** The form of a scene: a view of positive size, and shapes of known kinds and roles with finite numbers. */
import type { Scene, SceneRole } from '../scene.js';

/** Every role that a shape may have. */
export const sceneRoles: readonly SceneRole[] = ['body', 'accent', 'joint', 'ground', 'target', 'faint'];

const isPoint = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
const isLength = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;

function faultOfShape(shape: { readonly [field: string]: unknown }): string | undefined {
  const lacking = (fields: { readonly [name: string]: boolean }): string | undefined => {
    const name = Object.keys(fields).find((field) => !fields[field]);
    return name === undefined ? undefined : `${name} must be finite and of the declared form, got ${JSON.stringify(shape[name])}`;
  };
  if (!sceneRoles.includes(shape['role'] as SceneRole))
    return `role must be one of ${sceneRoles.join(', ')}, got ${JSON.stringify(shape['role'])}`;
  switch (shape['kind']) {
    case 'line':
      return lacking({ from: isPoint(shape['from']), to: isPoint(shape['to']), width: isLength(shape['width']) });
    case 'circle':
      return lacking({ center: isPoint(shape['center']), radius: isLength(shape['radius']) });
    case 'box':
      return lacking({
        center: isPoint(shape['center']),
        width: isLength(shape['width']),
        height: isLength(shape['height']),
        angle: shape['angle'] === undefined || Number.isFinite(shape['angle']),
      });
    case 'polygon':
      return lacking({ points: Array.isArray(shape['points']) && shape['points'].length >= 3 && shape['points'].every(isPoint) });
    default:
      return `kind must be line, circle, box or polygon, got ${JSON.stringify(shape['kind'])}`;
  }
}

/** Says what is wrong with a scene, or returns undefined when nothing is. */
export function faultOfScene(scene: Scene): string | undefined {
  const { left, right, bottom, top } = scene.view;
  if (![left, right, bottom, top].every(Number.isFinite) || left >= right || bottom >= top) {
    return `view must be a rectangle of positive size, got ${JSON.stringify(scene.view)}`;
  }
  if (!Array.isArray(scene.shapes) || scene.shapes.length === 0) return 'shapes must be a list of at least one shape';
  for (const [index, shape] of scene.shapes.entries()) {
    const fault = faultOfShape(shape);
    if (fault) return `shape ${index}: ${fault}`;
  }
  return undefined;
}
