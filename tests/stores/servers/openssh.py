"""OpenSSH: three daemons over the same folder: an ordinary one, one with only an RSA host key, and one that asks for the password by
keyboard-interactive alone.

As root in a mount namespace of its own: /etc/passwd, /etc/shadow and PAM's service are files of the test there, so the user exists for these
daemons only, and the session's root directory is a folder of the test. Without root, or where mounting is refused, only keys work, for the
user who runs the test, and paths are those of the machine.
"""
import os
import pathlib
import pwd
import subprocess

from base import Absent, Server, accepts, program

USER, PASSWORD, PASSPHRASE, UID = "sftp-test", "Sftp pass-1", "Key pass-1", 59871
KEYS = {  # name: arguments of ssh-keygen
    "ed25519": ["-t", "ed25519"],
    "ed25519_encrypted": ["-t", "ed25519", "-N", PASSPHRASE],
    "ecdsa": ["-t", "ecdsa", "-b", "256"],
    "ecdsa_pem": ["-t", "ecdsa", "-b", "384", "-m", "PEM"],
    "ecdsa_pkcs8": ["-t", "ecdsa", "-b", "521", "-m", "PKCS8"],
    "rsa": ["-t", "rsa", "-b", "2048"],
    "rsa_pem": ["-t", "rsa", "-b", "2048", "-m", "PEM"],
    "rsa_pkcs8": ["-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    "rsa_encrypted": ["-t", "rsa", "-b", "2048", "-N", PASSPHRASE],
    "rsa_pem_encrypted": ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", PASSPHRASE],
    "rsa_pkcs8_encrypted": ["-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", PASSPHRASE],
}
# The session's root is bound to /mnt, because a root directory must not lie below a folder that others may write, as /tmp is.
NAMESPACE = """set -e
mount --bind etc/passwd /etc/passwd
mount --bind etc/shadow /etc/shadow
mount --bind etc/group /etc/group
mount --bind etc/sshd.pam /etc/pam.d/sshd
mount --bind root /mnt
mount -t tmpfs -o mode=755,size=1m tmpfs /run
mkdir -m 755 /run/sshd
mount -t tmpfs -o mode=755,size=1m tmpfs /var/log
exec "$@"
"""
COMMON = """Port {port}
ListenAddress 127.0.0.1
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
Subsystem sftp internal-sftp
ForceCommand internal-sftp{directory}
AllowTcpForwarding no
X11Forwarding no
PrintMotd no
UseDNS no
MaxStartups 100
MaxSessions 100
LogLevel VERBOSE
"""


def _may_mount():
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                                                capture_output=True, check=False).returncode == 0


