/** Finds what somebody may have meant by a name that is not there. */

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const row = rows[i]!;
      const above = rows[i - 1]!;
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
  }
  return rows[a.length]![b.length]!;
}

/** Edits between two names, upper and lower case alike; one where either holds the other. */
function nameDistance(given: string, name: string): number {
  const a = given.toLowerCase();
  const b = name.toLowerCase();
  const contained = a.length >= 3 && (b.includes(a) || a.includes(b)) ? 1 : Infinity;
  return Math.min(editDistance(a, b), contained);
}

/** Up to `count` of the names that are near to `given` by edits, nearest first, equals in the given order; none where none is near. */
export function nearestNames(given: string, names: readonly string[], count: number): string[] {
  const near = Math.max(2, Math.ceil(given.length / 3));
  return names
    .map((name) => ({ name, distance: nameDistance(given, name) }))
    .filter(({ distance }) => distance <= near)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/** The name nearest to `given` by edits, upper and lower case alike; undefined when none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  return nearestNames(given, names, 1)[0];
}
