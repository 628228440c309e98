# Warnings as filters want them, with where their source was allocated.
import os
import sys
import tracemalloc
import warnings


class WithoutFolder:
    def write(self, text):
        return sys.stdout.write(text.replace(os.path.dirname(os.path.abspath(__file__)), '…'))

    def flush(self):
        pass


sys.stderr = WithoutFolder()


class Connection:
    def close(self):
        warnings.warn('not closed', ResourceWarning, stacklevel=2, source=self)


def make():
    return Connection()


def old():
    warnings.warn('use new()', DeprecationWarning, stacklevel=2)


tracemalloc.stop()
warnings.simplefilter('always')
make().close()
tracemalloc.start(3)
connection = make()
connection.close()
with warnings.catch_warnings(record=True) as log:
    connection.close()
    old()
print([(str(w.message), w.category.__name__, w.lineno) for w in log])
print([w.source is connection for w in log])

warnings.simplefilter('error')
try:
    old()
except DeprecationWarning as error:
    print(repr(error))
    traceback = error.__traceback__
    names = []
    while traceback is not None:
        names.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    print(names)
warnings.resetwarnings()
warnings.filterwarnings('ignore', message='quiet.*')
warnings.warn('quiet, please')
warnings.warn('loud')
warnings.filterwarnings('once')
for _ in range(3):
    warnings.warn('the same')
try:
    warnings.warn('of no kind', int)
except TypeError as error:
    print(error)
warnings.showwarning = lambda message, category, filename, lineno, *rest: print('shown', message, lineno)
warnings.warn('elsewhere', FutureWarning)
