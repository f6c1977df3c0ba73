#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The dependency rule by the include lines alone: needs no build. The whole of it is the layout suite.
tree=$(cd "$(dirname "$0")/../.." && pwd)
exec python3 "$tree/tests/layout/test-layers.py" "$tree"
