"""Records what an interface receives and sends: record.py INTERFACE FILE LINK

Writes a pcap capture of nanoseconds. LINK is `ethernet`, `cooked` (Linux cooked v2, which says which way a packet went) or
`raw` (IP only; VLAN tags and other protocols are left out). Prints "ready", then records until stdin ends, and "done".
"""
import selectors
import socket
import struct
import sys

SO_TIMESTAMPNS = 35
LINKS = {"ethernet": 1, "cooked": 276, "raw": 101}
IP = (0x0800, 0x86DD)

interface, path, link = sys.argv[1:]
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
sock.bind((interface, 3))
sock.setblocking(False)
index = socket.if_nametoindex(interface)
selector = selectors.DefaultSelector()
selector.register(sock, selectors.EVENT_READ)
selector.register(sys.stdin, selectors.EVENT_READ)
out = open(path, "wb")
out.write(struct.pack("=IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, LINKS[link]))


def linked(frame, address):
    _, protocol, kind, hardware, sender = address
    if link == "ethernet":
        return frame
    if link == "cooked":
        return struct.pack("!HHIHBB8s", protocol, 0, index, hardware, kind, len(sender), sender) + frame[14:]
    return frame[14:] if protocol in IP else None


def drain():
    while True:
        try:
            frame, ancillary, _, address = sock.recvmsg(262144, 256)
        except BlockingIOError:
            return
        seconds, nanoseconds = next(
            struct.unpack("@qq", data[:16]) for level, kind, data in ancillary if kind == SO_TIMESTAMPNS
        )
        packet = linked(frame, address)
        if packet is not None:
            out.write(struct.pack("=IIII", seconds, nanoseconds, len(packet), len(packet)) + packet)


print("ready", flush=True)
ended = False
while not ended:
    for key, _ in selector.select():
        if key.fileobj is sock:
            drain()
        elif not sys.stdin.buffer.read1(4096):
            ended = True
drain()
out.close()
print("done", flush=True)
