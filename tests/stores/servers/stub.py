"""What our own doubles share: an HTTP/1.1 server that remembers every request, and rules that make it misbehave.

A rule is JSON: {"method": "PUT", "path": "regular expression", "query": "regular expression", "skip": 1, "times": 2, "do": {…}}. Of the
requests it fits, the first `skip` pass untouched, the next `times` (default 1; -1 for ever) are its own. The first rule in the list that
wants a request gets it. What every double can do:

    {"status": 503, "headers": {"Retry-After": "1"}, "body": "text"}   this answer, the request's body being read first
    {"delay": 2.5}                                                    the ordinary answer, later
    {"reset": true}                                                   connection reset before an answer
    {"reset_after": 1000}                                             reset once so many bytes of the request's body have come
    {"upload_rate": 20000}                                            the request's body is read so fast: bytes in a second
    {"close": true}                                                   connection closed before an answer

Others are named by each double. Control, by Python (add_rule, clear, requests) or HTTP on the same port:

    GET    /_control     {"requests": […], "rules": […]} and what the double adds
    POST   /_control     a rule, a list of rules, or {"set": {"name": value}} for the double's settings
    DELETE /_control     forgets rules and requests
"""
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import tempfile
import threading
import time
import urllib.parse

PIECE = 64 * 1024


class Gone(Exception):
    """The connection was ended on purpose."""


class Rules:
    """Thread-safe; take() is asked once for each request."""

    def __init__(self):
        self.lock = threading.Lock()
        self.rules = []

    def add(self, rule):
        with self.lock:
            self.rules.append({"times": 1, "skip": 0, **rule})

    def clear(self):
        with self.lock:
            self.rules.clear()

    def take(self, method, path, query=""):
        with self.lock:
            for rule in self.rules:
                if rule["times"] == 0 or not (re.fullmatch(rule.get("method", ".*"), method) and re.search(rule.get("path", ""), path)
                                              and re.search(rule.get("query", ""), query)):
                    continue
                if rule["skip"] > 0:
                    rule["skip"] -= 1
                    continue
                if rule["times"] > 0:
                    rule["times"] -= 1
                return rule["do"]
        return {}


