"""Writes rng.json: what createRng must give, computed apart from the TypeScript code with whole numbers of any size
and the standard library's exp and log. Run: python3 rng.py > rng.json"""
import json, math

M = 0xFFFFFFFF
rot = lambda x, k: ((x << k) | (x >> (32 - k))) & M

def permute(s, rounds):
    a, b, c, d = s
    for _ in range(rounds):
        a = (a + b) & M; d = rot(d ^ a, 16); c = (c + d) & M; b = rot(b ^ c, 12)
        a = (a + b) & M; d = rot(d ^ a, 8); c = (c + d) & M; b = rot(b ^ c, 7)
    return [a, b, c, d]

def derive(parent, key):
    words = [1, key & M, (key >> 32) & M] if isinstance(key, int) else [2, len(key)] + [ord(ch) for ch in key]
    s = list(parent)
    for w in words:
        s[0] ^= w
        s = permute(s, 4)
    return permute(s, 8)

class Stream:
    def __init__(self, path):
        key = [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344]
        for k in path:
            key = derive(key, k)
        self.s = permute([key[0] ^ 0x9E3779B9] + key[1:], 8)

    def word(self):
        s = self.s
        result = rot((s[1] * 5) & M, 7) * 9 & M
        t = (s[1] << 9) & M
        s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rot(s[3], 11)
        return result

    def normal(self):
        while True:
            w = self.word()
            layer, cell = w & 127, (w if w < 2**31 else w - 2**32) >> 7
            x = (cell + 0.5) * edges[layer] / 2**24
            if abs(x) < edges[layer + 1]:
                return x
            if layer == 0:
                while True:
                    beyond = -math.log((self.word() + 0.5) / 2**32) / R
                    height = -math.log((self.word() + 0.5) / 2**32)
                    if 2 * height > beyond * beyond:
                        return math.copysign(R + beyond, x)
            f = lambda v: math.exp(-v * v / 2)
            if f(edges[layer]) + self.word() / 2**32 * (f(edges[layer + 1]) - f(edges[layer])) < f(x):
                return x

R = 3.442619855899
AREA = R * math.exp(-R * R / 2) + math.sqrt(math.pi / 2) * math.erfc(R / math.sqrt(2))
edges = [AREA / math.exp(-R * R / 2), R]
while len(edges) < 128:
    edges.append(math.sqrt(-2 * math.log(AREA / edges[-1] + math.exp(-edges[-1] ** 2 / 2))))
edges.append(0.0)

paths = [[0], [1], [-1], [2**53 - 1], [4294967296], ["0"], [""], ["seed"], ["größe🎲".encode("utf-16-le").decode("utf-16-le")],
         [7, "exploration"], [7, 0], [7, 1], [7, "a", "b"], [7, "ab"]]

def utf16(key):
    """Strings as lists of UTF-16 code units, so that ord() above sees what charCodeAt sees."""
    if isinstance(key, int):
        return key
    raw = key.encode("utf-16-le")
    return "".join(chr(raw[i] | raw[i + 1] << 8) for i in range(0, len(raw), 2))

cases = []
for path in paths:
    inner = [utf16(k) for k in path]
    words, normals = Stream(inner), Stream(inner)
    cases.append({"path": path, "words": [words.word() for _ in range(8)], "normals": [normals.normal() for _ in range(300)]})
print(json.dumps(cases, separators=(",", ":")))
