"""OpenStack Swift with its S3 layer: one device, one replica, nothing outside the folder. Checks signatures strictly."""
import os
import pathlib
import textwrap

from base import Absent, Server, accepts, answers_http, program

PYTHON = "/usr/bin/python3"  # Debian's, whose modules these are
# Swift's programs read swift.conf from /etc/swift; only their library can be told another folder.
LAUNCHER = ("import runpy, sys; from swift.common import utils; folder, *sys.argv = sys.argv[1:]; "
            "utils.set_swift_dir(folder); runpy.run_path(sys.argv[0], run_name='__main__')")
RINGS = """
import sys
from swift.common.ring import RingBuilder
for name, port in (argument.split(":") for argument in sys.argv[1:]):
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1.0,
                     "replication_ip": "127.0.0.1", "replication_port": int(port), "meta": ""})
    builder.rebalance()
    builder.get_ring().save(name + ".ring.gz")
"""
ACCOUNT, USER, PASSWORD = "test", "tester", "testing"
FILTERS = """
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:tempurl]
use = egg:swift#tempurl
[filter:slo]
use = egg:swift#slo
min_segment_size = 1
[filter:dlo]
use = egg:swift#dlo
[filter:s3api]
use = egg:swift#s3api
location = {region}
s3_acl = false
check_bucket_owner = false
[filter:container_quotas]
use = egg:swift#container_quotas
[filter:account_quotas]
use = egg:swift#account_quotas
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {password} .admin
token_life = {token_life}
storage_url_scheme = http
"""


class Swift(Server):
    """max_file_size makes large objects of small files; without slo only dynamic ones are offered (and no multipart uploads by S3)."""

    def __init__(self, region="us-east-1", max_file_size=5368709122, slo=True, token_life=86400, waits=True):
        super().__init__()
        self.waits = waits  # start() waits until it is ready
        self.region, self.max_file_size, self.slo, self.token_life = region, max_file_size, slo, token_life

    def launch(self):
        memcached = program("memcached")
        for name in ("proxy-server", "account-server", "container-server", "object-server"):
            program(f"swift-{name}")
        self._need_attributes()
        self.proxy_port, self.memcached_port = self.port(), self.port()
        self.user = pathlib.Path("/proc/self").owner()
        devices = self.folder / "devices"
        (devices / "d1").mkdir(parents=True)
        (self.folder / "swift.conf").write_text(
            "[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = Policy-0\ndefault = yes\n"
            f"[swift-constraints]\nmax_file_size = {self.max_file_size}\n")
        self.spawn("memcached", memcached, "-u", self.user, "-l", "127.0.0.1", "-p", self.memcached_port, "-U", "0", "-m", "32")
        ports = {name: self.port() for name in ("account", "container", "object")}
        self._make_rings(ports)
        for name, port in ports.items():
            conf = self.folder / f"{name}.conf"
            conf.write_text(f"[DEFAULT]\nswift_dir = {self.folder}\ndevices = {devices}\nmount_check = false\nbind_ip = 127.0.0.1\n"
                            f"bind_port = {port}\nworkers = 0\nuser = {self.user}\ndisable_fallocate = true\nlog_level = WARNING\n"
                            f"[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n")
            self.spawn_swift(name, conf)
        middle = "tempurl s3api tempauth container_quotas account_quotas " + ("slo " if self.slo else "") + "dlo"
        self.spawn_swift("proxy", self.proxy_conf("proxy", self.proxy_port, middle))
        self.store_ports = [self.memcached_port, *ports.values()]
        if self.waits:
            self.wait_until_ready()

    def wait_until_ready(self):
        for port in self.store_ports:
            self.wait_for(accepts(port), "Swift's store")
        self.wait_for(answers_http(f"http://127.0.0.1:{self.proxy_port}/healthcheck"), "Swift")

    def proxy_conf(self, name, port, middle, more=""):
        conf = self.folder / f"{name}.conf"
        conf.write_text(f"[DEFAULT]\nswift_dir = {self.folder}\nbind_ip = 127.0.0.1\nbind_port = {port}\nworkers = 0\nuser = {self.user}\n"
                        f"log_level = INFO\n"
                        f"[pipeline:main]\npipeline = catch_errors gatekeeper healthcheck cache listing_formats {middle} proxy-server\n"
                        "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
                        + FILTERS.format(memcached=self.memcached_port, region=self.region, account=ACCOUNT, user=USER, password=PASSWORD,
                                         token_life=self.token_life) + textwrap.dedent(more))
        return conf

    def spawn_swift(self, name, conf):
        kind = name if name in ("account", "container", "object") else "proxy"
        self.spawn(name, PYTHON, "-I", "-c", LAUNCHER, self.folder, program(f"swift-{kind}-server"), conf, "-v")

    def describe(self):
        url = f"http://127.0.0.1:{self.proxy_port}"
        return {"endpoint": url, "region": self.region, "access_key_id": f"{ACCOUNT}:{USER}", "secret_access_key": PASSWORD,
                "auth_url": url + "/auth/v1.0", "username": f"{ACCOUNT}:{USER}", "password": PASSWORD, "info_url": url + "/info"}

    def _make_rings(self, ports):
        """By the library: swift-ring-builder would have to be started nine times."""
        self.run(PYTHON, "-I", "-c", RINGS, *[f"{name}:{port}" for name, port in ports.items()])

    def _need_attributes(self):
        probe = self.folder / "probe"
        probe.touch()
        try:
            os.setxattr(probe, "user.recast", b"1")
        except OSError as error:
            raise Absent(f"Swift needs extended attributes, and {self.folder.parent} has none; set TMPDIR") from error
