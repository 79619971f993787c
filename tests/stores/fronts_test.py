#!/usr/bin/env python3
"""Stores by other ways: IPv6, TLS with an authority of one's own, the egress proxy, and an identity service that fails.

With arguments: only tests whose name contains one of them.
"""
import unittest.mock
import urllib.parse

import clients
import suite  # and where the next two are found
import faults
import front


class Fronts(suite.StoreSuite):
    """A store whose access a test changes."""

    def start(self, listener):
        listener.start()
        self.addCleanup(listener.stop)
        return listener

    def with_server(self, *settings):
        """The test goes on with a recastd that has these settings too."""
        given = {setting.partition("=")[0] for setting in settings}
        server = suite.recast.Server(*[setting for setting in (*suite.reach(), *self.settings) if setting.partition("=")[0] not in given], *settings)
        server.__enter__()
        self.addCleanup(server.stop)
        self.client = server.client()
        return server

    def there_and_back(self, **access):
        whole = {**self.store.access(), **access}
        with unittest.mock.patch.object(self.store, "access", lambda: whole):
            task = self.export(self.store, b"content", **self.single("x.txt"))
            if task["status"] != "finished":
                return task
            self.assertEqual(self.store.get(self.place + "x.txt"), b"content")
            task, files = self.fetch(self.store, **self.single("x.txt"))
            self.assertEqual(files, {"x.txt": b"content"}, task["message"])
            return task


class S3Fronts(Fronts):
    kind = clients.S3

    def port(self):
        return urllib.parse.urlsplit(self.store.here["endpoint"]).port

    def test_ipv6(self):
        self.with_server("--outbound.allow_cidrs=127.0.0.0/8,::1/128")
        one = self.start(front.Front(self.port(), "::1"))
        self.assert_finished(self.there_and_back(endpoint=f"http://[::1]:{one.number}"))

    def test_an_authority_of_ones_own(self):
        certificate = front.Certificate()
        self.addCleanup(certificate.remove)
        one = self.start(front.Front(self.port(), certificate=certificate))
        endpoint = f"https://127.0.0.1:{one.number}"
        self.assert_failed(self.there_and_back(endpoint=endpoint), "UPLOAD_FAILED", "could not establish a secure connection to host")
        self.assertIsNone(self.store.get(self.place + "x.txt"))
        self.with_server(f"--outbound.ca_bundle={certificate.file}")
        self.assert_finished(self.there_and_back(endpoint=endpoint))

    def test_the_egress_proxy(self):
        tunnels = self.start(front.Tunnels())
        certificate = front.Certificate()
        self.addCleanup(certificate.remove)
        one = self.start(front.Front(self.port(), certificate=certificate))
        self.with_server(f"--outbound.ca_bundle={certificate.file}", f"--outbound.proxy=http://127.0.0.1:{tunnels.number}")
        self.assert_finished(self.there_and_back(endpoint=f"https://127.0.0.1:{one.number}"))
        self.assertEqual(set(tunnels.asked), {f"CONNECT 127.0.0.1:{one.number}"})


class SftpFronts(Fronts):
    kind = clients.Sftp

    def test_ipv6(self):
        self.with_server("--outbound.allow_cidrs=127.0.0.0/8,::1/128")
        one = self.start(front.Front(self.store.daemon["port"], "::1"))
        for host in ("::1", "[::1]"):
            self.assert_finished(self.there_and_back(host=host, port=one.number))

    def test_the_egress_proxy(self):
        tunnels = self.start(front.Tunnels())
        self.with_server(f"--outbound.proxy=http://127.0.0.1:{tunnels.number}")
        port = self.store.daemon["port"]
        self.assert_finished(self.there_and_back(port=port))
        self.assertEqual(set(tunnels.asked), {f"CONNECT 127.0.0.1:{port}"})

    def test_an_egress_proxy_that_refuses(self):
        tunnels = self.start(front.Tunnels(refuse=True))
        self.with_server(f"--outbound.proxy=http://127.0.0.1:{tunnels.number}")
        self.assert_failed(self.there_and_back(port=self.store.daemon["port"]), "UPLOAD_FAILED", "could not connect to host")


class KeystoneFronts(Fronts):
    kind = clients.OpenStack

    def setUp(self):
        super().setUp()
        self.proxy = self.start(faults.Faults(urllib.parse.urlsplit(self.store.here["auth_url"]).netloc))

    def rule(self, do, times=1):
        self.store.order({"method": "POST", "path": "/v3/auth/tokens$", "times": times, "do": do}, self.proxy.describe()["control"])

    def test_an_identity_service_that_fails_for_a_moment(self):
        for do in ({"status": 500}, {"status": 503}, {"cut_after": 20}, {"reset_answer": 20}, {"lose_answer": True}):
            with self.subTest(str(do)):
                self.rule(do)
                self.assert_finished(self.there_and_back(auth_url=self.proxy.url))

    def test_an_identity_service_that_stays_broken(self):
        for do, words in (({"status": 500}, "HTTP 500"), ({"cut_after": 20}, "the connection ended before the end of the answer")):
            with self.subTest(str(do)):
                self.store.order({"method": "POST", "path": "/v3/auth/tokens$", "times": 4, "do": do}, self.proxy.describe()["control"])
                self.assert_failed(self.there_and_back(auth_url=self.proxy.url), "UPLOAD_FAILED", words)


del Fronts

if __name__ == "__main__":
    suite.main(__name__)
