"""Shortest ways through a grid of towns, by a heap of our own."""


def towns(width, height):
    roads = {}
    for y in range(height):
        for x in range(width):
            here = (x, y)
            roads[here] = []
            for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
                there = (x + dx, y + dy)
                if 0 <= there[0] < width and 0 <= there[1] < height:
                    roads[here].append((there, 1 + (x * 7 + y * 13 + dx * 3) % 9))
    return roads


def push(heap, item):
    heap.append(item)
    at = len(heap) - 1
    while at > 0 and heap[at][0] < heap[(at - 1) // 2][0]:
        heap[at], heap[(at - 1) // 2] = heap[(at - 1) // 2], heap[at]
        at = (at - 1) // 2


def pop(heap):
    top = heap[0]
    last = heap.pop()
    if heap:
        heap[0] = last
        at = 0
        while 2 * at + 1 < len(heap):
            child = 2 * at + 1
            if child + 1 < len(heap) and heap[child + 1][0] < heap[child][0]:
                child += 1
            if heap[at][0] <= heap[child][0]:
                break
            heap[at], heap[child] = heap[child], heap[at]
            at = child
    return top


def distances(roads, start):
    known = {}
    before = {}
    heap = [(0, start, None)]
    while heap:
        cost, town, origin = pop(heap)
        if town in known:
            continue
        known[town] = cost
        before[town] = origin
        for there, length in roads[town]:
            if there not in known:
                push(heap, (cost + length, there, town))
    return known, before


def way(before, goal):
    steps = []
    while goal is not None:
        steps.append(goal)
        goal = before[goal]
    steps.reverse()
    return steps


roads = towns(14, 12)
known, before = distances(roads, (0, 0))
ways = [way(before, (x, 11)) for x in range(14)]
far = sorted(known.items(), key=lambda pair: -pair[1])[:40]
