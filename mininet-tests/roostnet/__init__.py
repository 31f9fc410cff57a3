"""A Mobile IPv6 home network in Mininet, and what is needed to watch it.

Used by the demo and by the end-to-end tests.  Everything runs inside a sandbox
(`roostnet.sandbox`): fresh network, mount and process namespaces, so that nothing
can be left behind and two runs never meet.
"""
