"""Writes riccati.json: Riccati equations of the DAREX and CAREX collections (Benner, Laub & Mehrmann 1995; the parametrised
ones at several values) and a few generalised ones, with the residual of SciPy's solution, in 40-digit arithmetic, relative
to the sum of the Frobenius norms of the equation's terms. Needs numpy, scipy (with its tests, whose tables hold the
examples' constants) and mpmath. CAREX 18 and 20 (n = 100 dense, n = 421) are left out for their size.

    python3 riccati.py
"""
import json
import warnings

import mpmath
import numpy as np
import scipy
import scipy.linalg as sl
import scipy.linalg.tests.test_solvers as tables

warnings.simplefilter('ignore')
mpmath.mp.dps = 40


def mul(a, b):
    """Exact-enough product of object arrays of mpf, skipping zeros."""
    out = np.full((a.shape[0], b.shape[1]), mpmath.mpf(0), dtype=object)
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            if a[i, k] != 0:
                nonzero = [j for j in range(b.shape[1]) if b[k, j] != 0]
                for j in nonzero:
                    out[i, j] += a[i, k] * b[k, j]
    return out


def big(a):
    return np.array([[mpmath.mpf(float(v)) for v in row] for row in a], dtype=object)


def norm(a):
    return mpmath.sqrt(sum(v * v for v in a.ravel()))


def solve(a, b):
    inverse = mpmath.inverse(mpmath.matrix(a.tolist()))
    return mul(np.array(inverse.tolist(), dtype=object), b)


def residual(kind, A, B, Q, R, E, S, X):
    A, B, Q, R, E, S, X = map(big, (A, B, Q, R, E, S, (X + X.T) / 2))
    if kind == 'dare':
        K = solve(R + mul(B.T, mul(X, B)), mul(B.T, mul(X, A)) + S.T)
        D = A - mul(B, K)
        terms = [mul(D.T, mul(X, D)), -mul(E.T, mul(X, E)), Q, mul(K.T, mul(R, K))]
        total = sum(terms) - mul(S, K) - mul(S, K).T
        scale = sum(map(norm, terms))
    else:
        L = mul(B.T, mul(X, E)) + S.T
        K = solve(R, L)
        AXE = mul(A.T, mul(X, E))
        total = AXE + AXE.T + Q - mul(L.T, K)
        scale = 2 * norm(AXE) + norm(Q) + norm(mul(K.T, mul(R, K)))
    return float(norm(total) / scale)


def sparse(a):
    a = np.atleast_2d(np.asarray(a, dtype=float))
    if a.size <= 100:
        return a.tolist()
    return {'shape': list(a.shape), 'entries': [[int(i), int(j), float(a[i, j])] for i, j in zip(*np.nonzero(a))]}


cases = []


def add(name, kind, A, B, Q, R, E=None, S=None):
    A, B, Q, R = (np.atleast_2d(np.asarray(v, dtype=float)) for v in (A, B, Q, R))
    Q, R = (Q + Q.T) / 2, (R + R.T) / 2
    e = np.eye(len(A)) if E is None else np.asarray(E, dtype=float)
    s = np.zeros(B.shape) if S is None else np.asarray(S, dtype=float)
    case = {'name': name, 'kind': kind, 'A': sparse(A), 'B': sparse(B), 'Q': sparse(Q), 'R': sparse(R)}
    if E is not None:
        case['E'] = sparse(E)
    if S is not None:
        case['S'] = sparse(S)
    try:
        solver = sl.solve_discrete_are if kind == 'dare' else sl.solve_continuous_are
        X = solver(A, B, Q, R, E, S)
        case['scipy'] = residual(kind, A, B, Q, R, e, s, X)
    except Exception as error:  # SciPy refuses or does not find a solution
        case['scipy'] = None
        case['refusal'] = type(error).__name__
    cases.append(case)
    print(name, len(A), case['scipy'])


for j, (A, B, Q, R, _) in enumerate(tables.TestSolveContinuousAre.cases):
    if j + 1 not in (18, 20):
        add(f'CAREX {j + 1}', 'care', A, B, Q, R)
for j, (A, B, Q, R, _) in enumerate(tables.TestSolveDiscreteAre.cases):
    if j >= 4:
        add(f'DAREX {j - 3}', 'dare', A, B, Q, R)

# DAREX 4 with its cross term: R is singular and R + B'XB indefinite at the solution.
A, B, Q, R, _ = tables.TestSolveDiscreteAre.cases[7]
add('DAREX 4 with S', 'dare', A, B, Q, R, None, [[3, 1], [-1, 7]])

# CAREX 7 and 9, DAREX 12: weak control and stretched chains.
for eps in (1, 1e-2, 1e-4):
    add(f'CAREX 7, eps = {eps:g}', 'care', np.diag([1.0, -2.0]), [[eps], [0]], np.ones((2, 2)), [[1]])
