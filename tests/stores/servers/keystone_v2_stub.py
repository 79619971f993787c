"""Identity API v2.0, which Keystone no longer has: POST /v2.0/tokens, GET /v2.0/tenants, 404 for v3 and a version list without it. With a small
object store behind it (/v1/AUTH_TENANT/container/object) so that whole transfers can be tried.

Settings: storage_url (what the catalogue says instead of the stub's own; TENANT is replaced), catalogue (false: none), v3 (true: the same password
grant at /v3/auth/tokens, for a catalogue that a real Keystone would not give), default_tenant (a password alone is enough for a scoped token),
token_life (requests that a token is good for; null: no limit).
"""
import hashlib
import json
import os
import urllib.parse

from stub import Stub

USER, PASSWORD, TENANTS, REGION = "v2-user", "V2 pass-1", ["tenant-a", "tenant-b"], "RegionTwo"
METADATA_URL = "http://169.254.169.254/v1/AUTH_TENANT"


class KeystoneV2Stub(Stub):
    def __init__(self, **settings):
        super().__init__()
        self.settings = {"storage_url": None, "catalogue": True, "v3": False, "default_tenant": False, "token_life": None, **settings}
        self.tokens, self.objects, self.containers = {}, {}, {"container"}

    def describe(self):
        return {"auth_url": self.url, "control": self.url + "/_control", "username": USER, "password": PASSWORD, "tenant_name": TENANTS[0],
                "region": REGION, "container": "container", "metadata_storage_url": METADATA_URL}

    def state(self):
        return {"objects": {name: {"size": len(content), "md5": hashlib.md5(content).hexdigest(), "content_type": kind}
                            for name, (content, kind) in sorted(self.objects.items())}}

    def forget(self):
        with self.lock:
            self.tokens.clear()
            self.objects.clear()

    def handle(self, request):
        path = request.raw_path
        if path == "/v2.0/tokens" and request.command == "POST":
            return self._grant(request)
        if path == "/v2.0/tenants":
            return request.answer(200, {"tenants": [{"id": name, "name": name, "enabled": True} for name in TENANTS], "tenants_links": []}) \
                if self._token(request) else self._refuse(request)
        if path == "/v3/auth/tokens" and self.settings["v3"] and request.command == "POST":
            return self._grant_v3(request)
        if path in ("", "/"):
            return request.answer(300, {"versions": {"values": [{"id": "v2.0", "status": "deprecated", "links": [
                {"rel": "self", "href": "http://evil.example/v2.0/"}]}]}})
        if path == "/info":
            return request.answer(200, {"swift": {"max_file_size": 5368709122}})
        if path.startswith("/v1/AUTH_"):
            return self._store(request)
        return request.answer(404, {"error": {"message": "The resource could not be found.", "code": 404, "title": "Not Found"}})

    @staticmethod
    def _refuse(request):
        return request.answer(401, {"error": {"message": "The request you have made requires authentication.", "code": 401, "title": "Unauthorized"}})

    def _new_token(self, tenant):
        token = os.urandom(16).hex()
        with self.lock:
            self.tokens[token] = {"tenant": tenant, "left": self.settings["token_life"]}
        return token

    def _token(self, request):
        with self.lock:
            known = self.tokens.get(request.headers.get("X-Auth-Token", ""))
            if known and known["left"] is not None:
                known["left"] -= 1
                if known["left"] < 0:
                    return None
            return known

    def _storage_url(self, request, tenant):
        return (self.settings["storage_url"] or f"http://{request.host}/v1/AUTH_TENANT").replace("TENANT", tenant)

    def _grant(self, request):
        auth = json.loads(request.read_body()).get("auth", {})
        tenant = auth.get("tenantName") or (TENANTS[0] if self.settings["default_tenant"] else None)
        if "token" in auth:
            if auth["token"].get("id") not in self.tokens:
                return self._refuse(request)
        elif auth.get("passwordCredentials") != {"username": USER, "password": PASSWORD}:
            return self._refuse(request)
        if tenant is not None and tenant not in TENANTS:
            return self._refuse(request)
        access = {"token": {"id": self._new_token(tenant), "expires": "2099-01-01T00:00:00Z"}, "user": {"name": USER, "id": "u"}, "serviceCatalog": []}
        if tenant:
            access["token"]["tenant"] = {"id": tenant, "name": tenant}
            if self.settings["catalogue"]:
                access["serviceCatalog"] = [{"type": "compute", "name": "nova", "endpoints": [{"region": REGION, "publicURL": "http://evil.example/"}]},
                                            {"type": "object-store", "name": "swift", "endpoints": [
                                                {"region": "RegionOther", "publicURL": "http://evil.example/"},
                                                {"region": REGION, "publicURL": self._storage_url(request, tenant), "internalURL": "http://evil.example/"}]}]
        return request.answer(200, {"access": access})

    def _grant_v3(self, request):
        auth = json.loads(request.read_body()).get("auth", {})
        user = auth.get("identity", {}).get("password", {}).get("user", {})
        if (user.get("name"), user.get("password")) != (USER, PASSWORD):
            return self._refuse(request)
        catalog = [{"type": "object-store", "name": "swift", "id": "s", "endpoints": [
            {"id": "e", "interface": "public", "region": REGION, "region_id": REGION, "url": self._storage_url(request, TENANTS[0])}]}]
        return request.answer(201, {"token": {"methods": ["password"], "expires_at": "2099-01-01T00:00:00.000000Z", "project": {"id": TENANTS[0], "name": TENANTS[0]},
                                              "catalog": catalog if self.settings["catalogue"] else []}}, {"X-Subject-Token": self._new_token(TENANTS[0])})

    def _store(self, request):
        if not self._token(request):
            return request.answer(401, "Unauthorized", {"Content-Type": "text/html"})
        _, _, account, container, *rest = [urllib.parse.unquote(part) for part in request.raw_path.split("/", 4)] + [""]
        name, place = rest[0] if rest else "", f"{account}/{container}"
        if container not in self.containers:
            if request.command == "PUT" and not name:
                self.containers.add(container)
                return request.answer(201)
            return request.answer(404, "Not Found", {"Content-Type": "text/html"})
        if not name:
            after, most = request.query.get("marker", ""), int(request.query.get("limit", 10000))
            with self.lock:
                found = sorted((key[len(place) + 1:], value) for key, value in self.objects.items() if key.startswith(place + "/"))
            found = [(key, value) for key, value in found if key.startswith(request.query.get("prefix", "")) and key > after][:most]
            return request.answer(200, [{"name": key, "bytes": len(content), "hash": hashlib.md5(content).hexdigest(), "content_type": kind,
                                         "last_modified": "2026-01-01T00:00:00.000000"} for key, (content, kind) in found])
        key = f"{place}/{name}"
        if request.command == "PUT":
            content = request.read_body()
            if request.headers.get("ETag", hashlib.md5(content).hexdigest()).strip('"') != hashlib.md5(content).hexdigest():
                return request.answer(422, "Unprocessable Entity")
            with self.lock:
                self.objects[key] = (content, request.headers.get("Content-Type", "application/octet-stream"))
            return request.answer(201, "", {"ETag": hashlib.md5(content).hexdigest()})
        with self.lock:
            found = self.objects.get(key)
            if request.command == "DELETE":
                self.objects.pop(key, None)
        if not found:
            return request.answer(404, "Not Found", {"Content-Type": "text/html"})
        if request.command == "DELETE":
            return request.answer(204)
        return request.answer(200, found[0], {"Content-Type": found[1], "ETag": hashlib.md5(found[0]).hexdigest()})
