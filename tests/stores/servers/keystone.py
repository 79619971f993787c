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
# Tables, keystone-manage's bootstrap and our own rows in one process: as programs and calls over HTTP they take four times as long.
SET_UP = """
import json, sys, uuid
from keystone.cmd import cli
from keystone.common import provider_api
from keystone.common.sql import upgrades

conf, public_url, order = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
bootstrap = cli.BootStrap.do_bootstrap

def tables_first(self):
    upgrades.offline_sync_database_to_version(None)
    bootstrap(self)

cli.BootStrap.do_bootstrap = tables_first
sys.argv = ["keystone-manage", "--config-file", conf, "bootstrap", "--bootstrap-password", order["admin"], "--bootstrap-region-id", "RegionOne",
            "--bootstrap-public-url", public_url]
cli.main(argv=sys.argv)

api = provider_api.ProviderAPIs
def create(function, **fields):
    fields["id"] = uuid.uuid4().hex
    function(fields["id"], {"enabled": True, **fields})
    return fields["id"]

service = create(api.catalog_api.create_service, type="object-store", name="swift")
api.catalog_api.create_region({"id": "Closed", "description": ""})
for interface, region, url in order["endpoints"]:
    create(api.catalog_api.create_endpoint, service_id=service, interface=interface, region_id=region, url=url + "/v1/AUTH_%(tenant_id)s")
projects = {name: create(api.resource_api.create_project, name=name, domain_id="default", parent_id="default", is_domain=False, description="")
            for name in order["projects"]}
roles = {role["name"]: role["id"] for role in api.role_api.list_roles()}
for name, password, default, memberships in order["users"]:
    more = {"default_project_id": projects[default]} if default else {}
    user = api.identity_api.create_user({"name": name, "domain_id": "default", "password": password, "enabled": True, **more})["id"]
    for project, role in memberships:
        api.assignment_api.add_role_to_user_and_project(user, projects[project], roles[role])
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
cache = swift.cache
token_cache_time = {token_cache}
[filter:keystoneauth]
use = egg:swift#keystoneauth
operator_roles = admin, member
"""


class Keystone(Server):
    """Tokens are looked up anew for each request, so one that was revoked (DELETE /v3/auth/tokens) is refused at once; token_cache is the seconds
    they are believed instead, for Keystone takes a second or more on a busy machine. A token_life below 45 s is refused by the middleware on a slow
    one, for its own token ends as well.
    """

    def __init__(self, token_life=3600, token_cache=-1, max_file_size=5368709122, slo=True):
        super().__init__()
        self.token_life, self.token_cache = token_life, token_cache
        self.swift = Swift(max_file_size=max_file_size, slo=slo, waits=False)

    def launch(self):
        program("keystone-manage")
        public = program("keystone-wsgi-public")
        self.number, self.closed_port, proxy_port = self.port(), self.port(), self.port()
        self.url, self.swift_url = f"http://127.0.0.1:{self.number}", f"http://127.0.0.1:{proxy_port}"
        conf = self.folder / "keystone.conf"
        conf.write_text(CONF.format(folder=self.folder, token_life=self.token_life))
        for repository in ("fernet", "credential"):
            (self.folder / repository).mkdir(mode=0o700)
            for key in ("0", "1"):
                (self.folder / repository / key).write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
        self.swift.start()
        self.swift.spawn_swift("keystone-proxy", self.swift.proxy_conf(
            "keystone-proxy", proxy_port, "authtoken keystoneauth " + ("slo " if self.swift.slo else "") + "dlo",
            AUTH_TOKEN.format(url=self.url, password=SERVICE_PASSWORD, token_cache=self.token_cache)))
        # Keystone reads on one connection while it writes on another, which only this mode of SQLite allows.
        with contextlib.closing(sqlite3.connect(self.folder / "keystone.db")) as database:
            database.execute("PRAGMA journal_mode = WAL")
        closed = f"http://127.0.0.1:{self.closed_port}"
        self.run(PYTHON, "-I", "-c", SET_UP, conf, self.url + "/v3", json.dumps({
            "admin": ADMIN, "projects": ["service", PROJECT, SECOND_PROJECT],
            "endpoints": [("public", "RegionOne", self.swift_url), ("internal", "RegionOne", closed), ("public", "Closed", closed)],
            "users": [("swift", SERVICE_PASSWORD, None, [("service", "admin")]), ("user", PASSWORD, PROJECT, [(PROJECT, "member")]),
                      ("wanderer", PASSWORD, None, [(PROJECT, "member"), (SECOND_PROJECT, "member")]), ("lonely", PASSWORD, None, [])]}))
        self.spawn("keystone", PYTHON, "-I", public, "--host", "127.0.0.1", "--port", self.number,
                   environment={"OS_KEYSTONE_CONFIG_FILES": str(conf)})
        self.wait_for(answers_http(self.url + "/v3"), "Keystone")
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

    def token(self, username=None, password=PASSWORD, project=PROJECT):
        """For tests that look at what was stored: a token of a project, and its storage URL."""
        connection = http.client.HTTPConnection("127.0.0.1", self.number, timeout=30)
        with contextlib.closing(connection):
            connection.request("POST", "/v3/auth/tokens", json.dumps({"auth": {
                "identity": {"methods": ["password"], "password": {
                    "user": {"name": username or "user", "domain": {"id": "default"}, "password": password}}},
                "scope": {"project": {"name": project, "domain": {"id": "default"}}}}}), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"Keystone: {answer.status} {text[:500]!r}\n{self.log('keystone')[-2000:]}")
            return answer.headers["X-Subject-Token"], f"{self.swift_url}/v1/AUTH_{json.loads(text)['token']['project']['id']}"
