"""Tasks that hand packets on, after the Richards benchmark: calls, attributes, few objects."""


class Packet:
    def __init__(self, number, kind):
        self.next = None
        self.number = number
        self.kind = kind
        self.data = [0, 0, 0, 0]


class Task:
    def __init__(self, number):
        self.number = number
        self.first = None
        self.done = 0

    def put(self, packet):
        packet.next = None
        if self.first is None:
            self.first = packet
            return
        last = self.first
        while last.next is not None:
            last = last.next
        last.next = packet

    def take(self):
        packet = self.first
        if packet is None:
            return None
        self.first = packet.next
        self.done += 1
        packet.data[self.done % 4] = self.done
        return packet


def run():
    tasks = [Task(number) for number in range(6)]
    handled = 0
    for turn in range(4000):
        task = tasks[turn % 6]
        task.put(Packet(turn, 'work'))
        task.put(Packet(turn, 'device'))
        while True:
            packet = task.take()
            if packet is None:
                break
            if handled % 3 == 0:
                tasks[(turn + 1) % 6].put(Packet(handled, 'forward'))
            handled += 1
    return handled
