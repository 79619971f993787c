"""SFTP: the folder behind the server."""
import os
import pathlib

from .base import Store


class Sftp(Store):
    """Looked at as a folder of this machine."""

    name, title = "sftp", "SFTP"
    single, many, folders, keeps_parts = "file", "path", True, False

    def prepare(self):
        self.folder = pathlib.Path(self.here["folder"])
        self.daemon = self.here["normal"]
        self.secrets = [secret for secret in (self.daemon["password"], self.daemon["username"]) if secret and secret != "root"]
        if not self.daemon["password"]:
            self.access = lambda: SftpKey.access(self)

    def where(self):
        return {"host": "127.0.0.1", "port": self.fault.get("port") or self.daemon["port"], "username": self.daemon["username"]}

    def access(self):
        return {**self.where(), "password": self.daemon["password"]}

    def wrong(self):
        return {**self.where(), "password": "Wrong pass-9"}, ["Wrong pass-9"]

    def put(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.relative_to(self.folder).parents:
            os.chmod(self.folder / folder, 0o777)
        path.write_bytes(content)
        path.chmod(0o666)

    def get(self, name):
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def names(self, prefix):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()
                      and str(path.relative_to(self.folder)).startswith(prefix))

    def leftovers(self):
        return [name for name in self.names("") if name.endswith(".part")]


class SftpKey(Sftp):
    """By a key, of a server that has an RSA host key alone."""

    key = "rsa"

    def prepare(self):
        super().prepare()
        self.daemon, self.fault = self.here["rsa_host_key"], {}
        self.secrets = self.secrets[1:] + pathlib.Path(self.here["private_keys"][self.key]).read_text().splitlines()[1:-1]

    def access(self):
        return {**self.where(), "private_key": pathlib.Path(self.here["private_keys"][self.key]).read_text()}

    def wrong(self):
        key = pathlib.Path(self.here["unknown_private_key"]).read_text()
        return {**self.where(), "private_key": key}, key.splitlines()[1:-1]
