"""Writes toy-text.json: the exact tables of Gymnasium 1.3.0's tabular tasks. Run: pip install gymnasium==1.3.0; python generate-toy-text.py

Each task: states, actions, start (the states of positive start probability and their probabilities), outcomes (for
each state and action a list of [probability, next state, reward, ending]).
"""
import json
import os

import gymnasium
import numpy as np

assert gymnasium.__version__ == "1.3.0"

TASKS = {
    "FrozenLake 4x4": ("FrozenLake-v1", {}),
    "FrozenLake 4x4, firm": ("FrozenLake-v1", {"is_slippery": False}),
    "FrozenLake 4x4, options": ("FrozenLake-v1", {"success_rate": 0.75, "reward_schedule": (3, -2, -0.5)}),
    "FrozenLake 2x3": ("FrozenLake-v1", {"desc": ["SFS", "HFG"]}),
    "FrozenLake 8x8": ("FrozenLake8x8-v1", {}),
    "CliffWalking": ("CliffWalking-v1", {}),
    "CliffWalking, slippery": ("CliffWalkingSlippery-v1", {}),
    "Taxi": ("Taxi-v4", {}),
    "Taxi, rainy": ("Taxi-v4", {"is_rainy": True, "rainy_probability": 0.75}),
}


def table(name, options):
    environment = gymnasium.make(name, **options).unwrapped
    outcomes = [
        [[[float(p), int(s), r, int(t)] for p, s, r, t in environment.P[s0][a]] for a in sorted(environment.P[s0])]
        for s0 in sorted(environment.P)
    ]
    start = environment.initial_state_distrib
    return {
        "states": len(outcomes),
        "actions": len(outcomes[0]),
        "start": [[int(s), float(start[s])] for s in np.nonzero(start)[0]],
        "outcomes": outcomes,
    }


data = {name: table(*task) for name, task in TASKS.items()}
# The masks that Taxi gives with each state.
taxi = gymnasium.make("Taxi-v4").unwrapped
data["Taxi"]["masks"] = ["".join(str(int(b)) for b in taxi.action_mask(s)) for s in range(500)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "toy-text.json"), "w") as file:
    json.dump(data, file, separators=(",", ":"))
    file.write("\n")
