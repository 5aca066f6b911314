/**
 * The sun of a scene in space, which comes over the viewer's left shoulder, and the shadows that it throws. Each solid
 * throws its shadow into a rectangle, as seen from the sun; only points in it are tested.
 */
import { enterSolid, type PreparedSolid, toOwnAxes } from './solid-ray.js';
import { ballsAround, dot, type SolidView } from './solid-view.js';

/** A solid that throws a shadow. */
interface Caster {
  readonly solid: PreparedSolid;
  /** Direction to the sun in the solid's own axes. */
  readonly sun: Float64Array;
  /** The rectangle that its shadow covers, seen from the sun, and how far it reaches towards it. */
  readonly bounds: Float64Array;
}

/** The light of one picture. */
export interface SolidLight {
  /** Direction to the sun, length one. */
  readonly sun: Float64Array;
  /** Whether the sun does not reach a point, `[3]`. */
  isShadowed(point: Float64Array): boolean;
}

/** How high the sun stands: the part of its direction that points up. */
const SUN_UP = 0.8;

/** Sets up the light for a view. Planes throw no shadow. */
export function createLight(view: SolidView, solids: readonly PreparedSolid[], shadows: boolean): SolidLight {
  const { right, forward } = view;
  // Two parts from behind the viewer, one and a half from his left, along the ground.
  const flat = Math.sqrt(forward[0]! * forward[0]! + forward[1]! * forward[1]!) || 1;
  const x = (-2 * forward[0]!) / flat - 1.5 * right[0]!;
  const y = (-2 * forward[1]!) / flat - 1.5 * right[1]!;
  const length = Math.sqrt(x * x + y * y) || 1;
  const level = Math.sqrt(1 - SUN_UP * SUN_UP);
  const sun = Float64Array.of((level * x) / length, (level * y) / length, SUN_UP);
  const across = Float64Array.of(-y / length, x / length, 0);
  const along = Float64Array.of(
    sun[1]! * across[2]! - sun[2]! * across[1]!,
    sun[2]! * across[0]! - sun[0]! * across[2]!,
    sun[0]! * across[1]! - sun[1]! * across[0]!,
  );
  const casters: Caster[] = [];
  const all = Float64Array.of(Infinity, -Infinity, Infinity, -Infinity, -Infinity);
  if (shadows) {
    for (const solid of solids) {
      if (solid.kind === 'plane') continue;
      const bounds = Float64Array.of(Infinity, -Infinity, Infinity, -Infinity, -Infinity);
      const center = Float64Array.of(solid.x, solid.y, solid.z);
      for (const [ballX, ballY, ballZ, radius] of ballsAround(solid)) {
        const at = Float64Array.of(center[0]! + ballX, center[1]! + ballY, center[2]! + ballZ);
        extend(bounds, dot(at, across), dot(at, along), dot(at, sun), radius);
        extend(all, dot(at, across), dot(at, along), dot(at, sun), radius);
      }
      const own = new Float64Array(3);
      toOwnAxes(solid, sun, own);
      casters.push({ solid, sun: own, bounds });
    }
  }
  return {
    sun,
    isShadowed(point) {
      const x = point[0]!;
      const y = point[1]!;
      const z = point[2]!;
      const u = x * across[0]! + y * across[1]! + z * across[2]!;
      const v = x * along[0]! + y * along[1]! + z * along[2]!;
      const w = x * sun[0]! + y * sun[1]! + z * sun[2]!;
      if (!within(all, u, v, w)) return false;
      for (const { solid, sun: own, bounds } of casters) {
        if (!within(bounds, u, v, w)) continue;
        const { turn } = solid;
        const px = x - solid.x;
        const py = y - solid.y;
        const pz = z - solid.z;
        const ox = turn[0]! * px + turn[3]! * py + turn[6]! * pz;
        const oy = turn[1]! * px + turn[4]! * py + turn[7]! * pz;
        const oz = turn[2]! * px + turn[5]! * py + turn[8]! * pz;
        const t = enterSolid(solid, ox, oy, oz, own[0]!, own[1]!, own[2]!);
        if (t > 0 && t < Infinity) return true;
      }
      return false;
    },
  };
}

function extend(bounds: Float64Array, u: number, v: number, w: number, radius: number): void {
  bounds[0] = Math.min(bounds[0]!, u - radius);
  bounds[1] = Math.max(bounds[1]!, u + radius);
  bounds[2] = Math.min(bounds[2]!, v - radius);
  bounds[3] = Math.max(bounds[3]!, v + radius);
  bounds[4] = Math.max(bounds[4]!, w + radius);
}

function within(bounds: Float64Array, u: number, v: number, w: number): boolean {
  return u >= bounds[0]! && u <= bounds[1]! && v >= bounds[2]! && v <= bounds[3]! && w <= bounds[4]!;
}
