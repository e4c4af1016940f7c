#!/usr/bin/env python3
"""Verifies an export or a proof of uketsuke's audit log, without uketsuke: Python's standard library only.

    verify_audit.py EXPORT --key KEYS [--checkpoint SAVED]... [--witness WITNESSES]
    verify_audit.py --proof PROOF --key KEYS ...

What the verdicts, faults and caveats mean stands in docs/audit.md; the exit status is that of `uketsuke audit verify`.
"""
import argparse, base64, datetime, functools, hashlib, json, re, sys

# Ed25519, verification alone: RFC 8032, 5.1.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, I = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)

def plus(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def double(p):
    a, b, c = p[0] * p[0], p[1] * p[1], 2 * p[2] * p[2]
    h, g = a + b, a - b
    e, f = h - (p[0] + p[1]) ** 2, c + g
    return e * f % P, g * h % P, f * g % P, e * h % P

def point(raw):
    y = (int.from_bytes(raw, "little") & (2**255 - 1)) % P
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * I % P
    if (v * x * x - u) % P:
        return None
    x = -x % P if x & 1 != raw[31] >> 7 else x
    return x, y, 1, x * y % P

BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))

@functools.lru_cache(1024)
def signed_by(key, text, signature):
    a, s = point(key), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    minus = (-a[0] % P, a[1], 1, -a[3] % P)
    both, r = plus(BASE, minus), (0, 1, 1, 0)
    for bit in range(252, -1, -1):  # s·BASE − h·a
        r, which = double(r), (s >> bit & 1) + 2 * (h >> bit & 1)
        if which:
            r = plus(r, (BASE, minus, both)[which - 1])
    z = pow(r[2], -1, P)
    return (r[1] * z % P | (r[0] * z % P & 1) << 255).to_bytes(32, "little") == signature[:32]

# Texts in their one spelling.
class Refused(Exception): pass
class Unnamed(Exception): pass

def need(condition, why):
    if not condition:
        raise Refused(why)

def no_number(_): raise Refused("a number that is no whole one")

def strictly(text):
    try:
        v = json.loads(text.decode(), object_pairs_hook=list_of_pairs, parse_float=no_number, parse_constant=no_number)
        again = json.dumps(v, ensure_ascii=False, separators=(",", ":"))
        for c in "<>&\u2028\u2029":
            again = again.replace(c, "\\u%04x" % ord(c))
        need(again.encode() == text, "it is not in its one spelling")
        return v
    except (ValueError, RecursionError) as e:
        raise Refused(str(e))

def list_of_pairs(pairs):
    need(len(dict(pairs)) == len(pairs), "a name stands twice")
    return dict(pairs)

def shaped(v, **kinds):
    """v has just these fields in this order; one whose kind is a tuple is left out when it is empty."""
    need(type(v) is dict and list(v) == [k for k in kinds if k in v], "fields")
    for name, kind in kinds.items():
        optional = type(kind) is tuple
        need(name in v or optional, "a field is missing: " + name)
        if name in v:
            (kind[0] if optional else kind)(v[name])
            need(not optional or v[name], "an empty field: " + name)
    return v

def text(v): need(type(v) is str, "not a text")
def yes_no(v): need(type(v) is bool, "neither true nor false")
def whole(v): need(type(v) is int and -2**63 <= v < 2**63, "not a whole number")
def digest(v): need(type(v) is str and len(unbase64(v)) == 32 and base64.b64encode(unbase64(v)).decode() == v, "not a hash")
def each(kind): return lambda v: need(type(v) is list, "not a list") or [kind(x) for x in v]
def facts(v): need(type(v) is dict and list(v) == sorted(v), "not a sorted map") or [text(x) for x in v.values()]
def node(v): shaped(v, level=whole, hash=digest)
def use(v): shaped(v, key=text, hand_over=(text,))
def leaf(v): shaped(v, seq=whole, hash=digest, entry=(text,), personal=(text,), salt=(text,))

