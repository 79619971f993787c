"""A proxy that misbehaves, between a client and a real server. It passes the Host header on as it came, so signatures stay right and the URLs
that a server makes of it lead through the proxy again.

As HTTP (the default) it sees requests; rules as in stub.py, whose actions all work here, and:

    {"cut_after": 1000}        so many bytes of the answer's body, then the connection's end
    {"reset_answer": 1000}     the same, but a reset
    {"rate": 20000}            the answer's body, so many bytes in a second
    {"length": 5}              added to Content-Length; the body is as it was (a negative number: less is announced than comes)
    {"no_length": true}        no Content-Length; the end of the connection ends the body
    {"corrupt": 10}            the byte at this place of the answer's body changed
    {"lose_answer": true}      the server got the request, its answer is thrown away and the connection closed

The server gets a request when all of its body is there, so it never sees one that was cut.

As TCP (raw=True, for SFTP, and for HTTP where the server is to see half a request) rules have no method or path: "skip" and "times" count
connections.

    {"refuse": true}  {"cut_after": n}  {"reset_answer": n}  {"reset_after": n}  {"rate": n}  {"upload_rate": n}  {"silent_after": n}

(silent_after: after so many bytes of the server nothing more comes, and the connection stays open). The control URL of a raw proxy is
another port.
"""
import http.client
import socket
import threading
import time

from stub import PIECE, Gone, Pace, Stub, reset

HOP = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length")


class Faults(Stub):
    """upstream is "host:port". Only what comes between: requests are counted as in every double."""

    def __init__(self, upstream, raw=False):
        super().__init__()
        host, port = upstream.rsplit(":", 1)
        self.upstream = (host, int(port))
        self.raw = _Raw(self) if raw else None
        self.connections = []

    def start(self):
        super().start()
        if self.raw:
            self.raw.start()
        return self

    def stop(self):
        if self.raw:
            self.raw.stop()
        super().stop()

    def describe(self):
        port = self.raw.number if self.raw else self.number
        return {"host": "127.0.0.1", "port": port, **({} if self.raw else {"url": self.url}), "control": self.url + "/_control",
                "upstream": "%s:%d" % self.upstream}

    def state(self):
        return {"connections": self.connections}

    def forget(self):
        with self.lock:
            self.connections.clear()

    def handle(self, request):
        do = request.do
        upstream = http.client.HTTPConnection(*self.upstream, timeout=60)
        try:
            upstream.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in HOP and name.lower() != "expect":
                    upstream.putheader(name, value)
            if request.body_length or request.command in ("PUT", "POST") or "Content-Length" in request.headers:
                upstream.putheader("Content-Length", str(request.body_length))
            upstream.endheaders()
            request.body.seek(0)
            while piece := request.body.read(PIECE):
                upstream.send(piece)
            answer = upstream.getresponse()
            if do.get("lose_answer"):
                answer.read()
                request.close_connection = True
                raise Gone
            self._pass_on(request, answer, do)
        except (http.client.HTTPException, ConnectionError) as error:
            request.entry["upstream_error"] = repr(error)
            raise Gone from error
        finally:
            upstream.close()

    def _pass_on(self, request, answer, do):
        request.send_response_only(answer.status, answer.reason)
        request.entry_status(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                request.send_header(name, value)
        length = answer.getheader("Content-Length")
        bodiless = request.command == "HEAD" or answer.status in (204, 304)
        if length is not None and not do.get("no_length"):
            request.send_header("Content-Length", str(int(length) + do.get("length", 0)))
        elif not bodiless:
            request.close_connection = True
            request.send_header("Connection", "close")
        request.end_headers()
        if bodiless:
            return
        pace, passed = Pace(do.get("rate")), 0
        limit = min(do.get("cut_after", 1 << 62), do.get("reset_answer", 1 << 62))
        while passed < limit:
            piece = answer.read(min(pace.piece(), limit - passed))
            if not piece:
                break
            if passed <= do.get("corrupt", -1) < passed + len(piece):
                at = do["corrupt"] - passed
                piece = piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1:]
            request.wfile.write(piece)
            passed += len(piece)
            request.entry["answered"] = passed
            pace.passing(len(piece))
        if passed >= limit:
            if "reset_answer" in do:
                request.end_by_reset()
            request.close_connection = True
            raise Gone
        if do.get("length"):
            request.close_connection = True


class _Raw:
    """The TCP side."""

    def __init__(self, faults):
        self.faults, self.sockets, self.listener = faults, set(), None

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.number = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in list(self.sockets):
            self._close(one)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            do = self.faults.rules.take("CONNECT", "", "")
            entry = {"at": time.time(), "to_server": 0, "to_client": 0, "rule": do}
            with self.faults.lock:
                self.faults.connections.append(entry)
            if do.get("refuse"):
                reset(client)
                continue
            try:
                server = socket.create_connection(self.faults.upstream, timeout=10)
            except OSError as error:
                entry["upstream_error"] = repr(error)
                client.close()
                continue
            server.settimeout(None)
            self.sockets |= {client, server}
            for source, target, way, limits, rate in (
                    (client, server, "to_server", {"reset": do.get("reset_after")}, do.get("upload_rate")),
                    (server, client, "to_client", {"cut": do.get("cut_after"), "reset": do.get("reset_answer"), "silent": do.get("silent_after")},
                     do.get("rate"))):
                threading.Thread(target=self._pump, args=(source, target, client, server, entry, way, limits, rate), daemon=True).start()

    def _pump(self, source, target, client, server, entry, way, limits, rate):
        limit = min((value for value in limits.values() if value is not None), default=1 << 62)
        pace = Pace(rate)
        try:
            while entry[way] < limit:
                piece = source.recv(min(pace.piece(), limit - entry[way]))
                if not piece:
                    break
                target.sendall(piece)
                entry[way] += len(piece)
                pace.passing(len(piece))
            if entry[way] >= limit:
                if limits.get("silent") is not None:
                    while source.recv(PIECE):
                        pass
                if limits.get("reset") is not None:
                    self.sockets.discard(client)
                    reset(client)
        except OSError:
            pass
        self._close(client)
        self._close(server)

    def _close(self, one):
        self.sockets.discard(one)
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()
