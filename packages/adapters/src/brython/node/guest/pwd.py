"""Accounts of the system, as its file of them says: CPython asks C's library."""
from _io import open
from posix import _Record


class struct_passwd(_Record):
    _names = ('pw_name', 'pw_passwd', 'pw_uid', 'pw_gid', 'pw_gecos', 'pw_dir', 'pw_shell')


struct_passwd.__module__ = 'pwd'


def getpwall():
    try:
        with open('/etc/passwd', encoding='utf-8', errors='surrogateescape') as file:
            lines = file.read().splitlines()
    except OSError:
        return []
    entries = [line.split(':') for line in lines if not line.startswith('#')]
    return [struct_passwd((name, password, int(uid), int(gid), *more))
            for name, password, uid, gid, *more in (entry for entry in entries if len(entry) == 7)]


def getpwuid(uid, /):
    if not isinstance(uid, int):
        raise TypeError(f'uid should be integer, not {type(uid).__name__}')
    for entry in getpwall():
        if entry.pw_uid == uid:
            return entry
    raise KeyError(f'getpwuid(): uid not found: {uid}')


def getpwnam(name, /):
    if not isinstance(name, str):
        raise TypeError(f'getpwnam() argument must be str, not {type(name).__name__}')
    for entry in getpwall():
        if entry.pw_name == name:
            return entry
    raise KeyError(f'getpwnam(): name not found: {name!r}')
