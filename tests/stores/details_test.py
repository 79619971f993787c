#!/usr/bin/env python3
"""What only one kind of store has: headers of S3, chunks and tokens of Cloud Storage, projects of OpenStack.

With arguments: only tests whose name contains one of them.
"""
import gzip
import os
import unittest.mock

import clients
import suite

LARGE = 3 * suite.PART + 1_234_567


class S3Details(suite.StoreSuite):
    kind = clients.S3Stub

    def set(self, **settings):
        before = self.store.state(self.store.own_control)["settings"]
        self.store.order({"set": settings}, self.store.own_control)
        self.addCleanup(self.store.order, {"set": {name: before[name] for name in settings}}, self.store.own_control)

    def headers(self, name):
        return self.store.state(self.store.own_control)["objects"][f"bucket/{self.place}{name}"]["headers"]

    def test_headers_of_an_object(self):
        options = {"acl": "public-read", "cache_control": "max-age=86400", "content_disposition": "attachment; filename=\"a.bin\"", "content_type": "text/x-odd",
                   "metadata": {"Origin": "batch  9", "Count": 3, "odd": "ü", "gone": None}, "server_side_encryption": "AES256",
                   "tagging": {"team": "web & more", "ü": "=/"}}
        expected = {"x-amz-acl": "public-read", "cache-control": "max-age=86400", "content-disposition": "attachment; filename=\"a.bin\"",
                    "content-type": "text/x-odd", "x-amz-meta-count": "3", "x-amz-meta-odd": "=?UTF-8?B?w7w=?=", "x-amz-server-side-encryption": "AES256",
                    "x-amz-tagging": "team=web%20%26%20more&%C3%BC=%3D%2F"}
        for name, content in (("small.bin", b"x"), ("large.bin", os.urandom(LARGE))):
            self.assert_finished(self.export(self.store, content, **options, **self.single(name)))
            headers = self.headers(name)
            self.assertEqual({key: headers.get(key) for key in expected}, expected)
            self.assertNotIn("x-amz-meta-gone", headers)

    def test_nothing_is_said_that_was_not_asked_for(self):
        self.set(acls=False)
        self.assert_finished(self.export(self.store, b"x", acl="private", tagging=[], metadata=[], **self.single("a.pdf")))
        self.assertEqual(self.headers("a.pdf"), {"content-type": "application/pdf"})
        self.assert_failed(self.export(self.store, b"x", acl="public-read", **self.single("b.pdf")), "UPLOAD_FAILED", "(Code: AccessControlListNotSupported)")

    def test_a_token_of_temporary_credentials(self):
        token = self.store.here["session_token"]
        self.secrets.append(token)
        self.set(session_token=token)
        self.assert_finished(self.export(self.store, b"x", session_token=token, **self.single("x.txt")))
        task, files = self.fetch(self.store, session_token=token, **self.single("x.txt"))
        self.assertEqual(files, {"x.txt": b"x"})
        self.assertNotIn("session_token", self.client.call("GET", f"/v2/tasks/{task['id']}?include=payload")["data"]["payload"])
        self.assert_failed(self.fetch(self.store, **self.single("x.txt"))[0], "INVALID_CREDENTIALS", "(Code: InvalidToken)")

    def test_another_region_and_another_address(self):
        self.store.put(self.place + "x.txt", b"x")
        self.assert_failed(self.fetch(self.store, region="us-east-1", **self.single("x.txt"))[0], "DOWNLOAD_FAILED", "(Code: AuthorizationHeaderMalformed)")
        self.set(redirect=True)
        self.assert_failed(self.fetch(self.store, region="us-east-1", **self.single("x.txt"))[0], "DOWNLOAD_FAILED", "(Code: PermanentRedirect)")

    def test_options_that_are_no_headers(self):
        for option, value in (("cache_control", "a\r\nb"), ("content_disposition", "a\nb"), ("content_type", "text/x\0"), ("metadata", {"a": "b\nc"})):
            with self.subTest(option):
                task = self.export(self.store, b"x", **{option: value}, **self.single("x.txt"))
                self.assert_failed(task, "UPLOAD_FAILED", option, "holds a line break or another control character")

    def test_bytes_that_changed_on_the_way(self):
        content = b"content" * 1000
        self.store.put(self.place + "x.bin", content)
        self.store.rule({"corrupt": 17}, method="GET", path="x\\.bin")
        self.assertEqual(self.fetch(self.store, **self.single("x.bin"))[1], {"x.bin": content})
        self.store.rule({"corrupt": 17}, method="GET", path="x\\.bin", times=-1)
        task, _ = self.fetch(self.store, **self.single("x.bin"))
        self.store.clear()
        self.assert_failed(task, "DOWNLOAD_FAILED", "the bytes that came are not those of the object")

    def test_a_bucket_that_is_no_name_of_a_host(self):
        with unittest.mock.patch.object(self.store, "containers", {"bucket": "Other.Bucket_1"}):
            self.assert_finished(self.export(self.store, b"x", **self.single("x.txt")))
            self.assertEqual(self.fetch(self.store, **self.single("x.txt"))[1], {"x.txt": b"x"})
            self.assertEqual(self.store.get(self.place + "x.txt"), b"x")


