"""Golden numbers of the judges, computed by NumPy in float64 from the definitions in their papers.

    python3 test/golden/judges.py > test/golden/judges.json      (NumPy 2.4)

Features are the float32 numbers of hashedSample in test/support/samples.ts, probabilities the softmax of such numbers.
"""
import json

import numpy as np


def hashed(n, d, s):
    i, j = np.indices((n, d))
    numbers = ((i * 7919 + j * 104729 + s * 1299709 + i * j * 31) % 10007) / 10007 * (1 + j % 3) + s * 0.1 * (j == 0)
    return numbers.astype(np.float32).astype(float)


def probabilities(n, classes, s):
    """float32, as the classifier gives them."""
    weights = np.exp(3 * hashed(n, classes, s))
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32).astype(float)


def distances(x, y):
    return np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1))


def root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def fid(x, y):
    """Heusel et al., arXiv 1706.08500, equation 6, with unbiased covariances."""
    a, b = np.cov(x.T), np.cov(y.T)
    cross = root(root(a) @ b @ root(a))
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(a + b - 2 * cross)


def inception_score(p):
    """Salimans et al., arXiv 1606.03498, section 4, without splits."""
    return np.exp((p * (np.log(p) - np.log(p.mean(0)))).sum(1).mean())


def radii(x, k):
    """Distance of each row to its k-th nearest other row."""
    return np.sort(distances(x, x), 1)[:, k]


def manifold(points, rows, k):
    """Kynkaanniemi et al., arXiv 1904.06991, equation 1: the mean of f(point, rows)."""
    return (distances(points, rows) <= radii(rows, k)[None]).any(1).mean()


def density(real, fake, k):
    """Naeem et al., arXiv 2002.09797, equation 4."""
    return (distances(fake, real) <= radii(real, k)[None]).sum() / (k * len(fake))


def coverage(real, fake, k):
    """Naeem et al., equation 5."""
    return (distances(real, fake) <= radii(real, k)[:, None]).any(1).mean()


def case(n, m, d, classes, s):
    x, y = hashed(n, d, s), hashed(m, d, s + 1)
    p, q = probabilities(n, classes, s), probabilities(m, classes, s + 1)
    found, real = p.argmax(1), q.argmax(1)
    asked = np.arange(n) % classes
    share = lambda labels: np.bincount(labels, minlength=classes) / len(labels)
    expected = {
        "classifierFrechet": fid(x, y),
        "inceptionScore": inception_score(p),
        "classHistogram": np.abs(share(found) - share(real)).sum() / 2,
        "conditionalAccuracy": (found == asked).mean(),
    }
    if n == m:
        expected |= {
            "precision": manifold(x, y, 3),
            "recall": manifold(y, x, 3),
            "density": density(y, x, 5),
            "coverage": coverage(y, x, 5),
        }
    return {"n": n, "m": m, "d": d, "classes": classes, "sample": s, "expected": expected}


cases = [case(60, 60, 3, 4, 1), case(300, 300, 8, 10, 3), case(90, 90, 40, 5, 5), case(70, 45, 6, 3, 7)]
print(json.dumps(cases, indent=2))
