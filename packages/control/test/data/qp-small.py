"""Writes the smallest programs of Maros and Meszaros (1999) from their formulas (Hock and Schittkowski 1981) to qp/."""

import json
import pathlib

folder = pathlib.Path(__file__).parent / "qp"


def squares(terms, n):
    """P, q and constant of a sum of squares (a'x + b)^2."""
    P = [[0.0] * n for _ in range(n)]
    q = [0.0] * n
    constant = 0.0
    for a, b in terms:
        for i in range(n):
            q[i] += 2 * b * a[i]
            for j in range(n):
                P[i][j] += 2 * a[i] * a[j]
        constant += b * b
    return P, q, constant


def columns(matrix, width):
    pointers, index, values = [0], [], []
    for j in range(width):
        for i, row in enumerate(matrix):
            if row[j] != 0:
                index.append(i)
                values.append(row[j])
        pointers.append(len(index))
    return {"rows": len(matrix), "cols": width, "colPtr": pointers, "rowIndex": index, "values": values}


def write(name, cost, rows, bounds, optimum):
    P, q, constant = cost
    n = len(q)
    A = [row for row, _, _ in rows] + [[float(i == j) for j in range(n)] for i in range(n)]
    program = {
        "name": name,
        "problem": "minimise 1/2 x'Px + q'x + r subject to l <= Ax <= u (null = unbounded)",
        "P": columns(P, n),
        "q": q,
        "r": constant,
        "A": columns(A, n),
        "l": [low for _, low, _ in rows] + [low for low, _ in bounds],
        "u": [high for _, _, high in rows] + [high for _, high in bounds],
        "optimum": optimum,
        "source": "Maros & Meszaros (1999), by formula",
    }
    (folder / f"{name}.json").write_text(json.dumps(program) + "\n")


free5 = [(None, None)] * 5
links = [([1, 3, 0, 0, 0], 0, 0), ([0, 0, 1, 1, -2], 0, 0), ([0, 1, 0, 0, -1], 0, 0)]
tail = [([0, 1, 1, 0, 0], -2), ([0, 0, 0, 1, 0], -1), ([0, 0, 0, 0, 1], -1)]
write("HS51", squares([([1, -1, 0, 0, 0], 0), *tail], 5), [([1, 3, 0, 0, 0], 4, 4), *links[1:]], free5, 0)
write("HS52", squares([([4, -1, 0, 0, 0], 0), *tail], 5), links, free5, 5.32664756)
write("HS53", squares([([1, -1, 0, 0, 0], 0), *tail], 5), links, [(-10, 10)] * 5, 4.09302326)
write("TAME", squares([([1, -1], 0)], 2), [([1, 1], 1, 1)], [(0, None)] * 2, 0)
hs35 = ([[4, 2, 2], [2, 4, 0], [2, 0, 2]], [-8, -6, -4], 9)
write("HS35MOD", hs35, [([1, 1, 2], None, 3)], [(0, None), (0.5, 0.5), (0, None)], 0.25)
write("QPTEST", ([[8, 2], [2, 10]], [1.5, -2], 0), [([2, 1], 2, None), ([-1, 2], None, 6)], [(0, 20), (0, None)], 4.371875)
D = [
    [10197, -12454, -1013, 1948, 329],
    [-12454, 20909, -1733, -4914, -186],
    [-1013, -1733, 1755, 1089, -174],
    [1948, -4914, 1089, 1515, -22],
    [329, -186, -174, -22, 27],
]
hs268 = ([[2 * value for value in row] for row in D], [18340, -34198, 4542, 8672, 86], 14463)
rows268 = [
    ([-1, -1, -1, -1, -1], -5, None),
    ([10, 10, -3, 5, 4], 20, None),
    ([-8, 1, -2, -5, 3], -40, None),
    ([8, -1, 2, 5, -3], 11, None),
    ([-4, -2, 3, -5, 1], -30, None),
]
write("HS268", hs268, rows268, free5, 0)
