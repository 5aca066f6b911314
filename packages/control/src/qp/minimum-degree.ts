/**
 * A fill-reducing elimination order for a symmetric sparse matrix: minimum degree on the quotient graph with the
 * approximate degrees of Amestoy, Davis and Duff (1996), and element absorption. Run once per sparsity pattern.
 */

/** Where every node is joined to this part of the others, the search ends. */
const fullEnough = 0.7;

/**
 * Finds the elimination order of a symmetric pattern.
 * @param size order of the matrix
 * @param neighbours for each node the other nodes it is joined to, without itself and without repeats
 * @returns nodes in the order of elimination, `[size]`
 */
export function minimumDegreeOrder(size: number, neighbours: readonly (readonly number[])[]): Int32Array {
  const order = new Int32Array(size);
  const adjacent: number[][] = neighbours.map((list) => [...list]);
  const elements: number[][] = neighbours.map(() => []);
  const members: (number[] | undefined)[] = neighbours.map(() => undefined);
  const degree = Int32Array.from(neighbours, (list) => list.length);
  const eliminated = new Uint8Array(size);
  const mark = new Int32Array(size).fill(-1);
  const overlap = new Int32Array(size);
  const overlapMark = new Int32Array(size).fill(-1);
  // Buckets of nodes by degree, as doubly linked lists.
  const head = new Int32Array(size + 1).fill(-1);
  const next = new Int32Array(size).fill(-1);
  const previous = new Int32Array(size).fill(-1);
  const insert = (node: number): void => {
    const d = degree[node]!;
    next[node] = head[d]!;
    previous[node] = -1;
    if (head[d]! >= 0) previous[head[d]!] = node;
    head[d] = node;
  };
  const remove = (node: number): void => {
    const before = previous[node]!;
    const after = next[node]!;
    if (before >= 0) next[before] = after;
    else head[degree[node]!] = after;
    if (after >= 0) previous[after] = before;
  };
  for (let node = size - 1; node >= 0; node--) insert(node);

  let least = 0;
  for (let step = 0; step < size; step++) {
    while (head[least]! < 0) least++;
    const pivot = head[least]!;
    // What is left is nearly full, and any order is as good.
    if (least >= fullEnough * (size - step - 1)) {
      for (let node = 0, place = step; node < size; node++) if (eliminated[node] === 0) order[place++] = node;
      break;
    }
    remove(pivot);
    order[step] = pivot;
    eliminated[pivot] = 1;
    // The new element: all that the pivot is joined to, directly or through elements.
    const front: number[] = [];
    mark[pivot] = step;
    const collect = (list: readonly number[]): void => {
      for (const node of list) {
        if (mark[node] === step || eliminated[node] === 1) continue;
        mark[node] = step;
        front.push(node);
      }
    };
    collect(adjacent[pivot]!);
    for (const element of elements[pivot]!) {
      const list = members[element];
      if (list === undefined) continue;
      collect(list);
      members[element] = undefined;
    }
    adjacent[pivot] = [];
    elements[pivot] = [];
    members[pivot] = front;
    // |Le \ Lp| for every element that touches the front.
    for (const node of front) {
      for (const element of elements[node]!) {
        const list = members[element];
        if (list === undefined) continue;
        if (overlapMark[element] !== step) {
          overlapMark[element] = step;
          let alive = 0;
          for (const other of list) if (eliminated[other] === 0) alive++;
          overlap[element] = alive;
        }
        overlap[element]!--;
      }
    }
    for (const node of front) {
      remove(node);
      let bound = front.length - 1;
      const kept: number[] = [];
      for (const element of elements[node]!) {
        if (members[element] === undefined) continue;
        if (overlap[element]! <= 0) continue;
        kept.push(element);
        bound += overlap[element]!;
      }
      kept.push(pivot);
      elements[node] = kept;
      const left: number[] = [];
      for (const other of adjacent[node]!) if (mark[other] !== step && eliminated[other] === 0) left.push(other);
      adjacent[node] = left;
      bound += left.length;
      degree[node] = Math.min(bound, size - step - 2);
      if (degree[node]! < least) least = degree[node]!;
      insert(node);
    }
    // Elements wholly inside the new one are absorbed.
    for (const node of front)
      for (const element of elements[node]!) if (overlapMark[element] === step && overlap[element]! <= 0) members[element] = undefined;
  }
  return order;
}
