"""Runs every program of the folders beside it under CPython's tracemalloc and writes what it saw.

    python3.13 test/python/generate_programs.py

The answers are checked in as programs.json, courses.json and so on; no test needs Python. Paths are
relative to the program's folder, frames are MOST RECENT FIRST and end where the runner begins.
"""

import gc
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ('programs', 'courses', 'unseen', 'last', 'newest')
MODULES = {'shapes.py', 'store.py'}
NFRAME = 25


def run(path):
    """One program in this process; its namespace is kept alive until the snapshot is taken."""
    import tracemalloc

    with open(path, encoding='utf-8') as file:
        code = compile(file.read(), path, 'exec')
    sys.path.insert(0, os.path.dirname(path))
    sys.dont_write_bytecode = True
    # As many names as `python program.py` has in it from the start.
    names = ('doc', 'package', 'loader', 'spec', 'annotations', 'builtins', 'cached')
    namespace = {'__name__': '__main__', '__file__': path, **{f'__{name}__': None for name in names}}
    namespace['__builtins__'] = __builtins__
    gc.collect()
    tracemalloc.start(NFRAME)
    exec(code, namespace)
    # What waits in a buffer for a pipe is not the program's.
    sys.stdout.flush()
    gc.collect()
    snapshot = tracemalloc.take_snapshot()
    tracemalloc.stop()
    return snapshot


def program_frames(traceback, folder):
    """Frames of the programs, most recent first, or None for a block that other code allocated."""
    frames = [(frame.filename, frame.lineno) for frame in reversed(traceback)]
    inside = [
        [os.path.relpath(name, folder).replace(os.sep, '/'), line]
        for name, line in frames
        if name.startswith(folder + os.sep)
    ]
    if not frames[0][0].startswith(folder + os.sep):
        return None
    return inside


def answers(snapshot, folder):
    lines, tracebacks = {}, {}
    for trace in snapshot.traces:
        frames = program_frames(trace.traceback, folder)
        if frames is None:
            continue
        line = lines.setdefault(tuple(frames[0]), [0, 0])
        line[0] += trace.size
        line[1] += 1
        stack = tracebacks.setdefault(json.dumps(frames), [0, 0])
        stack[0] += trace.size
        stack[1] += 1
    return {
        'lines': sorted(
            ([*key, size, count] for key, (size, count) in lines.items()),
            key=lambda row: (-row[2], row[0], row[1]),
        ),
        'tracebacks': sorted(
            ([json.loads(key), size, count] for key, (size, count) in tracebacks.items()),
            key=lambda row: (-row[1], row[0]),
        ),
    }


def write(folder):
    programs = {}
    for name in sorted(os.listdir(os.path.join(HERE, folder))):
        if not name.endswith('.py') or name in MODULES:
            continue
        command = [sys.executable, '-I', os.path.abspath(__file__), os.path.join(HERE, folder, name)]
        programs[name] = json.loads(subprocess.check_output(command))
    golden = {'python': platform.python_version(), 'nframe': NFRAME, 'programs': programs}
    path = os.path.join(HERE, folder + '.json')
    with open(path, 'w', encoding='utf-8', newline='\n') as file:
        file.write('{\n')
        file.write('"python": %s,\n"nframe": %d,\n"programs": {\n' % (json.dumps(golden['python']), NFRAME))
        rows = []
        for name, answer in programs.items():
            parts = []
            for part, items in answer.items():
                parts.append('%s: [\n%s\n]' % (json.dumps(part), ',\n'.join(map(json.dumps, items))))
            rows.append('%s: {\n%s\n}' % (json.dumps(name), ',\n'.join(parts)))
        file.write(',\n'.join(rows))
        file.write('\n}\n}\n')


def main():
    if len(sys.argv) > 1:
        path = sys.argv[1]
        print(json.dumps(answers(run(path), os.path.dirname(path))))
        return
    for folder in FOLDERS:
        write(folder)


if __name__ == '__main__':
    main()
