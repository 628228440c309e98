"""CPython's stack at each mark of packages/adapters/test/brython/frames.py, as JSON.

Run by hand: python3.13 test/python/trace_frames.py > packages/adapters/test/brython/frames.json
"""
import json
import pathlib
import sys

FILE = pathlib.Path(__file__).parents[2] / 'packages/adapters/test/brython/frames.py'
marks = []


def note(tag):
    frame = sys._getframe(2)  # the caller of mark()
    stack = []
    while frame is not None and frame.f_code.co_filename in ('frames.py', '<string>'):
        stack.append(f'{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_qualname}')
        frame = frame.f_back
    marks.append([tag, stack])


exec(compile(FILE.read_text(), 'frames.py', 'exec'), {'note': note, '__name__': 'frames'})
print(json.dumps({'python': '.'.join(map(str, sys.version_info[:3])), 'marks': marks}, indent=2))
