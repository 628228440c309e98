"""Read a tracemalloc snapshot file with nothing but Python's standard library.

    python3 read-snapshot.py FILE          the ten biggest lines
    python3 read-snapshot.py --json FILE   everything, as JSON

It follows docs/snapshot-format.md step by step, so that it can serve as a model for readers in
other languages. Python 3.6 or later.
"""
import gzip
import json
import struct
import sys
import zlib

MAGIC = b"\xabtracemalloc"  # as msgpack: a string of 11 bytes
BLOCK_ROWS = 1024
TABLES = ["strings", "frames", "tracebacks", "tracebackFrames", "sites", "traces"]
# Of a time line, where the head says that there is one.
TIMELINE = ["points", "changes", "deaths", "marks"]


class BadSnapshot(Exception):
    pass


# ---- msgpack: just what the bodies of sections hold ------------------------------------------

# Scalars of fixed length, by their first byte: bytes after it, and how struct calls them.
FIXED = {
    0xCA: ">f", 0xCB: ">d",
    0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}
# Binary and strings, by their first byte: how their length is written.
SIZED = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}


def unpack(form, data, at):
    end = at + struct.calcsize(form)
    if end > len(data):
        raise BadSnapshot("a section ends inside a number")
    return struct.unpack(form, data[at:end])[0], end


def read_scalar(data, at):
    """A value and the position after it."""
    if at >= len(data):
        raise BadSnapshot("a section ends too early")
    first, at = data[at], at + 1
    if first < 0x80:
        return first, at
    if first >= 0xE0:
        return first - 0x100, at
    if first in FIXED:
        return unpack(FIXED[first], data, at)
    if first in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[first], at
    if 0xA0 <= first < 0xC0:
        length = first - 0xA0
    elif first in SIZED:
        length, at = unpack(SIZED[first], data, at)
    else:
        raise BadSnapshot("byte %#x begins no scalar" % first)
    if at + length > len(data):
        raise BadSnapshot("a section ends inside a value")
    value = data[at:at + length]
    is_text = not 0xC4 <= first <= 0xC6
    return (value.decode("utf-8") if is_text else value), at + length


def read_body(data):
    """A flat map: the body of a section."""
    if data[:1] == b"\xde":
        entries, at = unpack(">H", data, 1)
    elif data[:1] == b"\xdf":
        entries, at = unpack(">I", data, 1)
    elif data and 0x80 <= data[0] < 0x90:
        entries, at = data[0] - 0x80, 1
    else:
        raise BadSnapshot("a section is no map")
    body = {}
    for _ in range(entries):
        key, at = read_scalar(data, at)
        body[key], at = read_scalar(data, at)
    return body


# ---- sections ---------------------------------------------------------------------------------

def read_sections(data):
    """Pairs of tag and body, the last with tag 0."""
    if data[:len(MAGIC)] != MAGIC:
        raise BadSnapshot("not a tracemalloc snapshot")
    version = data[len(MAGIC)]
    if version not in (1, 2):
        raise BadSnapshot("version %d is not supported: this reads 1 and 2" % version)
    at, tag = len(MAGIC) + 1, None
    while tag != 0:
        head = data[at:at + 12]
        if len(head) < 12 or head[0] != 0x93 or head[2] != 0xCE or head[7] != 0xC6:
            raise BadSnapshot("no section begins at byte %d" % at)
        tag = head[1]
        crc, length = struct.unpack(">I", head[3:7])[0], struct.unpack(">I", head[8:12])[0]
        body = data[at + 12:at + 12 + length]
        if len(body) < length or zlib.crc32(body, zlib.crc32(head[1:2])) != crc:
            raise BadSnapshot("the section at byte %d is damaged" % at)
        at += 12 + length
        yield tag, body
    if at != len(data):
        raise BadSnapshot("bytes after the end, at byte %d" % at)


# ---- columns ----------------------------------------------------------------------------------

def read_column(data, rows):
    """Blocks of 1024 values, the last one shorter."""
    values, at = [], 0
    while len(values) < rows:
        length = min(BLOCK_ROWS, rows - len(values))
        form, at = data[at], at + 1
        mode, width = form >> 4, form & 15
        if form == 8:
            values += struct.unpack("<%dd" % length, data[at:at + 8 * length])
            at += 8 * length
        elif width > 4 or mode > 1:
            raise BadSnapshot("block form %#x is unknown" % form)
        else:
            first, at = unpack("<d", data, at)
            step = 0
            if mode == 1:
                step, at = unpack("<d", data, at)
            distances = []
            for _ in range(length - mode):
                distances.append(int.from_bytes(data[at:at + width], "little"))
                at += width
            if mode == 0:
                values += [first + distance for distance in distances]
            else:
                values.append(first)
                for distance in distances:
                    values.append(values[-1] + step + distance)
    if at != len(data):
        raise BadSnapshot("a column has bytes left over")
    return values


def whole(values):
    return [int(value) for value in values]


def column(section, name, rows):
    """A column that a section leaves out is 0 in all its rows."""
    return read_column(section[name], rows) if name in section else [0] * rows


