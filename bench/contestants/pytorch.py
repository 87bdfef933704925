"""
PyTorch on one CPU thread: autograd with functional linear and silu, torch.optim.Adam, inference mode for sampling.
NumPy's random generators are entered beside its own. Speaks the protocol of harness/serve.mjs: requests on standard
input, or a workload and its params as arguments.
"""
import os

# OpenBLAS has threads of its own, which torch.set_num_threads does not reach; it reads this when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import ctypes
import itertools
import json
import math
import sys
import time
import traceback

import numpy
import torch
from torch.nn import functional

torch.set_num_threads(1)

FEATURE_COUNT = 32
LEVEL_COUNT = 1000
POINT_COUNT = 4096
# Activations of one layer in a block of the sampling workload: half a MiB, which stays in the cache.
BLOCK_FLOATS = 2**17


def values(count, salt):
    """float32 [count]: the hash of harness/inputs.mjs."""
    h = numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(0x9E3779B1)
    h ^= numpy.uint32(salt * 0x85EBCA6B & 0xFFFFFFFF)
    h = (h ^ (h >> 16)) * numpy.uint32(0x7FEB352D)
    h = (h ^ (h >> 15)) * numpy.uint32(0x846CA68B)
    h ^= h >> 16
    return (h / 2147483648 - 1).astype(numpy.float32)


def matrix(rows, columns, salt):
    return torch.from_numpy(values(rows * columns, salt)).view(rows, columns)


def initial_layers(params):
    """[(weight [out, in], bias [out])]."""
    hidden = [params["hidden"]] * params["layers"]
    widths = [params["dimension"] + FEATURE_COUNT, *hidden, params["dimension"]]
    layers = []
    for layer, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        weight = values(fan_in * fan_out, 10 + layer).astype(numpy.float64) * math.sqrt(3 / fan_in)
        layers.append((torch.from_numpy(weight.astype(numpy.float32)).view(fan_out, fan_in), torch.zeros(fan_out)))
    return layers


