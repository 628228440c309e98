"""Readings of sensors in ring buffers, with means over windows."""


class Ring:
    def __init__(self, capacity):
        self.items = [None] * capacity
        self.start = 0
        self.length = 0

    def push(self, item):
        end = (self.start + self.length) % len(self.items)
        self.items[end] = item
        if self.length < len(self.items):
            self.length += 1
        else:
            self.start = (self.start + 1) % len(self.items)

    def __iter__(self):
        for offset in range(self.length):
            yield self.items[(self.start + offset) % len(self.items)]

    def __len__(self):
        return self.length


class Sensor:
    def __init__(self, name, phase):
        self.name = name
        self.phase = phase
        self.recent = Ring(32)
        self.alarms = []

    def read(self, tick):
        value = (tick * 37 + self.phase * 11) % 101 / 10
        self.recent.push((tick, value))
        if value > 9:
            self.alarms.append({'tick': tick, 'value': value})

    def mean(self):
        return sum(value for tick, value in self.recent) / len(self.recent)


def windows(values, width):
    for start in range(len(values) - width + 1):
        yield values[start:start + width]


sensors = [Sensor('sensor-' + letter, phase) for phase, letter in enumerate('abcdefgh')]
for tick in range(200):
    for sensor in sensors:
        sensor.read(tick)
means = {sensor.name: sensor.mean() for sensor in sensors}
history = [value for tick, value in sensors[0].recent]
smooth = [sum(window) / 4 for window in windows(history, 4)]
alarms = [alarm['tick'] for sensor in sensors for alarm in sensor.alarms]
