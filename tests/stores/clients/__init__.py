"""The stores as the suites see them: what a task says to reach one, and a client that is none of Recast's to look at what is there."""
from .azure import Azure, AzureSas
from .base import CONTAINER, call  # noqa: F401
from .gcs import Gcs
from .openstack import IdentityV2, OpenStack, TempAuth
from .s3 import S3, S3Stub
from .sftp import Sftp, SftpKey

STORES = {  # class: its name in up.py
    S3: "swift", S3Stub: "s3_stub", Azure: "azure", AzureSas: "azure", Gcs: "gcs", OpenStack: "keystone", TempAuth: "swift", IdentityV2: "keystone_v2",
    Sftp: "sftp", SftpKey: "sftp"}
FIRST = (S3, Azure, Gcs, TempAuth, Sftp)  # one of each protocol, behind a proxy that can misbehave
