/** Draws solids on a canvas by WebGL, in the light that the software's pictures have, and lets the reader walk around them. */
import type { SolidScene } from '@mbrl/core';
import { planeSquareSize } from '@mbrl/envs';
import {
  Color,
  DirectionalLight,
  Fog,
  HemisphereLight,
  Mesh,
  MeshLambertMaterial,
  MeshStandardMaterial,
  PCFShadowMap,
  PerspectiveCamera,
  Quaternion,
  Scene,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import { type EpisodePicture, fitCanvas } from '../../report/page/episode-player.js';
import { onThemeChange, themeColour } from '../../report/page/page-theme.js';
import { solidAspect } from './solid-aspect.js';
import { sceneAt } from './solid-moment.js';
import { solidGeometry, squaresTexture } from './solid-mesh.js';
import type { SolidTrack } from './solid-track.js';

/** A picture that the reader can look at from elsewhere. */
export interface SolidStage extends EpisodePicture {
  /** Looks again from where the environment looks. */
  resetView(): void;
}

/** Parts of red, green and blue between two colours as `#rrggbb`. */
function mixed(from: string, to: string, share: number): string {
  const part = (colour: string, index: number): number => Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16);
  return `rgb(${[0, 1, 2].map((index) => Math.round(part(from, index) + share * (part(to, index) - part(from, index)))).join(', ')})`;
}

/** Direction to the sun: over the viewer's left shoulder. */
function sunDirection(forward: Vector3): Vector3 {
  const right = new Vector3(forward.y, -forward.x, 0);
  if (right.lengthSq() < 1e-9) right.set(1, 0, 0);
  right.normalize();
  const level = new Vector3(-forward.x, -forward.y, 0);
  if (level.lengthSq() > 1e-9) level.normalize();
  level.multiplyScalar(2).addScaledVector(right, -1.5).normalize();
  return level.multiplyScalar(0.6).setZ(0.8);
}

/** Says whether the browser offers WebGL, without a complaint where it does not. */
export function offersWebGl(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

/**
 * Makes a stage on a canvas.
 * @param onChange called when the reader has moved the view, so that the moment is drawn again
 */
export function createSolidStage(canvas: HTMLCanvasElement, track: SolidTrack, onChange: () => void): SolidStage {
  const first = sceneAt(track, 0);
  const eye = new Vector3(...first.camera.position);
  const target = new Vector3(...first.camera.target);
  const distance = eye.distanceTo(target) || 1;
  const squareSize = planeSquareSize(first.camera);
  const renderer = new WebGLRenderer({ canvas, antialias: true });
  renderer.shadowMap.enabled = true;
  renderer.shadowMap.type = PCFShadowMap;
  const scene = new Scene();
  const fog = new Fog(0xffffff, 2 * distance, 9 * distance);
  scene.fog = fog;
  const background = new Color();
  scene.background = background;
  const camera = new PerspectiveCamera(first.camera.fieldOfView, 1, distance / 100, 60 * distance);
  camera.up.set(0, 0, 1);

  const sunward = sunDirection(target.clone().sub(eye).normalize());
  const sun = new DirectionalLight(0xffffff, 0.53 * Math.PI);
  sun.castShadow = true;
  sun.shadow.mapSize.set(2048, 2048);
  const reach = 1.4 * distance;
  Object.assign(sun.shadow.camera, { left: -reach, right: reach, bottom: -reach, top: reach, near: 0.1 * distance, far: 8 * distance });
  sun.shadow.normalBias = reach / 700;
  const sky = new HemisphereLight(0xffffff, 0xffffff, 0.58 * Math.PI);
  sky.position.set(0, 0, 1);
  sky.groundColor.setScalar(0.22 / 0.58);
  scene.add(sun, sun.target, sky);

  const meshes = first.shapes.map((shape) => {
    const isPlane = shape.form.kind === 'plane';
    const material = isPlane ? new MeshLambertMaterial() : new MeshStandardMaterial({ roughness: 0.55, metalness: 0, fog: false });
    const mesh = new Mesh(solidGeometry(shape.form, squareSize), material);
    mesh.castShadow = !isPlane;
    mesh.receiveShadow = true;
    scene.add(mesh);
    return { mesh, material, isPlane, shape };
  });

  const applyTheme = (): void => {
    const behind = themeColour('scene-back');
    background.set(behind);
    fog.color.set(behind);
    for (const { material, isPlane, shape } of meshes) {
      const own = shape.colour ? `#${new Color().setRGB(...shape.colour, 'srgb').getHexString()}` : themeColour(`scene-${shape.role}`);
      if (isPlane) {
        material.map?.dispose();
        const [light, dark] = shape.colour ? [mixed(own, behind, 0.15), own] : [mixed(behind, own, 0.2), mixed(behind, own, 0.36)];
        material.map = squaresTexture(light, dark, renderer.capabilities.getMaxAnisotropy());
      } else material.color.set(own);
    }
  };
  applyTheme();
  onThemeChange(applyTheme);

  const controls = new OrbitControls(camera, canvas);
  controls.minDistance = distance / 8;
  controls.maxDistance = 3 * distance;
  controls.enableDamping = false;
  // Until the reader takes it, the camera is the environment's.
  let taken = false;
  let moving = false;
  controls.addEventListener('start', () => (taken = true));
  controls.addEventListener('change', () => moving || onChange());

  const follow = ({ position, target: to, fieldOfView }: SolidScene['camera']): void => {
    const next = new Vector3(...to);
    if (taken) camera.position.add(next.clone().sub(controls.target));
    else camera.position.set(...position);
    controls.target.copy(next);
    // Straight down there is no up: a hair's breadth to the south makes it north.
    if (Math.hypot(camera.position.x - next.x, camera.position.y - next.y) < 1e-5 * distance) camera.position.y -= 1e-4 * distance;
    camera.fov = fieldOfView;
    moving = true;
    controls.update();
    moving = false;
    sun.target.position.copy(next);
    sun.position.copy(next).addScaledVector(sunward, 4 * distance);
    const away = Math.max(distance, camera.position.distanceTo(next));
    Object.assign(fog, { near: 2 * away, far: Math.min(9 * away, 20 * distance) });
  };

  const offset = new Vector3();
  const back = new Quaternion();
  const place = (shapes: SolidScene['shapes']): void =>
    shapes.forEach(({ position, rotation: [w, x, y, z] }, index) => {
      const { mesh, isPlane } = meshes[index]!;
      mesh.position.set(...position);
      mesh.quaternion.set(x, y, z, w);
      if (!isPlane) return;
      // The plane has no end: the part that is drawn goes along, by two squares at a time so that nobody sees it.
      const two = 2 * squareSize;
      offset.copy(controls.target).sub(mesh.position).applyQuaternion(back.copy(mesh.quaternion).invert());
      offset.set(Math.round(offset.x / two) * two, Math.round(offset.y / two) * two, 0);
      mesh.position.add(offset.applyQuaternion(mesh.quaternion));
    });

  let size = '';
  return {
    frameCount: track.count,
    aspect: solidAspect(),
    draw(moment) {
      fitCanvas(canvas);
      if (size !== `${canvas.width} ${canvas.height}`) {
        renderer.setSize(canvas.width, canvas.height, false);
        camera.aspect = canvas.width / canvas.height;
        size = `${canvas.width} ${canvas.height}`;
      }
      const now = sceneAt(track, moment);
      follow(now.camera);
      camera.updateProjectionMatrix();
      place(now.shapes);
      renderer.render(scene, camera);
    },
    resetView() {
      taken = false;
      onChange();
    },
  };
}
