"""Measures what CPython allocates for the definitions of a program, and writes it as JSON.

Run by hand: python3.13 test/python/measure_definitions.py > packages/adapters/test/brython/definitions.json
`traced` is what is left of all blocks that were made in the definition's lines. Free lists are empty
before and after; names are bound before, so that no module's table grows.
"""
import gc
import json
import sys
import tracemalloc

SETUP = """
from collections.abc import Iterable
from typing import TypeVar
class Plain: pass
class Old: pass
class Child(Old): pass
class Slotted: __slots__ = ('a',)
class Meta(type): pass
value = 7
"""

DEFINITIONS = {
    'class': 'class D: pass',
    'class with 6 names': 'class D:\n' + ''.join(f' a{i} = 1\n' for i in range(6)),
    'class with 20 names': 'class D:\n' + ''.join(f' a{i} = 1\n' for i in range(20)),
    'class with methods': 'class D:\n def a(self): pass\n def b(self): self.x = 1\n',
    'class with a docstring': 'class D:\n "It is documented: ä."\n',
    'first subclass': 'class D(Plain): pass',
    'second subclass': 'class D(Old): pass',
    'subclass of two': 'class D(Old, Plain): pass',
    'subclass of list': 'class D(list): pass',
    'first subclass of bytes': 'class D(bytes): pass',
    'exception': 'class D(Exception): pass',
    'exception of another family': 'class D(ValueError): pass',
    'class with slots': 'class D:\n __slots__ = ("a", "b")\n',
    'class with slots and a base with slots': 'class D(Slotted):\n __slots__ = ("b",)\n',
    'subclass of one with slots': 'class D(Slotted): pass',
    'metaclass': 'class D(type): pass',
    'class of a metaclass': 'class D(metaclass=Meta): pass',
    'function': 'def d(a, b=1, *c, **e): pass',
    'function with annotations': 'def d(a: int, b: str = "") -> None: pass',
    'function with annotations that are constants': 'def d(a: "int", b: None) -> "D": pass',
    'function with generic annotations': 'def d(a: list[int], b: dict[str, list[int]]): pass',
    'function with annotations on several lines': 'def d(\n a: list[int],\n b: int,\n) -> list[int]:\n pass\n',
    'function with unions': 'def d(a: int | None, b: list[int] | str | None = None): pass',
    'function with annotations of collections.abc': 'def d(a: Iterable[int]): pass',
    'function with constant defaults': 'def d(a=None, b=-1, c=-1.5, d=(1, (2, -3)), e="x"): pass',
    'function with other defaults': 'def d(a=value, b=None): pass',
    'function with keyword defaults': 'def d(*, a=None, b=1): pass',
    'static method': '@staticmethod\ndef d(a): pass\n',
    'static method with annotations': '@staticmethod\ndef d(a: int) -> int: pass\n',
    'class method with annotations that are constants': '@classmethod\ndef d(a: "int", b: "int") -> "int": pass\n',
    'static method with many annotations': '@staticmethod\ndef d(a: int, b: int, c: int, e: int, f: int) -> int: pass\n',
    'property with annotations': '@property\ndef d(self) -> int: pass\n',
    'type variable': 'd = TypeVar("d")',
    'function with a type parameter': 'def d[T](a): pass',
    'lambda': 'd = lambda a, b=2: a',
    'lambda with a default': 'd = lambda a=value: a',
}


def measure(source):
    names = {'__name__': '__main__', 'D': None, 'd': None}
    exec(compile(SETUP, '<setup>', 'exec'), names)
    code = compile(source, '<definition>', 'exec')
    gc.collect()
    tracemalloc.start()
    exec(code, names)
    gc.collect()
    snapshot = tracemalloc.take_snapshot()
    tracemalloc.stop()
    traces = [t for t in snapshot.traces if t.traceback[0].filename == '<definition>']
    return sum(trace.size for trace in traces)


definitions = {
    name: {'source': source, 'traced': measure(source)} for name, source in DEFINITIONS.items()
}
json.dump(
    {'python': sys.version.split()[0], 'setup': SETUP, 'definitions': definitions},
    sys.stdout,
    indent=1,
    ensure_ascii=False,
)
print()
