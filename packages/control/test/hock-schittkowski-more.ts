/** Further problems of Hock and Schittkowski (1981), written by sums of terms, with their published optima. */
import { type Dual, free, type HockSchittkowski, type Point, rosenbrock, state } from './hock-schittkowski.js';

/** c · a · b · … */
const term = (c: number, ...factors: readonly Dual[]): Dual =>
  factors
    .slice(1)
    .reduce((all, one) => all.times(one), factors[0]!)
    .times(c);

/** The sum of numbers and duals, the first of them a dual. */
const sum = (first: Dual, ...rest: readonly (Dual | number)[]): Dual => rest.reduce<Dual>((all, one) => all.plus(one), first);

/** Σ cᵢxᵢ + constant. */
const linear =
  (c: readonly number[], constant: number) =>
  (x: Point): Dual =>
    c.reduce<Dual>((all, value, i) => all.plus(x[i]!.times(value)), x[0]!.times(0).plus(constant));

const squares = (...parts: readonly Dual[]): Dual => parts.map((part) => part.square()).reduce((all, one) => all.plus(one));
const product = (x: Point): Dual => x.reduce((all, one) => all.times(one));
const fill = (count: number, value: number): number[] => new Array<number>(count).fill(value);

const hs52 = [linear([1, 3], 0), linear([0, 0, 1, 1, -2], 0), linear([0, 1, 0, 0, -1], 0)];
const hs24 = Math.sqrt(3);
const hs112 = [-6.089, -17.164, -34.054, -5.914, -24.721, -14.986, -24.1, -10.708, -26.662, -22.179];

