import { expect, test } from 'vitest';
import { createTrialRecorder, type TrialRecorder } from './trial-recorder.js';

const view = { left: 0, right: 1, bottom: 0, top: 1 };
function step(recorder: TrialRecorder, value: number, figures: { [name: string]: number } = {}, end = false): void {
  recorder.addStep({
    action: Float32Array.of(-value),
    reward: value / 10,
    nextObservation: Float32Array.of(value, -0),
    terminated: end,
    truncated: false,
    planMilliseconds: value,
    figures,
    scene: { view, shapes: [{ kind: 'circle', center: [value, 0], radius: 1, role: 'body' }] },
  });
}

function filled(): TrialRecorder {
  const recorder = createTrialRecorder();
  const scene = { view, shapes: [{ kind: 'circle' as const, center: [0, 0] as const, radius: 1, role: 'body' as const }] };
  recorder.beginEpisode(Float32Array.of(0, 0), scene);
  step(recorder, 1);
  step(recorder, 2, { predictedReturn: 7 }, true);
  recorder.beginEpisode(Float32Array.of(0.5, 0), scene);
  step(recorder, 3, { predictedReturn: Infinity });
  step(recorder, 4);
  return recorder;
}

test('columns pair each step with the observation before and after it, across episodes', () => {
  const columns = filled().columns();
  expect(columns.count).toBe(4);
  expect(Array.from(columns.observations)).toEqual([0, 0, 1, 0, 0.5, 0, 3, 0]);
  expect(Array.from(columns.nextObservations)).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
  expect(Array.from(columns.actions)).toEqual([-1, -2, -3, -4]);
  expect(Array.from(columns.terminated)).toEqual([0, 1, 0, 0]);
});

test('returns by episode; figures that are missing or not finite are 0; one frame for each observation', () => {
  const recorder = filled();
  expect(recorder.episodeReturns().map((value) => value.toFixed(1))).toEqual(['0.3', '0.7']);
  const record = recorder.record(2, null);
  expect(record.figures).toEqual({ predictedReturn: [0, 7, 0, 0] });
  expect(record.episodeStarts).toEqual([0, 2]);
  expect(record.scenes![0]!.count).toBe(6);
});

test('saved in the middle and restored through JSON, a recorder goes on as the one that was not', () => {
  const whole = filled();
  const restored = createTrialRecorder(JSON.parse(JSON.stringify(filled().save())));
  for (const recorder of [whole, restored]) step(recorder, 5, { predictedReturn: 1 }, true);
  expect(restored.record(1, null)).toEqual(whole.record(1, null));
  expect(restored.columns()).toEqual(whole.columns());
});
