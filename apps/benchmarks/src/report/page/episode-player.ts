/** Plays an episode: a canvas, a strip of the rewards under it, and controls. Who draws on the canvas is another matter. */
import { choiceRow, element, showNumber } from './page-elements.js';
import { faded, onThemeChange, themeColour } from './page-theme.js';

const speeds = [0.25, 0.5, 1, 2, 4];

/** Draws an episode frame by frame. */
export interface EpisodePicture {
  readonly frameCount: number;
  /** Height of a frame as a share of its width. */
  readonly aspect: number;
  /** Draws a moment, in frames; between two of them what moves is in between. */
  draw(moment: number): void;
}

/** Something to play: an episode, or several one after the other. */
export interface PlayedEpisode {
  /** One for each step. */
  readonly rewards: readonly number[];
  /** First step of each episode. */
  readonly episodeStarts: readonly number[];
  /** What the canvas shows, in words. */
  readonly label: string;
  /** Null where there is nothing to see. */
  readonly picture: EpisodePicture | null;
}

/** How to play. */
export interface EpisodePlayerOptions {
  readonly canvas: HTMLCanvasElement;
  /** Seconds of simulated time in a step. */
  readonly timeStep: number;
  /** Seconds that a step is shown at speed 1; `timeStep` when absent. */
  readonly secondsPerStep?: number;
  /** What is played, in a word. */
  readonly word: string;
  /** Called when another step is shown, with the number of steps taken. */
  readonly onStep?: (step: number) => void;
  /** What stands under the picture at a step. Default: time, step, reward and return. */
  readonly readout?: (step: number) => string;
}

/** A player of one episode at a time. */
export interface EpisodePlayer {
  readonly root: HTMLElement;
  /** Shows another episode from its start, and plays it when the reader wants motion. */
  show(episode: PlayedEpisode): void;
  /** Draws the present moment again. */
  redraw(): void;
}

/** Gives a canvas as many pixels as the screen has for it. */
export function fitCanvas(canvas: HTMLCanvasElement): void {
  const ratio = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (width > 0 && (canvas.width !== width || canvas.height !== height)) Object.assign(canvas, { width, height });
}

/** Draws rewards as an area about zero, what is played already in full colour. */
function drawStrip(canvas: HTMLCanvasElement, rewards: readonly number[], step: number): void {
  fitCanvas(canvas);
  const context = canvas.getContext('2d')!;
  const { width, height } = canvas;
  const low = Math.min(0, ...rewards);
  const span = Math.max(0, ...rewards, low + 1e-9) - low;
  const x = (index: number): number => (index / Math.max(1, rewards.length - 1)) * width;
  const y = (reward: number): number => height - 2 - ((reward - low) / span) * (height - 4);
  const area = (until: number): void => {
    context.beginPath();
    context.moveTo(0, y(0));
    rewards.slice(0, until).forEach((reward, index) => context.lineTo(x(index), y(reward)));
    context.lineTo(x(Math.max(0, until - 1)), y(0));
    context.closePath();
    context.fill();
  };
  context.clearRect(0, 0, width, height);
  context.fillStyle = faded(themeColour('accent'), 0.18);
  area(rewards.length);
  context.fillStyle = faded(themeColour('accent'), 0.75);
  area(Math.max(1, step));
  // Where nothing is earned there is a line all the same.
  context.fillRect(0, y(0) - devicePixelRatio / 2, x(Math.max(0, step - 1)), devicePixelRatio);
  context.fillStyle = faded(themeColour('accent'), 0.18);
  context.fillRect(0, y(0) - devicePixelRatio / 2, width, devicePixelRatio);
}

/** Makes a player. */
export function createEpisodePlayer(options: EpisodePlayerOptions): EpisodePlayer {
  const { canvas, timeStep, secondsPerStep = timeStep, word, onStep } = options;
  const strip = element('canvas', { class: 'strip', 'aria-hidden': 'true' });
  const scrub = element('input', { type: 'range', min: '0', step: '1', value: '0', 'aria-label': `step of the ${word}` });
  const play = element('button', { type: 'button', class: 'play' });
  const readout = element('p', { class: 'readout' });
  const missing = element('p', { class: 'note' }, ['This environment does not draw itself.']);
  let speed = 1;
  let episode: PlayedEpisode | undefined;
  let moment = 0;
  let shownStep = -1;
  let playing = false;
  let lastTime = 0;
  let endPause = 0;
  let visible = true;

  const last = (): number => (episode?.picture ? episode.picture.frameCount - 1 : (episode?.rewards.length ?? 0));
  /** Steps taken at a frame: each episode after the first begins with a frame that no step led to. */
  const stepAt = (frame: number): number => {
    const starts = episode!.episodeStarts.filter((start, index) => index > 0 && start + index <= frame).length;
    return Math.max(0, Math.min(Math.floor(frame) - starts, episode!.rewards.length));
  };

  const draw = (): void => {
    if (!episode) return;
    const step = stepAt(moment);
    episode.picture?.draw(moment);
    drawStrip(strip, episode.rewards, step);
    scrub.value = String(Math.floor(moment));
    const start = episode.episodeStarts.filter((from) => from < step || from === 0).at(-1)!;
    const sum = episode.rewards.slice(start, step).reduce((total, reward) => total + reward, 0);
    const reward = step > 0 ? episode.rewards[step - 1]!.toFixed(2).replace('-', '−') : '–';
    readout.textContent =
      options.readout?.(step) ??
      `${(step * timeStep).toFixed(1)} s · step ${step} of ${episode.rewards.length} · reward ${reward} · return ${showNumber(sum)}`;
    scrub.setAttribute('aria-valuetext', readout.textContent);
    if (step !== shownStep) onStep?.(step);
    shownStep = step;
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
      moment = Math.min(last(), moment + (elapsed * speed) / secondsPerStep);
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
  resized.observe(canvas);
  resized.observe(strip);
  new IntersectionObserver(([entry]) => (visible = entry?.isIntersecting ?? true)).observe(canvas);
  onThemeChange(draw);

  const speedRow = choiceRow(
    'speed',
    speeds.map((value) => ({ text: `${value}×` })),
    speeds.indexOf(1),
    (index) => (speed = speeds[index]!),
  );
  speedRow.classList.add('speeds');
  const controls = element('div', { class: 'controls' }, [play, readout, speedRow]);
  const root = element('div', { class: 'player' }, [canvas, missing, strip, scrub, controls]);
  setPlaying(false);

  return {
    root,
    redraw: draw,
    show(next) {
      episode = next;
      moment = 0;
      shownStep = -1;
      endPause = 0;
      missing.hidden = next.picture !== null;
      canvas.hidden = next.picture === null;
      if (next.picture) canvas.style.aspectRatio = String(1 / Math.min(0.8, Math.max(0.22, next.picture.aspect)));
      canvas.setAttribute('aria-label', next.label);
      scrub.max = String(last());
      draw();
      setPlaying(next.picture !== null && !matchMedia('(prefers-reduced-motion: reduce)').matches);
    },
  };
}