class AzureDetails(suite.StoreSuite):
    kind = clients.Azure

    def test_names_of_metadata(self):
        for name in ("1st", "a-b", "ü", ""):
            with self.subTest(name):
                task = self.export(self.store, b"x", metadata={name: "x"}, **self.single("x.txt"))
                self.assert_failed(task, "UPLOAD_FAILED", f'the metadata name "{name}"' if name else "the metadata name")

    def test_bytes_that_changed_on_the_way(self):
        self.assert_finished(self.export(self.store, b"content" * 1000, **self.single("x.bin")))  # which says its hash
        self.store.rule({"corrupt": 17}, method="GET", path="x\\.bin")
        self.assertEqual(self.fetch(self.store, **self.single("x.bin"))[1], {"x.bin": b"content" * 1000})
        self.store.rule({"corrupt": 17}, method="GET", path="x\\.bin", times=-1)
        task, _ = self.fetch(self.store, **self.single("x.bin"))
        self.store.clear()
        self.assert_failed(task, "DOWNLOAD_FAILED", "the bytes that came are not those of the object")


class GcsDetails(suite.StoreSuite):
    kind = clients.Gcs

    def tearDown(self):
        left = [rule for rule in self.store.state(self.store.own_control)["rules"] if rule["times"] > 0]
        self.assertEqual(left, [], "rules that no request met")
        super().tearDown()

    def own(self, do, **rule):
        self.store.order({**rule, "do": do}, self.store.own_control)

    def set(self, **settings):
        self.store.order({"set": settings}, self.store.own_control)

    def large(self, name="large.bin", code=None):
        content = os.urandom(LARGE)
        task = self.export(self.store, content, **self.single(name))
        if code:
            self.assert_failed(task, code)
            self.assertIsNone(self.store.get(self.place + name))
        else:
            self.assert_finished(task)
            self.assertTrue(self.store.get(self.place + name) == content)

    def test_chunks_that_are_lost_or_kept_in_part(self):
        for do in ({"lose_chunk": True}, {"keep": 262_144}, {"keep": 0}, {"status": 503}, {"reset_after": 1_000_000}, {"forget_upload": True}, {"close": True}):
            for skip in (0, 1):
                with self.subTest(f"{do} {skip}"):
                    self.own(do, method="PUT", query="upload_id", skip=skip)
                    self.large()
        self.own({"lose_chunk": True}, method="PUT", query="upload_id", skip=3)  # the answer to the last one
        self.large()

    def test_an_upload_that_is_forgotten_again_and_again(self):
        self.own({"forget_upload": True}, method="PUT", query="upload_id", times=20)
        try:
            self.large(code="UPLOAD_FAILED")
        finally:
            rules = [rule for rule in self.store.state(self.store.own_control)["rules"] if rule["times"] > 0]
            for _ in range(sum(rule["times"] for rule in rules)):  # the rest of the rule, so that nobody else meets it
                clients.call("PUT", self.store.here["url"] + "/x?upload_id=none", b"")

    def test_tokens_that_end(self):
        for method, path in (("POST", "^/upload"), ("GET", "/o/")):
            self.own({"expire_tokens": True}, method=method, path=path)
            self.assert_finished(self.export(self.store, b"x", **self.single("x.txt")))
            self.assertEqual(self.fetch(self.store, **self.single("x.txt"))[1], {"x.txt": b"x"})

    def test_bytes_that_changed_on_the_way(self):
        self.store.put(self.place + "x.bin", b"content" * 1000)
        self.store.rule({"corrupt": 17}, method="GET", path="x\\.bin", query="alt=media", times=-1)
        self.assert_failed(self.fetch(self.store, **self.single("x.bin"))[0], "DOWNLOAD_FAILED")
        self.store.clear()
        self.own({"wrong_md5": True}, method="POST", path="^/upload")
        self.assert_failed(self.export(self.store, b"x", **self.single("y.bin")), "UPLOAD_FAILED")

    def test_rates_and_reasons(self):
        self.store.put(self.place + "x.txt", b"x")
        for reason, code in (("rateLimitExceeded", None), ("backendError", None), ("internalError", None), ("forbidden", "INVALID_CREDENTIALS"),
                             ("notFound", "DOWNLOAD_FAILED")):
            self.own({"error": reason}, method="GET", path="x\\.txt")
            task, files = self.fetch(self.store, **self.single("x.txt"))
            if code:
                self.assert_failed(task, code)
            else:
                self.assertEqual(files, {"x.txt": b"x"})

    def test_lists_of_many_pages(self):
        self.set(page_size=2)
        self.addCleanup(self.set, page_size=1000)
        for name in ("a", "b/c", "d e", "ü", "z%41"):
            self.store.put(f"{self.place}p/{name}.txt", name.encode())
        self.assertEqual(self.fetch(self.store, **self.many("p/"))[1], {f"{name}.txt": name.encode() for name in ("a", "b/c", "d e", "ü", "z%41")})

    def test_what_is_stored_packed_arrives_unpacked(self):
        content = os.urandom(1_000_000) + b"x" * 500_000
        for name in ("x.bin", "x.bin.gz"):
            self.store.put(self.place + name, gzip.compress(content), "&contentEncoding=gzip")
        for do in ({}, {"cut_after": 300_000}):
            self.store.clear()
            self.store.rule(do, method="GET", path="x\\.bin$")
            task, files = self.fetch(self.store, **self.single("x.bin"))
            self.assertTrue(files["x.bin"] == content, do)
            self.assertEqual(task["result"]["files"][0]["size"], len(content))
        self.assertTrue(gzip.decompress(self.fetch(self.store, **self.single("x.bin.gz"))[1]["x.bin.gz"]) == content)

    def test_a_bucket_whose_reader_pays(self):
        self.set(requester_pays=self.store.here["project_id"])
        self.addCleanup(self.set, requester_pays=None)
        self.assert_finished(self.export(self.store, b"x", **self.single("x.txt")))
        self.assertEqual(self.fetch(self.store, **self.single("x.txt"))[1], {"x.txt": b"x"})
        self.assertEqual(self.fetch(self.store, **self.many("x"))[1], {"x.txt": b"x"})

    def test_keys_of_both_forms(self):
        for key in (self.store.here["private_key_pkcs1"], self.store.here["private_key"].replace("\n", "\\n")):
            self.assert_finished(self.export(self.store, b"x", private_key=key, **self.single("x.txt")))
        task = self.export(self.store, b"x", private_key="some-private-key", **self.single("x.txt"))
        self.assertEqual(task["status"], "error")
        self.assertNotIn("some-private-key", task["message"])

    def test_the_scope_of_tokens(self):
        self.export(self.store, b"x", **self.single("x.txt"))
        self.fetch(self.store, **self.single("x.txt"))
        claims = [request["jwt"]["claims"] for request in self.store.state(self.store.own_control)["requests"] if "jwt" in request]
        self.assertEqual({claim["scope"].rpartition(".")[2] for claim in claims}, {"read_only", "read_write"})