def spaced(tensor, count=64):
    flat = tensor.reshape(-1)
    length = min(count, len(flat))
    return [float(flat[i * (len(flat) - 1) // max(1, length - 1)]) for i in range(length)]


def moments(tensor):
    double = tensor.double()
    return [float(double.mean()), float(double.square().mean())]


class Gemm:
    def __init__(self, params):
        rows, depth, columns = params["rows"], params["depth"], params["columns"]
        self.a = matrix(depth, rows, 1).t() if params.get("transposeA") else matrix(rows, depth, 1)
        self.b = matrix(columns, depth, 2).t() if params.get("transposeB") else matrix(depth, columns, 2)
        self.c = torch.empty(rows, columns)

    def run(self):
        torch.mm(self.a, self.b, out=self.c)

    def check(self):
        self.run()
        return spaced(self.c)


class Training:
    """A network, its optimizer, and steps of both."""

    def __init__(self, params):
        self.layers = initial_layers(params)
        parameters = [tensor.requires_grad_() for layer in self.layers for tensor in layer]
        self.optimizer = torch.optim.Adam(parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, foreach=False)

    def step(self, inputs, target):
        *hidden, (weight, bias) = self.layers
        h = inputs
        for hidden_weight, hidden_bias in hidden:
            h = functional.silu(functional.linear(h, hidden_weight, hidden_bias))
        loss = functional.mse_loss(functional.linear(h, weight, bias), target)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss


class TrainingStep:
    def __init__(self, params):
        self.params = params
        self.batch, self.dimension = params["batch"], params["dimension"]
        self.points = matrix(POINT_COUNT, self.dimension, 5)
        angle = math.pi / 2 * (numpy.arange(LEVEL_COUNT) + 0.5) / LEVEL_COUNT
        self.alpha = torch.from_numpy(numpy.cos(angle).astype(numpy.float32)).view(-1, 1)
        self.sigma = torch.from_numpy(numpy.sin(angle).astype(numpy.float32)).view(-1, 1)
        self.features = matrix(LEVEL_COUNT, FEATURE_COUNT, 6)
        self.training = Training(params)

    def run(self):
        rows = torch.randint(POINT_COUNT, (self.batch,))
        levels = torch.randint(LEVEL_COUNT, (self.batch,))
        z = torch.randn(self.batch, self.dimension)
        x = self.points[rows].mul_(self.alpha[levels]).addcmul_(self.sigma[levels], z)
        self.training.step(torch.cat((x, self.features[levels]), 1), z)

    def check(self):
        inputs = matrix(self.batch, self.dimension + FEATURE_COUNT, 3)
        target = matrix(self.batch, self.dimension, 4)
        training = Training(self.params)
        return [training.step(inputs, target).item() for _ in range(4)]


class PrivateStep(TrainingStep):
    """
    Each example's gradient clipped to norm 1, their sum with normal noise of deviation 1 by the batch, Adam. `perExample` "rows": norms from the inputs of
    the layers and the gradients at their outputs, then the clipped losses' gradient; "loop": a backward pass for each example.
    """

    def run(self):
        rows = torch.rand(POINT_COUNT).lt_(self.batch / POINT_COUNT).nonzero().view(-1)
        levels = torch.randint(LEVEL_COUNT, (len(rows),))
        z = torch.randn(len(rows), self.dimension)
        x = self.points[rows].mul_(self.alpha[levels]).addcmul_(self.sigma[levels], z)
        inputs = torch.cat((x, self.features[levels]), 1)
        clipped = self.in_a_loop if self.params["perExample"] == "loop" else self.by_rows
        parameters = [tensor for layer in self.training.layers for tensor in layer]
        for parameter, gradient in zip(parameters, clipped(inputs, z)):
            parameter.grad = gradient.add_(torch.randn_like(gradient)).div_(self.batch)
        self.training.optimizer.step()

    def by_rows(self, inputs, target):
        *hidden, (weight, bias) = self.training.layers
        sources, sums = [inputs], []
        for hidden_weight, hidden_bias in hidden:
            sums.append(functional.linear(sources[-1], hidden_weight, hidden_bias))
            sources.append(functional.silu(sums[-1]))
        sums.append(functional.linear(sources[-1], weight, bias))
        deltas = torch.autograd.grad((sums[-1] - target).square().sum() / self.dimension, sums)
        with torch.no_grad():
            squares = sum((a.square().sum(1) + 1) * d.square().sum(1) for a, d in zip(sources, deltas))
            scale = squares.rsqrt_().clamp_(max=1).unsqueeze(1)
            scaled = [delta * scale for delta in deltas]
            return [part for a, d in zip(sources, scaled) for part in (d.t() @ a, d.sum(0))]

    def in_a_loop(self, inputs, target):
        parameters = [tensor for layer in self.training.layers for tensor in layer]
        total = [torch.zeros_like(parameter) for parameter in parameters]
        for example in range(len(inputs)):
            h = inputs[example : example + 1]
            for index, (weight, bias) in enumerate(self.training.layers):
                h = functional.linear(h if index == 0 else functional.silu(h), weight, bias)
            loss = (h - target[example]).square().sum() / self.dimension
            gradients = torch.autograd.grad(loss, parameters)
            norm = math.sqrt(sum(float(gradient.square().sum()) for gradient in gradients))
            for sum_, gradient in zip(total, gradients):
                sum_.add_(gradient, alpha=min(1.0, 1 / norm))
        return total

    def check(self):
        """Both ways give the same gradient: 0, or how far apart they are."""
        inputs = matrix(8, self.dimension + FEATURE_COUNT, 3)
        target = matrix(8, self.dimension, 4)
        pairs = zip(self.by_rows(inputs, target), self.in_a_loop(inputs, target))
        apart = max(float((one - other).abs().max()) for one, other in pairs)
        if apart > 1e-5:
            raise ValueError(f"per-example gradients differ by {apart}")
        return []


class Normals:
    def __init__(self, params):
        self.out = torch.empty(params["count"])

    def run(self):
        self.out.normal_()

    def check(self):
        self.run()
        return moments(self.out)


class NumpyNormals:
    def __init__(self, bit_generator, params):
        self.generator = numpy.random.Generator(bit_generator)
        self.out = numpy.empty(params["count"], numpy.float32)

    def run(self):
        self.generator.standard_normal(out=self.out, dtype=numpy.float32)

    def check(self):
        self.run()
        return moments(torch.from_numpy(self.out))


class Sampling:
    """What the first layer makes of the step's features enters as a bias; points go through all steps in blocks."""

    def __init__(self, params):
        self.count, self.dimension, self.steps = params["count"], params["dimension"], params["steps"]
        (weight, bias), *self.rest = initial_layers(params)
        self.point_weight = weight[:, : self.dimension].contiguous()
        self.feature_weight = weight[:, self.dimension :].contiguous()
        self.first_bias = bias
        self.features = torch.tensor(params["features"], dtype=torch.float32)
        self.x = torch.empty(self.count, self.dimension)
        self.block = max(1, BLOCK_FLOATS // params["hidden"])

    @torch.inference_mode()
    def run(self):
        biases = self.biases()
        for x in self.x.split(self.block):
            x.normal_()
            z = torch.empty_like(x)
            for step, bias in zip(self.steps, biases):
                eps = self.network(x, bias)
                x.mul_(step["x"]).add_(eps, alpha=step["eps"]).add_(z.normal_(), alpha=step["noise"])

    @torch.inference_mode()
    def check(self):
        bias = self.biases()[0]
        points = matrix(self.count, self.dimension, 7)
        outputs = torch.cat([self.network(x, bias) for x in points.split(self.block)])
        self.run()
        return [*spaced(outputs), *moments(self.x)]

    def biases(self):
        return functional.linear(self.features, self.feature_weight, self.first_bias)

    def network(self, x, first_bias):
        h = functional.linear(x, self.point_weight, first_bias)
        for weight, bias in self.rest:
            h = functional.linear(functional.silu(h, inplace=True), weight, bias)
        return h


class FlowSampling(Sampling):
    """The deterministic steps of a solver of the probability flow, each a combination of x and of the last two denoised points."""

    def __init__(self, params):
        super().__init__({**params, "steps": params["evaluations"]})

    @torch.inference_mode()
    def run(self):
        self.solve(self.x.normal_())

    @torch.inference_mode()
    def check(self):
        return spaced(self.solve(matrix(self.count, self.dimension, 7)))

    def solve(self, points):
        biases = self.biases()
        for x in points.split(self.block):
            before = torch.zeros_like(x)
            for step, bias in zip(self.steps, biases):
                eps = self.network(x, bias)
                denoised = eps.mul_(-step["sigma"] / step["alpha"]).add_(x, alpha=1 / step["alpha"])
                x.mul_(step["x"]).add_(denoised, alpha=step["denoised"]).add_(before, alpha=step["previous"])
                before = denoised
        return points


WORKLOADS = {
    "gemm": Gemm,
    "trainingStep": TrainingStep,
    "privateStep": PrivateStep,
    "normals": Normals,
    "normalsPhilox": lambda params: NumpyNormals(numpy.random.Philox(1), params),
    "normalsPcg64": lambda params: NumpyNormals(numpy.random.PCG64(1), params),
    "normalsSfc64": lambda params: NumpyNormals(numpy.random.SFC64(1), params),
    "sampling": Sampling,
    "flowSampling": FlowSampling,
}


def blas():
    """{"blas": "OpenBLAS Haswell"}, or which library it is where it does not say its kernel."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    for path in sorted(paths):
        core_name = getattr(ctypes.CDLL(path), "openblas_get_corename", None)
        if core_name:
            core_name.restype = ctypes.c_char_p
            return {"blas": f"OpenBLAS {core_name().decode()}"}
    return {"blas": os.path.basename(path) for path in paths}


class Timer:
    """Runs a workload for a given time; short runs are timed in groups, as in harness/timer.mjs."""

    def __init__(self, workload):
        self.workload = workload
        self.group = 1

    def time(self, seconds):
        run = self.workload.run
        begin = time.perf_counter()
        runs = 0
        elapsed = 0
        while elapsed < seconds or not runs:
            for _ in itertools.repeat(None, self.group):
                run()
            runs += self.group
            elapsed = time.perf_counter() - begin
        self.group = max(1, int(runs / elapsed * 0.002))
        return {"runs": runs, "seconds": elapsed}


class Server:
    timer = None

    def about(self, request):
        return {"versions": {"torch": torch.__version__, "numpy": numpy.__version__, **blas()}}

    def prepare(self, request):
        self.timer = None
        if request["workload"] not in WORKLOADS:
            return {"unsupported": "not in this library"}
        workload = WORKLOADS[request["workload"]](request["params"])
        self.timer = Timer(workload)
        return {"check": workload.check()}

    def time(self, request):
        return self.timer.time(request["seconds"])


def main():
    if len(sys.argv) > 1:
        WORKLOADS[sys.argv[1]](json.loads(sys.argv[2])).run()
        return
    server = Server()
    operations = {"about": server.about, "prepare": server.prepare, "time": server.time}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = operations[request["op"]](request)
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps({"id": request["id"], **answer}), flush=True)


main()
