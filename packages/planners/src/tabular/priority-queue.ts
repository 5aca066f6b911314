/** A queue of whole numbers by priority, in which a priority can be raised: a binary heap with the place of each entry. */

/** Holds each of `0 … capacity − 1` at most once. */
export interface PriorityQueue {
  readonly size: number;
  /** Inserts `item`, or raises its priority; a lower one than it has changes nothing. */
  raise(item: number, priority: number): void;
  /** Takes out the item of the greatest priority, −1 where there is none; of equal ones the one of lower number. */
  take(): number;
  /** Greatest priority, −Infinity where the queue is empty. */
  readonly greatest: number;
}

/** Makes an empty queue. */
export function createPriorityQueue(capacity: number): PriorityQueue {
  const heap = new Int32Array(capacity);
  const places = new Int32Array(capacity).fill(-1);
  const priorities = new Float64Array(capacity);
  let size = 0;
  const before = (a: number, b: number): boolean => priorities[a]! > priorities[b]! || (priorities[a]! === priorities[b]! && a < b);
  const put = (item: number, place: number): void => {
    heap[place] = item;
    places[item] = place;
  };
  const rise = (item: number, from: number): void => {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(item, heap[parent]!)) break;
      put(heap[parent]!, place);
      place = parent;
    }
    put(item, place);
  };
  const sink = (item: number): void => {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, item)) break;
      put(heap[child]!, place);
      place = child;
    }
    put(item, place);
  };
  return {
    get size() {
      return size;
    },
    get greatest() {
      return size === 0 ? -Infinity : priorities[heap[0]!]!;
    },
    raise(item, priority) {
      const place = places[item]!;
      if (place === -1) {
        priorities[item] = priority;
        size += 1;
        rise(item, size - 1);
      } else if (priority > priorities[item]!) {
        priorities[item] = priority;
        rise(item, place);
      }
    },
    take() {
      if (size === 0) return -1;
      const item = heap[0]!;
      places[item] = -1;
      size -= 1;
      if (size > 0) sink(heap[size]!);
      return item;
    },
  };
}
