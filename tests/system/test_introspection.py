# SPDX-License-Identifier: LGPL-2.1-or-later
"""The running daemon is held against its contract, etc/org.badged.Badged1.xml: the same interfaces,
methods, arguments and properties, no more and no fewer."""

import subprocess
import xml.etree.ElementTree as ElementTree

from host import paths
from system.person import Person

OURS = "org.badged.Badged1"


def members(interface):
    """{(kind, name): its arguments or type} of one interface element."""
    found = {}
    for method in interface.iter("method"):
        found["method", method.get("name")] = [
            (arg.get("name"), arg.get("type"), arg.get("direction")) for arg in method.iter("arg")]
    for prop in interface.iter("property"):
        found["property", prop.get("name")] = (prop.get("type"), prop.get("access"))
    for signal in interface.iter("signal"):
        found["signal", signal.get("name")] = [arg.get("type") for arg in signal.iter("arg")]
    return found


def interfaces(node):
    return {one.get("name"): members(one) for one in node.findall("interface")
            if one.get("name").startswith(OURS)}


def contract():
    return ElementTree.parse(paths.TREE / "etc" / "org.badged.Badged1.xml").getroot()


def introspect(path):
    out = subprocess.run(["busctl", "--system", "--xml-interface", "introspect", OURS, path],
                         check=True, capture_output=True, text=True).stdout
    return ElementTree.fromstring(out)


def test_service_object(glewlwyd, serve):
    serve(glewlwyd)
    assert interfaces(introspect("/org/badged/Badged1")) == interfaces(contract())


def test_login_object(glewlwyd, serve):
    serve(glewlwyd)
    with Person("su", "alice") as person:
        person.see_challenge()
        logins = introspect("/org/badged/Badged1/login").findall("node")
        assert len(logins) == 1
        path = f"/org/badged/Badged1/login/{logins[0].get('name')}"
        assert interfaces(introspect(path)) == interfaces(contract().find("node"))
