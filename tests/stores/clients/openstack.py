"""Swift behind its three ways to log in."""
import json
import urllib.parse

from .base import CONTAINER, Store, call, sigv4


class OpenStack(Store):
    """By Keystone."""

    name, title, container_option = "openstack", "OpenStack", "container"
    part_rule = {"method": "PUT", "path": "_segments/", "skip": 1}

    def prepare(self):
        self.secrets = [self.here["password"]]
        assert self.swift("PUT", f"/{CONTAINER}", b"")[0] in (201, 202)

    def access(self):
        return {**self.containers, "auth_url": self.here["auth_url"], "region": self.here["region"], "username": self.here["username"],
                "password": self.here["password"]}

    def wrong(self):
        return {**self.access(), "password": "Wrong pass-9"}, ["Wrong pass-9"]

    def grant(self):
        order = {"auth": {"identity": {"methods": ["password"], "password": {
            "user": {"name": self.here["username"], "domain": {"id": "default"}, "password": self.here["password"]}}}}}
        _, text, headers = call("POST", self.here["auth_url"] + "/v3/auth/tokens", json.dumps(order).encode(), {"Content-Type": "application/json"})
        url = next(endpoint["url"] for service in json.loads(text)["token"]["catalog"] if service["type"] == "object-store" for endpoint in service["endpoints"]
                   if endpoint["interface"] == "public" and endpoint["region"] == self.here["region"])
        return url, headers["X-Subject-Token"]

    def swift(self, method, path, body=None):
        url, token = self.granted = getattr(self, "granted", None) or self.grant()
        return call(method, url + path, body, {"X-Auth-Token": token})

    def put(self, name, content):
        assert self.swift("PUT", f"/{CONTAINER}/" + sigv4.encode(name, "/-_.~"), content)[0] == 201

    def get(self, name):
        status, content, _ = self.swift("GET", f"/{CONTAINER}/" + sigv4.encode(name, "/-_.~"))
        return content if status == 200 else None

    def listing(self, container, prefix=""):
        status, text, _ = self.swift("GET", f"/{container}?format=json&prefix={sigv4.encode(prefix)}")
        return [entry["name"] for entry in json.loads(text)] if status == 200 else []

    def names(self, prefix):
        return self.listing(CONTAINER, prefix)

    def leftovers(self):
        """Segments that belong to no object."""
        return [name for name in self.listing(f"{CONTAINER}_segments") if not any(name.startswith(f"{one}/") for one in self.listing(CONTAINER))]

    def parts_of(self, name):
        return len(self.listing(f"{CONTAINER}_segments", name + "/"))


class TempAuth(OpenStack):
    """By Swift's own log-in; the address it gives leads through the proxy again."""

    def access(self):
        url = self.here["auth_url"]
        if self.fault:
            url = self.fault["url"] + urllib.parse.urlsplit(url).path
        return {**self.containers, "auth_url": url, "region": "any", "username": self.here["username"], "password": self.here["password"]}

    def grant(self):
        _, _, headers = call("GET", self.here["auth_url"], None, {"X-Auth-User": self.here["username"], "X-Auth-Key": self.here["password"]})
        return headers["X-Storage-Url"], headers["X-Auth-Token"]


class IdentityV2(OpenStack):
    """By the double of Identity v2.0."""

    joins_parts = False

    def prepare(self):
        self.containers = {"container": self.here["container"]}
        self.secrets = [self.here["password"], self.here["username"]]

    def grant(self):
        order = {"auth": {"passwordCredentials": {"username": self.here["username"], "password": self.here["password"]}, "tenantName": self.here["tenant_name"]}}
        access = json.loads(call("POST", self.here["auth_url"] + "/v2.0/tokens", json.dumps(order).encode())[1])["access"]
        url = next(endpoint["publicURL"] for service in access["serviceCatalog"] if service["type"] == "object-store" for endpoint in service["endpoints"]
                   if endpoint["region"] == self.here["region"])
        return url.replace(f"/{CONTAINER}", ""), access["token"]["id"]

    def swift(self, method, path, body=None):
        return super().swift(method, path.replace(f"/{CONTAINER}", "/" + self.here["container"], 1), body)
