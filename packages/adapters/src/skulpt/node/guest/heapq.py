"""Priority queues in lists: `heap[k]` is not above `heap[2 * k + 1]` nor `heap[2 * k + 2]`."""


def heappush(heap, item):
    heap.append(item)
    _down(heap, 0, len(heap) - 1)


def heappop(heap):
    last = heap.pop()
    if not heap:
        return last
    smallest = heap[0]
    heap[0] = last
    _up(heap, 0)
    return smallest


def heapreplace(heap, item):
    smallest = heap[0]
    heap[0] = item
    _up(heap, 0)
    return smallest


def heappushpop(heap, item):
    if heap and heap[0] < item:
        item, heap[0] = heap[0], item
        _up(heap, 0)
    return item


def heapify(heap):
    for at in reversed(range(len(heap) // 2)):
        _up(heap, at)


def _down(heap, start, at):
    """An item that may be too small for its place goes towards the root."""
    item = heap[at]
    while at > start:
        parent = (at - 1) >> 1
        if not item < heap[parent]:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item


def _up(heap, at):
    """The smaller child moves up until a leaf is free, from where the item finds its place."""
    end = len(heap)
    start = at
    item = heap[at]
    child = 2 * at + 1
    while child < end:
        other = child + 1
        if other < end and not heap[child] < heap[other]:
            child = other
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    _down(heap, start, at)


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:max(0, n)]


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[:max(0, n)]


def merge(*iterables, **options):
    return _merge(iterables, options.get('key'), options.get('reverse', False))


def _merge(iterables, key, reverse):
    heads = []
    for order, iterable in enumerate(iterables):
        items = iter(iterable)
        for item in items:
            heads.append([item if key is None else key(item), order, item, items])
            break
    while heads:
        best = heads[0]
        for head in heads[1:]:
            if (best[0] < head[0]) if reverse else (head[0] < best[0]):
                best = head
        yield best[2]
        for item in best[3]:
            best[0] = item if key is None else key(item)
            best[2] = item
            break
        else:
            heads.remove(best)
