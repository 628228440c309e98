"""What CPython prints for the programs beside this file, and what their lines hold when they end:
python3.13 record.py > expected.json

They run as under `-X tracemalloc=25`, without what the interpreter makes before their first line.
"""
import json
import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).parent.resolve()
script = """
import json, linecache, sys, tracemalloc, types
file, result = sys.argv[1:]
module = types.ModuleType('__main__')
module.__file__ = file
module.__cached__ = None
module.__annotations__ = {}
sys.modules['__main__'] = module
sys.argv[:] = [file]
with open(file, 'rb') as source:
    code = compile(source.read(), file, 'exec')
tracemalloc.start(25)
try:
    exec(code, module.__dict__)
except SystemExit:
    pass
snapshot = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, file)])
lines = {stat.traceback[0].lineno: stat.size for stat in snapshot.statistics('lineno') if stat.size >= 5000}
with open(result, 'w') as out:
    json.dump(lines, out)
"""

expected = {}
for program in sorted(here.glob('*.py')):
    if program.name == 'record.py':
        continue
    result = here / 'result.json'
    run = subprocess.run([sys.executable, '-W', 'default', '-c', script, program, result], cwd=here,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # Without the frame of the script above.
    stdout = re.sub(r'  File "<string>", line.*\n', '', run.stdout.decode()).replace(f'{here}/', '')
    expected[program.name] = {'stdout': stdout, 'lines': json.loads(result.read_text())}
    result.unlink()
json.dump(expected, sys.stdout, indent=2, ensure_ascii=False)
print()
