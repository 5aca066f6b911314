/** Names of the components of an observation made of joint positions and velocities. */

/**
 * Labels of positions and velocities, in MuJoCo's order.
 * @param skipped leading positions that are left out
 */
export function jointLabels(positions: readonly string[], velocities: readonly string[] = positions, skipped = 0): string[] {
  return [...positions.slice(skipped).map((name) => `${name} position`), ...velocities.map((name) => `${name} velocity`)];
}

/** Positions and velocities of a free joint, in MuJoCo's order. */
export const freeJoint = {
  positions: ['x', 'y', 'z', 'turn w', 'turn x', 'turn y', 'turn z'],
  velocities: ['x', 'y', 'z', 'turn x', 'turn y', 'turn z'],
} as const;

/** Labels of some numbers for each body but the world. */
export function bodyLabels(bodies: readonly string[], quantity: string, parts: readonly string[]): string[] {
  return bodies.flatMap((body) => parts.map((part) => `${body} ${quantity} ${part}`));
}

/** The six parts of a force or velocity in space: turning, then straight. */
export const spatialParts = ['turning x', 'turning y', 'turning z', 'x', 'y', 'z'] as const;
