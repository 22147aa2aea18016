"""Listens on TCP ports of all addresses, IPv4 and IPv6: listen.py PORT...

Prints "ready"; accepts and answers each connection with "hello\n"; ends when stdin ends.
"""
import selectors
import socket
import sys

selector = selectors.DefaultSelector()
selector.register(sys.stdin, selectors.EVENT_READ)
for port in map(int, sys.argv[1:]):
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        if key.fileobj is sys.stdin:
            if not sys.stdin.buffer.read1(4096):
                sys.exit(0)
            continue
        try:
            connection, _ = key.fileobj.accept()
            connection.sendall(b"hello\n")
            connection.close()
        except OSError:
            pass
