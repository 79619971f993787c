"""What may stand before a store: a listener on another address, with TLS or without, and an HTTP proxy that makes tunnels. Bytes are passed on as
they come.
"""
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

PIECE = 64 * 1024


def pump(source, target):
    """Bytes from one end to the other until either is gone."""
    try:
        while piece := source.recv(PIECE):
            target.sendall(piece)
    except OSError:
        pass
    for one in (source, target):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Listener:
    """Threads for each connection; stop() ends them all."""

    def __init__(self, host="127.0.0.1"):
        self.socket = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.number = self.socket.getsockname()[1]
        self.open, self.lock = set(), threading.Lock()
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
        with self.lock:
            for one in self.open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def serve(self, connection):
        raise NotImplementedError

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with self.lock:
            self.open.add(connection)
        try:
            self.serve(connection)
        except OSError:
            pass  # also of TLS: the client did not like the certificate
        finally:
            with self.lock:
                self.open.discard(connection)
            connection.close()

    @staticmethod
    def join(connection, upstream):
        with socket.create_connection(upstream) as other:
            back = threading.Thread(target=pump, args=(other, connection), daemon=True)
            back.start()
            pump(connection, other)
            back.join()


class Front(Listener):
    """Another address of a server; with a certificate it speaks TLS there."""

    def __init__(self, port, host="127.0.0.1", certificate=None):
        super().__init__(host)
        self.upstream = ("127.0.0.1", port)
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate.file, certificate.key)

    def serve(self, connection):
        if not self.context:
            return self.join(connection, self.upstream)
        with self.context.wrap_socket(connection, server_side=True) as secured:
            return self._relay(secured)

    def _relay(self, secured):
        """One thread for both ways: a TLS connection must not be used by two."""
        with socket.create_connection(self.upstream) as other:
            secured.settimeout(0.02)
            other.settimeout(0.02)
            while True:
                for source, target in ((secured, other), (other, secured)):
                    try:
                        piece = source.recv(PIECE)
                    except TimeoutError:
                        continue
                    if not piece:
                        return
                    target.settimeout(60)
                    target.sendall(piece)
                    target.settimeout(0.02)


class Tunnels(Listener):
    """An egress proxy: CONNECT only. `asked` is where to, as it was said; with refuse it says 403."""

    def __init__(self, refuse=False):
        super().__init__()
        self.asked, self.refuse = [], refuse

    def serve(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(1)
            if not piece:
                return
            head += piece
        method, place, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        self.asked.append(f"{method} {place}")
        if self.refuse or method != "CONNECT":
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        host, _, port = place.rpartition(":")
        self.join(connection, (host.strip("[]"), int(port)))


class Certificate:
    """One that signs itself, for 127.0.0.1; with openssl."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-certificate-"))
        self.file, self.key = self.folder / "certificate.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=store",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out", self.file], check=True, capture_output=True)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
