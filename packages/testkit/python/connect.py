"""Opens one TCP connection: connect.py ADDRESS PORT [TIMEOUT_SECONDS]. Prints open, closed or filtered."""
import socket
import sys

try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3])) as connection:
        connection.recv(16)
    print("open")
except ConnectionRefusedError:
    print("closed")
except OSError:
    print("filtered")
