"""Golden numbers of small networks and of optimizer trajectories, computed by PyTorch in float64.

    python3 test/golden/mlp.py > test/golden/mlp.json      (PyTorch 1.13, NumPy 1.24)

All inputs are float32 numbers, so that both sides start from the same values.
"""
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
random = np.random.RandomState(2547)

ACTIVATIONS = {
    "silu": F.silu,
    "relu": F.relu,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "tanh": torch.tanh,
}


def numbers(*shape, scale=1.0):
    return torch.tensor((random.standard_normal(shape) * scale).astype(np.float32).astype(np.float64))


def plain(tensor):
    return [float(value) for value in tensor.detach().reshape(-1)]


def short(tensor):
    return [float(f"{value:.9g}") for value in plain(tensor)]


def network(activation, residual):
    dimension, features, hidden, batch = 2, 2, [6, 6, 9], 3
    widths = [dimension + features, *hidden, dimension]
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers.append((numbers(fan_out, fan_in, scale=fan_in**-0.5), numbers(fan_out, scale=0.3)))
    for weight, bias in layers:
        weight.requires_grad_()
        bias.requires_grad_()
    x = numbers(batch, widths[0])
    output_gradient = numbers(batch, dimension)
    h = x
    for index, (weight, bias) in enumerate(layers[:-1]):
        z = ACTIVATIONS[activation](F.linear(h, weight, bias))
        joined = residual and index > 0 and widths[index] == widths[index + 1]
        h = h + z if joined else z
    output = F.linear(h, *layers[-1])
    output.backward(output_gradient)
    flat = [tensor for layer in layers for tensor in layer]
    return {
        "activation": activation,
        "residual": residual,
        "dimension": dimension,
        "noiseFeatures": features,
        "hidden": hidden,
        "parameters": plain(torch.cat([t.reshape(-1) for t in flat])),
        "input": plain(x),
        "outputGradient": plain(output_gradient),
        "output": short(output),
        "gradient": short(torch.cat([t.grad.reshape(-1) for t in flat])),
    }


def trajectory(settings, make, clip=None):
    size, steps = 7, 30
    start = numbers(size)
    target = numbers(size)
    slopes = numbers(size).abs()
    parameters = torch.nn.Parameter(start.clone())
    optimizer = make([parameters])
    points = []
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * (slopes * (parameters - target) ** 2).sum()).backward()
        if clip is not None:
            norm = parameters.grad.norm()
            if norm > clip:
                parameters.grad *= clip / norm
        optimizer.step()
        points.append(short(parameters))
    return {
        "settings": settings,
        **({} if clip is None else {"clipNorm": clip}),
        "start": plain(start),
        "target": plain(target),
        "slopes": plain(slopes),
        "points": points,
    }


adam = {"kind": "adam", "learningRate": 0.05, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weightDecay": 0}
json.dump(
    {
        "networks": [network(name, False) for name in ACTIVATIONS] + [network("silu", True)],
        "trajectories": [
            trajectory({"kind": "sgd", "learningRate": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1)),
            trajectory(
                {"kind": "momentum", "learningRate": 0.1, "momentum": 0.9},
                lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
            ),
            trajectory(adam, lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.9, 0.99))),
            trajectory(
                {**adam, "weightDecay": 0.1},
                lambda p: torch.optim.AdamW(p, lr=0.05, betas=(0.9, 0.99), weight_decay=0.1),
            ),
            trajectory(
                {"kind": "sgd", "learningRate": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1), clip=0.5
            ),
        ],
    },
    sys.stdout,
    separators=(",", ":"),
)
print()
