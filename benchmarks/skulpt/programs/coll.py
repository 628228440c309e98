def count(n):
    counts = {}
    names = []
    for i in range(n):
        name = 'n' + str(i % 887)
        names.append(name)
        counts[name] = counts.get(name, 0) + 1
    ranked = [(key, counts[key]) for key in counts]
    ranked.sort(key=lambda pair: (-pair[1], pair[0]))
    table = [[column * row for column in range(10)] for row in range(n // 20)]
    total = 0
    for row in table:
        for value in row:
            total += value
    return total, ranked[0], len(names)
result = count(40000)
