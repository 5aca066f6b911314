/** Meshes of solids, and the squares of planes. */
import type { SolidForm } from '@mbrl/core';
import {
  BoxGeometry,
  type BufferGeometry,
  CanvasTexture,
  CapsuleGeometry,
  CylinderGeometry,
  PlaneGeometry,
  RepeatWrapping,
  SphereGeometry,
  SRGBColorSpace,
} from 'three';

/** Squares along a side of the part of a plane that is drawn. */
const PLANE_SQUARES = 200;
/** Faces around a round form. */
const FACES = 40;

/** The surface of a form, in its own axes; of a plane the part about its origin. */
export function solidGeometry(form: SolidForm, squareSize: number): BufferGeometry {
  switch (form.kind) {
    case 'sphere':
      return new SphereGeometry(form.radius, FACES, FACES / 2);
    // three's round forms stand along y.
    case 'capsule':
      return new CapsuleGeometry(form.radius, 2 * form.halfLength, FACES / 4, FACES).rotateX(Math.PI / 2);
    case 'cylinder':
      return new CylinderGeometry(form.radius, form.radius, 2 * form.halfLength, FACES).rotateX(Math.PI / 2);
    case 'box': {
      const [x, y, z] = form.halfSizes;
      return new BoxGeometry(2 * x, 2 * y, 2 * z);
    }
    case 'ellipsoid': {
      const [x, y, z] = form.radii;
      return new SphereGeometry(1, FACES, FACES / 2).scale(x, y, z);
    }
    case 'plane':
      return new PlaneGeometry(PLANE_SQUARES * squareSize, PLANE_SQUARES * squareSize);
  }
}

/** A texture of squares in two colours over the whole of a plane's mesh. */
export function squaresTexture(light: string, dark: string, anisotropy: number): CanvasTexture {
  const size = 256;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: size, height: size });
  const context = canvas.getContext('2d')!;
  context.fillStyle = light;
  context.fillRect(0, 0, size, size);
  context.fillStyle = dark;
  context.fillRect(0, 0, size / 2, size / 2);
  context.fillRect(size / 2, size / 2, size / 2, size / 2);
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = RepeatWrapping;
  texture.wrapT = RepeatWrapping;
  texture.repeat.set(PLANE_SQUARES / 2, PLANE_SQUARES / 2);
  texture.anisotropy = anisotropy;
  return texture;
}