def unbase64(v):
    need(re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", v), "not base64")
    return base64.b64decode(v)

def entry(v):
    said = shaped(strictly(v.encode()), act=text, actor=text, application=text, at=text, detail=facts, establishment=text, id=text,
                  personal=text, role=text, subject=text, version=whole)
    need(said["version"] == 1, "another version of an entry")
    return said

def personal_fits(leaf, said):
    salt, beside = leaf.get("salt", ""), leaf.get("personal", "")
    need(hashlib.sha256((salt + "\n" + beside).encode()).hexdigest() == said["personal"], "its personal text is not the one that was hashed")
    shaped(strictly(beside.encode()), name=text, personal=facts)

# The tree: RFC 6962.
def leaf_hash(v): return hashlib.sha256(b"\0" + v.encode()).digest()
def over(left, right): return hashlib.sha256(b"\1" + left + right).digest()

class Tree:
    def __init__(self): self.size, self.nodes = 0, []

    def add(self, level, digest):
        self.size += 1 << level
        while self.nodes and self.nodes[-1][0] == level:
            level, digest = level + 1, over(self.nodes.pop()[1], digest)
        self.nodes.append((level, digest))

    def root(self):
        return functools.reduce(lambda right, left: over(left, right), [n[1] for n in reversed(self.nodes)])

def edge(start, end):
    while start < end:
        level = (end - start).bit_length() - 1
        level = min(level, (start & -start).bit_length() - 1) if start else level
        yield level
        start += 1 << level

def placed(nodes, start, end): return [n["level"] for n in nodes] == list(edge(start, end))

def path_root(at, size, digest, path):
    """The root that a path leads to, from the leaf up; RFC 9162, 2.1.3.2."""
    last = size - 1
    for other in path:
        need(last > 0, "the path is too long")
        if at & 1 or at == last:
            digest = over(other, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = over(digest, other)
        at, last = at >> 1, last >> 1
    need(last == 0, "the path is too short")
    return digest

# Signed notes, and whom to believe.
BLANK = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200b)))

def parse_key(line, kind):
    name, _, rest = line.partition("+")
    raw = unbase64(rest.partition("+")[2])
    need(name and not set(name) & set(BLANK) and len(raw) == 33 and raw[0] == kind, "not a key")
    hint = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(line == "%s+%s+%s" % (name, hint.hex(), base64.b64encode(raw).decode()), "a key in another spelling")
    return name, hint, raw[1:]

def key_lines(texts):
    return [line.strip() for t in texts for line in t.split("\n") if line.strip() and not line.strip().startswith("#")]

def text_by_lines(n, body):
    lines = body.split("\n")
    need(len(lines) == n + 1 and lines[n] == "", "not the right lines")
    return lines

class Trust:
    def __init__(self, keys, witnesses=()):
        self.keys, self.to, self.witnesses = {}, {}, {}
        for line in key_lines(keys):
            self.add(line)
        need(self.keys, "there is no key")
        for line in key_lines(witnesses):
            name, hint, raw = parse_key(line, 4)
            need((name, hint) not in self.ids(), "a witness stands twice")
            self.witnesses[name, hint] = raw

    def ids(self): return {k[:2] for k in self.keys.values()} | set(self.witnesses)

    def add(self, line):
        key = parse_key(line, 1)
        need(line in self.keys or key[:2] not in self.ids(), "another key has this name and hash")
        self.keys.setdefault(line, key)

    def open(self, signed):
        """The text of a note, and who of those that are known has signed it."""
        body, found, signatures = signed.rpartition("\n\n")
        need(not re.search("[\0-\x09\x0b-\x1f\ud800-\udfff]", signed) and found and signatures.endswith("\n"), "not a signed note")
        body, by, known, lines = body + "\n", set(), {k[:2]: k[2] for k in self.keys.values()}, signatures[:-1].split("\n")
        need(len(lines) <= 100, "too many signatures")
        for line in lines:
            m = re.fullmatch("— ([^ ]+) (.+)", line)
            need(m and "+" not in m[1] and not set(m[1]) & set(BLANK), "not a signature")
            raw, said = unbase64(m[2]), body.encode()
            who, raw = (m[1], raw[:4]), need(len(raw) >= 5, "not a signature") or raw[4:]
            if who in by or who not in known and who not in self.witnesses:
                continue
            if who in self.witnesses:
                need(len(raw) == 72 and raw[0] < 128, "not a cosignature")
                said, raw = b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[:8], "big") + said, raw[8:]
            need(signed_by(known.get(who) or self.witnesses[who], said, raw), "a signature is wrong")
            by.add(who)
        need(by, "nobody who is trusted has signed it")
        return body, by

    def follow(self, uses, old):
        """Believes the keys of a file that are handed over to; gives what failed, and whether an old hand-over was passed over."""
        failed, passed = [], False
        for u in uses:
            try:
                line, hand_over = u["key"], "" if old else u.get("hand_over", "")
                parse_key(line, 1)
                if hand_over:
                    self.take_over(line, hand_over)
                elif line not in self.keys:
                    raise Unnamed("no key that is trusted names " + line)
                passed = passed or old and "hand_over" in u
            except (Refused, Unnamed) as e:
                failed.append(("unnamed" if isinstance(e, Unnamed) else "forged", 0, "a key of the log: %s" % e))
        return failed, passed

    def take_over(self, line, signed):
        body, by = self.open(signed)
        title, origin, old, new, size, day, _ = text_by_lines(6, body)
        need(title == "uketsuke-hand-over-1" and re.fullmatch("size (0|[1-9][0-9]{0,17})", size) and re.fullmatch("day ....-..-..", day), "not a hand-over")
        try:
            datetime.date.fromisoformat(day[4:])
        except ValueError:
            raise Refused("no day")
        need(old[:5] == "from " and old[5:] in self.keys and self.keys[old[5:]][:2] in by and self.keys[old[5:]][0] == origin, "not from a trusted key")
        need(new == "to " + line and new[3:] != old[5:] and old[5:] not in self.to, "a hand-over to another key, or a second one")
        self.to[old[5:]] = int(size[5:])
        self.add(line)

    def checkpoint(self, signed):
        body, by = self.open(signed)
        origin, size, root, at, _ = text_by_lines(4, body)
        digest(root)
        need(re.fullmatch("[1-9][0-9]{0,18}", size) and int(size) < 2**63 and re.fullmatch(r"time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", at, re.A), "not a checkpoint")
        try:
            datetime.datetime.fromisoformat(at[5:-1])
        except ValueError:
            raise Refused("no time")
        size = int(size)
        need(any(k[:2] in by and k[0] == origin and size <= self.to.get(line, size) for line, k in self.keys.items()), "signed by no key for this size")
        return origin, size, unbase64(root), bool(by & set(self.witnesses))

