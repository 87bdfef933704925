"""Numbers that plain NumPy gives for two small tables: the measures of docs/tables.md by their definitions, without any shortcut.

    python3 test/golden/table-judges.py > test/golden/table-judges.json && npx biome format --write test/golden      (NumPy 1.24)
"""
import json, sys, math
import numpy as np

rng = np.random.default_rng(17)
n, m = 60, 45
def table(rows, shift):
    a = np.round(rng.normal(shift, 1 + shift, rows), 3)
    b = np.round(0.6 * a + rng.normal(0, 1, rows), 3)
    a_gap = rng.random(rows) < 0.1
    p = np.array([0.5, 0.3 - shift / 4, 0.15, 0.05 + shift / 4]); c = rng.choice(4, rows, p=p / p.sum())
    d = np.where(b > 0, rng.choice(2, rows, p=[0.3, 0.7]), rng.choice(2, rows, p=[0.8, 0.2]))
    d_gap = rng.random(rows) < 0.15
    return dict(a=a, aGap=a_gap, b=b, c=c, d=d, dGap=d_gap)
real, syn = table(n, 0.0), table(m, 0.4)

def ks(x, y):
    pts = np.concatenate([x, y])
    return 1 - max(abs(np.mean(x <= t) - np.mean(y <= t)) for t in pts)
def tv(x, y):
    keys = set(x) | set(y)
    return 1 - 0.5 * sum(abs(np.mean([u == k for u in x]) - np.mean([v == k for v in y])) for k in keys)
def num(t): return t['a'][~t['aGap']]
def binned(t):
    edges = np.histogram_bin_edges(num(real), bins=10); edges[0], edges[-1] = -np.inf, np.inf
    return np.digitize(np.where(t['aGap'], np.nan, t['a']), edges)
def pair(x, y): return list(zip(x.tolist(), y.tolist()))
def dcode(t): return np.where(t['dGap'], -1, t['d'])
def corr(t):
    k = ~t['aGap']; return np.corrcoef(t['a'][k], t['b'][k])[0, 1]
out = {}
out['KSComplement'] = [ks(num(real), num(syn)), ks(real['b'], syn['b'])]
out['TVComplement'] = [tv(real['c'], syn['c']), tv(real['d'][~real['dGap']], syn['d'][~syn['dGap']])]
lo, hi = num(real).min(), num(real).max()
s = num(syn)
out['RangeCoverage'] = max(1 - max((s.min() - lo) / (hi - lo), 0) - max((hi - s.max()) / (hi - lo), 0), 0)
out['BoundaryAdherence'] = [np.mean((s >= lo) & (s <= hi)), np.mean((syn['b'] >= real['b'].min()) & (syn['b'] <= real['b'].max()))]
out['CorrelationSimilarity'] = 1 - abs(corr(real) - corr(syn)) / 2
out['correlations'] = [corr(real), corr(syn)]
pairs = {
  'ac': tv(pair(binned(real), real['c']), pair(binned(syn), syn['c'])),
  'ad': tv(pair(binned(real), dcode(real)), pair(binned(syn), dcode(syn))),
  'cd': tv(pair(real['c'], dcode(real)), pair(syn['c'], dcode(syn))),
}
def binb(t):
    edges = np.histogram_bin_edges(real['b'], bins=10); edges[0], edges[-1] = -np.inf, np.inf
    return np.digitize(t['b'], edges)
pairs['bc'] = tv(pair(binb(real), real['c']), pair(binb(syn), syn['c']))
pairs['bd'] = tv(pair(binb(real), dcode(real)), pair(binb(syn), dcode(syn)))
out['ContingencySimilarity'] = pairs
out['columnShapes'] = np.mean(out['KSComplement'] + out['TVComplement'])
out['columnPairTrends'] = np.mean([out['CorrelationSimilarity']] + list(pairs.values()))
out['overall'] = (out['columnShapes'] + out['columnPairTrends']) / 2

# DeLong by all pairs.
pos, neg = np.round(rng.normal(0.5, 1, 20), 1), np.round(rng.normal(0, 1, 30), 1)
psi = (pos[:, None] > neg[None]) + 0.5 * (pos[:, None] == neg[None])
A = psi.mean(); var = psi.mean(1).var(ddof=1) / 20 + psi.mean(0).var(ddof=1) / 30
out['auc'] = dict(positive=pos.tolist(), negative=neg.tolist(), value=A, deviation=math.sqrt(var))

# Logistic regression of d on a, b, c without gaps, by Newton's method; objective as scikit-learn's: sum of losses + |w|^2 / 2, intercept free.
keep = ~real['aGap'] & ~real['dGap']
X = np.stack([(real[k][keep] - real[k][keep].mean()) / real[k][keep].std() for k in 'ab'], 1)
X = np.concatenate([X, np.eye(4)[real['c'][keep]], np.ones((keep.sum(), 1))], 1); y = real['d'][keep]
R = np.eye(X.shape[1]); R[-1, -1] = 0; w = np.zeros(X.shape[1])
for _ in range(50):
    p = 1 / (1 + np.exp(-X @ w)); w -= np.linalg.solve(X.T @ (X * (p * (1 - p))[:, None]) + R, X.T @ (p - y) + R @ w)
out['logits'] = (X @ w).tolist()
# The same of c on a, b: softmax, by Newton's method over all weights.
Z = np.concatenate([X[:, :2], np.ones((len(y), 1))], 1); k = real['c'][keep]; K, d = 4, 3
W = np.zeros((K, d)); Y = np.eye(K)[k]; pen = np.diag([1, 1, 0.0])
for _ in range(100):
    L = Z @ W.T; P = np.exp(L - L.max(1, keepdims=True)); P /= P.sum(1, keepdims=True)
    G = (P - Y).T @ Z + W @ pen
    H = np.zeros((K * d, K * d))
    for r in range(len(y)):
        H += np.kron(np.diag(P[r]) - np.outer(P[r], P[r]), np.outer(Z[r], Z[r]))
    H += np.kron(np.eye(K), pen)
    W -= (np.linalg.pinv(H) @ G.ravel()).reshape(K, d)
out['softmax'] = P.tolist()

# Distances: Gower's form with deviations of the real (training) rows.
sd_a, sd_b = num(real).std(), real['b'].std()
def dist(t, i, u, j):
    da = (0 if t['aGap'][i] and u['aGap'][j] else 1) if t['aGap'][i] or u['aGap'][j] else abs(t['a'][i] - u['a'][j]) / sd_a
    dd = dcode(t)[i] != dcode(u)[j]
    return (da + abs(t['b'][i] - u['b'][j]) / sd_b + (t['c'][i] != u['c'][j]) + dd) / 4
D = np.array([[dist(syn, i, real, j) for j in range(n)] for i in range(m)])
D.sort(axis=1)
out['nearest'] = dict(first=D[:, 0].tolist(), second=D[:, 1].tolist())
def plain(t): return {k: (v.astype(int).tolist() if v.dtype == bool else v.tolist()) for k, v in t.items()}
out['real'], out['synthetic'] = plain(real), plain(syn)
json.dump(out, sys.stdout, default=float)
