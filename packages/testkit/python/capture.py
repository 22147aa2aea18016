"""Records the frames that reach an interface: capture.py INTERFACE

Prints "ready", then records until stdin ends; then writes the frames to stdout in hex, a line each. What the
interface itself sends is left out. XDP has had its say before a frame gets here. A VLAN tag that the kernel took
out of the frame is put back in.
"""
import selectors
import socket
import struct
import sys

SOL_PACKET, PACKET_AUXDATA, TP_STATUS_VLAN_VALID = 263, 8, 0x10

sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
sock.bind((sys.argv[1], 3))
sock.setblocking(False)
selector = selectors.DefaultSelector()
selector.register(sock, selectors.EVENT_READ)
selector.register(sys.stdin, selectors.EVENT_READ)
print("ready", flush=True)
frames = []


def drain():
    while True:
        try:
            frame, ancillary, _, address = sock.recvmsg(65536, 256)
        except BlockingIOError:
            return
        if address[2] == socket.PACKET_OUTGOING:
            continue
        for level, kind, data in ancillary:
            if level == SOL_PACKET and kind == PACKET_AUXDATA and len(data) >= 20:
                status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data[:20])
                if status & TP_STATUS_VLAN_VALID:
                    frame = frame[:12] + struct.pack("!HH", tpid or 0x8100, tci) + frame[12:]
        frames.append(frame.hex())


ended = False
while not ended:
    for key, _ in selector.select():
        if key.fileobj is sock:
            drain()
        elif not sys.stdin.buffer.read1(4096):
            ended = True
drain()
print("\n".join(frames))