def cut_note(file):
    m = re.match(b"(.*?\n\n(?:\xe2\x80\x94 [^\n]*(?:\n|$))*)\n*", file, re.S)
    return (m[1], file[m.end():]) if m else (file, b"")

def is_torn(piece, origin):
    """Whether it is the beginning of a checkpoint, cut before its first signature was whole."""
    lines, by = piece.split(b"\n"), "— ".encode() + origin + b" "
    time = b"time 0000-00-00T00:00:00.000000Z"
    for i, line in enumerate(lines):
        last, form = i == len(lines) - 1, re.sub(b"[0-9]", b"0", line)
        fits = (line == origin or last and origin.startswith(line),
                re.fullmatch(b"[1-9][0-9]{0,18}", line),
                re.fullmatch(b"[A-Za-z0-9+/]{43}=", line) or last and re.fullmatch(b"[A-Za-z0-9+/]{0,43}", line),
                form == time or last and time.startswith(form),
                not line,
                by.startswith(line) or line.startswith(by) and re.fullmatch(b"[A-Za-z0-9+/]{0,91}", line[len(by):]))
        if i >= len(fits) or not fits[i]:
            return False
    return piece != b""

def are_torn(piece, origin):
    piece = piece.strip(b"\n")
    if is_torn(piece, origin):
        return True
    at = piece.rfind(b"\n\n")
    while at >= 0:
        if is_torn(piece[:at], origin) and are_torn(piece[at:], origin):
            return True
        at = piece.rfind(b"\n\n", 0, at)
    return False

def saved_notes(trust, files, origin):
    """What trust.checkpoint gives for each note of saved files, Refused for one that it refuses, None for a torn piece, which
    says nothing for anybody and against nobody."""
    def read(raw):
        try:
            return trust.checkpoint(raw.decode("utf-8", "surrogateescape"))
        except Refused as e:
            return e
    good, origin = lambda c: not isinstance(c, Refused), origin.encode("utf-8", "surrogatepass")
    most = 4 * (2 * len(origin) + 256)
    def tear(file):
        begins = [m.start() for m in re.finditer(b"(?=%s\n)" % re.escape(origin), file[:most + len(origin)]) if 0 < m.start() < min(len(file), most)]
        for end in begins + [len(file)] * (len(file) <= most):
            piece = file[:end].rstrip(b"\n")
            unended = None if are_torn(piece, origin) else read(piece + b"\n")
            if good(unended) and (end == len(file) or good(read(cut_note(file[end:])[0]))):
                return unended, file[end:].lstrip(b"\n")
    for file in files:
        file = file.replace("\r\n", "\n").encode("utf-8", "surrogateescape").lstrip(b"\n")
        while file:
            note, rest = cut_note(file)
            c = read(note)
            c, file = not good(c) and tear(file) or (c, rest)
            yield c

