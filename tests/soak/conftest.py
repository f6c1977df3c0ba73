# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frame of the soak: that of the load tests, without their report."""

from load.conftest import serve_many                                    # noqa: F401
from system.conftest import daemon, private_host, scripted, serve       # noqa: F401
