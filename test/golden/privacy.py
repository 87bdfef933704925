"""Privacy of the sampled Gaussian mechanism by numerical integration in many digits, independent of how src/privacy computes it.

python3 test/golden/privacy.py > test/golden/privacy.json   (mpmath 1.3 or newer)
"""

import json

from mpmath import erfc, exp, findroot, inf, log, mp, mpf, npdf, quad, sqrt

mp.dps = 40


def renyi(q, z, order):
    """Divergence of one step, the definition."""
    q, z, order = mpf(q), mpf(z), mpf(order)
    ratio = lambda x: (1 - q) + q * exp((2 * x - 1) / (2 * z * z))
    peak = order  # the integrand of the largest term is centered there
    points = sorted({-12 * z, -3 * z, mpf(0), mpf(1), 3 * z, peak, peak + 3 * z, peak - 3 * z, peak + 14 * z})
    return log(quad(lambda x: npdf(x, 0, z) * ratio(x) ** order, points)) / (order - 1)


def gaussian(z, delta):
    """Epsilon of the Gaussian mechanism: theorem 8 of arXiv 1805.06530."""
    z = mpf(z)
    phi = lambda t: erfc(-t / sqrt(2)) / 2
    found = lambda e: log(phi(1 / (2 * z) - e * z) - exp(e) * phi(-1 / (2 * z) - e * z)) - log(mpf(delta))
    low, high = mpf(0), mpf(1)
    while found(high) > 0:
        high *= 2
    return findroot(found, (low, high), solver="anderson", tol=1e-30)


def hockey_stick(q, z, epsilon, adjacency):
    """Delta of one step at epsilon, the integral of (P - exp(epsilon) Q)_+ over the half line where it is positive."""
    q, z, epsilon = mpf(q), mpf(z), mpf(epsilon)
    mixed = lambda t: (1 - q) * upper(t / z) + q * upper((t - 1) / z)
    upper = lambda t: erfc(t / sqrt(2)) / 2
    edge = lambda loss: z * z * log((exp(loss) - 1 + q) / q) + mpf(1) / 2
    if adjacency == "remove":
        t = edge(epsilon)
        return mixed(t) - exp(epsilon) * upper(t / z)
    if exp(-epsilon) <= 1 - q:
        return mpf(0)
    t = edge(-epsilon)
    return (1 - upper(t / z)) - exp(epsilon) * (1 - mixed(t))


def rounded(value):
    return float(mp.nstr(value, 17))


print(
    json.dumps(
        {
            "renyi": [
                {"sampleRate": q, "noiseMultiplier": z, "order": a, "divergence": rounded(renyi(q, z, a))}
                for q, z, a in [
                    (0.01, 2.5, 1.5),
                    (0.01, 2.5, 2.5),
                    (0.01, 1.1, 8),
                    (0.1, 1, 1.25),
                    (0.1, 1, 5.7),
                    (0.5, 0.8, 3.3),
                    (0.001, 0.7, 2),
                    (0.2, 4, 20.5),
                    (0.99, 1.5, 12),
                ]
            ],
            "gaussian": [
                {"noiseMultiplier": z, "delta": d, "epsilon": rounded(gaussian(z, d))}
                for z, d in [(1, 1e-5), (0.3, 1e-5), (4.530877117, 1e-6), (20, 1e-3), (2, 1e-12), (100, 1e-5)]
            ],
            "hockeyStick": [
                {"sampleRate": q, "noiseMultiplier": z, "epsilon": e, "adjacency": side, "delta": rounded(hockey_stick(q, z, e, side))}
                for q, z, e in [(0.1, 1, 0.3), (0.1, 1, 1.2), (0.5, 0.7, 2), (0.9, 2, 0.5), (0.02, 0.6, 1)]
                for side in ["remove", "add"]
                if hockey_stick(q, z, e, side) > 0
            ],
        },
        indent=1,
    )
)
