/** Pictures a second of environments, without a GPU, beside steps without a picture. */
import { loadEnvironment, renderEnvironment } from '@mbrl/envs';
import { type Bench, type BenchFigure, compareRatio, type Target, withFigureTarget } from './bench-figure.js';
import { quantityOf, timeRatio, timeTogether, type Variant } from './time-together.js';

/** What is drawn: a flat scene, and solids with one ray for each pixel and with four. */
const pictures: readonly {
  readonly name: string;
  readonly samplesPerSide: number;
  readonly target?: Target & { readonly unit: string };
}[] = [
  { name: 'CartPole-v1', samplesPerSide: 2, target: { kind: 'atLeast', limit: 1000, unit: '1/s' } },
  { name: 'HalfCheetah-v5', samplesPerSide: 1 },
  { name: 'HalfCheetah-v5', samplesPerSide: 2 },
];
const SIZE = 64;

async function measure({ name, samplesPerSide, target }: (typeof pictures)[number], quick: boolean): Promise<BenchFigure> {
  const environment = await loadEnvironment(name);
  try {
    const { actionSpace } = environment;
    const action = new Float64Array(actionSpace.size);
    const out = new Uint8Array(SIZE * SIZE * 3);
    const step = (): void => {
      const { terminated, truncated } = environment.step(action);
      if (terminated || truncated) environment.reset();
    };
    environment.reset({ seed: 1 });
    const calls = quick ? 20 : 400;
    const variants: { readonly [Name in 'drawn' | 'bare']: Variant } = {
      drawn: {
        run() {
          step();
          renderEnvironment(environment, { width: SIZE, height: SIZE, samplesPerSide, out });
        },
        calls,
      },
      bare: { run: step, calls },
    };
    const times = await timeTogether(variants, { rounds: quick ? 2 : 15, warmUp: quick ? 5 : 400, settle: false });
    const rate = (milliseconds: number): number => 1000 / milliseconds;
    const figure = quantityOf(times.drawn, '1/s', rate);
    const comparison = compareRatio(
      'a step without a picture',
      quantityOf(times.bare, '1/s', rate),
      timeRatio(times.bare, times.drawn),
      'rate',
    );
    const size = `${name}, ${SIZE}×${SIZE}, a step and its picture${name === 'CartPole-v1' ? '' : `, ${samplesPerSide ** 2} ray${samplesPerSide > 1 ? 's' : ''} a pixel`}`;
    return { bench: pixelsBench.name, size, figure, comparisons: [target ? withFigureTarget(comparison, figure, target) : comparison] };
  } finally {
    environment.dispose?.();
  }
}

/** Software pictures. */
export const pixelsBench: Bench = {
  name: 'pixels',
  description: 'steps with their pictures a second, drawn without a GPU',
  async run({ quick }) {
    const figures: BenchFigure[] = [];
    for (const picture of pictures) figures.push(await measure(picture, quick));
    return figures;
  },
};
