"""The stores as the suites see them: what a task says to reach one, and a client that is none of Recast's to look at what is there."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "servers"))
import sigv4  # noqa: E402

CONTAINER = "recast"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), type("NoRedirects", (urllib.request.HTTPRedirectHandler,), {
    "redirect_request": lambda *_: None}))


def call(method, url, body=None, headers=None):
    """Status, body, headers; errors are answers like others."""
    request = urllib.request.Request(url, body, {"Content-Type": "", **(headers or {})}, method=method)
    try:
        with OPENER.open(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def texts(xml_text, name):
    return [element.text or "" for element in xml.etree.ElementTree.fromstring(xml_text).iter() if element.tag.rsplit("}")[-1] == name]


class Store:
    """name is what stands behind import/ and export/; single and many are the options that name one object and several."""

    name = title = container_option = ""
    single, many, folders = "file", "file_prefix", False
    part_rule = None  # fits the upload of the second part of a large file
    whole_rule = {"method": "PUT"}  # fits the upload of a small one
    bound_to_container = False  # the credentials are good for no other one
    keeps_parts = True  # a large file arrives in parts that one can count

    def __init__(self, said, up_name):
        self.reason = said["absent"].get(up_name)
        self.here = said.get(up_name, {})
        self.fault = said["faults"].get(up_name, {})
        self.control = self.fault.get("control") or self.here.get("control")
        self.own_control = self.here.get("control")
        self.containers = {self.container_option: CONTAINER} if self.container_option else {}
        self.secrets = []
        if not self.reason:
            self.prepare()

    def prepare(self):
        """Makes the container."""

    def access(self):
        """What both operations want."""
        raise NotImplementedError

    def wrong(self):
        """The same with credentials that are not right, and those."""
        raise NotImplementedError

    def imports(self, **options):
        return {"operation": f"import/{self.name}", **self.access(), **options}

    def exports(self, **options):
        return {"operation": f"export/{self.name}", "input": "in", **self.access(), **options}

    # The other client

    def put(self, name, content):
        raise NotImplementedError

    def get(self, name):
        """The object's bytes, or None."""
        raise NotImplementedError

    def names(self, prefix):
        raise NotImplementedError

    def leftovers(self):
        """What unfinished uploads left in the store."""
        return []

    def parts_of(self, name):
        """How many parts a large object came in."""
        raise NotImplementedError

    # Faults

    def rule(self, do, **rule):
        self.order({**rule, "do": do})

    def order(self, order, control=None):
        status, text, _ = call("POST", control or self.control, json.dumps(order).encode())
        assert status == 200, text

    def requests(self):
        return json.loads(call("GET", self.control)[1])["requests"]

    def state(self, control=None):
        return json.loads(call("GET", control or self.control)[1])

    def clear(self):
        """Forgets rules and requests of the proxy; never the objects of a double."""
        if self.fault:
            call("DELETE", self.control)


class S3(Store):
    name, title, container_option = "s3", "S3", "bucket"
    single, many = "key", "key_prefix"
    part_rule = {"method": "PUT", "query": "partNumber=2"}

    def prepare(self):
        self.secrets = [self.here["access_key_id"], self.here["secret_access_key"]]
        assert self.s3("PUT", f"/{CONTAINER}")[0] in (200, 409)

    def access(self):
        return {**self.containers, "region": self.here["region"], "endpoint": self.fault.get("url") or self.here["endpoint"],
                "access_key_id": self.here["access_key_id"], "secret_access_key": self.here["secret_access_key"]}

    def wrong(self):
        return {**self.access(), "secret_access_key": "Wrong/Secret+0=1"}, ["Wrong/Secret+0=1"]

    def s3(self, method, path, body=b"", headers=None):
        url = self.here["endpoint"] + path
        signed = sigv4.sign(method, url, self.here["region"], self.here["access_key_id"], self.here["secret_access_key"], body, headers)
        return call(method, url, body if method == "PUT" else None, signed)

    def path(self, name):
        return f"/{self.containers['bucket']}/" + sigv4.encode(name, "/-_.~")

    def put(self, name, content):
        assert self.s3("PUT", self.path(name), content)[0] == 200

    def get(self, name):
        status, content, _ = self.s3("GET", self.path(name))
        return content if status == 200 else None

    def names(self, prefix):
        return texts(self.s3("GET", f"/{self.containers['bucket']}?list-type=2&prefix={sigv4.encode(prefix)}")[1], "Key")

    def leftovers(self):
        return texts(self.s3("GET", f"/{CONTAINER}?uploads=")[1], "UploadId")

    def parts_of(self, name):
        return int(self.s3("HEAD", self.path(name))[2]["ETag"].strip('"').rpartition("-")[2])