class SwiftDetails(suite.StoreSuite):
    kind = clients.TempAuth

    def with_quota(self, name, size):
        """A container that takes no more bytes than that."""
        url, token = self.store.granted = getattr(self.store, "granted", None) or self.store.grant()
        status, _, _ = clients.call("PUT", f"{url}/{name}", b"", {"X-Auth-Token": token, "X-Container-Meta-Quota-Bytes": str(size)})
        self.assertIn(status, (201, 202))
        return name

    def test_a_quota_that_is_used_up(self):
        name = self.with_quota("with-quota", 1000)
        for one, option in ((self.store, "container"), (suite.store(clients.S3), "bucket")):
            with self.subTest(option), unittest.mock.patch.object(one, "containers", {option: name}):
                self.assert_failed(self.export(one, b"x" * 5000, **{one.single: "x.txt"}), "UPLOAD_FAILED", "quota")
                self.assert_finished(self.export(one, b"x", **{one.single: "z.txt"}))

    def test_a_dynamic_large_object(self):
        names = [f"{self.place}parts/{number}" for number in range(3)]
        for name in names:
            self.store.put(name, name.encode() * 1000)
        url, token = self.store.granted
        manifest = f"{clients.CONTAINER}/{self.place}parts/"
        status, _, _ = clients.call("PUT", f"{url}/{clients.CONTAINER}/{self.place}whole.txt", b"", {"X-Auth-Token": token, "X-Object-Manifest": manifest})
        self.assertEqual(status, 201)
        content = b"".join(name.encode() * 1000 for name in names)
        self.assertEqual(self.fetch(self.store, **self.single("whole.txt"))[1], {"whole.txt": content})

    def test_a_name_that_is_too_long(self):
        task = self.export(self.store, b"x", **self.single("/".join("n" * 200 for _ in range(8))))
        self.assert_failed(task, "UPLOAD_FAILED", "longer than the 1024 bytes")


