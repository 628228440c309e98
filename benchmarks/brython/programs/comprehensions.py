"""Tables made by list and dict comprehensions, and thrown away."""


def run():
    total = 0
    for _ in range(200):
        rows = [[i * j for j in range(20)] for i in range(20)]
        columns = [[row[c] for row in rows] for c in range(20)]
        pairs = [(a, b) for a in range(20) for b in range(10)]
        groups = {a: [b] for a, b in pairs}
        total += len(columns) + sum(row[0] for row in rows) + len(groups)
    return total
