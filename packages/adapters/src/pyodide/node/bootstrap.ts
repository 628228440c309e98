/** Shown as the file of what follows, which is left out of tracebacks. */
export const bootstrapFile = '<tracemalloc>';

/** What the runner calls in the guest, in a module that is in no list. */
export const bootstrap = `
import asyncio, atexit, builtins, sys, time

sys.modules.pop(__name__)

def prepare(argv, paths, file, package):
    sys.argv[:] = argv
    sys.path[:0] = paths
    sys.path_importer_cache.clear()
    main = sys.modules['__main__'].__dict__
    main.clear()
    main.update(__name__='__main__', __doc__=None, __package__=package, __loader__=None,
                __spec__=None, __builtins__=builtins)
    if file is not None:
        main['__file__'] = file
    _use_blocking_loop()

class _Sleeper:
    def select(self, timeout):
        if timeout is None:
            raise RuntimeError('the event loop waits for what can not come: tasks that no timer wakes')
        if timeout > 0:
            time.sleep(timeout)
        return []
    def close(self):
        pass

class _BlockingLoop(asyncio.BaseEventLoop):
    """CPython's own loop, with timers and tasks: there are no sockets to wait for."""
    def __init__(self):
        super().__init__()
        self._selector = _Sleeper()
    def _process_events(self, events):
        pass
    def _write_to_self(self):
        pass

class _Policy(asyncio.events._BaseDefaultEventLoopPolicy if hasattr(asyncio.events, '_BaseDefaultEventLoopPolicy')
              else asyncio.events.BaseDefaultEventLoopPolicy):
    _loop_factory = _BlockingLoop

def _use_blocking_loop():
    import warnings
    from asyncio import runners
    asyncio._set_running_loop(None)
    asyncio.run = runners.run
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        asyncio.set_event_loop_policy(_Policy())

def shown(error):
    """Exit status of a program that ended, as python gives it."""
    return 0 if error is None else _shown(error)

def finish(status):
    try:
        import threading
        threading._shutdown()
    except BaseException:
        pass
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    return status

def _shown(error):
    if isinstance(error, SystemExit):
        code = error.code
        if code is None:
            return 0
        if isinstance(code, int):
            return code & 0xff
        print(code, file=sys.stderr)
        return 1
    if isinstance(error, KeyboardInterrupt):
        sys.excepthook(type(error), error, error.__traceback__)
        return 130
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException as failure:
        print('Error in sys.excepthook:', repr(failure), file=sys.stderr)
    return 1
`;
