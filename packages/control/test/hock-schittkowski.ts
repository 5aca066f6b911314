/**
 * Problems of Hock and Schittkowski (1981) with their published optima. Derivatives are exact: each function is written
 * once over second-order dual numbers, which are checked against nothing but themselves by the solver's convergence.
 */
import type { NonlinearProgram } from '@mbrl/control';

/** A number with gradient and Hessian. */
export class Dual {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  constructor(value: number, gradient: Float64Array, hessian: Float64Array) {
    this.value = value;
    this.gradient = gradient;
    this.hessian = hessian;
  }
  /** g(this) for a function with the given value and derivatives. */
  through(value: number, first: number, second: number): Dual {
    const n = this.gradient.length;
    const gradient = this.gradient.map((part) => first * part);
    const hessian = this.hessian.map((part, k) => first * part + second * this.gradient[Math.floor(k / n)]! * this.gradient[k % n]!);
    return new Dual(value, gradient, hessian);
  }
  plus(other: Dual | number): Dual {
    if (typeof other === 'number') return new Dual(this.value + other, this.gradient, this.hessian);
    return new Dual(
      this.value + other.value,
      this.gradient.map((part, i) => part + other.gradient[i]!),
      this.hessian.map((part, i) => part + other.hessian[i]!),
    );
  }
  minus(other: Dual | number): Dual {
    return this.plus(typeof other === 'number' ? -other : other.times(-1));
  }
  times(other: Dual | number): Dual {
    if (typeof other === 'number') return this.through(other * this.value, other, 0);
    const n = this.gradient.length;
    return new Dual(
      this.value * other.value,
      this.gradient.map((part, i) => part * other.value + this.value * other.gradient[i]!),
      this.hessian.map((part, k) => {
        const i = Math.floor(k / n);
        const j = k % n;
        return (
          part * other.value +
          this.value * other.hessian[k]! +
          this.gradient[i]! * other.gradient[j]! +
          this.gradient[j]! * other.gradient[i]!
        );
      }),
    );
  }
  power(p: number): Dual {
    return this.through(this.value ** p, p * this.value ** (p - 1), p * (p - 1) * this.value ** (p - 2));
  }
  square(): Dual {
    return this.through(this.value ** 2, 2 * this.value, 2);
  }
  exp(): Dual {
    const value = Math.exp(this.value);
    return this.through(value, value, value);
  }
  sin(): Dual {
    return this.through(Math.sin(this.value), Math.cos(this.value), -Math.sin(this.value));
  }
  cos(): Dual {
    return this.through(Math.cos(this.value), -Math.sin(this.value), -Math.cos(this.value));
  }
  log(): Dual {
    return this.through(Math.log(this.value), 1 / this.value, -1 / this.value ** 2);
  }
}

export type Point = readonly Dual[];

/** A problem as the collection states it. */
export interface HockSchittkowski {
  readonly name: string;
  readonly program: NonlinearProgram;
  readonly start: readonly number[];
  readonly optimum: number;
}

/** States a problem by functions of dual numbers: equalities are 0, inequalities at least 0. */
export function state(
  name: string,
  start: readonly number[],
  optimum: number,
  objective: (x: Point) => Dual,
  equalities: readonly ((x: Point) => Dual)[] = [],
  inequalities: readonly ((x: Point) => Dual)[] = [],
  bounds: { lower?: readonly number[]; upper?: readonly number[] } = {},
): HockSchittkowski {
  const n = start.length;
  const rows = [...equalities, ...inequalities];
  const m = rows.length;
  const lift = (x: Float64Array): Point =>
    Array.from(
      x,
      (value, i) =>
        new Dual(
          value,
          Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
          new Float64Array(n * n),
        ),
    );
  return {
    name,
    start,
    optimum,
    program: {
      variableCount: n,
      constraintCount: m,
      objective: (x) => objective(lift(x)).value,
      gradient: (x, out) => out.set(objective(lift(x)).gradient),
      constraints: (x, out) => rows.forEach((row, i) => (out[i] = row(lift(x)).value)),
      jacobian: (x, out) => rows.forEach((row, i) => out.set(row(lift(x)).gradient, i * n)),
      hessian: (x, y, out) => {
        const point = lift(x);
        out.set(objective(point).hessian);
        rows.forEach((row, i) => row(point).hessian.forEach((value, k) => (out[k]! += y[i]! * value)));
      },
      lower: rows.map(() => 0),
      upper: rows.map((_, i) => (i < equalities.length ? 0 : Infinity)),
      ...(bounds.lower === undefined ? {} : { variableLower: bounds.lower }),
      ...(bounds.upper === undefined ? {} : { variableUpper: bounds.upper }),
    },
  };
}

