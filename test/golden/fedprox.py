"""Golden local trajectories of FedProx (Li et al., arXiv 1812.06127, equation 2), computed by PyTorch's autograd in float64.

    python3 test/golden/fedprox.py > test/golden/fedprox.json      (PyTorch 1.13, NumPy 1.24)

A client descends 1/2 sum slopes (w - target)^2 + mu / 2 |w - start|^2 from start. All inputs are float32 numbers.
"""
import json
import sys

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
random = np.random.RandomState(1812)


def numbers(count):
    return torch.tensor(random.standard_normal(count).astype(np.float32).astype(np.float64))


def plain(tensor):
    return [float(value) for value in tensor.detach()]


def trajectory(mu, settings, make):
    size, steps = 7, 30
    start, target, slopes = numbers(size), numbers(size), numbers(size).abs()
    parameters = torch.nn.Parameter(start.clone())
    optimizer = make([parameters])
    points = []
    for _ in range(steps):
        optimizer.zero_grad()
        own = 0.5 * (slopes * (parameters - target) ** 2).sum()
        (own + mu / 2 * (parameters - start).square().sum()).backward()
        optimizer.step()
        points.append([float(f"{value:.9g}") for value in parameters.detach()])
    numbers_of = {"start": plain(start), "target": plain(target), "slopes": plain(slopes)}
    return {"mu": mu, "settings": settings, **numbers_of, "points": points}


adam = {"kind": "adam", "learningRate": 0.05, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weightDecay": 0}
json.dump(
    [
        trajectory(0.5, {"kind": "sgd", "learningRate": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1)),
        trajectory(
            2,
            {"kind": "momentum", "learningRate": 0.05, "momentum": 0.9},
            lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
        ),
        trajectory(1, adam, lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.9, 0.99))),
    ],
    sys.stdout,
    separators=(",", ":"),
)
print()