COUNTERS = ["peakSize", "peakCount", "totalSize", "totalCount", "temporarySize", "temporaryCount"]
COLUMNS = {
    "frames": ["file", "line", "functionName"],
    "tracebacks": ["depth", "totalNframe"],
    "tracebackFrames": ["frame"],
    "sites": ["traceback", "domain", "type", "label"] + COUNTERS,
    "traces": ["size", "site"],
    "points": ["tick", "time", "events", "allocatedSize", "liveSize", "liveCount", "minSize",
               "maxSize", "host", "changes", "deaths"],
    "changes": ["site", "liveSize", "liveCount", "allocatedSize", "allocatedCount", "maxSize",
                "maxCount"],
    "deaths": ["site", "birth", "size", "count"],
    "marks": ["tick", "time", "name"],
}


def read_snapshot(data):
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    head, strings, tables = None, [], {}
    for tag, body in read_sections(data):
        if tag == 1:
            head = read_body(body)
            tables = {name: {key: [] for key in keys} for name, keys in COLUMNS.items()}
            tables["traces"]["weight"] = []
        elif 2 <= tag <= 7 or (8 <= tag <= 11 and "timeline" in head):
            name, section = (TABLES + TIMELINE)[tag - 2], read_body(body)
            rows = section["rows"]
            if name == "strings":
                at = 0
                for length in whole(read_column(section["length"], rows)):
                    text = section["bytes"][at:at + length]
                    # "surrogatepass": file names may hold lone surrogates.
                    strings.append(text.decode("utf-8", "surrogatepass"))
                    at += length
                continue
            for key, values in tables[name].items():
                if key != "weight":
                    values += column(section, key, rows)
                elif head["weighted"]:
                    values += read_column(section["weight"], rows)
        # Other tags are of later writers: skipped.
    counts = {name: len(table[COLUMNS[name][0]]) for name, table in tables.items()}
    counts["strings"] = len(strings)
    for name in TABLES + (TIMELINE if "timeline" in (head or {}) else []):
        if head is None or counts[name] != head[name]:
            raise BadSnapshot("rows of %s are missing" % name)
    return head, strings, tables


def traces_of(head, strings, tables):
    """Traces as CPython has them: (domain, size, frames, total_nframe), most recent frame first."""
    frames = list(zip((strings[row] for row in whole(tables["frames"]["file"])),
                      whole(tables["frames"]["line"])))
    rows = whole(tables["tracebackFrames"]["frame"])
    tracebacks, at = [], 0
    for depth, total in zip(whole(tables["tracebacks"]["depth"]),
                            whole(tables["tracebacks"]["totalNframe"])):
        stack = tuple(frames[row] for row in rows[at:at + depth])
        tracebacks.append((stack, None if total < 0 else total))
        at += depth
    sites = list(zip(whole(tables["sites"]["domain"]),
                     (tracebacks[row] for row in whole(tables["sites"]["traceback"]))))
    for site, size in zip(whole(tables["traces"]["site"]), whole(tables["traces"]["size"])):
        domain, (stack, total) = sites[site]
        yield domain, size, stack, total


def timeline_of(head, strings, tables):
    """The tables of the time line by column; None where there is none."""
    if "timeline" not in head:
        return None
    found = {name: dict(tables[name]) for name in TIMELINE}
    has = head["timeline"].split()
    for part, columns in [("time", [("points", "time"), ("marks", "time")]),
                          ("host", [("points", "host")])]:
        if part not in has:
            for table, name in columns:
                del found[table][name]
    if "births" not in has:
        del found["deaths"]
    found["marks"]["name"] = [strings[row] for row in whole(found["marks"]["name"])]
    return found


def main(argv):
    path = argv[-1]
    with open(path, "rb") as file:
        head, strings, tables = read_snapshot(file.read())
    if argv[1] == "--json":
        # json.dump, into the file, is ten times slower.
        timeline = timeline_of(head, strings, tables)
        print(json.dumps({
            **({} if timeline is None else {"timeline": timeline}),
            "tracebackLimit": head["tracebackLimit"],
            "metadata": json.loads(head["metadata"]),
            "traces": list(traces_of(head, strings, tables)),
            "labels": [strings[row] for row in whole(tables["sites"]["label"])],
            "types": [strings[row] for row in whole(tables["sites"]["type"])],
            "functions": [strings[row] for row in whole(tables["frames"]["functionName"])],
            "weight": tables["traces"]["weight"],
            "counters": {name: tables["sites"][name] for name in COUNTERS},
        }))
        return
    lines = {}
    for _, size, stack, _ in traces_of(head, strings, tables):
        old_size, old_count = lines.get(stack[0], (0, 0))
        lines[stack[0]] = (old_size + size, old_count + 1)
    for (name, line), (size, count) in sorted(lines.items(), key=lambda item: -item[1][0])[:10]:
        print("%s:%d: size=%d B, count=%d" % (ascii(name), line, size, count))


if __name__ == "__main__":
    main(sys.argv)
