"""Records trajectories of Gymnasium's -v5 tasks for the tests of the MuJoCo tasks.

    pip install gymnasium==1.3.0 mujoco==3.14.0
    python generate-mujoco.py mujoco

Each episode starts where a seeded reset does, and applies actions that are multiples of 1/64, so that they are the same
in float32 and in JSON. Observations of wide tasks are kept at every tenth step, all with ten digits.
"""
import json
import sys

import gymnasium
import mujoco
import numpy as np

STEPS = 50
# name: [(options of Gymnasium's constructor, scale of the actions)]
CASES = {
    "InvertedPendulum-v5": [({}, 0.02), ({}, 1.0), ({"reset_noise_scale": 0.05}, 0.2)],
    "InvertedDoublePendulum-v5": [({}, 0.05), ({}, 1.0), ({"healthy_reward": 3.0}, 0.3)],
    "HalfCheetah-v5": [({}, 1.0), ({"exclude_current_positions_from_observation": False, "ctrl_cost_weight": 0.7, "forward_reward_weight": 2.0}, 1.0)],
    "Hopper-v5": [({}, 1.0), ({"terminate_when_unhealthy": False}, 1.0), ({"exclude_current_positions_from_observation": False, "healthy_reward": 2.0, "healthy_angle_range": (-0.5, 0.5), "ctrl_cost_weight": 0.1}, 0.4)],
    "Walker2d-v5": [({}, 1.0), ({"terminate_when_unhealthy": False}, 1.0), ({"exclude_current_positions_from_observation": False, "healthy_z_range": (1.0, 1.5), "forward_reward_weight": 3.0}, 0.5)],
    "Ant-v5": [({}, 1.0), ({"include_cfrc_ext_in_observation": False, "exclude_current_positions_from_observation": False, "contact_cost_weight": 0.1}, 1.0), ({"contact_force_range": (-3.0, 2.0), "contact_cost_weight": 0.05, "healthy_z_range": (0.3, 0.9)}, 1.0)],
    "Reacher-v5": [({}, 1.0), ({"reward_dist_weight": 2.0, "reward_control_weight": 0.5}, 1.0)],
    "Pusher-v5": [({}, 2.0), ({"reward_near_weight": 1.5, "reward_dist_weight": 0.3, "reward_control_weight": 0.7}, 2.0)],
    "Swimmer-v5": [({}, 1.0), ({"exclude_current_positions_from_observation": False, "ctrl_cost_weight": 0.5}, 1.0)],
    "Humanoid-v5": [({}, 0.4), ({"terminate_when_unhealthy": False, "contact_cost_weight": 1e-4}, 0.4), ({"include_cinert_in_observation": False, "include_cvel_in_observation": False, "include_cfrc_ext_in_observation": False, "exclude_current_positions_from_observation": False, "healthy_z_range": (1.2, 1.6)}, 0.4)],
}


def digits(values):
    return [float(f"{float(v):.10g}") for v in np.asarray(values).ravel()]


def record(name, options, scale, seed):
    env = gymnasium.make(name, **options).unwrapped
    observation, info = env.reset(seed=seed)
    every = 10 if observation.size > 60 else 1
    episode = {"options": options, "seed": seed, "every": every, "qpos0": env.data.qpos.tolist(), "qvel0": env.data.qvel.tolist()}
    episode["observation0"] = digits(observation)
    episode["info0"] = {k: digits(v) for k, v in info.items()}
    rng = np.random.default_rng(seed)
    for key in ["actions", "observations", "rewards", "terminated"]:
        episode[key] = []
    for step in range(STEPS):
        action = (np.round(rng.uniform(-scale, scale, env.action_space.shape[0]) * 64) / 64).astype(np.float32)
        observation, reward, terminated, _, info = env.step(action)
        episode["actions"].append(action.astype(float).tolist())
        if (step + 1) % every == 0:
            episode["observations"].append(digits(observation))
        episode["rewards"].append(digits(reward)[0])
        episode["terminated"].append(bool(terminated))
        if terminated:
            break
    episode["info"] = {k: digits(v) for k, v in info.items()}
    episode["qpos"] = digits(env.data.qpos)
    episode["qvel"] = digits(env.data.qvel)
    return episode


folder = sys.argv[1]
for name, cases in CASES.items():
    episodes = [record(name, options, scale, seed) for seed, (options, scale) in enumerate(cases)]
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({"env": name, "gymnasium": gymnasium.__version__, "mujoco": mujoco.__version__, "episodes": episodes}, file, separators=(",", ":"))
    print(name, [len(e["actions"]) for e in episodes])
