"""Sends raw Ethernet frames: send.py INTERFACE [GAP_MICROSECONDS]

Frames come on stdin, each after its length (4 bytes, big endian). Prints how many were sent. A frame that the
driver refuses for want of room is sent again, so the number is exact.
"""
import errno
import socket
import sys
import time

interface, gap = sys.argv[1], int(sys.argv[2]) / 1e6 if len(sys.argv) > 2 else 0
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sock.bind((interface, 0))
sent = 0
while True:
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        break
    frame = sys.stdin.buffer.read(int.from_bytes(head, "big"))
    for attempt in range(1000):
        try:
            sock.send(frame)
            sent += 1
            break
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            time.sleep(0.001)
    if gap:
        time.sleep(gap)
print(sent)
