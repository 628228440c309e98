"""Settings from several texts, merged key by key, with where each came from."""

DEFAULTS = """
[server]
host = localhost
port = 8080
workers = 4

[log]
level = info
format = %(time)s %(level)s %(message)s

[cache]
size = 512
policy = lru
"""

SITE = """
[server]
host = example.org
workers = 16

[cache]
size = 4096

[mail]
sender = robot@example.org
"""


class Setting:
    def __init__(self, section, key, value, origin):
        self.section = section
        self.key = key
        self.value = value
        self.origin = origin


def parse(text, origin):
    section = None
    for line in text.splitlines():
        line = line.strip()
        if not line:
            continue
        if line.startswith('['):
            section = line[1:-1]
        else:
            key, value = line.split(' = ', 1)
            yield Setting(section, key, value, origin)


def merge(*sources):
    merged = {}
    for settings in sources:
        for setting in settings:
            merged[setting.section + '.' + setting.key] = setting
    return merged


def user_settings(count):
    lines = ['[users]']
    for number in range(count):
        lines.append('user%d = home/%d' % (number, number * 7))
    return '\n'.join(lines)


config = merge(
    parse(DEFAULTS, 'defaults'),
    parse(SITE, 'site'),
    parse(user_settings(60), 'users'),
)
by_origin = {}
for name in config:
    by_origin.setdefault(config[name].origin, []).append(name)
numbers = {name: int(config[name].value) for name in config if config[name].value.isdigit()}