for eps in (1e-6, 1e-3, 1e3):
    add(f'CAREX 9, eps = {eps:g}', 'care', [[0, eps], [0, 0]], [[0], [1]], np.eye(2), [[1]])
# CAREX 8: nearly singular R, of growing condition.
for eps in (1, 1e-2, 1e-4):
    add(f'CAREX 8, eps = {eps:g}', 'care', np.diag([-0.1, -0.02]), [[0.1, 0], [0.001, 0.01]], [[100, 1000], [1000, 10000]], [[1 + eps, 1], [1, 1]])
# CAREX 10 as published: Q = eps^2 I, A = [[eps + 1, 1], [1, eps + 1]].
for eps in (1, 1e-3, 1e-5, 1e-7):
    add(f'CAREX 10, Q = eps^2 I, eps = {eps:g}', 'care', [[1 + eps, 1], [1, 1 + eps]], np.eye(2), eps**2 * np.eye(2), np.eye(2))
# CAREX 11: closed-loop poles at eps +- i for Q that is indefinite.
for eps in (0.5, 1e-3):
    add(f'CAREX 11, eps = {eps:g}', 'care', [[3 - eps, 1], [4, 2 - eps]], [[1], [1]], [[4 * eps - 11, 2 * eps - 5], [2 * eps - 5, 2 * eps - 2]], [[1]])
# CAREX 12 and DAREX 13: V diag V with V = I - (2/3) v v', solutions known in closed form, entries of very different sizes.
V = np.eye(3) - 2 / 3 * np.ones((3, 3))
for eps in (1, 1e3):
    add(f'CAREX 12, eps = {eps:g}', 'care', V @ (eps * np.diag([1, 2, 3])) @ V, np.eye(3), V @ np.diag([1 / eps, 1, eps]) @ V, eps * np.eye(3))
for eps in (1, 1e3):
    add(f'DAREX 13, eps = {eps:g}', 'dare', V @ np.diag([0, 1, 3]) @ V, np.eye(3), eps * np.eye(3), eps * np.eye(3))
# CAREX 14: closed-loop poles that come near the imaginary axis with eps.
for eps in (1, 1e-3):
    A = np.array([[-eps, 1, 0, 0], [-1, -eps, 0, 0], [0, 0, eps, 1], [0, 0, -1, eps]])
    add(f'CAREX 14, eps = {eps:g}', 'care', A, np.ones((4, 1)), np.ones((4, 4)), [[1]])
# CAREX 16 and 17, DAREX 15: scalable ones.
for n in (8, 20):
    A = -2 * np.eye(n) + np.eye(n, k=1) + np.eye(n, k=-1)
    A[0, -1] = A[-1, 0] = 1
    add(f'CAREX 16, n = {n}', 'care', A, np.eye(n), np.eye(n), np.eye(n))
for n in (4, 10):
    add(f'CAREX 17, n = {n}', 'care', np.eye(n, k=1), np.eye(n)[:, -1:], np.diag([1.0] + [0] * (n - 1)), [[1]])
for n in (1, 10, 50):
    add(f'DAREX 15, n = {n}', 'dare', np.eye(n, k=1), np.eye(n)[:, -1:], np.eye(n), [[1]])
for eps in (1e2, 1e4):
    add(f'DAREX 12, eps = {eps:g}', 'dare', [[0, eps], [0, 0]], [[0], [1]], np.eye(2), [[1]])
# DAREX 14: a sampled first-order lag with three delays.
for tau, weight in ((1e2, 1), (1e6, 1e-3)):
    A = np.eye(4, k=-1)
    A[0, 0] = 1 - 1 / tau
    add(f'DAREX 14, tau = {tau:g}, r = {weight:g}', 'dare', A, [[1 / tau], [0], [0], [0]], np.diag([0, 0, 0, 1.0]), [[weight]])

# Generalised equations with cross terms: seeded random ones, descriptor matrices of growing condition.
rng = np.random.default_rng(5)
for kind in ('care', 'dare'):
    for n, m, condition in ((3, 1, 1e1), (5, 2, 1e3), (8, 3, 1e6)):
        A, B = rng.normal(size=(n, n)), rng.normal(size=(n, m))
        U, W = sl.qr(rng.normal(size=(n, n)))[0], sl.qr(rng.normal(size=(n, n)))[0]
        E = U @ np.diag(np.geomspace(1, 1 / condition, n)) @ W
        root = rng.normal(size=(n + m, n + m))
        cost = root @ root.T
        add(f'generalised {kind}, n = {n}, cond(E) = {condition:g}', kind, A, B, cost[:n, :n], cost[n:, n:], E, cost[:n, n:])

with open('riccati.json', 'w') as file:
    json.dump({'scipy': scipy.__version__, 'cases': cases}, file, separators=(',', ':'))
