"""What tracemalloc saw, as text."""

import tracemalloc


def short(filename):
    return filename.replace('\\', '/').split('/')[-1]


def only_program(snapshot):
    """Leaves out what the interpreter's own modules allocated."""
    return snapshot.filter_traces(
        [
            tracemalloc.Filter(False, '<frozen *>'),
            tracemalloc.Filter(False, '<unknown>'),
            tracemalloc.Filter(False, tracemalloc.__file__),
        ]
    )


def kib(size):
    return '%.1f KiB' % (size / 1024)


def print_top(snapshot, limit=10):
    print('\nTop %d lines' % limit)
    statistics = only_program(snapshot).statistics('lineno')
    for index, statistic in enumerate(statistics[:limit], 1):
        frame = statistic.traceback[0]
        source = statistic.traceback.format()[1:]
        print('#%d: %s:%d: %s' % (index, short(frame.filename), frame.lineno, kib(statistic.size)))
        for line in source:
            print(line)
    others = statistics[limit:]
    if others:
        print('%d others: %s' % (len(others), kib(sum(one.size for one in others))))


def print_differences(before, after, limit=5):
    print('\nWhat grew between the two snapshots')
    differences = only_program(after).compare_to(only_program(before), 'lineno')
    for difference in differences[:limit]:
        frame = difference.traceback[0]
        print(
            '%s:%d: %s (%+.1f KiB), %d blocks (%+d)'
            % (
                short(frame.filename),
                frame.lineno,
                kib(difference.size),
                difference.size_diff / 1024,
                difference.count,
                difference.count_diff,
            )
        )
    return differences[0]


def print_traceback(snapshot, leak):
    frame = leak.traceback[0]
    here = snapshot.filter_traces([tracemalloc.Filter(True, frame.filename, frame.lineno)])
    biggest = here.statistics('traceback')[0]
    print('\nWhere the biggest of them is allocated (%d blocks, most recent call last)' % biggest.count)
    for line in biggest.traceback.format():
        print(line)


def print_peak(live, peak):
    print('\nLive now %s, at the peak %s: %.1f times as much.' % (kib(live), kib(peak), peak / live))


def print_advice(leak, requests):
    frame = leak.traceback[0]
    print('\nWhat to try next')
    print(
        '  %s:%d keeps %d bytes more with every request: follow the traceback up to what holds them.'
        % (short(frame.filename), frame.lineno, leak.size_diff / requests)
    )
    print('  Take "request" out of the key in handlers.py and run this again: the line is gone.')
