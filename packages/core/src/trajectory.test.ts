import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.js';
import { createTrajectory, loadTrajectory, type Trajectory, type TrajectoryStep } from './trajectory.js';

const stepAt = (t: number, ends: Partial<TrajectoryStep> = {}): TrajectoryStep => ({
  action: [t, -t],
  reward: t + 0.1,
  nextObservation: [t + 1, 10 * (t + 1), 0.5],
  terminated: false,
  truncated: false,
  ...ends,
});

const episode = (stepCount: number, ends: Partial<TrajectoryStep> = {}): Trajectory => {
  const trajectory = createTrajectory({ firstObservation: [0, 0, 0.5], actionSize: 2 });
  for (let t = 0; t < stepCount; t++) trajectory.append(stepAt(t, t === stepCount - 1 ? ends : {}));
  return trajectory;
};

describe('a trajectory', () => {
  it('records steps in columns, with one observation more than steps', () => {
    const trajectory = episode(3);
    expect(trajectory).toMatchObject({ stepCount: 3, observationSize: 3, actionSize: 2, ended: false });
    expect([...trajectory.observations]).toEqual([0, 0, 0.5, 1, 10, 0.5, 2, 20, 0.5, 3, 30, 0.5]);
    expect([...trajectory.actions]).toEqual([0, -0, 1, -1, 2, -2]);
    expect([...trajectory.rewards]).toEqual([0.1, 1.1, 2.1]);
    expect(trajectory.totalReward).toBe(0.1 + 1.1 + 2.1);
  });

  it('grows over hundreds of steps', () => {
    const trajectory = episode(700);
    expect(trajectory.observations.length).toBe(701 * 3);
    expect(trajectory.observations[700 * 3]).toBe(700);
    expect(trajectory.actions[2 * 699 + 1]).toBe(-699);
  });

  it('copies what it is given', () => {
    const first = Float32Array.of(1, 2);
    const trajectory = createTrajectory({ firstObservation: first, actionSize: 1 });
    const next = Float32Array.of(3, 4);
    trajectory.append({ action: [0], reward: 0, nextObservation: next, terminated: false, truncated: false });
    first.fill(9);
    next.fill(9);
    expect([...trajectory.observations]).toEqual([1, 2, 3, 4]);
  });

  it('becomes transitions whose last row alone carries the end', () => {
    const columns = episode(3, { truncated: true }).toTransitions();
    expect(columns).toMatchObject({ count: 3, observationSize: 3, actionSize: 2 });
    expect([...columns.observations.subarray(3, 6)]).toEqual([1, 10, 0.5]);
    expect([...columns.nextObservations.subarray(3, 6)]).toEqual([2, 20, 0.5]);
    expect([...columns.rewards]).toEqual([0.1, 1.1, 2.1].map(Math.fround));
    expect([...columns.terminated]).toEqual([0, 0, 0]);
    expect([...columns.truncated]).toEqual([0, 0, 1]);
    expect([...episode(2, { terminated: true }).toTransitions().terminated]).toEqual([0, 1]);
    expect(episode(0).toTransitions().count).toBe(0);
  });

  it('takes nothing after an end', () => {
    for (const ends of [{ terminated: true }, { truncated: true }]) {
      const trajectory = episode(2, ends);
      expect(trajectory).toMatchObject({ ended: true, ...ends });
      expect(() => trajectory.append(stepAt(2))).toThrow('Trajectory.append: the episode must not have ended, got a step after 2 steps');
    }
  });

  it('refuses wrong sizes and values, and is unchanged', () => {
    const trajectory = episode(1);
    expect(() => trajectory.append({ ...stepAt(1), action: [1] })).toThrow('Trajectory.append: action must have 2 components, got 1');
    expect(() => trajectory.append({ ...stepAt(1), nextObservation: [1] })).toThrow(
      'Trajectory.append: nextObservation must have 3 components, got 1',
    );
    expect(() => trajectory.append({ ...stepAt(1), action: [1, NaN] })).toThrow(
      'Trajectory.append: action must be finite, got NaN at component 1',
    );
    expect(() => trajectory.append({ ...stepAt(1), reward: Infinity })).toThrow('Trajectory.append: reward must be finite, got Infinity');
    expect(trajectory.stepCount).toBe(1);
    expect(() => createTrajectory({ firstObservation: [], actionSize: 1 })).toThrow(
      'createTrajectory: firstObservation must have 1 components, got 0',
    );
    expect(() => createTrajectory({ firstObservation: [NaN], actionSize: 1 })).toThrow(
      'createTrajectory: firstObservation must be finite, got NaN at component 0',
    );
    expect(() => createTrajectory({ firstObservation: [1], actionSize: 0 })).toThrow(
      'createTrajectory: actionSize must be an integer in [1, Infinity), got 0',
    );
  });
});

describe('saving a trajectory', () => {
  it.each([0, 1, 5])('of %s steps gives it back through bytes, to go on with', (stepCount) => {
    const trajectory = episode(stepCount);
    const loaded = loadTrajectory(decodeCheckpoint(encodeCheckpoint(trajectory.save())));
    expect(loaded.save()).toEqual(trajectory.save());
    expect(loaded.totalReward).toBe(trajectory.totalReward);
    loaded.append(stepAt(stepCount, { terminated: true }));
    trajectory.append(stepAt(stepCount, { terminated: true }));
    expect(loaded.toTransitions()).toEqual(trajectory.toTransitions());
    expect(loadTrajectory(loaded.save()).terminated).toBe(true);
  });

  it('does not alias what goes on', () => {
    const trajectory = episode(1);
    const saved = trajectory.save();
    trajectory.append(stepAt(1));
    expect(saved.arrays['rewards']!.data.length).toBe(1);
  });

  it('refuses what is not a trajectory', () => {
    const saved = episode(2).save();
    expect(() => loadTrajectory({ ...saved, kind: 'ReplayBuffer' })).toThrow(
      'loadTrajectory: the checkpoint must be of kind Trajectory, got ReplayBuffer',
    );
    const { rewards, actions, ...rest } = saved.arrays;
    expect(() => loadTrajectory({ ...saved, arrays: { ...rest, actions: actions! } })).toThrow('must have an array "rewards"');
    const nan = { ...saved.arrays, actions: { ...actions!, data: new Float32Array(4).fill(NaN) } } as typeof saved.arrays;
    expect(() => loadTrajectory({ ...saved, arrays: nan })).toThrowError(
      expect.objectContaining({ code: 'CHECKPOINT', message: 'loadTrajectory: the checkpoint must hold a finite episode' }),
    );
    expect(() =>
      loadTrajectory({
        ...saved,
        arrays: { ...rest, rewards: rewards!, actions: { dtype: 'float32', shape: [3, 2], data: new Float32Array(6) } },
      }),
    ).toThrow('loadTrajectory: array "actions" must have shape [2, any], got [3, 2]');
  });
});