/** The problems. */
export const hockSchittkowskiMore: readonly HockSchittkowski[] = [
  state(
    'HS9',
    [0, 0],
    -0.5,
    (x) =>
      x[0]!
        .times(Math.PI / 12)
        .sin()
        .times(x[1]!.times(Math.PI / 16).cos()),
    [linear([4, -3], 0)],
  ),
  state(
    'HS20',
    [-2, 1],
    81.5 - 25 * Math.sqrt(3),
    rosenbrock,
    [],
    [(x) => sum(x[0]!, x[1]!.square()), (x) => sum(x[1]!, x[0]!.square()), (x) => squares(x[0]!, x[1]!).minus(1)],
    { lower: [-0.5, -free], upper: [0.5, free] },
  ),
  state('HS21', [-1, -1], -99.96, (x) => sum(term(0.01, x[0]!, x[0]!), x[1]!.square(), -100), [], [linear([10, -1], -10)], {
    lower: [2, -50],
    upper: [50, 50],
  }),
  state(
    'HS24',
    [1, 0.5],
    -1,
    (x) =>
      x[0]!
        .minus(3)
        .square()
        .minus(9)
        .times(x[1]!.power(3))
        .times(1 / (27 * hs24)),
    [],
    [linear([1 / hs24, -1], 0), linear([1, hs24], 0), linear([-1, -hs24], 6)],
    { lower: [0, 0] },
  ),
  state('HS28', [-4, 1, 1], 0, (x) => squares(x[0]!.plus(x[1]!), x[1]!.plus(x[2]!)), [linear([1, 2, 3], -1)]),
  state('HS30', [1, 1, 1], 1, (x) => squares(...x), [], [(x) => squares(x[0]!, x[1]!).minus(1)], {
    lower: [1, -10, -10],
    upper: [10, 10, 10],
  }),
  state(
    'HS31',
    [1, 1, 1],
    6,
    (x) => sum(term(9, x[0]!, x[0]!), x[1]!.square(), term(9, x[2]!, x[2]!)),
    [],
    [(x) => term(1, x[0]!, x[1]!).minus(1)],
    {
      lower: [-10, 1, -10],
      upper: [10, 10, 1],
    },
  ),
  state(
    'HS33',
    [0, 0, 3],
    Math.SQRT2 - 6,
    (x) => term(1, x[0]!.minus(1), x[0]!.minus(2), x[0]!.minus(3)).plus(x[2]!),
    [],
    [(x) => x[2]!.square().minus(squares(x[0]!, x[1]!)), (x) => squares(...x).minus(4)],
    { lower: [0, 0, 0], upper: [free, free, 5] },
  ),
  state(
    'HS34',
    [0, 1.05, 2.9],
    -Math.log(Math.log(10)),
    (x) => x[0]!.times(-1),
    [],
    [(x) => x[1]!.minus(x[0]!.exp()), (x) => x[2]!.minus(x[1]!.exp())],
    {
      lower: [0, 0, 0],
      upper: [100, 100, 10],
    },
  ),
  state(
    'HS35',
    [0.5, 0.5, 0.5],
    1 / 9,
    (x) =>
      sum(
        linear([-8, -6, -4], 9)(x),
        term(2, x[0]!, x[0]!),
        term(2, x[1]!, x[1]!),
        x[2]!.square(),
        term(2, x[0]!, x[1]!),
        term(2, x[0]!, x[2]!),
      ),
    [],
    [linear([-1, -1, -2], 3)],
    { lower: [0, 0, 0] },
  ),
  state('HS36', [10, 10, 10], -3300, (x) => product(x).times(-1), [], [linear([-1, -2, -2], 72)], {
    lower: [0, 0, 0],
    upper: [20, 11, 42],
  }),
  state('HS37', [10, 10, 10], -3456, (x) => product(x).times(-1), [], [linear([-1, -2, -2], 72), linear([1, 2, 2], 0)], {
    lower: [0, 0, 0],
    upper: [42, 42, 42],
  }),
  state(
    'HS38',
    [-3, -1, -3, -1],
    0,
    (x) =>
      sum(
        rosenbrock(x),
        x[3]!.minus(x[2]!.square()).square().times(90),
        x[2]!.minus(1).square(),
        squares(x[1]!.minus(1), x[3]!.minus(1)).times(10.1),
        term(19.8, x[1]!.minus(1), x[3]!.minus(1)),
      ),
    [],
    [],
    { lower: fill(4, -10), upper: fill(4, 10) },
  ),
  state('HS41', [2, 2, 2, 2], 52 / 27, (x) => product(x.slice(0, 3)).times(-1).plus(2), [linear([1, 2, 2, -1], 0)], [], {
    lower: fill(4, 0),
    upper: [1, 1, 1, 2],
  }),
  state('HS42', [1, 1, 1, 1], 28 - 10 * Math.SQRT2, (x) => squares(...x.map((value, i) => value.minus(i + 1))), [
    (x) => x[0]!.minus(2),
    (x) => squares(x[2]!, x[3]!).minus(2),
  ]),
  state(
    'HS44',
    [0, 0, 0, 0],
    -15,
    (x) => sum(linear([1, -1, -1], 0)(x), term(-1, x[0]!, x[2]!), term(1, x[0]!, x[3]!), term(1, x[1]!, x[2]!), term(-1, x[1]!, x[3]!)),
    [],
    [
      linear([-1, -2], 8),
      linear([-4, -1], 12),
      linear([-3, -4], 12),
      linear([0, 0, -2, -1], 8),
      linear([0, 0, -1, -2], 8),
      linear([0, 0, -1, -1], 5),
    ],
    { lower: fill(4, 0) },
  ),
  state(
    'HS45',
    fill(5, 2),
    1,
    (x) =>
      product(x)
        .times(-1 / 120)
        .plus(2),
    [],
    [],
    { lower: fill(5, 0), upper: [1, 2, 3, 4, 5] },
  ),
  state('HS48', [3, 5, -3, 2, -2], 0, (x) => squares(x[0]!.minus(1), x[1]!.minus(x[2]!), x[3]!.minus(x[4]!)), [
    linear(fill(5, 1), -5),
    linear([0, 0, 1, -2, -2], 3),
  ]),
  state(
    'HS49',
    [10, 7, 2, -3, 0.8],
    0,
    (x) => sum(squares(x[0]!.minus(x[1]!), x[2]!.minus(1)), x[3]!.minus(1).power(4), x[4]!.minus(1).power(6)),
    [linear([1, 1, 1, 4], -7), linear([0, 0, 1, 0, 5], -6)],
  ),
  state(
    'HS50',
    [35, -31, 11, 5, -5],
    0,
    (x) => sum(squares(x[0]!.minus(x[1]!), x[1]!.minus(x[2]!), x[3]!.minus(x[4]!)), x[2]!.minus(x[3]!).power(4)),
    [linear([1, 2, 3], -6), linear([0, 1, 2, 3], -6), linear([0, 0, 1, 2, 3], -6)],
  ),
  state('HS51', [2.5, 0.5, 2, -1, 0.5], 0, (x) => squares(x[0]!.minus(x[1]!), x[1]!.plus(x[2]!).minus(2), x[3]!.minus(1), x[4]!.minus(1)), [
    linear([1, 3], -4),
    linear([0, 0, 1, 1, -2], 0),
    linear([0, 1, 0, 0, -1], 0),
  ]),
  state(
    'HS52',
    fill(5, 2),
    1859 / 349,
    (x) => squares(x[0]!.times(4).minus(x[1]!), x[1]!.plus(x[2]!).minus(2), x[3]!.minus(1), x[4]!.minus(1)),
    hs52,
  ),
  state(
    'HS53',
    fill(5, 2),
    176 / 43,
    (x) => squares(x[0]!.minus(x[1]!), x[1]!.plus(x[2]!).minus(2), x[3]!.minus(1), x[4]!.minus(1)),
    hs52,
    [],
    {
      lower: fill(5, -10),
      upper: fill(5, 10),
    },
  ),
  state(
    'HS61',
    [0, 0, 0],
    -143.6461422,
    (x) => sum(linear([-33, 16, -24], 0)(x), term(4, x[0]!, x[0]!), term(2, x[1]!, x[1]!), term(2, x[2]!, x[2]!)),
    [(x) => sum(term(3, x[0]!), term(-2, x[1]!, x[1]!), -7), (x) => sum(term(4, x[0]!), term(-1, x[2]!, x[2]!), -11)],
  ),
  state(
    'HS63',
    [2, 2, 2],
    961.7151721,
    (x) =>
      sum(term(-1, x[0]!, x[0]!), term(-2, x[1]!, x[1]!), term(-1, x[2]!, x[2]!), term(-1, x[0]!, x[1]!), term(-1, x[0]!, x[2]!), 1000),
    [linear([8, 14, 7], -56), (x) => squares(...x).minus(25)],
    [],
    { lower: [0, 0, 0] },
  ),
  state(
    'HS64',
    [1, 1, 1],
    6299.842428,
    (x) => sum(linear([5, 20, 10], 0)(x), term(50000, x[0]!.power(-1)), term(72000, x[1]!.power(-1)), term(144000, x[2]!.power(-1))),
    [],
    [(x) => sum(term(-4, x[0]!.power(-1)), term(-32, x[1]!.power(-1)), term(-120, x[2]!.power(-1)), 1)],
    { lower: fill(3, 1e-5) },
  ),
  state(
    'HS66',
    [0, 1.05, 2.9],
    0.5181632741,
    linear([-0.8, 0, 0.2], 0),
    [],
    [(x) => x[1]!.minus(x[0]!.exp()), (x) => x[2]!.minus(x[1]!.exp())],
    {
      lower: [0, 0, 0],
      upper: [100, 100, 10],
    },
  ),
  state(
    'HS76',
    fill(4, 0.5),
    -4.681818181,
    (x) =>
      sum(
        linear([-1, -3, 1, -1], 0)(x),
        x[0]!.square(),
        term(0.5, x[1]!, x[1]!),
        x[2]!.square(),
        term(0.5, x[3]!, x[3]!),
        term(-1, x[0]!, x[2]!),
        term(1, x[2]!, x[3]!),
      ),
    [],
    [linear([-1, -2, -1, -1], 5), linear([-3, -1, -2, 1], 4), linear([0, 1, 4], -1.5)],
    { lower: fill(4, 0) },
  ),
  state(
    'HS81',
    [-2, 2, 2, -1, -1],
    0.0539498478,
    (x) =>
      product(x)
        .exp()
        .minus(sum(x[0]!.power(3), x[1]!.power(3), 1).square().times(0.5)),
    [
      (x) => squares(...x).minus(10),
      (x) => term(1, x[1]!, x[2]!).minus(term(5, x[3]!, x[4]!)),
      (x) => sum(x[0]!.power(3), x[1]!.power(3), 1),
    ],
    [],
    { lower: [-2.3, -2.3, -3.2, -3.2, -3.2], upper: [2.3, 2.3, 3.2, 3.2, 3.2] },
  ),
  state(
    'HS100',
    [1, 2, 0, 4, 0, 1, 1],
    680.6300573,
    (x) =>
      sum(
        x[0]!.minus(10).square(),
        term(5, x[1]!.minus(12).square()),
        x[2]!.power(4),
        term(3, x[3]!.minus(11).square()),
        term(10, x[4]!.power(6)),
        term(7, x[5]!, x[5]!),
        x[6]!.power(4),
        term(-4, x[5]!, x[6]!),
        term(-10, x[5]!),
        term(-8, x[6]!),
      ),
    [],
    [
      (x) => sum(linear([0, 0, -1, 0, -5], 127)(x), term(-2, x[0]!, x[0]!), term(-3, x[1]!.power(4)), term(-4, x[3]!, x[3]!)),
      (x) => sum(linear([-7, -3, 0, -1, 1], 282)(x), term(-10, x[2]!, x[2]!)),
      (x) => sum(linear([-23, 0, 0, 0, 0, 0, 8], 196)(x), term(-1, x[1]!, x[1]!), term(-6, x[5]!, x[5]!)),
      (x) =>
        sum(
          linear([0, 0, 0, 0, 0, -5, 11], 0)(x),
          term(-4, x[0]!, x[0]!),
          term(-1, x[1]!, x[1]!),
          term(3, x[0]!, x[1]!),
          term(-2, x[2]!, x[2]!),
        ),
    ],
  ),
  state(
    'HS110',
    fill(10, 9),
    -45.77846971,
    (x) =>
      x
        .map((one) => one.minus(2).log().square().plus(one.times(-1).plus(10).log().square()))
        .reduce((all, one) => all.plus(one))
        .minus(product(x).power(0.2)),
    [],
    [],
    {
      lower: fill(10, 2.001),
      upper: fill(10, 9.999),
    },
  ),
  state(
    'HS112',
    fill(10, 0.1),
    -47.76109026,
    (x) => {
      const total = x.reduce((all, one) => all.plus(one));
      return x.map((one, j) => one.times(one.times(total.power(-1)).log().plus(hs112[j]!))).reduce((all, one) => all.plus(one));
    },
    [linear([1, 2, 2, 0, 0, 1, 0, 0, 0, 1], -2), linear([0, 0, 0, 1, 2, 1, 1], -1), linear([0, 0, 1, 0, 0, 0, 1, 1, 2, 1], -1)],
    [],
    { lower: fill(10, 1e-6) },
  ),
  state(
    'HS113',
    [2, 3, 5, 5, 1, 2, 7, 3, 6, 10],
    24.3062091,
    (x) =>
      sum(
        linear([-14, -16], 45)(x),
        x[0]!.square(),
        x[1]!.square(),
        term(1, x[0]!, x[1]!),
        x[2]!.minus(10).square(),
        term(4, x[3]!.minus(5).square()),
        x[4]!.minus(3).square(),
        term(2, x[5]!.minus(1).square()),
        term(5, x[6]!, x[6]!),
        term(7, x[7]!.minus(11).square()),
        term(2, x[8]!.minus(10).square()),
        x[9]!.minus(7).square(),
      ),
    [],
    [
      linear([-4, -5, 0, 0, 0, 0, 3, -9], 105),
      linear([-10, 8, 0, 0, 0, 0, 17, -2], 0),
      linear([8, -2, 0, 0, 0, 0, 0, 0, -5, 2], 12),
      (x) => sum(term(7, x[3]!), term(-3, x[0]!.minus(2).square()), term(-4, x[1]!.minus(3).square()), term(-2, x[2]!, x[2]!), 120),
      (x) => sum(linear([0, -8, 0, 2], 40)(x), term(-5, x[0]!, x[0]!), term(-1, x[2]!.minus(6).square())),
      (x) => sum(x[5]!, term(-0.5, x[0]!.minus(8).square()), term(-2, x[1]!.minus(4).square()), term(-3, x[4]!, x[4]!), 30),
      (x) => sum(linear([0, 0, 0, 0, -14, 6], 0)(x), term(-1, x[0]!, x[0]!), term(-2, x[1]!.minus(2).square()), term(2, x[0]!, x[1]!)),
      (x) => sum(linear([3, -6, 0, 0, 0, 0, 0, 0, 0, 7], 0)(x), term(-12, x[8]!.minus(8).square())),
    ],
  ),
];
