"""A pattern becomes a state machine, which is run over texts."""


class State:
    def __init__(self, number):
        self.number = number
        self.moves = {}
        self.empty = []
        self.is_end = False


class Machine:
    def __init__(self):
        self.states = []

    def state(self):
        state = State(len(self.states))
        self.states.append(state)
        return state

    def build(self, pattern):
        start = at = self.state()
        for place, char in enumerate(pattern):
            if char in '*?':
                continue
            after = self.state()
            at.moves.setdefault(char, []).append(after)
            following = pattern[place + 1:place + 2]
            if following in ('*', '?'):
                at.empty.append(after)
            if following == '*':
                after.empty.append(at)
            at = after
        at.is_end = True
        return start


def closure(states):
    seen = set(states)
    todo = list(states)
    while todo:
        for state in todo.pop().empty:
            if state not in seen:
                seen.add(state)
                todo.append(state)
    return seen


def matches(start, text):
    current = closure([start])
    for char in text:
        reached = []
        for state in current:
            reached.extend(state.moves.get(char, ()))
        current = closure(reached)
    return any(state.is_end for state in current)


patterns = ['ab*c', 'a?b?c?d', 'x*y*z*', 'aab*b', 'abcabc', 'a*a*a*b']
machines = {}
for pattern in patterns:
    machine = Machine()
    machines[pattern] = (machine, machine.build(pattern))
texts = []
for number in range(60):
    texts.append(''.join('abcxyz'[(number >> shift) % 6] for shift in range(number % 7 + 1)))
results = {}
for pattern, (machine, start) in machines.items():
    results[pattern] = [text for text in texts if matches(start, text)]
sizes = [(pattern, len(machine.states)) for pattern, (machine, start) in machines.items()]
