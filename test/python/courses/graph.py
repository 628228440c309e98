"""A graph as a dict of sets: breadth first, depth first, shortest paths, components."""


def grid_graph(width, height):
    graph = {}
    for x in range(width):
        for y in range(height):
            neighbours = set()
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                if 0 <= x + dx < width and 0 <= y + dy < height:
                    neighbours.add((x + dx, y + dy))
            graph[(x, y)] = neighbours
    return graph


def weighted(graph):
    edges = {}
    for node in graph:
        for other in graph[node]:
            edges[node, other] = (node[0] * 7 + other[1] * 3) % 11 + 1
    return edges


def breadth_first(graph, start):
    parents = {start: None}
    queue = [start]
    while queue:
        node = queue.pop(0)
        for other in sorted(graph[node]):
            if other not in parents:
                parents[other] = node
                queue.append(other)
    return parents


def path_to(parents, node):
    path = []
    while node is not None:
        path.append(node)
        node = parents[node]
    return path[::-1]


def depth_first(graph, start):
    seen = set()
    order = []
    stack = [start]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        order.append(node)
        stack.extend(sorted(graph[node] - seen))
    return order


def shortest(graph, edges, start):
    distance = {node: 10000 for node in graph}
    distance[start] = 0
    unvisited = set(graph)
    while unvisited:
        node = min(unvisited, key=lambda one: (distance[one], one))
        unvisited.remove(node)
        for other in graph[node]:
            through = distance[node] + edges[node, other]
            if through < distance[other]:
                distance[other] = through
    return distance


graph = grid_graph(14, 10)
edges = weighted(graph)
parents = breadth_first(graph, (0, 0))
paths = [path_to(parents, node) for node in sorted(graph) if node[0] > 8]
order = depth_first(graph, (3, 3))
distances = shortest(graph, edges, (0, 0))
degrees = {}
for node in graph:
    degrees.setdefault(len(graph[node]), []).append(node)
reached = [(node, distances[node]) for node in order]
far = {node for node in distances if distances[node] > 40}
