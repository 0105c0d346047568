"""Requests and frames that are right but for one thing, made from /openapi.json and from a table of the frame types.

    for case in Operations(document, world).cases(): ...

A case says in words what is wrong, has the exact bytes to send, and names the field and the value that the answer has to
name.
"""
import dataclasses
import json
import urllib.parse

MARK = "@mark@"
TEN_MEGABYTES = 10_000_000
# One value of every kind of JSON.
KINDS = {"string": b'"x"', "integer": b"1", "number": b"1.5", "boolean": b"true", "null": b"null", "array": b"[]",
         "object": b"{}"}
NO_NUMBERS = (b"NaN", b"Infinity", b"-Infinity", b"+1", b"01", b"0x10", b".5", b"1.", b"1e", b"--1", b"1_000", b"1,5")
OVERFLOWS = (b"1e400", b"-1e400")
NO_STRINGS = {"a lone high surrogate": rb'"\ud800"', "a lone low surrogate": rb'"\udc00"',
              "swapped surrogates": rb'"\udc00\ud800"', "half a surrogate pair": rb'"\ud83dx"',
              "the bytes of a surrogate": b'"\xed\xa0\x80"', "a byte that is no UTF-8": b'"a\xffb"',
              "an overlong NUL": b'"\xc0\x80"', "an overlong slash": b'"..\xc0\xaf"',
              "a character beyond Unicode": b'"\xf4\x90\x80\x80"', "half a character": b'"\xe2\x82"',
              "a line feed in a string": b'"a\nb"', "a NUL byte in a string": b'"a\x00b"',
              "an unknown escape": rb'"\x41"', "half an escape": rb'"\u00"', "an open string": b'"a', "single quotes":
              b"'a'"}
NO_TIMES = ("", " ", "noon", "0", "2026-06-11", "2026-06-11T19:04:05", "2026-13-11T19:04:05Z", "2026-02-30T19:04:05Z",
            "2026-06-11T25:04:05Z", "2026-06-11T19:04:05+99:00", "0000-01-01T00:00:00Z", "-2026-06-11T19:04:05Z",
            "2026-06-11T19:04:05Z\0", "9" * 1000)
NO_WHOLE_NUMBERS = ("abc", "1.5", "1e3", "0x1", "+1", " 1", "1 ", "NaN", "Infinity", "-", "1,000", "٣", "1\0", "1e400")
CONTROLS = ("\0", "a\0b", "\x01", "a\x1f", "\x7f", "a\r\nSet-Cookie: b=c")
# How a percent-encoded part of an address can be no text.
NO_ESCAPES = ("%", "%2", "%zz", "%u0041", "%ff", "%c0%ae", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%e2%82")
TRAVERSALS = ("/..", "/../..", "/../../../../etc/passwd", "/%2e%2e", "/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/..%2f..%2fx",
              "/..%5c..%5cwindows", "/%2e", "/%c0%ae%c0%ae/etc/passwd", "/%00", "/x%00.json",
              "/%0d%0aSet-Cookie:%20a=b", "//", "/;/../x", "/\\..\\..", "/%252e%252e%252f")
SHOWN_MAX = 40  # characters of a value that the shortest message shows
DEPTHS = (33, 1_000)  # of a member; and of a whole text also:
DEPTH_MAX = 100_000


@dataclasses.dataclass(frozen=True)
class Case:
    """What is wrong, in words; the bytes; the field and the value that the answer must name ("" where there is none)."""
    what: str
    request: bytes
    field: str = ""
    value: str = ""  # as shown() shows it
    code: str = ""  # that the answer must have, where it is one of its own
    may_close: bool = False  # without a word: where there is no whole request to answer
    half_close: bool = False  # nothing more will come, and the server can know


def shorten(data, most=2_000):
    """Bytes as a failing case shows them."""
    return repr(data) if len(data) <= most else f"{data[:most]!r}... ({len(data)} bytes)"


def shown(value):
    """The beginning of a value as every message shows it, long ones and control characters too."""
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text[:SHOWN_MAX], ensure_ascii=False)[1:-1]


