"""A drawing with commands that can be undone, and closures that watch it."""


class Canvas:
    def __init__(self, width, height):
        self.rows = [['.'] * width for _ in range(height)]
        self.watchers = []

    def set(self, x, y, mark):
        old = self.rows[y][x]
        self.rows[y][x] = mark
        for watcher in self.watchers:
            watcher(x, y, old, mark)
        return old

    def text(self):
        return '\n'.join([''.join(row) for row in self.rows])


class Command:
    def __init__(self, canvas):
        self.canvas = canvas
        self.before = []

    def undo(self):
        while self.before:
            x, y, old = self.before.pop()
            self.canvas.set(x, y, old)


class Line(Command):
    def __init__(self, canvas, start, end):
        Command.__init__(self, canvas)
        self.start = start
        self.end = end

    def run(self):
        (x1, y1), (x2, y2) = self.start, self.end
        steps = max(abs(x2 - x1), abs(y2 - y1))
        for step in range(steps + 1):
            x = x1 + (x2 - x1) * step // steps
            y = y1 + (y2 - y1) * step // steps
            self.before.append((x, y, self.canvas.set(x, y, '#')))


class History:
    def __init__(self):
        self.done = []
        self.undone = []

    def run(self, command):
        command.run()
        self.done.append(command)
        self.undone = []

    def undo(self):
        command = self.done.pop()
        command.undo()
        self.undone.append(command)


def counter(names):
    def watch(x, y, old, new):
        key = '%s->%s' % (old, new)
        names[key] = names.get(key, 0) + 1
    return watch


canvas = Canvas(40, 20)
changes = {}
canvas.watchers.append(counter(changes))
history = History()
pictures = []
for number in range(12):
    history.run(Line(canvas, (number, 0), (39 - number, 19)))
    pictures.append(canvas.text())
for _ in range(4):
    history.undo()
final = canvas.text()