export const rosenbrock = (x: Point): Dual => x[1]!.minus(x[0]!.square()).square().times(100).plus(x[0]!.times(-1).plus(1).square());
export const free = Infinity;

/** The problems. */
export const hockSchittkowski: readonly HockSchittkowski[] = [
  state('HS1', [-2, 1], 0, rosenbrock, [], [], { lower: [-free, -1.5] }),
  state('HS2', [-2, 1], 0.0504261879, rosenbrock, [], [], { lower: [-free, 1.5] }),
  state('HS3', [10, 1], 0, (x) => x[1]!.plus(x[1]!.minus(x[0]!).square().times(1e-5)), [], [], { lower: [-free, 0] }),
  state(
    'HS4',
    [1.125, 0.125],
    8 / 3,
    (x) =>
      x[0]!
        .plus(1)
        .power(3)
        .times(1 / 3)
        .plus(x[1]!),
    [],
    [],
    { lower: [1, 0] },
  ),
  state(
    'HS5',
    [0, 0],
    -Math.sqrt(3) / 2 - Math.PI / 3,
    (x) => x[0]!.plus(x[1]!).sin().plus(x[0]!.minus(x[1]!).square()).minus(x[0]!.times(1.5)).plus(x[1]!.times(2.5)).plus(1),
    [],
    [],
    { lower: [-1.5, -3], upper: [4, 3] },
  ),
  state('HS6', [-1.2, 1], 0, (x) => x[0]!.times(-1).plus(1).square(), [(x) => x[1]!.minus(x[0]!.square()).times(10)]),
  state('HS7', [2, 2], -Math.sqrt(3), (x) => x[0]!.square().plus(1).log().minus(x[1]!), [
    (x) => x[0]!.square().plus(1).square().plus(x[1]!.square()).minus(4),
  ]),
  state('HS8', [2, 1], -1, (x) => x[0]!.times(0).minus(1), [
    (x) => x[0]!.square().plus(x[1]!.square()).minus(25),
    (x) => x[0]!.times(x[1]!).minus(9),
  ]),
  state(
    'HS10',
    [-10, 10],
    -1,
    (x) => x[0]!.minus(x[1]!),
    [],
    [(x) => x[0]!.square().times(-3).plus(x[0]!.times(x[1]!).times(2)).minus(x[1]!.square()).plus(1)],
  ),
  state(
    'HS11',
    [4.9, 0.1],
    -8.498464223,
    (x) => x[0]!.minus(5).square().plus(x[1]!.square()).minus(25),
    [],
    [(x) => x[1]!.minus(x[0]!.square())],
  ),
  state(
    'HS12',
    [0, 0],
    -30,
    (x) => x[0]!.square().times(0.5).plus(x[1]!.square()).minus(x[0]!.times(x[1]!)).minus(x[0]!.times(7)).minus(x[1]!.times(7)),
    [],
    [(x) => x[0]!.square().times(-4).minus(x[1]!.square()).plus(25)],
  ),
  state(
    'HS14',
    [2, 2],
    9 - 2.875 * Math.sqrt(7),
    (x) => x[0]!.minus(2).square().plus(x[1]!.minus(1).square()),
    [(x) => x[0]!.minus(x[1]!.times(2)).plus(1)],
    [(x) => x[0]!.square().times(-0.25).minus(x[1]!.square()).plus(1)],
  ),
  state('HS15', [-2, 1], 306.5, rosenbrock, [], [(x) => x[0]!.times(x[1]!).minus(1), (x) => x[0]!.plus(x[1]!.square())], {
    upper: [0.5, free],
  }),
  state('HS16', [-2, 1], 0.25, rosenbrock, [], [(x) => x[0]!.plus(x[1]!.square()), (x) => x[0]!.square().plus(x[1]!)], {
    lower: [-2, -free],
    upper: [0.5, 1],
  }),
  state('HS17', [-2, 1], 1, rosenbrock, [], [(x) => x[1]!.square().minus(x[0]!), (x) => x[0]!.square().minus(x[1]!)], {
    lower: [-2, -free],
    upper: [0.5, 1],
  }),
  state(
    'HS18',
    [2, 2],
    5,
    (x) => x[0]!.square().times(0.01).plus(x[1]!.square()),
    [],
    [(x) => x[0]!.times(x[1]!).minus(25), (x) => x[0]!.square().plus(x[1]!.square()).minus(25)],
    { lower: [2, 0], upper: [50, 50] },
  ),
  state(
    'HS19',
    [20.1, 5.84],
    -6961.81381,
    (x) => x[0]!.minus(10).power(3).plus(x[1]!.minus(20).power(3)),
    [],
    [
      (x) => x[0]!.minus(5).square().plus(x[1]!.minus(5).square()).minus(100),
      (x) => x[1]!.minus(5).square().plus(x[0]!.minus(6).square()).times(-1).plus(82.81),
    ],
    { lower: [13, 0], upper: [100, 100] },
  ),
  state(
    'HS22',
    [2, 2],
    1,
    (x) => x[0]!.minus(2).square().plus(x[1]!.minus(1).square()),
    [],
    [(x) => x[0]!.plus(x[1]!).times(-1).plus(2), (x) => x[1]!.minus(x[0]!.square())],
  ),
  state(
    'HS23',
    [3, 1],
    2,
    (x) => x[0]!.square().plus(x[1]!.square()),
    [],
    [
      (x) => x[0]!.plus(x[1]!).minus(1),
      (x) => x[0]!.square().plus(x[1]!.square()).minus(1),
      (x) => x[0]!.square().times(9).plus(x[1]!.square()).minus(9),
      (x) => x[0]!.square().minus(x[1]!),
      (x) => x[1]!.square().minus(x[0]!),
    ],
    { lower: [-50, -50], upper: [50, 50] },
  ),
  state('HS26', [-2.6, 2, 2], 0, (x) => x[0]!.minus(x[1]!).square().plus(x[1]!.minus(x[2]!).square().square()), [
    (x) => x[1]!.square().plus(1).times(x[0]!).plus(x[2]!.square().square()).minus(3),
  ]),
  state('HS27', [2, 2, 2], 0.04, (x) => x[0]!.minus(1).square().times(0.01).plus(x[1]!.minus(x[0]!.square()).square()), [
    (x) => x[0]!.plus(x[2]!.square()).plus(1),
  ]),
  state(
    'HS29',
    [1, 1, 1],
    -16 * Math.SQRT2,
    (x) => x[0]!.times(x[1]!).times(x[2]!).times(-1),
    [],
    [(x) => x[0]!.square().plus(x[1]!.square().times(2)).plus(x[2]!.square().times(4)).times(-1).plus(48)],
  ),
  state(
    'HS32',
    [0.1, 0.7, 0.2],
    1,
    (x) => x[0]!.plus(x[1]!.times(3)).plus(x[2]!).square().plus(x[0]!.minus(x[1]!).square().times(4)),
    [(x) => x[0]!.plus(x[1]!).plus(x[2]!).times(-1).plus(1)],
    [(x) => x[1]!.times(6).plus(x[2]!.times(4)).minus(x[0]!.power(3)).minus(3)],
    { lower: [0, 0, 0] },
  ),
  state('HS39', [2, 2, 2, 2], -1, (x) => x[0]!.times(-1), [
    (x) => x[1]!.minus(x[0]!.power(3)).minus(x[2]!.square()),
    (x) => x[0]!.square().minus(x[1]!).minus(x[3]!.square()),
  ]),
  state('HS40', [0.8, 0.8, 0.8, 0.8], -0.25, (x) => x[0]!.times(x[1]!).times(x[2]!).times(x[3]!).times(-1), [
    (x) => x[0]!.power(3).plus(x[1]!.square()).minus(1),
    (x) => x[0]!.square().times(x[3]!).minus(x[2]!),
    (x) => x[3]!.square().minus(x[1]!),
  ]),
  state(
    'HS43',
    [0, 0, 0, 0],
    -44,
    (x) =>
      x[0]!
        .square()
        .plus(x[1]!.square())
        .plus(x[2]!.square().times(2))
        .plus(x[3]!.square())
        .minus(x[0]!.times(5))
        .minus(x[1]!.times(5))
        .minus(x[2]!.times(21))
        .plus(x[3]!.times(7)),
    [],
    [
      (x) =>
        x[0]!
          .square()
          .plus(x[1]!.square())
          .plus(x[2]!.square())
          .plus(x[3]!.square())
          .plus(x[0]!)
          .minus(x[1]!)
          .plus(x[2]!)
          .minus(x[3]!)
          .times(-1)
          .plus(8),
      (x) =>
        x[0]!
          .square()
          .plus(x[1]!.square().times(2))
          .plus(x[2]!.square())
          .plus(x[3]!.square().times(2))
          .minus(x[0]!)
          .minus(x[3]!)
          .times(-1)
          .plus(10),
      (x) =>
        x[0]!.square().times(2).plus(x[1]!.square()).plus(x[2]!.square()).plus(x[0]!.times(2)).minus(x[1]!).minus(x[3]!).times(-1).plus(5),
    ],
  ),
  state(
    'HS60',
    [2, 2, 2],
    0.03256820025,
    (x) => x[0]!.minus(1).square().plus(x[0]!.minus(x[1]!).square()).plus(x[1]!.minus(x[2]!).square().square()),
    [
      (x) =>
        x[1]!
          .square()
          .plus(1)
          .times(x[0]!)
          .plus(x[2]!.square().square())
          .minus(4 + 3 * Math.SQRT2),
    ],
    [],
    { lower: [-10, -10, -10], upper: [10, 10, 10] },
  ),
  state(
    'HS65',
    [-5, 5, 0],
    0.9535288567,
    (x) =>
      x[0]!
        .minus(x[1]!)
        .square()
        .plus(
          x[0]!
            .plus(x[1]!)
            .minus(10)
            .times(1 / 3)
            .square(),
        )
        .plus(x[2]!.minus(5).square()),
    [],
    [(x) => x[0]!.square().plus(x[1]!.square()).plus(x[2]!.square()).times(-1).plus(48)],
    { lower: [-4.5, -4.5, -5], upper: [4.5, 4.5, 5] },
  ),
  state(
    'HS71',
    [1, 5, 5, 1],
    17.0140173,
    (x) => x[0]!.times(x[3]!).times(x[0]!.plus(x[1]!).plus(x[2]!)).plus(x[2]!),
    [(x) => x[0]!.square().plus(x[1]!.square()).plus(x[2]!.square()).plus(x[3]!.square()).minus(40)],
    [(x) => x[0]!.times(x[1]!).times(x[2]!).times(x[3]!).minus(25)],
    { lower: [1, 1, 1, 1], upper: [5, 5, 5, 5] },
  ),
  state(
    'HS77',
    [2, 2, 2, 2, 2],
    0.24150513,
    (x) =>
      x[0]!
        .minus(1)
        .square()
        .plus(x[0]!.minus(x[1]!).square())
        .plus(x[2]!.minus(1).square())
        .plus(x[3]!.minus(1).square().square())
        .plus(x[4]!.minus(1).power(6)),
    [
      (x) =>
        x[0]!
          .square()
          .times(x[3]!)
          .plus(x[3]!.minus(x[4]!).sin())
          .minus(2 * Math.SQRT2),
      (x) => x[1]!.plus(x[2]!.square().square().times(x[3]!.square())).minus(8 + Math.SQRT2),
    ],
  ),
  state('HS78', [-2, 1.5, 2, -1, -1], -2.91970041, (x) => x[0]!.times(x[1]!).times(x[2]!).times(x[3]!).times(x[4]!), [
    (x) =>
      x
        .map((part) => part.square())
        .reduce((a, b) => a.plus(b))
        .minus(10),
    (x) => x[1]!.times(x[2]!).minus(x[3]!.times(x[4]!).times(5)),
    (x) => x[0]!.power(3).plus(x[1]!.power(3)).plus(1),
  ]),
  state(
    'HS79',
    [2, 2, 2, 2, 2],
    0.0787768209,
    (x) =>
      x[0]!
        .minus(1)
        .square()
        .plus(x[0]!.minus(x[1]!).square())
        .plus(x[1]!.minus(x[2]!).square())
        .plus(x[2]!.minus(x[3]!).square().square())
        .plus(x[3]!.minus(x[4]!).square().square()),
    [
      (x) =>
        x[0]!
          .plus(x[1]!.square())
          .plus(x[2]!.power(3))
          .minus(2 + 3 * Math.SQRT2),
      (x) =>
        x[1]!
          .minus(x[2]!.square())
          .plus(x[3]!)
          .minus(2 * Math.SQRT2 - 2),
      (x) => x[0]!.times(x[4]!).minus(2),
    ],
  ),
  state(
    'HS80',
    [-2, 2, 2, -1, -1],
    0.0539498478,
    (x) => x[0]!.times(x[1]!).times(x[2]!).times(x[3]!).times(x[4]!).exp(),
    [
      (x) =>
        x
          .map((part) => part.square())
          .reduce((a, b) => a.plus(b))
          .minus(10),
      (x) => x[1]!.times(x[2]!).minus(x[3]!.times(x[4]!).times(5)),
      (x) => x[0]!.power(3).plus(x[1]!.power(3)).plus(1),
    ],
    [],
    { lower: [-2.3, -2.3, -3.2, -3.2, -3.2], upper: [2.3, 2.3, 3.2, 3.2, 3.2] },
  ),
];