def shown_scalar(raw):
    """As shown(), of a member's JSON; "" where it is no scalar or nobody can read it."""
    try:
        value = json.loads(raw)
    except ValueError:
        return ""
    return "" if value is None or isinstance(value, (list, dict)) else shown(value)


def as_json(value):
    return json.dumps(value).encode()


def http(method, target, headers=(), body=None):
    """A request as bytes; `headers` are (name, value) with either of bytes or text."""
    as_bytes = lambda text: text if isinstance(text, bytes) else text.encode()
    lines = [as_bytes(method) + b" " + as_bytes(target) + b" HTTP/1.1"]
    lines += [as_bytes(name) + b": " + as_bytes(value) for name, value in headers]
    if body is not None and not any(as_bytes(name).lower() in (b"content-length", b"transfer-encoding")
                                    for name, _ in headers):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


class Schemas:
    """Values that a JSON schema allows, and those that it does not."""

    def __init__(self, document, columns, good):
        self.named = document["components"]["schemas"] if document else {}
        self.columns = columns  # of objects whose members are another schema's columns: by the object's name
        self.good_by_name = good

    def resolve(self, schema, name=""):
        if name in self.columns:
            nullable = "null" in self.kinds(schema) if schema else False
            members = {"type": ["object", "null"] if nullable else "object", "properties": self.columns[name]}
            return {**members, "additionalProperties": False}
        if "$ref" in schema:
            return self.resolve(self.named[schema["$ref"].rsplit("/", 1)[1]])
        return schema

    def kinds(self, schema):
        """The kinds of JSON that a schema allows."""
        schema = self.resolve(schema)
        if "oneOf" in schema:
            return set().union(*(self.kinds(one) for one in schema["oneOf"]))
        kinds = schema.get("type", list(KINDS))
        kinds = set([kinds] if isinstance(kinds, str) else kinds)
        return kinds | {"integer"} if "number" in kinds else kinds

    def core(self, schema, name=""):
        """The schema without the choice of null."""
        schema = self.resolve(schema, name)
        if "oneOf" not in schema:
            return schema
        return next(self.core(one, name) for one in schema["oneOf"] if self.kinds(one) != {"null"})

    def good(self, name, schema):
        schema = self.core(schema, name)
        given = self.good_by_name.get(name)
        if given is not None and ("enum" not in schema or given in schema["enum"]):
            return given
        if "enum" in schema:
            return schema["enum"][0]
        if "object" in self.kinds(schema):
            return {key: self.good(key, part) for key, part in schema.get("properties", {}).items()}
        if self.kinds(schema) & {"integer", "number", "boolean"}:
            return schema.get("default", schema.get("minimum", 1))
        raise AssertionError(f"no good value is known for {name}: {schema}")

    def wrong(self, name, schema, good, parser_depth):
        """(what is wrong, bytes, whether the field can be told) of values that the schema does not allow."""
        kinds, core = self.kinds(self.resolve(schema, name)), self.core(schema, name)
        for kind, raw in KINDS.items():
            if kind not in kinds:
                yield f"{kind} {raw.decode()}", raw, True
        if not kinds & {"array"}:
            yield "a list of it", as_json([good]), True
        if not kinds & {"object"}:
            yield "an object", b'{"a":1}', True
        for depth in DEPTHS:
            if depth >= parser_depth:
                yield f"{depth} levels of lists", b"[" * depth + b"]" * depth, False
                yield f"{depth} levels of objects", b'{"a":' * depth + b"1" + b"}" * depth, False
        if kinds & {"integer", "number"}:
            yield from self.wrong_numbers(kinds, core)
        if "string" in kinds:
            yield from self.wrong_strings(core)
        if "array" in kinds:
            yield from self.wrong_arrays(core, good)

    @staticmethod
    def wrong_numbers(kinds, schema):
        for raw in NO_NUMBERS:
            yield f"no number: {raw.decode()}", raw, False
        for raw in OVERFLOWS:
            yield f"out of range: {raw.decode()}", raw, False
        bounds = {"minimum": -1, "maximum": 1}
        if "number" not in kinds:
            schema = {"minimum": -2**63, "maximum": 2**63 - 1, **schema}
            yield "2^64", b"%d" % 2**64, False
            yield "10^100", b"1" + b"0" * 100, False
        for bound, step in bounds.items():
            if bound in schema:
                whole = schema[bound] + step
                yield f"beyond the {bound}", str(whole).encode(), abs(whole) < 2**63

    @staticmethod
    def wrong_arrays(schema, good):
        if schema.get("minItems"):
            yield "an empty list", b"[]", True
        if "maxItems" in schema:
            yield "one too many", as_json(good[:1] * (schema["maxItems"] + 1)), True
        for wrong in (None, True, 7, "", "\0", [], {}, "x" * 10_000):
            yield f"an element {str(wrong)[:10]!r}", as_json([*good, wrong]), True

    @staticmethod
    def wrong_strings(schema):
        for what, raw in NO_STRINGS.items():
            yield what, raw, False
        if "enum" in schema:
            first = schema["enum"][0]
            for text in ("", " ", "x", first.upper() + "?", first + "\0", " " + first, "x" * 10_000):
                yield "none of the choices", as_json(text), True
            return
        if schema.get("format") == "date-time":
            for text in NO_TIMES:
                yield f"no time: {text[:30]!r}", as_json(text), True
            return
        if schema.get("minLength"):
            yield "empty", b'""', True
        if "maxLength" in schema:
            yield "too long", as_json("x" * (schema["maxLength"] + 1)), True
            yield "far too long", as_json("x" * 12_000), True
        for text in CONTROLS if "pattern" in schema else ("\0", "a\0b"):
            yield f"a control character: {text!r}", as_json(text), True

    def wrong_objects(self, schema, good, parser_depth, path=()):
        """(what is wrong, bytes of the whole object, field, value) for every member of an object, and theirs."""
        schema = self.core(schema, path[-1] if path else "")
        def whole(part):
            for key in reversed(path):
                outer = {**good_at(good, path[:path.index(key)]), key: MARK}
                part = as_json(outer).replace(as_json(MARK), part)
            return part
        here = good_at(good, path)
        for name, part in schema.get("properties", {}).items():
            if name not in here:
                continue
            label = ".".join((*path, name))
            member = as_json(here[name])
            marked = as_json({**here, name: MARK})
            put = lambda raw: whole(marked.replace(as_json(MARK), raw))
            for what, raw, tells in self.wrong(name, part, here[name], parser_depth):
                yield f"{label}: {what}", put(raw), *((name, shown_scalar(raw)) if tells else ("", ""))
            yield f"{label}: there twice", put(member + b"," + as_json(name) + b":" + member), name, ""
            yield f"{label}: there twice, once null", put(member + b"," + as_json(name) + b":null"), name, ""
            if name in schema.get("required", ()):
                yield f"{label}: missing", whole(as_json({key: here[key] for key in here if key != name})), name, ""
            if "object" in self.kinds(part) and isinstance(here[name], dict):
                yield from self.wrong_objects(part, good, parser_depth, (*path, name))
        if schema.get("additionalProperties") is False:
            for surprise in ("surprise", "__proto__", "a.b/c~d", "x" * 300, "\r\nSet-Cookie: a=b"):
                name = surprise if surprise.isalpha() and len(surprise) < 20 else ""
                yield f"{'.'.join(path)} unknown field {surprise[:20]!r}", whole(as_json({**here, surprise: 1})), name, ""
            yield "an empty name", whole(as_json({**here, "": 1})), "", ""


