import sys

class Listener:
    def __init__(self, owner): self.owner = owner
    def heard(self, event): pass

class Bus:
    def __init__(self): self.listeners = []
    def on(self, f): self.listeners.append(f)

class InCache: pass
class InListener: pass
class InClosure: pass
class InCycle: pass
class InGlobal: pass
class InDefault: pass
class InException: pass
class InGenerator: pass
class InTask: pass
class InClassAttribute: pass
class InBoundMethod: pass
class InTuple: pass
class InSet: pass
class InKey: pass
class InSlot: pass
class InNestedDict: pass
class InLinkedList: pass
class InMemo: pass
class InModule: pass
class InFunctionAttribute: pass

cache = {}
def load(page):
    cache[page] = InCache()
load('/home')

bus = Bus()
def subscribe():
    bus.on(Listener(InListener()).heard)
subscribe()

def make_counter(start):
    seen = [start]
    def count():
        seen.append(1)
        return len(seen)
    return count
counter = make_counter(InClosure())

class Parent:
    def __init__(self):
        self.children = []
        self.kept = InCycle()
    def __del__(self): pass
class Child:
    def __init__(self, parent):
        self.parent = parent
        parent.children.append(self)
last_child = Child(Parent())

history = [InGlobal()]

def add(item, to=[]):
    to.append(item)
add(InDefault())

last_error = None
def fail():
    raise ValueError(InException())
try:
    fail()
except ValueError as error:
    last_error = error

def rows():
    current = [InGenerator()]
    yield 1
    yield current
reader = rows()
next(reader)

class Task:
    def __init__(self, work, *args):
        self.work = work
        self.args = args
queue = [Task(add, InTask())]

class Registry:
    known = {}
Registry.known['a'] = InClassAttribute()

class Handler:
    def __init__(self): self.state = InBoundMethod()
    def run(self): pass
hook = Handler().run

pair = (1, (2, InTuple()))
bag = {InSet()}
by_object = {InKey(): 1}

class Slotted(object):
    __slots__ = ('value',)
slotted = Slotted()
slotted.value = InSlot()

tree = {'left': {'right': {'leaf': InNestedDict()}}}

class Node:
    def __init__(self, value, after):
        self.value = value
        self.after = after
head = Node(InLinkedList(), None)
for i in range(30):
    head = Node(i, head)

def memoize(f):
    known = {}
    def call(x):
        if x not in known:
            known[x] = f(x)
        return known[x]
    return call
@memoize
def square(x):
    return InMemo()
square(4)

sys.leaked = InModule()

def counted(): pass
counted.calls = [InFunctionAttribute()]
