"""memray's Tracker as a context: writes what its body allocated and kept, as a snapshot of ours."""

import tracemalloc


class FileDestination:
    """Where a Tracker writes."""

    def __init__(self, path, overwrite=False, compress_on_exit=True):
        self.path = path
        self.overwrite = overwrite


class Tracker:
    """Traces while its body runs, and writes a snapshot (not memray's own format) to a file.

    Native frames, other processes and events one by one are not recorded here.
    """

    def __init__(self, file_name=None, destination=None, native_traces=False, memory_interval_ms=10,
                 follow_fork=False, trace_python_allocators=False, file_format=None):
        if (file_name is None) == (destination is None):
            raise TypeError('Exactly one of file_name or destination must be given')
        self._path = file_name if destination is None else destination.path
        self._overwrite = destination is not None and destination.overwrite
        self._started = False

    def __enter__(self):
        if not self._overwrite:
            self._check()
        if not tracemalloc.is_tracing():
            tracemalloc.start(25)
            self._started = True
        else:
            tracemalloc.clear_traces()
        return self

    def _check(self):
        try:
            open(self._path).close()
        except Exception:
            return
        raise OSError('Could not create output file ' + str(self._path) + ': File exists')

    def __exit__(self, *error):
        tracemalloc.take_snapshot().dump(self._path)
        if self._started:
            tracemalloc.stop()