def good_at(good, path):
    for key in path:
        good = good[key]
    return good


def wrong_texts(good):
    """(what is wrong, bytes) of texts that are to be one JSON object, `good` being one."""
    for raw in KINDS.values():
        if raw != b"{}":
            yield f"{raw.decode()} for an object", raw
    yield "a list of it", b"[" + good + b"]"
    yield "itself as a string", as_json(good.decode())
    for rest in (b"x", b"{}", b",", b"}", b"]", b"\x00", b"\xff", b"//", b"/**/", good):
        yield f"followed by {shorten(rest, 40)}", good + rest
    for count in sorted({1, len(good) // 3, len(good) // 2, len(good) - 1} - {0}):
        yield f"cut after {count} bytes", good[:count]
    yield "a byte order mark", b"\xef\xbb\xbf" + good
    yield "UTF-16", good.decode().encode("utf-16")
    yield "UTF-32", good.decode().encode("utf-32")
    yield "NUL bytes", b"\x00" * 10
    yield "0xff bytes", b"\xff" * 10
    yield "blanks alone", b"  \r\n\t "
    yield "a trailing comma", good[:-1] + b",}"
    yield "a comment", b"/* */" + good
    yield "no quotes around a name", b"{a:1}"
    yield "a form", b"a=1&b=2"
    yield "a page", b"<!doctype html><script>alert(1)</script>"
    for depth in (*DEPTHS, DEPTH_MAX):
        yield f"{depth} levels of lists", b"[" * depth + b"]" * depth
        yield f"{depth} levels, open", b'{"a":' * depth
    yield "ten megabytes", b'{"a":"' + b"x" * TEN_MEGABYTES + b'"}'


def wrong_heads(method, target, headers, body):
    """(what is wrong, bytes, further settings of the case) of a request whose head is wrong."""
    path, _, query = target.partition("?")
    rest = "?" + query if query else ""
    with_headers = lambda *more: http(method, target, [*headers, *more], body)
    others = [pair for pair in headers if pair[0] != "Host"]
    yield "no Host", http(method, target, others, body), {}
    yield "two Hosts", with_headers(("Host", "127.0.0.1")), {}
    for what, line in {"a blank in a header's name": b"X Bad: 1", "a blank before the colon": b"X-Bad : 1",
                       "a header without a colon": b"X-Bad", "a header without a name": b": 1",
                       "a NUL in a header": b"X-Bad: a\0b", "a CR in a header": b"X-Bad: a\rb",
                       "a LF in a header": b"X-Bad: a\nb: c", "a control character in a header": b"X-Bad: \x01",
                       "a split header": b"X-Bad: a\r\r\nb: c", "a DEL in a header": b"X-Bad: \x7f"}.items():
        yield what, with_headers().replace(b"\r\n", b"\r\n" + line + b"\r\n", 1), {}
    yield "a head of 9 KiB", with_headers(("X-Long", "x" * 9_000)), {}
    yield "an address of 9 KiB", http(method, path + "/" + "x" * 9_000 + rest, headers, body), {}
    for raw in (b" ", b"\t", b"\x00", b"\x7f", b"\n", b"\r"):
        yield f"{raw!r} in the address", http(method, path.encode() + raw + b"x", headers, body), {}
    for escape in NO_ESCAPES:
        yield f"{escape} in the address", http(method, path + "/" + escape + rest, headers, body), {}
    for climb in TRAVERSALS:
        yield f"{climb} at the end of the path", http(method, path + climb + rest, headers, body), {}
    for version in (b"HTTP/1.2", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.1x", b"HTTP/11", b"http/1.1", b"XTTP/1.1", b""):
        yield f"version {version!r}", with_headers().replace(b"HTTP/1.1", version, 1), {}
    for verb in ("FOO", method.lower(), "CONNECT", "TRACE", "G\0T", "", "(GET)", "X" * 300):
        yield f"method {verb[:10]!r}", http(verb, target, headers, body), {}
    for length in ("-1", "+1", "0x10", "1 1", "1,2", "a", "9" * 30, str(2**64), ""):
        yield f"Content-Length {length!r}", with_headers(("Content-Length", length)), {"may_close": False}
    yield "two Content-Lengths", with_headers(("Content-Length", "5"), ("Content-Length", "6")), {}
    yield "a length and chunks", with_headers(("Content-Length", "5"), ("Transfer-Encoding", "chunked")), {}
    for chunks in (b"zz\r\n", b"-1\r\nx\r\n0\r\n\r\n", b"f" * 17 + b"\r\n", b"1\r\nxyz\r\n0\r\n\r\n", b"1 x\r\n"):
        yield f"chunks {chunks!r}", http(method, target, [*headers, ("Transfer-Encoding", "chunked")], chunks), {}
    cut = with_headers()
    yield "half a head", cut[:cut.index(b"\r\n\r\n") - 1], {"may_close": True, "half_close": True}
    yield "bytes that are no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {}


def wrong_bodies_by_head(method, target, headers, body):
    """As wrong_heads, where a body is wanted."""
    others = [pair for pair in headers if pair[0] != "Content-Type"]
    for media_type in ("text/plain+x", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                       "application/jsonx", "application/json, text/csv", "application", "*/*", "\x80", "a" * 2_000,
                       ""):
        typed = [*others, ("Content-Type", media_type)]
        yield f"Content-Type {media_type[:40]!r}", http(method, target, typed, body), {}
    yield "no Content-Type", http(method, target, others, body), {}
    longer = [*headers, ("Content-Length", str(len(body) + 10))]
    yield "a body that ends early", http(method, target, longer, body), {"may_close": True, "half_close": True}
    shorter = [*headers, ("Content-Length", str(len(body) // 2))]
    yield "a length that cuts the body", http(method, target, shorter, body), {}


class Operations:
    """The cases of the operators' API.

    document  /openapi.json
    columns   by the name of an object: the JSON schemas of its members, where another schema says them
    good      a good value by the name of a field or parameter, where the schema tells none
    """
    # Fields that stand in for each other: each row is one good request's omissions.
    VARIANTS = {"tryFilter": (("expression",), ("filter",)), "revokeTickets": (("ticket",), ("viewer",))}
    ROWS = {"putItem": "row of items", "putViewer": "row of users"}

    def __init__(self, document, columns, good, host):
        self.document, self.columns, self.good, self.host = document, columns, good, host
        self.schemas = Schemas(document, columns, good)
        self.operations = {operation["operationId"]: (method.upper(), path, operation)
                           for path, methods in document["paths"].items() for method, operation in methods.items()}

    def headers(self, media_type=None):
        host = [("Host", self.host)]
        return host + [("Content-Type", media_type)] if media_type else host

    def parameters(self, operation, place):
        return [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == place]

    def target(self, path, operation, changed=None, query=None):
        """The address with good parameters, but for one in the path, as it is to stand there, and for the query."""
        for parameter in self.parameters(operation, "path"):
            name = parameter["name"]
            text = urllib.parse.quote(str(self.schemas.good(name, parameter["schema"])), safe="")
            path = path.replace("{" + name + "}", (changed or {}).get(name, text))
        return path + ("?" + query if query else "")

    def body(self, name):
        """(media type, schema, good body without those that others stand in for) or None."""
        content = self.operations[name][2].get("requestBody", {}).get("content")
        if content is None:
            return None
        [(media_type, described)] = content.items()
        return media_type, self.body_schema(name, described["schema"])

    def body_schema(self, name, schema):
        if name in self.ROWS:
            return {"type": "object", "properties": self.columns[self.ROWS[name]], "additionalProperties": False}
        return self.schemas.resolve(schema)

    def good_bodies(self, name, schema):
        for omitted in self.VARIANTS.get(name, ((),)):
            yield {key: self.schemas.good(key, part) for key, part in schema.get("properties", {}).items()
                   if key not in omitted}

    def good_requests(self, name):
        """Every good request of an operation, as bytes."""
        method, path, operation = self.operations[name]
        target, described = self.target(path, operation), self.body(name)
        if described is None:
            yield http(method, target, self.headers())
        elif described[0] == "text/csv":
            yield http(method, target + "?dry_run=true", self.headers("text/csv"), self.good["csv"].encode())
        elif name == "putSchema":
            yield http(method, target, self.headers(described[0]), as_json(self.good["schema"]))
        else:
            for body in self.good_bodies(name, described[1]):
                yield http(method, target, self.headers(described[0]), as_json(body))

    def cases(self, name):
        yield from self.parameter_cases(name)
        yield from self.head_cases(name)
        described = self.body(name)
        if described is not None and described[0] == "application/json":
            yield from self.body_cases(name, *described)

    def head_cases(self, name):
        method, path, operation = self.operations[name]
        target, described = self.target(path, operation), self.body(name)
        request = next(self.good_requests(name))
        body = request.partition(b"\r\n\r\n")[2] if described else None
        headers = self.headers(described[0] if described else None)
        for what, raw, settings in wrong_heads(method, target, headers, body):
            yield Case(f"{name}: {what}", raw, **settings)
        for host in ("www.example.com", "", "127.0.0.1.example.com", "127.0.0.1:80@example.com", "\x80"):
            headers_then = [("Host", host), *headers[1:]]
            yield Case(f"{name}: Host {host!r}", http(method, target, headers_then, body))
        for origin in ("https://www.example.com", "null", f"http://{self.host}.example.com", f"http://{self.host}, x"):
            yield Case(f"{name}: Origin {origin}", http(method, target, [*headers, ("Origin", origin)], body))
        if described:
            for what, raw, settings in wrong_bodies_by_head(method, target, headers, body):
                yield Case(f"{name}: {what}", raw, **settings)

    def parameter_cases(self, name):
        method, path, operation = self.operations[name]
        described = self.body(name)
        request = next(self.good_requests(name))
        body = request.partition(b"\r\n\r\n")[2] if described else None
        make = lambda target: http(method, target, self.headers(described[0] if described else None), body)
        for parameter in self.parameters(operation, "path"):
            for what, text, tells in self.wrong_texts(parameter):
                target = self.target(path, operation, {parameter["name"]: text})
                value = shown(urllib.parse.unquote(text)) if tells else ""
                yield Case(f"{name}: {parameter['name']} in the path: {what}", make(target), tells, value)
        for parameter in self.parameters(operation, "query"):
            for what, text, tells in self.wrong_texts(parameter):
                target = self.target(path, operation, query=f"{parameter['name']}={text}")
                value = shown(urllib.parse.unquote_plus(text)) if tells else ""
                yield Case(f"{name}: {parameter['name']} in the query: {what}", make(target), tells, value)
            value = self.schemas.good(parameter["name"], parameter["schema"])
            pair = parameter["name"] + "=" + (value if isinstance(value, str) else json.dumps(value))
            twice = self.target(path, operation, query=pair + "&" + pair)
            yield Case(f"{name}: {parameter['name']} twice", make(twice), parameter["name"])
        for query, field in {"surprise=1": "surprise", "surprise": "surprise", "%00=1": "", "%ff=1": "", "a%=1": "",
                             "=1": "", "a[]=1": "", "a%0d%0ab=1": "", "x" * 3_000 + "=1": ""}.items():
            target = self.target(path, operation, query=query)
            yield Case(f"{name}: query {query[:20]}", make(target), field)

    def wrong_texts(self, parameter):
        """(what is wrong, the text as it is to stand in the address, the field to be named)."""
        name, schema = parameter["name"], parameter["schema"]
        for escape in NO_ESCAPES:
            yield f"{escape}", escape, ""
        for text in CONTROLS:
            yield f"{text!r}", urllib.parse.quote(text, safe=""), name
        climbs = parameter["in"] == "path"
        for text in ("..", ".", "../x", "x/../../y", "..%2f", "%2e%2e", "..\\") if climbs else ():
            quoted = text if "%" in text else urllib.parse.quote(text, safe="")
            if text != "..\\":
                yield f"{text!r} as a part", quoted, ""
        if schema["type"] == "integer":
            beyond = [schema["minimum"] - 1, schema.get("maximum", 2**63 - 1) + 1, 2**64, -2**63 - 1, 10**40]
            for text in (*NO_WHOLE_NUMBERS, *map(str, beyond)):
                yield f"{text[:30]!r}", urllib.parse.quote(text, safe=""), name
        elif schema["type"] == "boolean":
            for text in ("yes", "1", "TRUE", "null", "truefalse", " "):
                yield f"{text!r}", urllib.parse.quote(text, safe=""), name
        elif "enum" in schema:
            for text in ("x", schema["enum"][0].upper(), schema["enum"][0] + "s", " ", "x" * 2_000):
                yield f"{text[:30]!r}", urllib.parse.quote(text, safe=""), name
        else:
            yield "too long", "x" * (schema["maxLength"] + 1), name
            yield "far too long", "x" * 4_000, name

    def body_cases(self, name, media_type, schema):
        method, path, operation = self.operations[name]
        target = self.target(path, operation)
        make = lambda raw: http(method, target, self.headers(media_type), raw)
        free_form = name == "putSchema"
        bodies = [self.good["schema"]] if free_form else self.good_bodies(name, schema)
        for number, good in enumerate(bodies):
            if number == 0:
                for what, raw in wrong_texts(as_json(good)):
                    yield Case(f"{name}: {what}", make(raw), code=self.code_of(name, what))
                if operation["requestBody"]["required"]:
                    yield Case(f"{name}: no body", make(b""))
            described = self.schema_document(good) if free_form else schema
            for what, raw, field, value in self.schemas.wrong_objects(described, good, 32):
                # What is wrong with a schema is told as the schema that it should be.
                yield Case(f"{name}: {what}", make(raw), field, "" if free_form else value, self.code_of(name, what))

    def code_of(self, name, what):
        """Nesting has an error of its own, but where another reader stands in front: Avro's, and the frames'."""
        return "too_deep" if " levels" in what and name not in ("putSchema", "recordInteraction") else ""

    def schema_document(self, good):
        """An Avro record as JSON schema, as far as one can say it so."""
        text = {"type": "string", "enum": ["record"]}
        return {"type": "object", "properties": {"type": text, "name": {"type": "string", "enum": [good["name"]]},
                                                 "fields": {"type": "array"}}, "required": ["type", "name", "fields"]}


class Frames:
    """The cases of the native protocol's frames: what a viewer may send, as JSON schemas.

    src/codec/native_message.h says the same in C++.
    """
    ID = {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "no control characters"}
    MAYBE_ID = {**ID, "type": ["string", "null"], "minLength": 0}
    TIME = {"type": "string", "format": "date-time"}
    SEQUENCE = {"type": "integer", "minimum": 0, "maximum": 2**64 - 1}
    TYPES = {
        "hello": ({"viewer": ID, "content": ID, "device": MAYBE_ID, "previously": {**MAYBE_ID, "minLength": 1},
                   "resume": {"type": ["object", "null"], "required": ["epoch", "seq"],
                              "properties": {"epoch": ID, "seq": SEQUENCE}}}, ["viewer", "content"]),
        "clock": ({"pdt": TIME, "rate": {"type": ["number", "null"], "minimum": -16, "maximum": 16}}, ["pdt"]),
        "ack": ({"seq": SEQUENCE}, ["seq"]),
        "interaction": ({"id": {**ID, "maxLength": 128}, "cue": {**ID, "minLength": 1},
                         "kind": {"type": "string", "enum": ["click", "impression", "dismiss", "answer", "convert"]},
                         "value": {"type": ["number", "null"]}}, ["id", "cue", "kind"]),
        "ticket": ({"ticket": {"type": "string"}}, ["ticket"]),
    }
    DEPTH = 8

    def __init__(self, good):
        self.schemas = Schemas(None, {}, good)

    def good(self, name):
        fields, _ = self.TYPES[name]
        return {"t": name, **{key: self.schemas.good(key, schema) for key, schema in fields.items()}}

    def cases(self, name):
        fields, required = self.TYPES[name]
        good = self.good(name)
        schema = {"type": "object", "properties": {"t": {"type": "string"}, **fields}, "required": ["t", *required]}
        for what, raw, field, value in self.schemas.wrong_objects(schema, good, self.DEPTH):
            if not (what.startswith("t: a control character")):  # a type that nobody knows is ignored
                is_ticket = what.startswith("ticket: a control character")  # is not shown to anybody
                yield Case(f"frame {name}: {what}", raw, field, "" if is_ticket else value)
        for what, raw in wrong_texts(as_json(good)):
            yield Case(f"frame {name}: {what}", raw)


    def unknown_contents(self):
        """A hello that is well formed, and for a content that nobody mapped."""
        good = self.good("hello")
        bare = {key: good[key] for key in ("t", "viewer", "content")}
        for what, hello in {"alone": bare, "with an earlier id": {**bare, "previously": good["previously"]},
                            "with everything": good}.items():
            unknown = as_json({**hello, "content": "nobody-s-content"})
            yield Case(f"frame hello: an unknown content, {what}", unknown, "content", "nobody-s-content")


class Csv:
    """The cases of one data set's import: files with one bad row, or a bad header."""

    def __init__(self, schema, good):
        self.columns = {field["name"]: field["type"] for field in schema["fields"]}
        self.good = {name: good.get(name, "" if isinstance(kind, list) else "1") for name, kind in self.columns.items()}

    def file(self, header=None, row=None):
        header = list(self.columns) if header is None else header
        cells = list(self.good.values()) if row is None else row
        return ",".join(header).encode() + b"\n" + b",".join(
            cell if isinstance(cell, bytes) else cell.encode() for cell in cells) + b"\n"

    def bad_files(self):
        """(what is wrong, the file) that has no rows to speak of."""
        names = list(self.columns)
        yield "nothing", b""
        yield "a byte order mark alone", b"\xef\xbb\xbf"
        yield "line feeds alone", b"\n\n\r\n"
        yield "a column twice", self.file([*names, names[0]], [*self.good.values(), "1"])
        yield "an unknown column", self.file([*names, "SURPRISE"], [*self.good.values(), "1"])
        yield "a column without a name", self.file([*names, ""], [*self.good.values(), "1"])
        for name, kind in self.columns.items():
            if not isinstance(kind, list):
                rest = [other for other in names if other != name]
                yield f"no column {name}", self.file(rest, [self.good[other] for other in rest])
        yield "a header that is no UTF-8", b"\xff\xfe," + self.file()
        yield "a header with a NUL", b"A\0B," + self.file()
        yield "an open quote in the header", b'"' + self.file()
        yield "2,000 columns", b",".join(b"C%d" % number for number in range(2_000)) + b"\n"
        yield "a header of ten megabytes", b"x" * TEN_MEGABYTES
        yield "UTF-16", self.file().decode().encode("utf-16")
        yield "JSON", b'{"a":1}'
        yield "NUL bytes", b"\x00" * 1_000

    def bad_rows(self):
        """(what is wrong, the file with that one row, the column and the value that the report must name)."""
        for name, kind in self.columns.items():
            kinds = [kind] if isinstance(kind, str) else kind
            for what, cell in self.bad_cells(name, kinds):
                value = shown(cell) if isinstance(cell, str) else ""
                yield f"{name}: {what}", self.file(row=[*{**self.good, name: cell}.values()]), name, value
        yield "a cell too many", self.file(row=[*self.good.values(), "1"]), "", ""
        yield "a cell too few", self.file(row=[*self.good.values()][:-1]), "", ""
        yield "an open quote", self.file(row=['"1', *[*self.good.values()][1:]]), "", ""
        yield "text behind a quote", self.file(row=['"1"x', *[*self.good.values()][1:]]), "", ""
        yield "a row of ten megabytes", self.file(row=[b"x" * TEN_MEGABYTES, *[*self.good.values()][1:]]), "", ""

    @staticmethod
    def bad_cells(name, kinds):
        for what, cell in {"no UTF-8": b"a\xff", "half a character": b"\xe2\x82", "a surrogate": b"\xed\xa0\x80",
                           "an overlong NUL": b"\xc0\x80", "20,001 characters": "x" * 20_001}.items():
            yield what, cell
        if "string" in kinds:
            yield "a NUL", "a\0b"
        else:
            for text in ("x", "1.5x", "NaN", "inf", "1e400", "0x10", "1 ", "--1", "9" * 40):
                yield text[:10], text
            for text in ("2147483648", "-2147483649") if "int" in kinds else ():
                yield text, text
        if "null" not in kinds:
            yield "empty", ""
        if name.endswith("_ID") and "null" not in kinds:
            yield "257 characters", "x" * 257
            yield "a control character", "a\x01"
