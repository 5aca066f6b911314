"""Trajectories of Gymnasium 1.3's MountainCar-v0, MountainCarContinuous-v0 and Acrobot-v1, from their equations.

Written anew from the published equations, in numpy, whose types round as Gymnasium's do (numpy 2: a Python number takes
the type of the array scalar it meets). No Gymnasium is needed. Writes classic-control.json beside this file:

    python3 generate-classic-control.py
"""
import json
import math
from pathlib import Path

import numpy as np

rng = np.random.default_rng(5)


def episode(state, actions, step, observe):
    record = {"state0": [float(v) for v in state], "observation0": observe(state), "actions": [], "observations": [], "rewards": [], "terminated": []}
    for action in actions:
        act = action(state) if callable(action) else action
        state, reward, terminated = step(state, act)
        record["actions"].append(np.asarray(act, dtype=float).tolist())
        record["observations"].append(observe(state))
        record["rewards"].append(float(reward))
        record["terminated"].append(bool(terminated))
        if terminated:
            break
    return record


def as_float32(state):
    return [float(v) for v in np.array(state, dtype=np.float32)]


def mountain_car(goal_velocity=0.0):
    def step(state, action):
        p, v = state
        v = np.clip(v + ((action - 1) * 0.001 + math.cos(3 * p) * (-0.0025)), -0.07, 0.07)
        p = np.clip(p + v, -1.2, 0.6)
        if p == -1.2 and v < 0:
            v = np.float64(0)
        return (p, v), -1.0, p >= 0.5 and v >= goal_velocity

    return step


def mountain_car_continuous(state, action):
    p, v = state
    push = min(max(action[0], -1.0), 1.0)
    v = v + (push * 0.0015 - 0.0025 * math.cos(3 * p))
    v = 0.07 if v > 0.07 else -0.07 if v < -0.07 else v
    p = p + v
    p = 0.6 if p > 0.6 else -1.2 if p < -1.2 else p
    if p == -1.2 and v < 0:
        v = 0
    terminated = bool(p >= 0.45 and v >= 0)
    return np.array([p, v], dtype=np.float32), (100.0 if terminated else 0) - math.pow(action[0], 2) * 0.1, terminated


def acrobot(book):
    g = 9.8

    def slope(y):
        t1, t2, w1, w2, torque = y
        d1 = 0.25 + (1 + 0.25 + np.cos(t2)) + 1 + 1
        d2 = 0.25 + 0.5 * np.cos(t2) + 1
        phi2 = 0.5 * g * np.cos(t1 + t2 - np.pi / 2)
        phi1 = -0.5 * w2**2 * np.sin(t2) - w2 * w1 * np.sin(t2) + 1.5 * g * np.cos(t1 - np.pi / 2) + phi2
        extra = 0.5 * w1**2 * np.sin(t2) if book else 0.0
        a2 = (torque + d2 / d1 * phi1 - extra - phi2) / (1.25 - d2**2 / d1)
        return np.array([w1, w2, -(d2 * a2 + phi1) / d1, a2, 0.0])

    def wrap(angle):
        return math.remainder(angle, 2 * np.pi)

    def step(state, action):
        y, h = np.append(np.asarray(state, dtype=float), action - 1.0), 0.2
        k1 = slope(y)
        k2 = slope(y + h / 2 * k1)
        k3 = slope(y + h / 2 * k2)
        k4 = slope(y + h * k3)
        t1, t2, w1, w2, _ = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t1, t2 = wrap(t1), wrap(t2)
        w1, w2 = np.clip(w1, -4 * np.pi, 4 * np.pi), np.clip(w2, -9 * np.pi, 9 * np.pi)
        ended = -np.cos(t1) - np.cos(t1 + t2) > 1
        return (t1, t2, w1, w2), 0.0 if ended else -1.0, ended

    return step


def acrobot_observation(state):
    t1, t2, w1, w2 = state
    return as_float32([np.cos(t1), np.sin(t1), np.cos(t2), np.sin(t2), w1, w2])


def main():
    pump = lambda s: 2 if s[1] >= 0 else 0
    out = {
        "MountainCar-v0": [
            episode((np.float64(-0.5), np.float64(0)), [pump] * 200, mountain_car(), as_float32),
            episode((np.float64(rng.uniform(-0.6, -0.4)), np.float64(0)), rng.integers(0, 3, 200).tolist(), mountain_car(), as_float32),
            # Back into the left end.
            episode((np.float64(-1.1), np.float64(-0.03)), [0] * 30, mountain_car(), as_float32),
        ],
        "MountainCar-v0, goalVelocity 0.03": [
            episode((np.float64(0.49), np.float64(0.015)), [2] * 20, mountain_car(0.03), as_float32),
            episode((np.float64(-0.45), np.float64(0)), [pump] * 200, mountain_car(0.03), as_float32),
        ],
        "MountainCarContinuous-v0": [
            episode(np.array([rng.uniform(-0.6, -0.4), 0]), [lambda s: np.array([np.sign(s[1]) if s[1] else 1], dtype=np.float32)] * 999, mountain_car_continuous, as_float32),
            episode(np.array([rng.uniform(-0.6, -0.4), 0]), list(rng.uniform(-1, 1, (400, 1)).astype(np.float32)), mountain_car_continuous, as_float32),
            # Beyond the bounds, where Gymnasium clips the push and charges for the whole.
            episode(np.array([-1.1, -0.03]), list(rng.uniform(-3, 3, (60, 1)).astype(np.float32)), mountain_car_continuous, as_float32),
        ],
        "Acrobot-v1": [
            episode(rng.uniform(-0.1, 0.1, 4).astype(np.float32), rng.integers(0, 3, 300).tolist(), acrobot(True), acrobot_observation),
            # Torque along the motion of the second link: it swings up.
            episode(rng.uniform(-0.1, 0.1, 4).astype(np.float32), [lambda s: 2 if s[3] > 0 else 0] * 500, acrobot(True), acrobot_observation),
        ],
        "Acrobot-v1, nips": [
            episode(rng.uniform(-0.1, 0.1, 4).astype(np.float32), rng.integers(0, 3, 100).tolist(), acrobot(False), acrobot_observation),
        ],
    }
    for name, episodes in out.items():
        print(name, [(len(e["actions"]), e["terminated"][-1]) for e in episodes])
    Path(__file__).with_name("classic-control.json").write_text(json.dumps(out))


main()
