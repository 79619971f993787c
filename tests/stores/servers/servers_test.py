#!/usr/bin/env python3
"""The stores themselves, each tried by a client that is none of Recast's: curl, sftp, rclone, or the protocol spelt out here.

With arguments: only tests whose name contains one of them.
"""
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import azurite  # noqa: E402
import base  # noqa: E402
import faults  # noqa: E402
import firebase  # noqa: E402
import gcs_double  # noqa: E402
import keystone  # noqa: E402
import keystone_v2_stub  # noqa: E402
import openssh  # noqa: E402
import s3_stub  # noqa: E402
import sigv4  # noqa: E402
import swift  # noqa: E402

ODD_KEY = "dir/a b+ü(1).txt"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), type("NoRedirects", (urllib.request.HTTPRedirectHandler,), {
    "redirect_request": lambda *_: None}))


def call(method, url, body=None, headers=None):
    """Status, body, headers. 308 and errors are answers like others."""
    request = urllib.request.Request(url, body, {"Content-Type": "", **(headers or {})}, method=method)
    try:
        with OPENER.open(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def s3(store, method, path, body=b"", secret=None, region=None, headers=None, token=None):
    url = store["endpoint"] + path
    signed = sigv4.sign(method, url, region or store["region"], store["access_key_id"], secret or store["secret_access_key"], body, headers, token)
    return call(method, url, body if method in ("PUT", "POST") else None, signed)


def keys_of(listing):
    return [element.text for element in xml.etree.ElementTree.fromstring(listing).iter() if element.tag.endswith("}Key")]


def clean_environment():
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent"}  # AWS_CA_BUNDLE makes rclone 1.60 fail


class StoreTest(unittest.TestCase):
    """One server for the class; skipped, with the reason, where it is not installed."""

    maker = None

    @classmethod
    def setUpClass(cls):
        begun = time.monotonic()
        cls.server = cls.maker()
        try:
            cls.server.start()
        except base.Absent as reason:
            raise unittest.SkipTest(str(reason)) from None
        print(f"{cls.__name__}: ready in {time.monotonic() - begun:.1f} s", file=sys.stderr, flush=True)
        cls.folder = cls.server.folder
        cls.pids = [process.pid for process in getattr(cls.server, "programs", [])]
        cls.store = cls.server.describe()
        json.dumps(cls.store)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        assert not cls.folder.exists(), cls.folder
        assert not [pid for pid in cls.pids if pathlib.Path(f"/proc/{pid}").exists()]

    def rclone(self, settings, *arguments):
        if not shutil.which("rclone"):
            self.skipTest("rclone is not installed (packages/stores.txt)")
        conf = self.folder / "rclone.conf"
        conf.write_text("[store]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
        done = subprocess.run(["rclone", "--config", conf, "--retries", "1", *arguments], capture_output=True, text=True, check=False, timeout=60,
                              env=clean_environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class S3OfSwift(StoreTest):
    maker = staticmethod(lambda: swift.Swift(region="eu-central-1"))

    def test_objects(self):
        self.assertEqual(s3(self.store, "PUT", "/bucket")[0], 200)
        path = "/bucket/" + sigv4.encode(ODD_KEY, "/-_.~")
        status, body, _ = s3(self.store, "PUT", path, b"hello", headers={"x-amz-meta-origin": "test", "Content-Type": "text/plain"})
        self.assertEqual(status, 200, body)
        status, body, headers = s3(self.store, "GET", path)
        self.assertEqual((status, body, headers["x-amz-meta-origin"]), (200, b"hello", "test"))
        self.assertEqual(s3(self.store, "GET", path, headers={"Range": "bytes=1-2"})[1], b"el")
        self.assertEqual(keys_of(s3(self.store, "GET", "/bucket?prefix=dir%2F&list-type=2")[1]), [ODD_KEY])
        self.assertEqual(s3(self.store, "GET", "/bucket/none")[0], 404)

    def test_signatures_are_checked(self):
        status, body, _ = s3(self.store, "GET", "/bucket/x", secret="wrong")
        self.assertEqual((status, b"SignatureDoesNotMatch" in body), (403, True))
        status, body, _ = s3(self.store, "GET", "/bucket/x", region="us-east-1")
        self.assertEqual((status, b"<Region>eu-central-1</Region>" in body), (400, True), body)

    def test_rclone(self):
        settings = {"type": "s3", "provider": "Other", "endpoint": self.store["endpoint"], "access_key_id": self.store["access_key_id"],
                    "secret_access_key": self.store["secret_access_key"], "region": self.store["region"]}
        source = self.folder / "big"
        source.write_bytes(os.urandom(11 << 20))
        self.rclone(settings, "mkdir", "store:rclone")
        self.rclone(settings, "copyto", str(source), "store:rclone/in parts", "--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M")
        status, body, headers = s3(self.store, "GET", "/rclone/in%20parts")
        self.assertEqual((status, body == source.read_bytes(), headers["ETag"][-3:]), (200, True, '-3"'))


class SwiftItself(StoreTest):
    maker = staticmethod(lambda: swift.Swift(max_file_size=1 << 20))

    def curl(self, *arguments):
        return subprocess.run(["curl", "-sS", "--noproxy", "*", "-w", "\n%{http_code}", *arguments], capture_output=True, text=True, check=True,
                              timeout=60).stdout.rsplit("\n", 1)

    def test_objects(self):
        _, _, headers = call("GET", self.store["auth_url"], None, {"X-Auth-User": self.store["username"], "X-Auth-Key": self.store["password"]})
        url, token = headers["X-Storage-Url"], "X-Auth-Token: " + headers["X-Auth-Token"]
        self.assertEqual(self.curl("-X", "PUT", "-H", token, url + "/c")[1], "201")
        self.assertEqual(self.curl("-X", "PUT", "-H", token, "--data-binary", "hello", url + "/c/dir/a%20b.txt")[1], "201")
        self.assertEqual(self.curl("-H", token, url + "/c/dir/a%20b.txt"), ["hello", "200"])
        listing, status = self.curl("-H", token, url + "/c?format=json&prefix=dir/")
        self.assertEqual((status, [entry["name"] for entry in json.loads(listing)]), ("200", ["dir/a b.txt"]))
        self.assertEqual(self.curl("-H", "X-Auth-Token: wrong", url + "/c")[1], "401")
        self.assertEqual(self.curl("-X", "PUT", "-H", token, "-H", "ETag: " + "0" * 32, "--data-binary", "x", url + "/c/x")[1], "422")
        big = self.folder / "big"
        big.write_bytes(b"x" * (2 << 20))  # refused before it is sent, so the client has to ask first
        self.assertEqual(self.curl("-T", str(big), "-H", token, "-H", "Expect: 100-continue", url + "/c/big")[1], "413")
        self.assertEqual(json.loads(self.curl(self.store["info_url"])[0])["swift"]["max_file_size"], 1 << 20)

    def test_two_at_once(self):
        with swift.Swift() as other:
            self.assertNotEqual(other.describe()["endpoint"], self.store["endpoint"])
            self.assertEqual(call("GET", self.store["endpoint"] + "/healthcheck")[0], 200)
        self.assertEqual(call("GET", self.store["endpoint"] + "/healthcheck")[0], 200)


class KeystoneAndSwift(StoreTest):
    maker = keystone.Keystone

    def grant(self, identity, scope=None):
        body = {"auth": {"identity": identity, **({"scope": {"project": {"name": scope, "domain": {"id": "default"}}}} if scope else {})}}
        status, text, headers = call("POST", self.store["auth_url"] + "/v3/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"})
        return status, json.loads(text).get("token"), headers["X-Subject-Token"]

    def password(self, name, password=keystone.PASSWORD):
        return {"methods": ["password"], "password": {"user": {"name": name, "domain": {"id": "default"}, "password": password}}}

    def storage_url(self, token, region="RegionOne"):
        return next(endpoint["url"] for service in token["catalog"] if service["type"] == "object-store" for endpoint in service["endpoints"]
                    if endpoint["interface"] == "public" and endpoint["region"] == region)

    def test_objects(self):
        status, token, token_id = self.grant(self.password("user"))
        self.assertEqual((status, token["project"]["name"]), (201, keystone.PROJECT))
        url, headers = self.storage_url(token), {"X-Auth-Token": token_id}
        self.assertEqual(call("PUT", url + "/c", b"", headers)[0], 201)
        self.assertEqual(call("PUT", url + "/c/dir%2Fa%20b", b"hello", headers)[0], 201)
        self.assertEqual(call("GET", url + "/c/dir/a%20b", None, headers)[1], b"hello")
        self.assertEqual([entry["name"] for entry in json.loads(call("GET", url + "/c?format=json", None, headers)[1])], ["dir/a b"])
        self.assertEqual(call("DELETE", self.store["auth_url"] + "/v3/auth/tokens", None, {**headers, "X-Subject-Token": token_id})[0], 204)
        self.assertEqual(call("GET", url + "/c/dir/a%20b", None, headers)[0], 401, "a revoked token")

    def test_a_user_without_default_project(self):
        status, token, token_id = self.grant(self.password("wanderer"))
        self.assertEqual((status, token.get("catalog")), (201, None))
        projects = json.loads(call("GET", self.store["auth_url"] + "/v3/auth/projects", None, {"X-Auth-Token": token_id})[1])["projects"]
        self.assertEqual(sorted(project["name"] for project in projects), [keystone.PROJECT, keystone.SECOND_PROJECT])
        status, token, _ = self.grant({"methods": ["token"], "token": {"id": token_id}}, keystone.SECOND_PROJECT)
        self.assertEqual(status, 201)
        closed = urllib.parse.urlsplit(self.storage_url(token, "Closed"))
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((closed.hostname, closed.port), 5)

    def test_refusals(self):
        self.assertEqual(self.grant(self.password("user", "wrong"))[0], 401)
        self.assertEqual(self.grant(self.password("user"), "no-such-project")[0], 401)
        self.assertEqual(call("POST", self.store["auth_url"] + "/v2.0/tokens", b"{}")[0], 404)


class Azure(StoreTest):
    maker = azurite.Azurite

    def azure(self, method, path, body=b"", key=None, **headers):
        """Shared Key, from its description."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.update({"x-ms-version": "2021-08-06", "x-ms-date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())})
        parts = urllib.parse.urlsplit(self.store["endpoint"] + path)
        resource = f"/{self.store['account']}{parts.path}" + "".join(
            f"\n{name.lower()}:{value}" for name, value in sorted(urllib.parse.parse_qsl(parts.query, keep_blank_values=True)))
        own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-ms-"))
        text = "\n".join([method, "", "", str(len(body) or ""), "", headers.get("Content-Type", ""), "", "", "", "", "", headers.get("Range", ""), own + resource])
        signature = base64.b64encode(hmac.new(base64.b64decode(key or self.store["key"]), text.encode(), hashlib.sha256).digest()).decode()
        headers["Authorization"] = f"SharedKey {self.store['account']}:{signature}"
        return call(method, parts.geturl(), body if method == "PUT" else None, headers)

    def test_objects(self):
        status, body, _ = self.azure("PUT", "/box?restype=container")
        self.assertEqual(status, 201, body)
        path = "/box/" + sigv4.encode(ODD_KEY, "/-_.~")
        status, body, _ = self.azure("PUT", path, b"hello", x_ms_blob_type="BlockBlob", Content_Type="text/plain")
        self.assertEqual(status, 201, body)
        self.assertEqual(self.azure("GET", path)[:2], (200, b"hello"))
        self.assertEqual(self.azure("GET", path, Range="bytes=1-2")[:2], (206, b"el"))
        listing = self.azure("GET", "/box?restype=container&comp=list&prefix=dir/")[1].decode()
        self.assertIn(f"<Name>{ODD_KEY}</Name>", listing)
        self.assertEqual(self.azure("GET", path, key=base64.b64encode(b"wrong").decode())[0], 403)
        self.assertEqual(self.azure("GET", "/box/none")[0], 404)


class FirebaseStorage(StoreTest):
    maker = firebase.Firebase

    def test_objects(self):
        url = self.store["url"]
        status, body, _ = call("POST", url + "/upload/storage/v1/b/test/o?uploadType=media&name=dir%2Fa%20b.txt", b"hello", {"Content-Type": "text/plain"})
        self.assertEqual((status, json.loads(body)["name"]), (200, "dir/a b.txt"))
        self.assertEqual(call("GET", url + "/storage/v1/b/test/o/dir%2Fa%20b.txt?alt=media")[1], b"hello")
        self.assertEqual([item["name"] for item in json.loads(call("GET", url + "/storage/v1/b/test/o?prefix=dir%2F")[1])["items"]], ["dir/a b.txt"])


class CloudStorageDouble(StoreTest):
    maker = staticmethod(lambda: gcs_double.GcsDouble(page_size=2))

    def setUp(self):
        self.server.clear()
        self.bucket = self.store["url"] + "/storage/v1/b/bucket/o"
        self.upload = self.store["url"] + "/upload/storage/v1/b/bucket/o"

    def token(self, key="private_key", scope=gcs_double.WRITE, **more):
        def encode(content):
            return base64.urlsafe_b64encode(content).rstrip(b"=")

        now = int(time.time())
        claims = {"iss": self.store["client_email"], "scope": scope, "aud": self.store["token_url"], "iat": now, "exp": now + 3600, **more}
        text = encode(b'{"alg":"RS256","typ":"JWT"}') + b"." + encode(json.dumps(claims).encode())
        file = self.folder / "signing.pem"
        file.write_text(self.store[key])
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", file], input=text, capture_output=True, check=True).stdout
        form = urllib.parse.urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": (text + b"." + encode(signature)).decode()})
        status, body, _ = call("POST", self.store["token_url"], form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        return status, json.loads(body)

    def authorization(self, **more):
        return {"Authorization": "Bearer " + self.token(**more)[1]["access_token"]}

    def test_tokens(self):
        self.assertEqual(self.token("private_key_pkcs1")[0], 200)
        self.assertEqual(self.token("other_private_key"), (400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}))
        self.assertEqual(self.token(aud="https://oauth2.googleapis.com/token")[0], 400)
        self.assertEqual(self.token(exp=int(time.time()) + 7200)[0], 400)
        self.assertEqual(call("GET", self.bucket)[0], 401)
        reader = self.authorization(scope=gcs_double.READ)
        self.assertEqual(call("GET", self.bucket, None, reader)[0], 200)
        self.assertEqual(call("POST", self.upload + "?uploadType=media&name=x", b"x", reader)[0], 403)
        self.server.expire_tokens()
        self.assertEqual(call("GET", self.bucket, None, reader)[0], 401)

    def test_objects(self):
        headers = self.authorization()
        for name in ("dir%2Fa%20b.txt", "dir%2Fc", "dir%2Fd", "e"):
            status, body, _ = call("POST", f"{self.upload}?uploadType=media&name={name}", b"hello", {**headers, "Content-Type": "text/plain"})
            self.assertEqual((status, json.loads(body)["md5Hash"]), (200, base64.b64encode(hashlib.md5(b"hello").digest()).decode()))
        self.assertEqual(call("GET", self.bucket + "/dir%2Fa%20b.txt?alt=media", None, headers)[1], b"hello")
        self.assertEqual(call("GET", self.bucket + "/dir%2Fa%20b.txt?alt=media", None, {**headers, "Range": "bytes=1-2"})[:2], (206, b"el"))
        page = json.loads(call("GET", self.bucket + "?prefix=dir%2F&fields=items(name,size),nextPageToken", None, headers)[1])
        self.assertEqual(page["items"], [{"name": "dir/a b.txt", "size": "5"}, {"name": "dir/c", "size": "5"}])
        page = json.loads(call("GET", self.bucket + "?prefix=dir%2F&pageToken=" + urllib.parse.quote(page["nextPageToken"]), None, headers)[1])
        self.assertEqual(([item["name"] for item in page["items"]], page.get("nextPageToken")), (["dir/d"], None))

    def test_chunks(self):
        content, unit = os.urandom(900_000), 256 * 1024
        _, _, headers = call("POST", self.upload + "?uploadType=resumable&name=big", b"{}", {
            **self.authorization(), "X-Upload-Content-Type": "image/png", "X-Upload-Content-Length": str(len(content))})
        uri = headers["Location"]

        def put(first, last):
            return call("PUT", uri, content[first:last], {"Content-Range": f"bytes {first}-{last - 1}/{len(content)}"})

        ask = {"Content-Range": f"bytes */{len(content)}"}
        self.assertEqual(call("PUT", uri, b"", ask)[0], 308)
        self.server.add_rule({"keep": unit}, method="PUT")
        status, _, headers = put(0, 2 * unit)
        self.assertEqual((status, headers["Range"]), (308, f"bytes=0-{unit - 1}"))
        self.assertEqual(put(2 * unit, 3 * unit)[0], 400, "a gap")
        self.server.add_rule({"lose_chunk": True}, method="PUT")
        with self.assertRaises((http.client.HTTPException, OSError)):
            put(unit, 2 * unit)
        status, _, headers = call("PUT", uri, b"", ask)
        self.assertEqual((status, headers["Range"]), (308, f"bytes=0-{2 * unit - 1}"))
        self.server.add_rule({"error": "backendError"}, method="PUT")
        self.server.add_rule({"status": 429, "headers": {"Retry-After": "1"}}, method="PUT")
        self.assertEqual(put(2 * unit, len(content))[0], 503)
        status, _, headers = put(2 * unit, len(content))
        self.assertEqual((status, headers["Retry-After"]), (429, "1"))
        status, body, _ = put(2 * unit, len(content))
        self.assertEqual((status, json.loads(body)["size"], json.loads(body)["contentType"]), (200, "900000", "image/png"))
        self.assertEqual(self.server.state()["objects"]["bucket/big"]["md5"], hashlib.md5(content).hexdigest())


class S3Double(StoreTest):
    maker = staticmethod(lambda: s3_stub.S3Stub(page_size=2))

    def setUp(self):
        self.server.clear()

    def tearDown(self):
        self.assertEqual(self.server.errors, [])

    def control(self, orders):
        self.assertEqual(call("POST", self.store["control"], json.dumps(orders).encode())[0], 200)

    def test_what_is_remembered(self):
        headers = {"x-amz-acl": "public-read", "x-amz-tagging": "a=b%20c", "x-amz-server-side-encryption": "AES256", "Content-Type": "text/plain"}
        self.control({"set": {"session_token": self.server.TOKEN}})
        self.assertEqual(s3(self.store, "PUT", "/bucket/x", b"hello", headers=headers)[0], 400, "no token")
        self.assertEqual(s3(self.store, "PUT", "/bucket/x", b"hello", headers=headers, token=self.server.TOKEN)[0], 200)
        self.control({"set": {"session_token": None}})
        seen = json.loads(call("GET", self.store["control"])[1])
        self.assertEqual({**seen["objects"]["bucket/x"]["headers"], "x-amz-security-token": 0},
                         {**{name.lower(): value for name, value in headers.items()}, "x-amz-security-token": 0})
        self.assertEqual([(request["method"], request["status"]) for request in seen["requests"]], [("PUT", 400), ("PUT", 200)])

    def test_pages(self):
        for key in ("p/a", "p/b", "p/ü&<", "q"):
            self.server.put_object("bucket", key, b"x")
        status, body, _ = s3(self.store, "GET", "/bucket?encoding-type=url&list-type=2&prefix=p%2F")
        self.assertEqual(keys_of(body), ["p/a", "p/b"])
        token = next(e.text for e in xml.etree.ElementTree.fromstring(body).iter() if e.tag.endswith("}NextContinuationToken"))
        status, body, _ = s3(self.store, "GET", f"/bucket?continuation-token={sigv4.encode(token)}&encoding-type=url&list-type=2&prefix=p%2F")
        self.assertEqual((status, keys_of(body)), (200, ["p/%C3%BC%26%3C"]))

    def test_refusals(self):
        for arguments, status, code in (({"secret": "wrong"}, 403, b"SignatureDoesNotMatch"), ({"region": "us-east-1"}, 400, b"<Region>eu-west-1</Region>")):
            answer = s3(self.store, "GET", "/bucket/x", **arguments)
            self.assertEqual((answer[0], code in answer[1]), (status, True), answer[1])
        self.control([{"set": {"redirect": True}}, {"method": "GET", "do": {"error": "SlowDown"}}])
        self.assertEqual(s3(self.store, "GET", "/bucket/x")[0], 503)
        self.assertEqual(s3(self.store, "GET", "/bucket/x", region="us-east-1")[0], 301)
        self.control({"set": {"redirect": False, "clock_offset": 3600}})
        status, body, headers = s3(self.store, "GET", "/bucket/x")
        self.assertEqual((status, b"RequestTimeTooSkewed" in body), (403, True))
        self.assertGreater(time.mktime(time.strptime(headers["Date"], "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime()), 3500)
        self.control({"set": {"clock_offset": 0}})

    def test_multipart(self):
        _, body, _ = s3(self.store, "POST", "/bucket/big?uploads")
        upload = next(e.text for e in xml.etree.ElementTree.fromstring(body).iter() if e.tag.endswith("}UploadId"))
        query = "uploadId=" + sigv4.encode(upload)
        parts = [os.urandom(5 << 20), os.urandom(1000)]
        self.server.add_rule({"reset_after": 1 << 20}, method="PUT", query="partNumber=1")
        with self.assertRaises(OSError):
            s3(self.store, "PUT", f"/bucket/big?partNumber=1&{query}", parts[0])
        tags = [s3(self.store, "PUT", f"/bucket/big?partNumber={number}&{query}", part)[2]["ETag"] for number, part in enumerate(parts, 1)]
        order = "<CompleteMultipartUpload>" + "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{tag}</ETag></Part>" for n, tag in enumerate(tags, 1))
        order = (order + "</CompleteMultipartUpload>").encode()
        self.server.add_rule({"error_in_200": "InternalError"}, method="POST", query="uploadId")
        status, body, _ = s3(self.store, "POST", f"/bucket/big?{query}", order)
        self.assertEqual((status, b"<Code>InternalError</Code>" in body), (200, True))
        status, body, _ = s3(self.store, "POST", f"/bucket/big?{query}", order)
        self.assertEqual((status, b"-2&quot;</ETag>" in body), (200, True), body)
        self.assertEqual(s3(self.store, "GET", "/bucket/big")[1], b"".join(parts))
        self.assertEqual(self.server.state()["uploads"], {})

    def test_presigned(self):
        url = sigv4.presign("PUT", self.store["endpoint"] + "/bucket/pre%20signed", self.store["region"], self.store["access_key_id"],
                            self.store["secret_access_key"])
        self.assertEqual(call("PUT", url, b"hello")[0], 200)
        self.assertEqual(call("PUT", url.replace("pre%20", "post%20"), b"hello")[0], 403)
        self.assertEqual(s3(self.store, "GET", "/bucket/pre%20signed")[1], b"hello")

    def test_rclone(self):
        settings = {"type": "s3", "provider": "Other", "endpoint": self.store["endpoint"], "access_key_id": self.store["access_key_id"],
                    "secret_access_key": self.store["secret_access_key"], "region": self.store["region"], "no_check_bucket": "true"}
        for key in "abcde":
            self.server.put_object("bucket", f"dir/{key}", b"x")
        self.assertEqual(self.rclone(settings, "lsf", "store:bucket/dir").split(), list("abcde"))


class IdentityV2(StoreTest):
    maker = keystone_v2_stub.KeystoneV2Stub

    def grant(self, **auth):
        return call("POST", self.store["auth_url"] + "/v2.0/tokens", json.dumps({"auth": auth}).encode())

    def test_objects(self):
        credentials = {"username": self.store["username"], "password": self.store["password"]}
        self.assertEqual(self.grant(passwordCredentials={**credentials, "password": "wrong"})[0], 401)
        access = json.loads(self.grant(passwordCredentials=credentials)[1])["access"]
        self.assertEqual(access["serviceCatalog"], [])
        tenants = json.loads(call("GET", self.store["auth_url"] + "/v2.0/tenants", None, {"X-Auth-Token": access["token"]["id"]})[1])["tenants"]
        access = json.loads(self.grant(token={"id": access["token"]["id"]}, tenantName=tenants[0]["name"])[1])["access"]
        url = next(e["publicURL"] for s in access["serviceCatalog"] if s["type"] == "object-store" for e in s["endpoints"] if e["region"] == "RegionTwo")
        headers = {"X-Auth-Token": access["token"]["id"]}
        self.assertEqual(call("PUT", url + "/container/a/b%20c", b"hello", headers)[0], 201)
        self.assertEqual(call("GET", url + "/container/a/b%20c", None, headers)[1], b"hello")
        self.assertEqual([entry["name"] for entry in json.loads(call("GET", url + "/container?format=json&prefix=a/", None, headers)[1])], ["a/b c"])
        self.assertEqual(call("GET", url + "/container/a/b%20c", None, {"X-Auth-Token": "wrong"})[0], 401)
        self.assertEqual(call("GET", self.store["auth_url"] + "/v3")[0], 404)

    def test_a_catalogue_that_leads_astray(self):
        self.server.settings["storage_url"] = self.store["metadata_storage_url"]
        body = self.grant(passwordCredentials={"username": self.store["username"], "password": self.store["password"]}, tenantName="tenant-a")[1]
        self.server.settings["storage_url"] = None
        self.assertIn(b"http://169.254.169.254/v1/AUTH_tenant-a", body)


class FaultsOfHttp(StoreTest):
    """The proxy in front of the S3 double."""

    @staticmethod
    def maker():
        FaultsOfHttp.behind = s3_stub.S3Stub().start()
        return faults.Faults(f"127.0.0.1:{FaultsOfHttp.behind.number}")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.behind.stop()

    def setUp(self):
        self.server.clear()
        self.behind.clear()
        self.through = {**self.behind.describe(), "endpoint": self.store["url"]}
        self.content = os.urandom(50_000)
        self.behind.put_object("bucket", "x", self.content)

    def get(self):
        return s3(self.through, "GET", "/bucket/x")

    def test_nothing_wrong(self):
        self.assertEqual(self.get()[:2], (200, self.content))
        self.assertEqual(s3(self.through, "PUT", "/bucket/y", self.content)[0], 200)
        self.assertEqual(self.server.count(), 2)
        self.assertEqual(self.behind.state()["objects"]["bucket/y"]["size"], 50_000)

    def test_answers(self):
        for do in ({"cut_after": 1000}, {"length": 10}, {"lose_answer": True}, {"reset": True}, {"close": True}):
            self.server.add_rule(do, method="GET")
            with self.assertRaises((http.client.HTTPException, OSError), msg=do):
                self.get()
            self.assertEqual(self.get()[1], self.content, do)
        self.server.add_rule({"reset_answer": 1000})
        with self.assertRaises((ConnectionResetError, http.client.IncompleteRead)):
            self.get()
        self.server.add_rule({"length": -10})
        self.assertEqual(self.get()[1], self.content[:-10])
        self.server.add_rule({"no_length": True})
        self.assertEqual(self.get()[1], self.content)
        self.server.add_rule({"corrupt": 7})
        self.assertEqual([i for i, (a, b) in enumerate(zip(self.get()[1], self.content)) if a != b], [7])

    def test_statuses(self):
        self.server.add_rule({"status": 500})
        self.server.add_rule({"status": 429, "headers": {"Retry-After": "2"}})
        self.assertEqual(self.get()[0], 500)
        status, _, headers = self.get()
        self.assertEqual((status, headers["Retry-After"]), (429, "2"))
        self.assertEqual(self.get()[0], 200)

    def test_slowness(self):
        self.server.add_rule({"rate": 100_000})
        begun = time.monotonic()
        self.assertEqual(self.get()[1], self.content)
        self.assertGreater(time.monotonic() - begun, 0.4)

    def test_a_reset_in_an_upload(self):
        self.server.add_rule({"reset_after": 10_000}, method="PUT")
        with self.assertRaises(OSError):
            s3(self.through, "PUT", "/bucket/y", b"x" * 10_000_000)
        self.assertNotIn("bucket/y", self.behind.state()["objects"])


class Sftp(StoreTest):
    maker = openssh.OpenSsh

    def sftp(self, daemon, batch, *options, password=None, port=None):
        known = self.folder / "known_hosts"
        known.unlink(missing_ok=True)
        environment = clean_environment()
        if password is not None:
            ask = self.folder / "ask"
            ask.write_text(f"#!/bin/sh\necho '{password}'\n")
            ask.chmod(0o755)
            environment.update({"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"})
        settings = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={known}", "-o", "LogLevel=ERROR", "-o", "NumberOfPasswordPrompts=1"]
        done = subprocess.run(["sftp", *settings, *options, "-P", str(port or self.store[daemon]["port"]), f"{self.store[daemon]['username']}@127.0.0.1"],
                              input=batch, capture_output=True, text=True, check=False, timeout=60, env=environment)
        return done.returncode, done.stdout + done.stderr

    def with_key(self, name="ed25519"):
        return ["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-i", self.store["private_keys"][name]]

    def test_every_form_of_key(self):
        for name in self.store["private_keys"]:
            if not name.endswith("encrypted"):
                status, text = self.sftp("normal", "pwd\n", *self.with_key(name))
                self.assertEqual((status, self.store["login_directory"] in text), (0, True), (name, text, self.server.log("normal")[-800:]))
                self.assertEqual(self.sftp("rsa_host_key", "pwd\n", *self.with_key(name))[0], 0, name)
            else:
                options = ["-o", "IdentitiesOnly=yes", "-o", "PreferredAuthentications=publickey", "-i", self.store["private_keys"][name]]
                self.assertEqual(self.sftp("normal", "pwd\n", *options, password=self.store["passphrase"])[0], 0, name)
        self.assertNotEqual(self.sftp("normal", "pwd\n", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-i", self.store["unknown_private_key"])[0], 0)

    def test_passwords(self):
        if self.store["normal"]["password"] is None:
            self.skipTest("passwords need root and mount namespaces")
        for daemon, method in (("normal", "password"), ("rsa_host_key", "password"), ("keyboard_interactive", "keyboard-interactive")):
            options = ["-o", f"PreferredAuthentications={method}"]
            self.assertEqual(self.sftp(daemon, "pwd\n", *options, password=self.store["normal"]["password"])[0], 0, self.server.log(daemon))
            self.assertNotEqual(self.sftp(daemon, "pwd\n", *options, password="wrong")[0], 0, daemon)
        self.assertNotEqual(self.sftp("keyboard_interactive", "pwd\n", *self.with_key())[0], 0)

    def test_files(self):
        source = self.folder / "source"
        source.write_bytes(b"hello")
        status, text = self.sftp("normal", f"mkdir new\nput {source} 'new/a b.txt'\nls new\nput {source} {self.store['closed']}/x\n", *self.with_key())
        self.assertIn("new/a b.txt", text)
        self.assertEqual((pathlib.Path(self.store["folder"]) / "new/a b.txt").read_bytes(), b"hello")
        if os.geteuid() or self.server.passwords:
            self.assertIn("Permission denied", text)

    def test_another_host_key(self):
        self.server.restart("normal", ["other"])
        self.assertEqual(self.sftp("normal", "pwd\n", *self.with_key())[0], 0)
        self.assertIn("ssh-ed25519", (self.folder / "known_hosts").read_text())
        self.server.restart("normal", ["ed25519", "ecdsa", "rsa"])

    def test_faults(self):
        with faults.Faults(f"127.0.0.1:{self.store['normal']['port']}", raw=True) as proxy:
            port = proxy.describe()["port"]
            self.assertEqual(self.sftp("normal", "pwd\n", *self.with_key(), port=port)[0], 0)
            for do in ({"cut_after": 3000}, {"reset_after": 1000}, {"refuse": True}, {"reset_answer": 10}):
                proxy.add_rule(do)
                self.assertNotEqual(self.sftp("normal", "pwd\n", *self.with_key(), port=port)[0], 0, do)
            self.assertEqual(self.sftp("normal", "pwd\n", *self.with_key(), port=port)[0], 0)
            self.assertEqual(len(proxy.connections), 6)


class Up(unittest.TestCase):
    def up(self, *arguments, environment=None):
        process = subprocess.Popen([sys.executable, HERE / "up.py", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, **(environment or {})})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        return process, json.loads(process.stdout.readline())

    def test_until_input_ends(self):
        process, said = self.up("--only", "s3_stub,sftp", "--faults", "s3_stub,sftp", "--set", "s3_stub.region=xx-1")
        self.assertEqual((said["s3_stub"]["region"], s3({**said["s3_stub"], "endpoint": said["faults"]["s3_stub"]["url"]}, "GET", "/bucket")[0]), ("xx-1", 200))
        if "sftp" not in said["absent"]:
            with socket.create_connection(("127.0.0.1", said["faults"]["sftp"]["port"]), 5) as client:
                self.assertTrue(client.recv(100).startswith(b"SSH-2.0-OpenSSH"))
        process.stdin.close()
        self.assertEqual(process.wait(20), 0)
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", int(said["s3_stub"]["endpoint"].rsplit(":", 1)[1])), 5)

    def test_what_is_absent(self):
        process, said = self.up("--only", "swift,s3,keystone_v2", environment={"PATH": "/nonexistent"})
        self.assertEqual(said["absent"]["swift"], "memcached is not installed (packages/stores.txt)")
        self.assertIn("s3", said["absent"])
        self.assertIn("auth_url", said["keystone_v2"])
        process.terminate()
        self.assertEqual(process.wait(20), 0)

    def test_nothing_outlives_a_kill(self):
        process, said = self.up("--only", "sftp")
        if said["absent"]:
            self.skipTest(said["absent"]["sftp"])
        below = base.descendants(process.pid)
        self.assertTrue(below)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 10
        while any(base._alive(pid) for pid in below):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        shutil.rmtree(pathlib.Path(said["sftp"]["unknown_private_key"]).parent)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    loader = unittest.TestLoader()
    found = [test for group in loader.loadTestsFromModule(sys.modules[__name__]) for test in group]
    suite = unittest.TestSuite(test for test in found if not wanted or any(word in test.id() for word in wanted))
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
