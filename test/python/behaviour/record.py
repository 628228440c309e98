"""What CPython prints for the programs beside this file: python3.13 record.py > expected.json"""
import json, pathlib, subprocess, sys, tempfile

here = pathlib.Path(__file__).parent
expected = {}
for program in sorted(here.glob('*.py')):
    if program.name == 'record.py':
        continue
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, program.name)
        copy.write_bytes(program.read_bytes())
        run = subprocess.run([sys.executable, "-W", "ignore", copy], cwd=folder, capture_output=True, input=b'one\ntwo\n')
    expected[program.name] = {'stdout': run.stdout.decode(), 'status': run.returncode}
    if run.returncode:
        print(program.name, run.stderr.decode(), file=sys.stderr)
json.dump(expected, sys.stdout, indent=1, ensure_ascii=False)
print()
