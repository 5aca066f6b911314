/** Plays a trial: the scene, a strip of its rewards under it, and controls. */
import { choiceRow, element, showNumber } from './page-elements.js';
import { faded, onThemeChange, themeColour } from './page-theme.js';
import type { ReportData, ReportTrajectory } from './report-data.js';
import { aspectOf, drawMoment, frameCount } from './scene-canvas.js';

const speeds = [0.25, 0.5, 1, 2, 4];

/** A player of one trial at a time. */
export interface TrialPlayer {
  readonly root: HTMLElement;
  /** Shows another trial from its start, and plays it when the reader wants motion. */
  show(trajectory: ReportTrajectory): void;
}

function fitCanvas(canvas: HTMLCanvasElement): void {
  const ratio = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (width > 0 && (canvas.width !== width || canvas.height !== height)) Object.assign(canvas, { width, height });
}

/** Draws rewards as an area, what is played already in full colour. */
function drawStrip(canvas: HTMLCanvasElement, rewards: readonly number[], step: number): void {
  fitCanvas(canvas);
  const context = canvas.getContext('2d')!;
  const { width, height } = canvas;
  const low = Math.min(0, ...rewards);
  const span = Math.max(...rewards, low + 1e-9) - low;
  const x = (index: number): number => (index / Math.max(1, rewards.length - 1)) * width;
  const y = (reward: number): number => height - 2 - ((reward - low) / span) * (height - 4);
  const area = (until: number): void => {
    context.beginPath();
    context.moveTo(0, height);
    rewards.slice(0, until).forEach((reward, index) => context.lineTo(x(index), y(reward)));
    context.lineTo(x(Math.max(0, until - 1)), height);
    context.closePath();
    context.fill();
  };
  context.clearRect(0, 0, width, height);
  context.fillStyle = faded(themeColour('accent'), 0.18);
  area(rewards.length);
  context.fillStyle = faded(themeColour('accent'), 0.75);
  area(Math.max(1, step));
}

/** Makes a player. */
export function createTrialPlayer(data: ReportData): TrialPlayer {
  const scene = element('canvas', { class: 'scene', role: 'img' });
  const strip = element('canvas', { class: 'strip', 'aria-hidden': 'true' });
  const scrub = element('input', { type: 'range', min: '0', step: '1', value: '0', 'aria-label': 'step of the trial' });
  const play = element('button', { type: 'button', class: 'play' });
  const readout = element('p', { class: 'readout' });
  const missing = element('p', { class: 'note' }, ['This environment does not draw itself.']);
  let speed = 1;
  let trajectory: ReportTrajectory | undefined;
  let moment = 0;
  let playing = false;
  let lastTime = 0;
  let endPause = 0;
  let visible = true;

  const last = (): number => (trajectory?.scenes ? frameCount(trajectory.scenes) - 1 : (trajectory?.rewards.length ?? 0));
  /** Steps taken at a frame: each episode after the first begins with a frame that no step led to. */
  const stepAt = (frame: number): number => {
    const episodes = trajectory!.episodeStarts.filter((start, index) => index > 0 && start + index <= frame).length;
    return Math.max(0, Math.min(Math.floor(frame) - episodes, trajectory!.rewards.length));
  };

  const draw = (): void => {
    if (!trajectory) return;
    const step = stepAt(moment);
    if (trajectory.scenes) {
      fitCanvas(scene);
      drawMoment(scene, trajectory.scenes, moment);
    }
    drawStrip(strip, trajectory.rewards, step);
    scrub.value = String(Math.floor(moment));
    const start = trajectory.episodeStarts.filter((from) => from < step || from === 0).at(-1)!;
    const sum = trajectory.rewards.slice(start, step).reduce((total, reward) => total + reward, 0);
    const reward = step > 0 ? trajectory.rewards[step - 1]!.toFixed(2).replace('-', '−') : '–';
    readout.textContent = `${(step * data.timeStep).toFixed(1)} s · step ${step} of ${trajectory.rewards.length} · reward ${reward} · return ${showNumber(sum)}`;
    scrub.setAttribute('aria-valuetext', readout.textContent);
  };

  const setPlaying = (next: boolean): void => {
    playing = next;
    play.textContent = playing ? 'Pause' : 'Play';
    play.classList.toggle('playing', playing);
    if (playing) requestAnimationFrame(tick);
    lastTime = 0;
  };

  const tick = (time: number): void => {
    if (!playing) return;
    requestAnimationFrame(tick);
    const elapsed = lastTime === 0 ? 0 : Math.min(0.1, (time - lastTime) / 1000);
    lastTime = time;
    if (!visible) return;
    if (moment >= last()) {
      endPause += elapsed;
      if (endPause < 1.2) return;
      endPause = 0;
      moment = 0;
    } else {
      moment = Math.min(last(), moment + (elapsed * speed) / data.timeStep);
    }
    draw();
  };

  play.addEventListener('click', () => {
    if (!playing && moment >= last()) moment = 0;
    setPlaying(!playing);
    draw();
  });
  scrub.addEventListener('input', () => {
    setPlaying(false);
    moment = Number(scrub.value);
    draw();
  });
  const resized = new ResizeObserver(() => requestAnimationFrame(draw));
  resized.observe(scene);
  resized.observe(strip);
  new IntersectionObserver(([entry]) => (visible = entry?.isIntersecting ?? true)).observe(scene);
  onThemeChange(draw);

  const speedRow = choiceRow(
    'speed',
    speeds.map((value) => ({ text: `${value}×` })),
    speeds.indexOf(1),
    (index) => (speed = speeds[index]!),
  );
  speedRow.classList.add('speeds');
  const root = element('div', { class: 'player' }, [
    scene,
    missing,
    strip,
    scrub,
    element('div', { class: 'controls' }, [play, readout, speedRow]),
  ]);
  setPlaying(false);

  return {
    root,
    show(next) {
      trajectory = next;
      moment = 0;
      endPause = 0;
      missing.hidden = next.scenes !== null;
      scene.hidden = next.scenes === null;
      if (next.scenes) scene.style.aspectRatio = String(1 / Math.min(0.8, Math.max(0.22, aspectOf(next.scenes))));
      scene.setAttribute('aria-label', `Animation of trial ${next.trial}, return ${showNumber(next.return)}`);
      scrub.max = String(last());
      draw();
      setPlaying(next.scenes !== null && !matchMedia('(prefers-reduced-motion: reduce)').matches);
    },
  };
}
