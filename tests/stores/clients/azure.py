"""Azure's Shared Key and shared access signatures, from their description."""
import base64
import hashlib
import hmac
import time
import urllib.parse

from .base import CONTAINER, Store, call, sigv4, texts


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