class S3Stub(S3):
    """The double that checks signatures itself; with a token of temporary credentials."""

    def prepare(self):
        self.containers = {"bucket": self.here["bucket"]}
        self.secrets = [self.here["access_key_id"], self.here["secret_access_key"]]

    def leftovers(self):
        return list(self.state(self.own_control)["uploads"])


class Azure(Store):
    name, title, container_option = "azure/blob", "Azure", "container"
    single, many = "blob", "blob_prefix"
    part_rule = {"method": "PUT", "query": "comp=block(&|$)", "skip": 1}

    def prepare(self):
        self.secrets = [self.here["key"]]
        status, text, _ = self.azure("PUT", f"/{CONTAINER}?restype=container")
        assert status in (201, 409), text

    def access(self):
        return {**self.containers, "storage_account": self.here["account"], "storage_access_key": self.here["key"]}

    def wrong(self):
        key = base64.b64encode(b"a key that is not the right one").decode()
        return {**self.access(), "storage_access_key": key}, [key]

    def azure(self, method, path, body=b"", **headers):
        """Shared Key, from its description."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.update({"x-ms-version": "2021-08-06", "x-ms-date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())})
        parts = urllib.parse.urlsplit(self.here["endpoint"] + path)
        resource = f"/{self.here['account']}{parts.path}" + "".join(
            f"\n{name.lower()}:{value}" for name, value in sorted(urllib.parse.parse_qsl(parts.query, keep_blank_values=True)))
        own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-ms-"))
        text = "\n".join([method, "", "", str(len(body) or ""), "", "", "", "", "", "", "", "", own + resource])
        signature = base64.b64encode(hmac.new(base64.b64decode(self.here["key"]), text.encode(), hashlib.sha256).digest()).decode()
        headers["Authorization"] = f"SharedKey {self.here['account']}:{signature}"
        return call(method, parts.geturl(), body if method == "PUT" else None, headers)

    def put(self, name, content):
        status, text, _ = self.azure("PUT", f"/{CONTAINER}/" + sigv4.encode(name, "/-_.~"), content, x_ms_blob_type="BlockBlob")
        assert status == 201, text

    def get(self, name):
        status, content, _ = self.azure("GET", f"/{CONTAINER}/" + sigv4.encode(name, "/-_.~"))
        return content if status == 200 else None

    def names(self, prefix):
        return texts(self.azure("GET", f"/{CONTAINER}?restype=container&comp=list&prefix={sigv4.encode(prefix)}")[1], "Name")

    def parts_of(self, name):
        listing = self.azure("GET", f"/{CONTAINER}/{sigv4.encode(name, '/-_.~')}?comp=blocklist&blocklisttype=committed")[1]
        return len(texts(listing, "Size"))


class AzureSas(Azure):
    """The same by a signature of the account's owner instead of its key."""

    bound_to_container = True

    def prepare(self):
        super().prepare()
        self.secrets.append(urllib.parse.parse_qs(self.sas())["sig"][0])

    def sas(self, key=None):
        values = {"sp": "rcwl", "st": "", "se": "2099-01-01T00:00:00Z", "resource": f"/blob/{self.here['account']}/{CONTAINER}", "si": "", "sip": "", "spr": "",
                  "sv": "2021-08-06", "sr": "c", "snapshot": "", "ses": "", "rscc": "", "rscd": "", "rsce": "", "rscl": "", "rsct": ""}
        signature = hmac.new(base64.b64decode(key or self.here["key"]), "\n".join(values.values()).encode(), hashlib.sha256).digest()
        shown = {name: value for name, value in values.items() if value and name != "resource"}
        return urllib.parse.urlencode({**shown, "sig": base64.b64encode(signature).decode()})

    def access(self):
        return {**self.containers, "storage_account": self.here["account"], "sas_token": "?" + self.sas()}

    def wrong(self):
        forged = self.sas(base64.b64encode(b"another key").decode())
        return {**self.access(), "sas_token": forged}, [urllib.parse.parse_qs(forged)["sig"][0]]


