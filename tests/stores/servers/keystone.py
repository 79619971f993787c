"""Keystone, and a Swift that trusts its tokens. Regions RegionOne (that Swift) and Closed (an address where nobody listens).

Users: `user` with a default project, `wanderer` without one who is a member of two projects, `lonely` who is in none.
"""
import base64
import contextlib
import http.client
import json
import os
import sqlite3

from base import Server, answers_http, program
from swift import PYTHON, Swift

ADMIN, PASSWORD, SERVICE_PASSWORD = "Admin pass-1", "User pass-1", "Service pass-1"
PROJECT, SECOND_PROJECT = "project-a", "project-b"
CONF = """[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///{folder}/keystone.db?timeout=30
[token]
provider = fernet
expiration = {token_life}
[fernet_tokens]
key_repository = {folder}/fernet
[fernet_receipts]
key_repository = {folder}/fernet
[credential]
key_repository = {folder}/credential
[identity]
password_hash_rounds = 4
[cache]
enabled = false
"""
SET_UP = """
import sys
from keystone.cmd import manage
sys.argv = ["keystone-manage", "--config-file", *sys.argv[1:]]
manage.main()
"""
AUTH_TOKEN = """
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
www_authenticate_uri = {url}
auth_url = {url}
auth_type = password
project_domain_id = default
user_domain_id = default
interface = public
region_name = RegionOne
project_name = service
username = swift
password = {password}
delay_auth_decision = True
token_cache_time = -1
[filter:keystoneauth]
use = egg:swift#keystoneauth
operator_roles = admin, member
"""


class Keystone(Server):
    """Tokens are looked up anew for each request, so one that was revoked (DELETE /v3/auth/tokens) is refused at once."""

    def __init__(self, token_life=3600, max_file_size=5368709122, slo=True):
        super().__init__()
        self.token_life = token_life
        self.swift = Swift(max_file_size=max_file_size, slo=slo, waits=False)

    def launch(self):
        program("keystone-manage")
        public = program("keystone-wsgi-public")
        self.number, self.closed_port, proxy_port = self.port(), self.port(), self.port()
        self.url = f"http://127.0.0.1:{self.number}"
        self.swift_url = f"http://127.0.0.1:{proxy_port}"
        conf = self.folder / "keystone.conf"
        conf.write_text(CONF.format(folder=self.folder, token_life=self.token_life))
        for repository, keys in (("fernet", ("0", "1")), ("credential", ("0", "1"))):
            (self.folder / repository).mkdir(mode=0o700)
            for key in keys:
                (self.folder / repository / key).write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
        self.swift.start()
        # Keystone reads on one connection while it writes on another, which only this mode of SQLite allows.
        with contextlib.closing(sqlite3.connect(self.folder / "keystone.db")) as database:
            database.execute("PRAGMA journal_mode = WAL")
        self.run(PYTHON, "-I", "-c", SET_UP, conf, "db_sync")
        self.run(PYTHON, "-I", "-c", SET_UP, conf, "bootstrap", "--bootstrap-password", ADMIN, "--bootstrap-username", "admin",
                 "--bootstrap-project-name", "admin", "--bootstrap-role-name", "admin", "--bootstrap-service-name", "keystone",
                 "--bootstrap-region-id", "RegionOne", "--bootstrap-public-url", self.url + "/v3")
        self.spawn("keystone", PYTHON, "-I", public, "--host", "127.0.0.1", "--port", self.number,
                   environment={"OS_KEYSTONE_CONFIG_FILES": str(conf)})
        self.wait_for(answers_http(self.url + "/v3"), "Keystone")
        self.swift.spawn_swift("keystone-proxy", self.swift.proxy_conf(
            "keystone-proxy", proxy_port, "authtoken keystoneauth " + ("slo " if self.swift.slo else "") + "dlo",
            AUTH_TOKEN.format(url=self.url, password=SERVICE_PASSWORD)))
        self._fill()
        self.swift.wait_until_ready()
        self.swift.wait_for(answers_http(self.swift_url + "/healthcheck"), "Swift behind Keystone")

    def stop(self):
        self.swift.stop()
        super().stop()

    def describe(self):
        return {"auth_url": self.url, "username": "user", "password": PASSWORD, "tenant_name": PROJECT, "region": "RegionOne",
                "closed_region": "Closed", "wanderer": {"username": "wanderer", "password": PASSWORD, "projects": [PROJECT, SECOND_PROJECT]},
                "lonely": {"username": "lonely", "password": PASSWORD}, "admin": {"username": "admin", "password": ADMIN, "project": "admin"},
                "storage_host": self.swift_url.removeprefix("http://"), "info_url": self.swift_url + "/info"}

    def call(self, method, path, body=None, token=None):
        """The answer's JSON and X-Subject-Token."""
        connection = http.client.HTTPConnection("127.0.0.1", self.number, timeout=30)
        try:
            connection.request(method, "/v3" + path, json.dumps(body) if body is not None else None,
                               {"Content-Type": "application/json", **({"X-Auth-Token": token} if token else {})})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}\n{self.log('keystone')[-2000:]}")
            return json.loads(text) if text else None, answer.headers.get("X-Subject-Token")
        finally:
            connection.close()

    def token(self, username, password, project=None):
        body = {"identity": {"methods": ["password"], "password": {
            "user": {"name": username, "domain": {"id": "default"}, "password": password}}}}
        if project:
            body["scope"] = {"project": {"name": project, "domain": {"id": "default"}}}
        return self.call("POST", "/auth/tokens", {"auth": body})[1]

    def _fill(self):
        token = self.token("admin", ADMIN, "admin")

        def create(kind, **fields):
            return self.call("POST", f"/{kind}s", {kind: fields}, token)[0][kind]["id"]

        roles = {role["name"]: role["id"] for role in self.call("GET", "/roles", None, token)[0]["roles"]}
        service = create("service", type="object-store", name="swift")
        create("region", id="Closed")
        create("endpoint", service_id=service, interface="public", region_id="RegionOne", url=self.swift_url + "/v1/AUTH_%(tenant_id)s")
        create("endpoint", service_id=service, interface="internal", region_id="RegionOne",
               url=f"http://127.0.0.1:{self.closed_port}/v1/AUTH_%(tenant_id)s")
        create("endpoint", service_id=service, interface="public", region_id="Closed",
               url=f"http://127.0.0.1:{self.closed_port}/v1/AUTH_%(tenant_id)s")
        projects = {name: create("project", name=name, domain_id="default") for name in ("service", PROJECT, SECOND_PROJECT)}
        users = {"swift": create("user", name="swift", domain_id="default", password=SERVICE_PASSWORD),
                 "user": create("user", name="user", domain_id="default", password=PASSWORD, default_project_id=projects[PROJECT]),
                 "wanderer": create("user", name="wanderer", domain_id="default", password=PASSWORD),
                 "lonely": create("user", name="lonely", domain_id="default", password=PASSWORD)}
        for user, project, role in (("swift", "service", "admin"), ("user", PROJECT, "member"), ("wanderer", PROJECT, "member"),
                                    ("wanderer", SECOND_PROJECT, "member")):
            self.call("PUT", f"/projects/{projects[project]}/users/{users[user]}/roles/{roles[role]}", None, token)