class OpenSsh(Server):
    def launch(self):
        sshd, self.keygen = program("sshd"), program("ssh-keygen")
        self.passwords = _may_mount() and pathlib.Path("/etc/pam.d/sshd").exists()
        self.root = self.folder / "root"
        self.login = self.root / "home" if self.passwords else self.root
        self.login.mkdir(parents=True)
        self._make_keys()
        if self.passwords:
            self._make_user()
        os.chmod(self.login, 0o777)
        closed = self.login / "closed"  # may be listed, not written
        closed.mkdir(mode=0o555)
        daemons = {"normal": (["ed25519", "ecdsa", "rsa"], "PasswordAuthentication yes\nKbdInteractiveAuthentication no\nUsePAM no\n"),
                   "rsa_host_key": (["rsa"], "PasswordAuthentication yes\nKbdInteractiveAuthentication no\nUsePAM no\n"),
                   "keyboard_interactive": (["ed25519", "rsa"], "PasswordAuthentication no\nPubkeyAuthentication no\n"
                                                                "KbdInteractiveAuthentication yes\nUsePAM yes\n")}
        if not self.passwords:
            del daemons["keyboard_interactive"]
        self.daemons = {name: self.port() for name in daemons}
        for name, (host_keys, more) in daemons.items():
            conf = self.folder / f"{name}.conf"
            directory = "" if self.passwords else f" -d {self.login}"
            conf.write_text(COMMON.format(port=self.daemons[name], folder=self.folder, directory=directory) + more
                            + "".join(f"HostKey {self.folder}/host_{key}\n" for key in host_keys)
                            + ("ChrootDirectory /mnt\n" if self.passwords else ""))
            command = [sshd, "-D", "-e", "-f", conf]
            if self.passwords:
                command = [program("unshare"), "--mount", "sh", "-c", NAMESPACE, "sh", *command]
            self.spawn(name, *command)
        for port in self.daemons.values():
            self.wait_for(accepts(port), "sshd")

    def describe(self):
        common = {"host": "127.0.0.1", "username": USER if self.passwords else pwd.getpwuid(os.geteuid()).pw_name,
                  "password": PASSWORD if self.passwords else None}
        return {**{name: {**common, "port": port} for name, port in self.daemons.items()},
                "login_directory": "/home" if self.passwords else str(self.login),  # as clients see it
                "folder": str(self.login),  # the same one on this machine
                "root": str(self.root) if self.passwords else "/",
                "closed": "closed",  # a directory there that cannot be written
                "private_keys": {name: str(self.folder / f"key_{name}") for name in KEYS}, "passphrase": PASSPHRASE,
                "unknown_private_key": str(self.folder / "key_unknown"),
                "host_key_fingerprints": self.fingerprints}

    def restart(self, name, host_keys):
        """A daemon again on the same port with other host keys: 'ed25519', 'ecdsa', 'rsa', or 'other', which it never had."""
        process = next(p for p in self.programs if p.name == name)
        self.programs.remove(process)
        process.terminate()
        process.wait(10)
        conf = self.folder / f"{name}.conf"
        kept = [line for line in conf.read_text().splitlines() if not line.startswith("HostKey ")]
        conf.write_text("\n".join(kept + [f"HostKey {self.folder}/host_{key}" for key in host_keys]) + "\n")
        self.spawn(name, *process.args)
        self.wait_for(accepts(self.daemons[name]), "sshd")

    def _make_keys(self):
        def make(name, arguments):
            arguments = arguments if "-N" in arguments else [*arguments, "-N", ""]
            return subprocess.Popen([self.keygen, "-q", "-C", name, *arguments, "-f", str(self.folder / name)], stdin=subprocess.DEVNULL)

        running = [make(f"key_{name}", arguments) for name, arguments in KEYS.items()]
        running += [make(f"host_{kind}", ["-t", kind]) for kind in ("ed25519", "ecdsa", "rsa")]
        running += [make("host_other", ["-t", "ed25519"]), make("key_unknown", ["-t", "ed25519"])]
        if any([process.wait(60) for process in running]):
            raise RuntimeError("ssh-keygen failed")
        (self.folder / "authorized_keys").write_text("".join((self.folder / f"key_{name}.pub").read_text() for name in KEYS))
        os.chmod(self.folder / "authorized_keys", 0o644)
        self.fingerprints = {kind: self.run(self.keygen, "-l", "-E", "sha256", "-f", self.folder / f"host_{kind}.pub").decode().split()[1]
                             for kind in ("ed25519", "ecdsa", "rsa", "other")}

    def _make_user(self):
        """The machine's accounts and one more, for the namespace."""
        etc = self.folder / "etc"
        etc.mkdir(mode=0o755)
        secret = self.run(program("openssl"), "passwd", "-6", "-stdin", feed=PASSWORD.encode()).decode().strip()
        (etc / "passwd").write_text(pathlib.Path("/etc/passwd").read_text() + f"{USER}:x:{UID}:{UID}::/home:/usr/sbin/nologin\n")
        (etc / "group").write_text(pathlib.Path("/etc/group").read_text() + f"{USER}:x:{UID}:\n")
        # Nobody else's password is needed there.
        shadow = etc / "shadow"
        shadow.touch(mode=0o600)
        shadow.write_text(f"{USER}:{secret}:19000:0:99999:7:::\n")
        (etc / "sshd.pam").write_text("auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n")
        os.chown(self.login, UID, UID)