class Pace:
    """Waits so that no more than `rate` bytes a second pass."""

    def __init__(self, rate):
        self.rate, self.begun, self.passed = rate, time.monotonic(), 0

    def piece(self):
        return max(1, min(PIECE, self.rate // 10)) if self.rate else PIECE

    def passing(self, count):
        self.passed += count
        if self.rate:
            time.sleep(max(0, self.begun + self.passed / self.rate - time.monotonic()))


def reset(connection):
    """Ends a connection so that the other side sees a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        connection.shutdown(socket.SHUT_RD)  # or a thread that reads from it would keep it open
    except OSError:
        pass
    os.close(connection.detach())


class Request(http.server.BaseHTTPRequestHandler):
    """One request, which Stub.handle() gets when its body is there."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def parse(self):
        parts = self.path.split("?", 1)
        self.raw_path, self.raw_query = parts[0], parts[1] if len(parts) > 1 else ""
        self.query = dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True))
        self.host = self.headers.get("Host", "")

    def pieces(self, most=PIECE):
        """The body as it comes."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if size == 0:
                    while self.rfile.readline().strip():
                        pass
                    return
                yield self.rfile.read(size)
                self.rfile.readline()
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            piece = self.rfile.read1(min(left, most))
            if not piece:
                raise Gone
            left -= len(piece)
            yield piece

    def answer(self, status, body=b"", headers=None, length=None):
        """body is bytes, text, JSON or a file with its length."""
        if isinstance(body, (dict, list)):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
        elif isinstance(body, str):
            body = body.encode()
        self.send_response(status)
        headers = dict(headers or {})
        if status not in (204, 304):
            headers.setdefault("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if isinstance(body, bytes):
            self.wfile.write(body)
        else:
            shutil.copyfileobj(body, self.wfile, PIECE)

    def end_by_reset(self):
        reset(self.connection)
        self.close_connection = True
        raise Gone

    def _serve(self):
        stub = self.server.stub
        self.parse()
        self.body = None
        try:
            if self.raw_path == "/_control":
                return stub.control(self)
            self.entry = {"method": self.command, "path": self.raw_path, "query": self.raw_query,
                          "headers": {name.lower(): value for name, value in self.headers.items()}, "at": time.time()}
            with stub.lock:
                stub.requests.append(self.entry)
            self.do = stub.rules.take(self.command, self.raw_path, self.raw_query)
            if self.do:
                self.entry["rule"] = self.do
            with tempfile.TemporaryFile(dir=stub.folder) as self.body:
                self.body_length, pace = 0, Pace(self.do.get("upload_rate"))
                for piece in self.pieces(pace.piece()):
                    self.body_length += len(piece)
                    pace.passing(len(piece))
                    if self.body_length >= self.do.get("reset_after", 1 << 62):
                        self.end_by_reset()
                    self.body.write(piece)
                self.entry["body_length"] = self.body_length
                if self.body_length <= stub.keep_bodies:
                    self.entry["body"] = self.read_body().decode("latin-1")
                self.body.seek(0)
                time.sleep(self.do.get("delay", 0))
                if self.do.get("reset"):
                    self.end_by_reset()
                if self.do.get("close"):
                    self.close_connection = True
                    raise Gone
                if "status" in self.do:
                    return self.answer(self.do["status"], self.do.get("body", ""), self.do.get("headers"))
                stub.handle(self)
        except (Gone, OSError):
            self.close_connection = True
        return None

    def read_body(self):
        self.body.seek(0)
        return self.body.read()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _serve

    def send_response(self, code, message=None):
        self.entry_status(code)
        super().send_response(code, message)

    def date_time_string(self, timestamp=None):
        return super().date_time_string(time.time() + self.server.stub.settings.get("clock_offset", 0) if timestamp is None else timestamp)

    def entry_status(self, code):
        if hasattr(self, "entry"):
            self.entry["status"] = code

    def log_message(self, *_):
        pass


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        self.stub.failed()


class Stub:
    """Base of the doubles: start(), stop(), describe() as the real servers have them."""

    keep_bodies = 64 * 1024  # of requests, in what is remembered

    def __init__(self):
        self.lock = threading.RLock()
        self.rules, self.requests, self.errors = Rules(), [], []
        self.settings = {}
        self.folder = self.listener = None

    def start(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-store-"))
        try:
            self.prepare()
            self.listener = _Listener(("127.0.0.1", 0), Request)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.listener.stub = self
        self.number = self.listener.server_address[1]
        self.url = f"http://127.0.0.1:{self.number}"
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        if self.listener:
            self.listener.shutdown()
            self.listener.server_close()
            self.listener = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def prepare(self):
        pass

    def handle(self, request):
        raise NotImplementedError

    def state(self):
        """More for GET /_control."""
        return {}

    def forget(self):
        """More for DELETE /_control."""

    def add_rule(self, do, **rule):
        self.rules.add({**rule, "do": do})

    def clear(self):
        self.rules.clear()
        with self.lock:
            self.requests.clear()
            self.errors.clear()
        self.forget()

    def count(self, method=".*", path="", query=""):
        with self.lock:
            return sum(bool(re.fullmatch(method, r["method"]) and re.search(path, r["path"]) and re.search(query, r["query"])) for r in self.requests)

    def control(self, request):
        if request.command == "POST":
            orders = json.loads(b"".join(request.pieces()))
            for order in orders if isinstance(orders, list) else [orders]:
                if "set" in order:
                    self.settings.update(order["set"])
                else:
                    self.rules.add(order)
        elif request.command == "DELETE":
            self.clear()
        with self.lock:
            return request.answer(200, {"requests": self.requests, "rules": self.rules.rules, "settings": self.settings, "errors": self.errors, **self.state()})

    def failed(self):
        import traceback
        with self.lock:
            self.errors.append(traceback.format_exc())
