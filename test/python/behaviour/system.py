import os, tempfile, pathlib, shutil, glob
d = tempfile.mkdtemp(); print(os.path.isdir(d))
os.makedirs(os.path.join(d,'a','b')); p=pathlib.Path(d)
(p/'a'/'f.txt').write_text('hé\n', encoding='utf-8'); print((p/'a'/'f.txt').read_text(encoding='utf-8'), (p/'a'/'f.txt').read_bytes())
(p/'g.bin').write_bytes(b'\0\1'); print(sorted(os.listdir(d)), [x.name for x in sorted(p.iterdir())], (p/'g.bin').stat().st_size)
print(sorted(os.path.relpath(x, d) for x in glob.glob(d+'/**', recursive=True)))
for r,ds,fs in os.walk(d): print(os.path.relpath(r,d), ds, fs)
os.rename(p/'g.bin', p/'h.bin'); print(os.path.exists(p/'g.bin'), p.joinpath('h.bin').exists(), os.path.getsize(p/'h.bin'))
try: os.mkdir(d)
except FileExistsError as e: print(e.errno)
try: os.rmdir(d)
except OSError as e: print(e.errno, e.strerror)
try: os.rename(d+'/q', d+'/r')
except OSError as e: print(str(e).replace(d,'D'))
with tempfile.NamedTemporaryFile('w+') as f:
    f.write('tmp'); f.seek(0); print(f.read(), os.path.exists(f.name))
print(os.path.exists(f.name))
with tempfile.TemporaryDirectory() as t: print(os.listdir(t))
os.chdir(d); print(os.path.realpath(os.getcwd())==os.path.realpath(d)); open('rel','w').close(); print(sorted(os.listdir()))
print(pathlib.Path.cwd()==pathlib.Path(os.getcwd()), list(pathlib.Path('.').rglob('*.txt')))
os.environ['X']='1'; print(os.getenv('X'), 'PATH' in os.environ, os.environ.get('nope'))
fd=os.open('low', os.O_CREAT|os.O_RDWR); os.write(fd,b'abc'); os.lseek(fd,0,0); print(os.read(fd,2)); os.close(fd)
shutil.copy('low','low2'); print(open('low2').read()); 
shutil.rmtree(d); print(os.path.exists(d))
print(os.path.expanduser('~')==os.environ['HOME'], os.sep, os.linesep=='\n', os.stat('/tmp').st_mode & 0o777 > 0)
import pwd
me = pwd.getpwuid(os.getuid()); print(pwd.getpwnam(me.pw_name) == me, me[2] == me.pw_uid, me in pwd.getpwall())
for find, what in ((pwd.getpwuid, 987654321), (pwd.getpwnam, 'no one'), (pwd.getpwuid, 'x')):
    try: find(what)
    except Exception as e: print(repr(e))
home = os.environ.pop('HOME'); print(os.path.expanduser('~') == me.pw_dir, os.path.expanduser('~no one/x')); os.environ['HOME'] = home
