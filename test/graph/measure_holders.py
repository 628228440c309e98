"""Who holds what in CPython: writes cpython-holders.json, by which the graphs of other hosts are judged.

python3.13 test/graph/measure_holders.py PROGRAM.py ...

Of each type: how many objects that a program made live at its end, and by the types of which objects they are
held. The programs import nothing, since what modules make would count. Objects are those that CPython's collector knows; objgraph and guppy count the same ones.
"""

import gc
import json
import os
import sys
import types


def holders_of(obj, module, ignored):
    """Types of what holds an object; who holds it by a dict of names or a cell stands for that."""
    kinds = set()
    for holder in gc.get_referrers(obj):
        if id(holder) in ignored:
            continue
        if holder is module.__dict__:
            kinds.add('module')
        elif isinstance(holder, types.CellType):
            kinds.update('function' for f in gc.get_referrers(holder) if type(f) is tuple)
        elif isinstance(holder, types.FrameType):
            kinds.add('frame')
        elif isinstance(holder, dict):
            kinds.add(owner_of(holder) or 'dict')
        else:
            kinds.add(type(holder).__name__)
    return kinds


def owner_of(names):
    """The type of who has a dict as its names: an object, or a class."""
    for owner in gc.get_referrers(names):
        if isinstance(owner, type) and owner.__dict__ == names:
            return 'type'
        if getattr(owner, '__dict__', None) is names:
            return type(owner).__name__
    return None


def measure(path):
    name = os.path.basename(path)
    module = types.ModuleType('__main__')
    module.__file__ = name
    sys.modules['__main__'] = module
    code = compile(open(path).read(), name, 'exec')
    gc.collect()
    before = {id(obj) for obj in gc.get_objects()}
    exec(code, module.__dict__)
    del code
    gc.collect()
    objects = [obj for obj in gc.get_objects() if id(obj) not in before and obj is not before]
    ignored = {id(objects)}
    result = {}
    for obj in objects:
        count, kinds = result.setdefault(type(obj).__name__, (0, set()))
        result[type(obj).__name__] = (count + 1, kinds | holders_of(obj, module, ignored))
    return {kind: [count, sorted(kinds)] for kind, (count, kinds) in sorted(result.items())}


def main():
    results = {}
    for path in sys.argv[1:]:
        pid = os.fork()
        if pid == 0:
            sys.stdout = open(os.devnull, 'w')
            found = measure(path)
            with open(path_of_result(path), 'w') as file:
                json.dump(found, file)
            os._exit(0)
        os.waitpid(pid, 0)
        with open(path_of_result(path)) as file:
            results[os.path.basename(path)] = json.load(file)
        os.remove(path_of_result(path))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cpython-holders.json'), 'w') as file:
        json.dump(results, file, indent=1, sort_keys=True)
        file.write('\n')


def path_of_result(path):
    return os.path.join(os.environ.get('TMPDIR', '/tmp'), os.path.basename(path) + '.json')


main()
