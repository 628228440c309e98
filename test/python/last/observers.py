"""Signals, and closures that listen to them."""


class Signal:
    def __init__(self, name):
        self.name = name
        self.listeners = []

    def connect(self, listener):
        self.listeners.append(listener)

        def disconnect():
            self.listeners.remove(listener)

        return disconnect

    def send(self, *values):
        return [listener(*values) for listener in self.listeners]


class Log:
    def __init__(self):
        self.lines = []

    def write(self, text):
        self.lines.append(text)


def counter(start):
    count = [start]

    def listen(value):
        count[0] += value
        return count[0]

    return listen


def logger(log, prefix):
    def listen(value):
        log.write(prefix + ': ' + str(value))
        return len(log.lines)

    return listen


log = Log()
signals = {}
undo = []
for number in range(15):
    signal = Signal('signal-' + str(number))
    signals[signal.name] = signal
    for start in range(number % 4 + 1):
        undo.append(signal.connect(counter(start * 1000)))
    undo.append(signal.connect(logger(log, signal.name)))
results = []
for step in range(12):
    for signal in signals.values():
        results.append(signal.send(step * 250))
for disconnect in undo[::3]:
    disconnect()
left = {name: len(signal.listeners) for name, signal in signals.items()}