class Verification:
    def __init__(self, head, trust, saved):
        self.head, self.trust, self.tree, self.next, self.leaves, self.ended = head, trust, Tree(), head["from"], 0, False
        self.findings, self.passed = trust.follow(head["keys"], head["format"] == "uketsuke-audit-1")
        self.vouched = self.last = self.dropped = self.forgotten = 0
        self.bare = self.nameless = -1
        self.restarts, self.missed, self.saved = [], [], []
        for n in head.get("left", []):
            self.tree.add(n["level"], unbase64(n["hash"]))
        self.torn = False
        for c in saved_notes(trust, saved, head["origin"]):
            if c is None:
                self.torn = True
            elif isinstance(c, Refused) or c[0] != head["origin"]:
                self.find("forged", 0, "a saved checkpoint: %s" % (c if isinstance(c, Refused) else "it is of another log"))
            else:
                self.saved.append(c)
        self.saved.sort(key=lambda c: c[1])
        self.compare_saved()

    def find(self, fault, at, why): self.findings.append((fault, at, why))

    def compare_saved(self):
        while self.saved and self.saved[0][1] <= self.tree.size:
            c = self.saved.pop(0)
            if c[1] == self.tree.size and c[2] == self.tree.root():
                self.vouched = c[1]
            elif c[1] == self.tree.size:
                self.missed.append(c)

    def leaf(self, l):
        if l["seq"] != self.next:
            self.find("removed" if l["seq"] > self.next else "reordered", self.next, "here stands %d" % l["seq"])
        self.next = max(self.next, l["seq"]) if l["seq"] > self.next else self.next
        self.look(l)
        self.tree.add(0, unbase64(l["hash"]))
        self.next, self.leaves = self.next + 1, self.leaves + 1
        self.compare_saved()

    def look(self, l):
        seq, beside = l["seq"], "salt" in l or "personal" in l
        if "entry" not in l:
            self.bare = seq
            return beside and self.find("changed", seq, "a personal text without a text")
        if leaf_hash(l["entry"]) != unbase64(l["hash"]):
            self.find("changed", seq, "its text is not that of its leaf")
        try:
            said = entry(l["entry"])
        except Refused as e:
            return self.find("changed", seq, str(e))
        if not beside:
            self.nameless = seq
        else:
            try:
                personal_fits(l, said)
            except Refused as e:
                self.find("changed", seq, str(e))
        number = lambda k: int(v) if re.fullmatch(r"[+-]?[0-9]+", v := said["detail"].get(k, "")) and -2**63 <= int(v) < 2**63 else 0
        if said["act"] == "forget-personal":
            self.forgotten = max(self.forgotten, min(number("bound"), seq))
        if said["act"] == "drop-entries":
            self.dropped = max(self.dropped, min(number("bound"), seq))
        if said["act"] == "restored":
            self.restarts.append((number("size"), number("log_size")))

    def checkpoint(self, signed):
        try:
            origin, size, root, witnessed = self.trust.checkpoint(signed)
            need(origin == self.head["origin"], "it is of another log")
        except Refused as e:
            return self.find("forged", self.tree.size, "a checkpoint: %s" % e)
        if self.next == self.head["to"] and size == self.head["size"]:
            for n in self.head.pop("right", []):
                self.tree.add(n["level"], unbase64(n["hash"]))
                self.compare_saved()
        if size != self.tree.size:
            self.find("tail-cut" if size > self.tree.size else "reordered", self.tree.size, "here stands the checkpoint of %d leaves" % size)
        elif root != self.tree.root():
            self.find("altered", size, "the leaves to here are not those that were signed")
        elif witnessed:
            self.vouched = max(self.vouched, size)
        self.last = max(self.last, size)

    def line(self, v):
        need(not self.ended, "a line after the end")
        need(type(v) is dict and len(v) == 1, "not one part")
        if "leaf" in v:
            leaf(v["leaf"])
            self.leaf(v["leaf"])
        elif "checkpoint" in v:
            text(v["checkpoint"])
            need(v["checkpoint"], "an empty checkpoint")
            self.checkpoint(v["checkpoint"])
        else:
            self.ended = shaped(shaped(v, end=lambda e: shaped(e, leaves=whole))["end"], leaves=whole)
            if self.ended["leaves"] != self.leaves:
                self.find("removed", self.next, "it says that it holds %d leaves" % self.ended["leaves"])

    def report(self):
        head = self.head
        if not self.ended or self.next < head["to"]:
            self.find("tail-cut", self.next, "the file ends in the middle")
        if not self.last == head["size"] >= max(1, self.tree.size):
            self.find("unsigned", self.last, "no checkpoint covers the leaves from here on")
        for origin, size, root, _ in self.missed + self.saved:
            told = any(start < size <= lost for start, lost in self.restarts)
            self.find("restarted" if told else "tail-cut" if size > self.tree.size else "forked", size, "a saved checkpoint is of another history")
        bare, nameless = self.bare >= self.dropped, head["personal"] and self.nameless >= max(self.forgotten, self.dropped)
        if (bare or nameless) and head["to"] == head["size"]:
            self.find("vanished", max(self.bare, self.nameless), "a text is missing that no retention has removed")
        caveats = {"own-word": not self.vouched, "no-personal": not head["personal"], "old-hand-over": self.passed, "torn": self.torn,
                   "unexplained": (bare or nameless) and head["to"] < head["size"]}
        return self.findings, sorted(c for c, does in caveats.items() if does)

