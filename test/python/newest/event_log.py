"""Lines of a log: parsed, counted by level and hour, slow requests kept."""

LEVELS = ('DEBUG', 'INFO', 'WARNING', 'ERROR')
PATHS = ('/', '/cart', '/login', '/search', '/item')


def write_log(count):
    lines = []
    seed = 12345
    for number in range(count):
        seed = (seed * 1103515245 + 12345) % 2147483648
        level = LEVELS[seed % 4]
        path = PATHS[seed // 7 % 5]
        millis = seed // 13 % 900
        lines.append('2024-03-%02d %02d:%02d %s %s %dms' % (
            1 + number % 28, seed % 24, seed % 60, level, path, millis))
    return lines


def parse(line):
    day, time, level, path, millis = line.split()
    return {
        'day': day,
        'hour': int(time[:2]),
        'level': level,
        'path': path,
        'millis': int(millis[:-2]),
    }


class Summary:
    def __init__(self):
        self.levels = {}
        self.hours = [0] * 24
        self.slow = []

    def add(self, entry):
        self.levels[entry['level']] = self.levels.get(entry['level'], 0) + 1
        self.hours[entry['hour']] += 1
        if entry['millis'] > 700:
            self.slow.append((entry['millis'], entry['path'], entry['day']))


log = write_log(150)
summary = Summary()
entries = []
for line in log:
    entry = parse(line)
    summary.add(entry)
    if entry['level'] == 'ERROR':
        entries.append(entry)
summary.slow.sort(reverse=True)
by_path = {}
for millis, path, day in summary.slow:
    by_path.setdefault(path, set()).add(day)
report = ['%s: %d' % pair for pair in sorted(summary.levels.items())]
