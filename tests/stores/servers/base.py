"""What every server of this folder shares: a folder of its own, ports nobody else gets, programs that end with their children.

A server is an object with start(), stop() and describe(): what a client has to know, as JSON. A `with` block does both. What is not
installed is said by Absent. Programs get a signal when the thread that started them ends, so that thread has to outlive them.
"""
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
READY_WITHIN = 30  # seconds
_LIBC = ctypes.CDLL(None, use_errno=True)


class Absent(Exception):
    """The machine lacks what the server needs; the text says what, and where it comes from."""


def program(name, package_list="packages/stores.txt"):
    """The path of a program, also below sbin."""
    found = shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin")
    if not found:
        raise Absent(f"{name} is not installed ({package_list})")
    return found


class Port:
    """A free port of 127.0.0.1 that stays ours: the bound socket never listens, so the server can, and nobody else is given it."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.number = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


def descendants(pid):
    """Pids below one, as the kernel tells them."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(child)
            queue.append(child)
    return found


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass


def _alive(pid):
    """Whether a process still runs; one that only waits for its parent to notice the end does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def answers_http(url, statuses=(200,)):
    """A probe: whether a GET is answered with one of the statuses."""
    def probe():
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as answer:
                return answer.status in statuses
        except urllib.error.HTTPError as error:
            return error.code in statuses
        except OSError:
            return False
    return probe


def accepts(port):
    """A probe: whether somebody listens."""
    def probe():
        with socket.socket() as client:
            client.settimeout(1)
            return client.connect_ex(("127.0.0.1", port)) == 0
    return probe


class Server:
    """Base of the servers that are programs."""

    def __init__(self):
        self.folder = None
        self.programs, self.ports = [], []

    # For the servers

    def launch(self):
        """Starts everything; raises Absent before anything is changed."""
        raise NotImplementedError

    def describe(self):
        raise NotImplementedError

    def port(self):
        self.ports.append(Port())
        return self.ports[-1].number

    def run(self, *arguments, environment=None, feed=None):
        """A program to its end, in the folder."""
        done = subprocess.run([str(a) for a in arguments], cwd=self.folder, env=self._environment(environment), input=feed,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments[0]} ended with {done.returncode}:\n{done.stdout.decode(errors='replace')[-2000:]}")
        return done.stdout

    def spawn(self, name, *arguments, environment=None):
        """A program that stays; what it writes goes to NAME.log in the folder."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen([str(a) for a in arguments], cwd=self.folder, env=self._environment(environment), stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, start_new_session=True,
                                       preexec_fn=lambda: _LIBC.prctl(1, signal.SIGTERM, 0, 0, 0))  # PR_SET_PDEATHSIG
        process.name = name
        self.programs.append(process)
        return process

    def wait_for(self, probe, what, within=READY_WITHIN):
        """Until the probe is true; a program that ended meanwhile is an error, with the last it wrote."""
        deadline = time.monotonic() + within
        while not probe():
            for process in self.programs:
                if process.poll() is not None:
                    raise RuntimeError(f"{process.name} ended with {process.returncode}:\n{self.log(process.name)[-3000:]}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what} did not answer in {within} s:\n" + "".join(self.log(p.name)[-1000:] for p in self.programs))
            time.sleep(0.05)

    # For the users

    def start(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-store-"))
        self.folder.chmod(0o755)
        try:
            self.launch()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Ends the programs, the newest first, with their children; then removes the folder."""
        doomed = []
        for process in reversed(self.programs):
            family = descendants(process.pid) if process.poll() is None else []
            doomed += family
            for pid in [process.pid, *family] if process.poll() is None else []:
                _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + 5
        for process in reversed(self.programs):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        while any(_alive(pid) for pid in doomed):
            if time.monotonic() > deadline:
                for pid in doomed:
                    _signal(pid, signal.SIGKILL)
            time.sleep(0.02)
        for port in self.ports:
            port.close()
        self.programs, self.ports = [], []
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def log(self, name):
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _environment(self, more):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        return {"HOME": str(self.folder), "TMPDIR": str(self.folder), **kept, **(more or {})}
