"""A canary: a listener nobody may call and two files nobody may open, and hostile files that point at them."""
import ctypes
import io
import os
import pathlib
import socket
import struct
import subprocess
import tempfile
import threading
import time
import uuid
import zipfile
import zlib

PICTURE = (37, 41)  # a size that no other picture has
IN_OPEN = 0x20
LARGEST_MEMBER, MOST_MEMBERS = 1 << 20, 500


def png(width, height):
    """A grey picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress((b"\0" + b"\x55" * width) * height)) + chunk(b"IEND", b""))


class Canary:
    def __init__(self):
        self.owned = tempfile.TemporaryDirectory(prefix="recast-canary-")
        self.folder = pathlib.Path(self.owned.name)
        self.folder.chmod(0o755)
        self.secret = f"canary{uuid.uuid4().hex}"
        self.text = self.folder / "secret.txt"
        self.text.write_text(self.secret)
        self.picture = self.folder / "secret.png"
        self.picture.write_bytes(png(*PICTURE))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.callers = []
        threading.Thread(target=self.listen, daemon=True).start()
        self.watching = self.watch()

    def listen(self):
        while True:
            connection, _ = self.socket.accept()
            connection.settimeout(2)
            try:
                self.callers.append(connection.recv(300))
            except OSError as error:
                self.callers.append(str(error))
            connection.close()

    def watch(self):
        """An inotify descriptor that tells of every opening of the two files, from whatever name space."""
        library = ctypes.CDLL(None, use_errno=True)
        descriptor = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for path in (self.text, self.picture):
            if descriptor < 0 or library.inotify_add_watch(descriptor, os.fsencode(path), IN_OPEN) < 0:
                raise OSError(ctypes.get_errno(), "inotify")
        return descriptor

    def opened(self):
        """How often the files were opened since the last time this was asked."""
        try:
            return len(os.read(self.watching, 1 << 16)) // 16
        except BlockingIOError:
            return 0

    def works(self):
        """Whether a call and an opening are noticed: a canary that is deaf proves nothing."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"hello")
        deadline = time.time() + 10
        while not self.callers and time.time() < deadline:
            time.sleep(0.02)
        heard = self.callers == [b"hello"]
        self.callers.clear()
        self.opened()
        self.text.read_bytes()
        return heard and self.opened() > 0

    def arm(self, content):
        """The same file with what it reaches for replaced by the canary, also inside a ZIP of moderate size."""
        if content[:4] == b"PK\x03\x04":
            return self.arm_archive(content)
        return content if content[257:262] == b"ustar" else self.aim(content)

    def aim(self, content):
        for old, new in ((b"http://127.0.0.1:8/", self.url.encode()), (b"https://127.0.0.1:8/", self.url.encode()),
                         (b"/etc/passwd", bytes(self.text)), (b"/etc/hostname", bytes(self.text))):
            content = content.replace(old, new)
        return content

    def arm_archive(self, content):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                members = archive.infolist()
                if len(members) > MOST_MEMBERS or any(one.file_size > LARGEST_MEMBER for one in members):
                    return content
                bodies = [(one, archive.read(one)) for one in members]
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
            return content
        armed = [(one, self.aim(body)) for one, body in bodies]
        if armed == bodies:
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for one, body in armed:
                archive.writestr(one, body)
        return out.getvalue()

    def is_in(self, content, suffix):
        """What of the canary an output holds, or None. `content` is bytes or a path."""
        content = content.read_bytes() if isinstance(content, pathlib.Path) else content
        if self.secret.encode() in content:
            return "the secret text"
        if content[:4] == b"PK\x03\x04":
            return self.is_in_archive(content)
        if suffix == "pdf":
            with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
                file.write(content)
                file.flush()
                if self.secret in subprocess.run(["pdftotext", file.name, "-"], capture_output=True, text=True, errors="replace").stdout:
                    return "the secret text"
                listed = subprocess.run(["pdfimages", "-list", file.name], capture_output=True, text=True).stdout
                if any(line.split()[3:5] == [str(side) for side in PICTURE] for line in listed.splitlines()[2:]):
                    return "the secret picture"
        return None

    def is_in_archive(self, content):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for one in archive.infolist()[:MOST_MEMBERS]:
                    if one.file_size <= LARGEST_MEMBER * 8 and self.secret.encode() in archive.read(one):
                        return f"the secret text, in {one.filename}"
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
            pass
        return None
