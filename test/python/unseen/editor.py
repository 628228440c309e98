"""An editor with undo, events with listeners, a registry of commands, settings in layers."""

commands = {}


def command(name):
    def register(function):
        commands[name] = function
        return function

    return register


class Event:
    def __init__(self, kind, **details):
        self.kind = kind
        self.details = details


class Emitter:
    def __init__(self):
        self.listeners = {}
        self.events = []

    def on(self, kind, listener):
        self.listeners.setdefault(kind, []).append(listener)

    def emit(self, kind, **details):
        event = Event(kind, **details)
        self.events.append(event)
        for listener in self.listeners.get(kind, []):
            listener(event)


class Editor(Emitter):
    def __init__(self):
        super().__init__()
        self.lines = []
        self.undone = []
        self.history = []

    def do(self, name, *args):
        undo = commands[name](self, *args)
        self.history.append((name, args, undo))
        self.emit('done', name=name, count=len(self.history))

    def undo(self):
        name, args, undo = self.history.pop()
        undo()
        self.undone.append(name)
        self.emit('undone', name=name)


@command('insert')
def insert(editor, at, text):
    editor.lines.insert(at, text)

    def undo():
        del editor.lines[at]

    return undo


@command('replace')
def replace(editor, at, text):
    old = editor.lines[at]
    editor.lines[at] = text

    def undo():
        editor.lines[at] = old

    return undo


@command('join')
def join(editor, at):
    first, second = editor.lines[at : at + 2]
    editor.lines[at : at + 2] = [first + second]

    def undo():
        editor.lines[at : at + 1] = [first, second]

    return undo


class Settings:
    defaults = {'width': 80, 'tabs': 4, 'theme': 'light'}

    def __init__(self, **changes):
        self.values = dict(self.defaults, **changes)


def counter():
    counts = {}

    def count(event):
        counts[event.kind] = counts.get(event.kind, 0) + 1

    return counts, count


editor = Editor()
counts, listener = counter()
editor.on('done', listener)
editor.on('undone', listener)
for number in range(80):
    editor.do('insert', number // 2, 'line number %d' % number)
for number in range(40):
    editor.do('replace', number, 'replaced %d by another text' % number)
for number in range(20):
    editor.do('join', number)
for _ in range(30):
    editor.undo()
settings = [Settings(width=40 + number, size=number) for number in range(45)]
widths = {one.values['width']: one for one in settings}
snapshot = editor.lines[:]
numbered = ['%3d %s' % (number, line) for number, line in enumerate(snapshot)]