class KeystoneDetails(suite.StoreSuite):
    kind = clients.OpenStack

    def test_which_project(self):
        wanderer = {name: self.store.here["wanderer"][name] for name in ("username", "password")}
        projects = self.store.here["wanderer"]["projects"]
        self.store.put(self.place + "x.txt", b"of the first")
        self.assertEqual(self.fetch(self.store, tenant_name=projects[0], **self.single("x.txt"))[1], {"x.txt": b"of the first"})
        self.assertEqual(self.fetch(self.store, **wanderer, tenant_name=projects[0], **self.single("x.txt"))[1], {"x.txt": b"of the first"})
        self.assert_failed(self.fetch(self.store, **wanderer, tenant_name=projects[1], **self.single("x.txt"))[0], "DOWNLOAD_FAILED")
        self.assertNotEqual(self.fetch(self.store, **wanderer, **self.single("x.txt"))[0]["code"], "INVALID_CREDENTIALS", "one of them is taken")
        self.assert_failed(self.fetch(self.store, tenant_name="no-such-project", **self.single("x.txt"))[0], "INVALID_CREDENTIALS")
        lonely = {name: self.store.here["lonely"][name] for name in ("username", "password")}
        self.assertEqual(self.fetch(self.store, **lonely, **self.single("x.txt"))[0]["status"], "error")

    def test_how_the_address_may_be_written(self):
        self.store.put(self.place + "x.txt", b"x")
        for end in ("/", "/v3", "/v3/"):
            self.assertEqual(self.fetch(self.store, auth_url=self.store.here["auth_url"] + end, **self.single("x.txt"))[1], {"x.txt": b"x"}, end)
        self.assertEqual(self.fetch(self.store, auth_url=self.store.here["auth_url"] + "/v2.0", **self.single("x.txt"))[0]["status"], "error")

    def test_regions(self):
        self.store.put(self.place + "x.txt", b"x")
        self.assertEqual(self.fetch(self.store, region="regionone", **self.single("x.txt"))[1], {"x.txt": b"x"})
        self.assert_failed(self.fetch(self.store, region="RegionNine", **self.single("x.txt"))[0], "DOWNLOAD_FAILED", "RegionOne")
        self.assert_failed(self.fetch(self.store, region=self.store.here["closed_region"], **self.single("x.txt"))[0], "DOWNLOAD_FAILED", "could not connect")


class IdentityV2Details(suite.StoreSuite):
    kind = clients.IdentityV2

    def test_tokens_that_end(self):
        self.store.order({"set": {"token_life": 3}})
        self.addCleanup(self.store.order, {"set": {"token_life": None}})
        for number in range(4):
            self.store.put(f"{self.place}p/{number}.txt", b"x")
            self.store.granted = None
        self.assertEqual(len(self.fetch(self.store, tenant_name=self.store.here["tenant_name"], **self.many("p/"))[1]), 4)


if __name__ == "__main__":
    suite.main(__name__)
