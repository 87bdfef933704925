"""Denoises and samples with model.safetensors files: written from docs/model.md and the pages that it links to, without the library.

    /usr/bin/python3 test/docs/denoiser.py < requests.json > answers.json      (PyTorch 1.13, NumPy 1.24)

A request is {model: path, times, points: [n, d], data: [n, D], prior: [n, d], noise: [N, n, d]}; its answer has the points denoised at
each time, data in the space of the network, points in that of the data, the log snr of the grid's times, and one sample in the space of the
data for each point of the prior.
"""
import base64
import json
import struct
import sys

import numpy as np
import torch
from torch.nn import Linear, Module, ModuleList

torch.set_default_dtype(torch.float64)

ACTIVATIONS = {
    "silu": lambda z: z / (1 + torch.exp(-z)),
    "relu": lambda z: torch.clamp(z, min=0),
    "gelu": lambda z: z * (1 + torch.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))) / 2,
    "tanh": torch.tanh,
}


def read_safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__")
    data = content[8 + length :]

    def tensor(entry):
        begin, end = entry["data_offsets"]
        assert entry["dtype"] == "F32"
        return torch.tensor(np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"]).astype(float))

    return {name: tensor(entry) for name, entry in header.items()}, metadata


class Schedule:
    def __init__(self, kind, tMin, tMax=1, betaMin=None, betaMax=None):
        self.kind, self.t_min, self.t_max = kind, tMin, tMax
        self.beta_min, self.beta_max = betaMin, betaMax

    def integral(self, t):
        return self.beta_min * t + (self.beta_max - self.beta_min) * t**2 / 2

    def alpha(self, t):
        if self.kind == "vp-linear":
            return np.exp(-self.integral(t) / 2)
        return np.cos(np.pi * t / 2) if self.kind == "vp-cosine" else np.exp(-t)

    def sigma(self, t):
        if self.kind == "vp-linear":
            return np.sqrt(-np.expm1(-self.integral(t)))
        return np.sin(np.pi * t / 2) if self.kind == "vp-cosine" else np.sqrt(-np.expm1(-2 * t))

    def log_snr(self, t):
        if self.kind == "vp-linear":
            return -np.log(np.expm1(self.integral(t)))
        return -2 * np.log(np.tan(np.pi * t / 2)) if self.kind == "vp-cosine" else -np.log(np.expm1(2 * t))


def alpha_of(log_snr):
    return 1 / np.sqrt(1 + np.exp(-log_snr))


def sigma_of(log_snr):
    return 1 / np.sqrt(1 + np.exp(log_snr))


def tail(first, last, steps, linear):
    """OU times of geometric-tail: `linear` even steps, then geometric ones."""
    join = min(first, max(1, last))
    uniform = [first - (first - join) * k / linear for k in range(linear)]
    rest = steps - linear
    return uniform + [join * (last / join) ** (k / rest) if rest else join for k in range(rest + 1)]


def even_split(first, last, steps):
    if last >= 1:
        return steps
    join = min(first, 1)
    linear = int(steps * (first - join) // (first - join + np.log(join / last)))
    return min(max(linear, 1 if first > 1 else 0), steps - 1)


def kappa(taus):
    return max((a - b) / min(1, b) for a, b in zip(taus, taus[1:]))


def grid_log_snr(schedule, kind, steps=None, start=None, end=None, rho=None, uniformSteps=None, times=None):
    if kind == "user":
        return [schedule.log_snr(t) for t in times]
    start, end = start or schedule.t_max, end or schedule.t_min
    if kind == "uniform":
        return [schedule.log_snr(t) for t in np.linspace(start, end, steps + 1)]
    first, last = schedule.log_snr(start), schedule.log_snr(end)
    if kind == "uniform-log-snr":
        return list(np.linspace(first, last, steps + 1))
    if kind == "karras":
        roots = np.linspace(np.exp(-first / 2 / rho), np.exp(-last / 2 / rho), steps + 1)
        return list(-2 * rho * np.log(roots))
    first, last = -np.log(schedule.alpha(start)), -np.log(schedule.alpha(end))
    if kind == "geometric-tail":
        linear = even_split(first, last, steps) if uniformSteps is None else uniformSteps
        taus = tail(first, last, steps, linear)
    else:
        splits = range(1 if first > 1 else 0, steps if last < 1 else steps + 1)
        taus = min((tail(first, last, steps, linear) for linear in splits), key=kappa)
    return [-np.log(np.expm1(2 * tau)) for tau in taus]


def preconditioning(parameterization, alpha, sigma, sigma_data):
    if parameterization == "edm":
        rho = np.sqrt(sigma**2 + alpha**2 * sigma_data**2)
        return 1 / rho, alpha * sigma_data**2 / rho**2, sigma * sigma_data / rho
    return {
        "eps": (1, 1 / alpha, -sigma / alpha),
        "x0": (1, 0, 1),
        "v": (1, alpha, -sigma),
        "score": (1, 1 / alpha, sigma**2 / alpha),
        "flow": (1, 1 / (alpha + sigma), -sigma / (alpha + sigma)),
    }[parameterization]


class Network(Module):
    def __init__(
        self, dimension, hidden, activation, residual, noiseFeatures, parameterization, sigmaData,
        conditioning="input", normalization="none", classes=None,
    ):
        super().__init__()
        self.film, self.normalized, self.classes = conditioning == "film", normalization == "rms", classes
        self.widths = [dimension + (0 if self.film else noiseFeatures), *hidden, dimension]
        self.layers = ModuleList(Linear(n, m) for n, m in zip(self.widths, self.widths[1:]))
        if self.film:
            conditions = noiseFeatures + (0 if classes is None else classes + 1)
            self.scales = ModuleList(Linear(conditions, n) for n in hidden)
            self.shifts = ModuleList(Linear(conditions, n) for n in hidden)
        self.activation, self.residual = ACTIVATIONS[activation], residual
        self.features, self.parameterization, self.sigma_data = noiseFeatures, parameterization, sigmaData

    def phi(self, log_snr):
        m = self.features // 2
        omega = 16 ** (np.arange(m) / max(m - 1, 1)) / 8
        return torch.tensor(np.concatenate([np.sin(omega * log_snr), np.cos(omega * log_snr)]))

    def condition(self, log_snr):
        """Of a point without a class."""
        if self.classes is None:
            return self.phi(log_snr)
        return torch.cat([self.phi(log_snr), torch.zeros(self.classes), torch.ones(1)])

    def modulated(self, k, z, e):
        n = z / torch.sqrt((z**2).mean(dim=1, keepdim=True) + 1e-5) if self.normalized else z
        return n * (1 + self.scales[k](e)) + self.shifts[k](e)

    def output(self, x, log_snr):
        h = x if self.film else torch.cat([x, self.phi(log_snr).expand(len(x), -1)], dim=1)
        for k in range(1, len(self.widths) - 1):
            join = self.residual and k >= 2 and self.widths[k] == self.widths[k - 1]
            z = self.layers[k - 1](h)
            value = self.activation(self.modulated(k - 1, z, self.condition(log_snr)) if self.film else z)
            h = value + h if join else value
        return self.layers[-1](h)

    def denoise(self, x, log_snr, alpha, sigma):
        c_in, c_skip, c_out = preconditioning(self.parameterization, alpha, sigma, self.sigma_data)
        return c_skip * x + c_out * self.output(c_in * x, log_snr)


def floats(text, *shape):
    return np.frombuffer(base64.b64decode(text), "<f4").astype(float).reshape(shape)


class Compose:
    def __init__(self, steps, **_):
        self.steps = [transform(**step) for step in steps]

    def forward(self, x):
        for step in self.steps:
            x = step.forward(x)
        return x

    def inverse(self, y):
        for step in reversed(self.steps):
            y = step.inverse(y)
        return y


class Standardize:
    def __init__(self, dimension, mean, scale):
        self.mean, self.scale = floats(mean, dimension), floats(scale, dimension)

    def forward(self, x):
        return (x - self.mean) / self.scale

    def inverse(self, y):
        return self.scale * y + self.mean


class Pca:
    def __init__(self, dimension, components, whiten, mean, axes, variances, **_):
        self.mean, self.axes = floats(mean, dimension), floats(axes, components, dimension)
        whitened = whiten & (np.array(variances) > 1e-10 * variances[0])
        self.scale = np.where(whitened, np.sqrt(variances), 1)

    def forward(self, x):
        return (x - self.mean) @ self.axes.T / self.scale

    def inverse(self, y):
        return self.mean + (self.scale * y) @ self.axes


def transform(kind, **settings):
    return {"compose": Compose, "standardize": Standardize, "pca": Pca}[kind](**settings)


class Model:
    def __init__(self, path):
        tensors, metadata = read_safetensors(path)
        assert metadata.pop("format") == "fedscore-model-1"
        facts = {key: json.loads(text) for key, text in metadata.items()}
        self.network = Network(**facts["network"])
        self.network.load_state_dict(tensors)
        self.schedule = Schedule(**facts["schedule"])
        self.transform = transform(**facts["transform"])
        self.sampling = facts["sampling"]

    def denoise(self, x, t):
        schedule = self.schedule
        return self.network.denoise(x, schedule.log_snr(t), schedule.alpha(t), schedule.sigma(t))

    def grid(self):
        return grid_log_snr(self.schedule, **self.sampling["grid"])

    def sample(self, x, noise):
        assert self.sampling["sampler"] == "ancestral"
        grid = self.grid()
        for at, to, z in zip(grid, grid[1:], noise):
            r = np.exp(at - to)
            denoised = self.network.denoise(x, at, alpha_of(at), sigma_of(at))
            x = alpha_of(to) / alpha_of(at) * r * x + alpha_of(to) * (1 - r) * denoised + sigma_of(to) * np.sqrt(1 - r) * z
        if self.sampling["denoiseLast"]:
            x = self.network.denoise(x, grid[-1], alpha_of(grid[-1]), sigma_of(grid[-1]))
        return self.transform.inverse(x.numpy())


def answer(request):
    model = Model(request["model"])
    points = torch.tensor(request["points"])
    return {
        "denoised": [model.denoise(points, t).tolist() for t in request["times"]],
        "forward": model.transform.forward(np.array(request["data"])).tolist(),
        "inverse": model.transform.inverse(points.numpy()).tolist(),
        "logSnr": list(map(float, model.grid())),
        "samples": model.sample(torch.tensor(request["prior"]), torch.tensor(request["noise"])).tolist(),
    }


with torch.no_grad():
    json.dump([answer(request) for request in json.load(sys.stdin)], sys.stdout)