def verify_export(lines, trust, saved):
    v = None
    for raw in lines:
        need(raw.endswith(b"\n") and len(raw) <= 1 << 20, "a line that does not end")
        said = strictly(raw[:-1])
        if v:
            v.line(said)
            continue
        head = shaped(said, head=lambda h: shaped(h, format=text, origin=text, **{"from": whole}, to=whole, size=whole, personal=yes_no,
                                                  left=(each(node),), right=(each(node),), keys=each(use)))["head"]
        need(head["format"] in ("uketsuke-audit-1", "uketsuke-audit-2") and re.fullmatch("[^\0- +\x7f-\xa0]+", head["origin"]), "another format")
        need(head["keys"] and 0 <= head["from"] <= head["to"] <= head["size"], "no key, or no leaves")
        need(placed(head.get("left", []), 0, head["from"]) and placed(head.get("right", []), head["to"], head["size"]), "other subtrees")
        v = Verification(head, trust, saved)
    need(v, "it is empty")
    return v.report()

def verify_proof(raw, trust, saved):
    need(raw.endswith(b"\n"), "its line does not end")
    p = shaped(strictly(raw[:-1]), format=text, leaf=leaf, path=each(digest), checkpoint=text, keys=each(use))
    need(p["format"] in ("uketsuke-proof-1", "uketsuke-proof-2") and p["keys"], "another format, or no key")
    failed, passed = trust.follow(p["keys"], p["format"] == "uketsuke-proof-1")
    need(not failed, failed)
    origin, size, root, vouched = trust.checkpoint(p["checkpoint"])
    l = p["leaf"]
    said = entry(l.get("entry", ""))
    beside = "salt" in l or "personal" in l
    beside and personal_fits(l, said)
    need(leaf_hash(l["entry"]) == unbase64(l["hash"]) and 0 <= l["seq"] < size, "not the leaf")
    need(path_root(l["seq"], size, unbase64(l["hash"]), [unbase64(n) for n in p["path"]]) == root, "it does not stand under the signed root")
    read = list(saved_notes(trust, saved, origin))
    for c in filter(None, read):
        need(not isinstance(c, Refused), c)
        need(c[0] == origin and (c[1] != size or c[2] == root), "a saved checkpoint is of another history")
        vouched = vouched or c[1] == size
    caveats = {"own-word": not vouched, "no-personal": not beside, "old-hand-over": passed, "torn": None in read}
    return [], sorted(c for c, does in caveats.items() if does)

def verdict(verify, file, keys, saved=(), witnesses=()):
    """The exit status, the findings, and the caveats."""
    trust = Trust(keys, witnesses)
    try:
        findings, caveats = verify(file, trust, saved)
    except Refused as e:
        findings, caveats = [("refused", 0, str(e))], []
    return 1 if findings else 3 if caveats else 0, findings, caveats

def main(args):
    p = argparse.ArgumentParser(description="Verifies an export or a proof of uketsuke's audit log.")
    p.add_argument("export", nargs="?")
    p.add_argument("--proof")
    p.add_argument("--key", required=True)
    p.add_argument("--checkpoint", action="append", default=[])
    p.add_argument("--witness", action="append", default=[])
    a = p.parse_args(args)
    if bool(a.export) == bool(a.proof):
        p.error("one export, or one proof")
    read = lambda names: [open(n, encoding="utf-8", errors="surrogateescape", newline="").read() for n in names]
    try:
        with open(a.export or a.proof, "rb") as file:
            given = (verify_export, file) if a.export else (verify_proof, file.read())
            status, findings, caveats = verdict(*given, read([a.key]), read(a.checkpoint), read(a.witness))
    except (OSError, UnicodeError, Refused) as e:
        p.error(str(e))
    for fault, at, why in findings:
        print("%s at %d: %s" % (fault, at, ascii(why)))
    for c in caveats if not findings else []:
        print("but " + c)
    print("not verified" if findings else "verified, with what stands above" if caveats else "verified")
    return status

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