class Gcs(Store):
    name, title, container_option = "google-cloud-storage", "Google Cloud Storage", "bucket"
    part_rule = {"method": "PUT", "query": "upload_id", "skip": 1}
    whole_rule = {"method": "POST", "path": "^/upload"}
    token = None

    def prepare(self):
        self.containers = {"bucket": self.here["bucket"]}
        self.secrets = [self.here["client_email"], *self.here["private_key"].splitlines()[1:-1], "ya29."]

    def access(self):
        return {**self.containers, "project_id": self.here["project_id"], "client_email": self.here["client_email"], "private_key": self.here["private_key"]}

    def wrong(self):
        key = self.here["other_private_key"]
        return {**self.access(), "private_key": key.replace("\n", "\\n")}, key.splitlines()[1:-1]

    def grant(self):
        def encode(content):
            return base64.urlsafe_b64encode(content).rstrip(b"=")

        now = int(time.time())
        claims = {"iss": self.here["client_email"], "scope": "https://www.googleapis.com/auth/devstorage.read_write", "aud": self.here["token_url"],
                  "iat": now, "exp": now + 3600}
        text = encode(b'{"alg":"RS256","typ":"JWT"}') + b"." + encode(json.dumps(claims).encode())
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.here["private_key"])
            file.flush()
            signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", file.name], input=text, capture_output=True, check=True).stdout
        form = urllib.parse.urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": (text + b"." + encode(signature)).decode()})
        return json.loads(call("POST", self.here["token_url"], form.encode())[1])["access_token"]

    def gcs(self, method, path, body=None):
        for _ in range(2):
            self.token = self.token or self.grant()
            answer = call(method, self.here["url"] + path, body, {"Authorization": "Bearer " + self.token})
            if answer[0] != 401:
                break
            self.token = None
        return answer

    def put(self, name, content):
        assert self.gcs("POST", f"/upload/storage/v1/b/{self.here['bucket']}/o?uploadType=media&name={sigv4.encode(name)}", content)[0] == 200

    def get(self, name):
        status, content, _ = self.gcs("GET", f"/storage/v1/b/{self.here['bucket']}/o/{sigv4.encode(name)}?alt=media")
        return content if status == 200 else None

    def names(self, prefix):
        listing = json.loads(self.gcs("GET", f"/storage/v1/b/{self.here['bucket']}/o?prefix={sigv4.encode(prefix)}")[1])
        return [item["name"] for item in listing.get("items", [])]

    def leftovers(self):
        return [name for name, upload in self.state(self.own_control)["uploads"].items() if upload["received"] != upload["total"]]

    def parts_of(self, name):
        return sum(request["method"] == "PUT" and urllib.parse.parse_qs(request["query"]).get("name") == [name] and request.get("body_length", 0) > 0
                   for request in self.state(self.own_control)["requests"])


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

    keeps_parts = False

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


STORES = {  # class: its name in up.py
    S3: "swift", S3Stub: "s3_stub", Azure: "azure", AzureSas: "azure", Gcs: "gcs", OpenStack: "keystone", TempAuth: "swift", IdentityV2: "keystone_v2",
    Sftp: "sftp", SftpKey: "sftp"}
FIRST = (S3, Azure, Gcs, TempAuth, Sftp)  # one of each protocol, behind a proxy that can misbehave
