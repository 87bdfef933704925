"""Norms of per-example gradients and sums of clipped ones, by torch.autograd, one example at a time, in float64.

    python3 test/golden/clipping.py > test/golden/clipping.json      (PyTorch 1.13, NumPy 1.24)

All inputs are float32 numbers, so that both sides start from the same values. `outputGradient` is that of a mean over
examples: the gradient of an example is their number times the sum over its rows.
"""
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
random = np.random.RandomState(16)

ACTIVATIONS = {"silu": F.silu, "tanh": torch.tanh}


def numbers(*shape, scale=1.0):
    return torch.tensor((random.standard_normal(shape) * scale).astype(np.float32).astype(np.float64))


def plain(tensor):
    return [float(value) for value in tensor.detach().reshape(-1)]


def short(tensor):
    return [float(f"{value:.9g}") for value in plain(tensor)]


def network(activation, residual, draws):
    dimension, features, hidden, examples = 2, 2, [6, 6, 9], 5
    widths = [dimension + features, *hidden, dimension]
    flat = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        flat += [numbers(fan_out, fan_in, scale=fan_in**-0.5), numbers(fan_out, scale=0.3)]
    for tensor in flat:
        tensor.requires_grad_()
    x = numbers(examples * draws, widths[0])
    output_gradient = numbers(examples * draws, dimension)

    def output(h):
        for index in range(len(hidden)):
            z = ACTIVATIONS[activation](F.linear(h, flat[2 * index], flat[2 * index + 1]))
            h = h + z if residual and index > 0 and widths[index] == widths[index + 1] else z
        return F.linear(h, flat[-2], flat[-1])

    gradients = []
    for first in range(0, examples * draws, draws):
        rows = slice(first, first + draws)
        scalar = examples * (output(x[rows]) * output_gradient[rows]).sum()
        gradients.append(torch.cat([g.reshape(-1) for g in torch.autograd.grad(scalar, flat)]))
    norms = torch.stack([gradient.norm() for gradient in gradients])
    clip_norm = float(np.float32(norms.median()))
    clipped = sum(gradient * min(1.0, clip_norm / norm) for gradient, norm in zip(gradients, plain(norms)))
    return {
        "activation": activation,
        "residual": residual,
        "draws": draws,
        "dimension": dimension,
        "noiseFeatures": features,
        "hidden": hidden,
        "parameters": plain(torch.cat([tensor.reshape(-1) for tensor in flat])),
        "input": plain(x),
        "outputGradient": plain(output_gradient),
        "norms": short(norms),
        "clipNorm": clip_norm,
        "clippedSum": short(clipped),
    }


json.dump(
    {
        "torch": torch.__version__,
        "networks": [network("silu", False, 1), network("silu", True, 3), network("tanh", True, 1)],
    },
    sys.stdout,
    separators=(",", ":"),
)
print()
