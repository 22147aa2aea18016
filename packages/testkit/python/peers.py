"""What ordinary hosts do, for tests that must not be taken for scans: peers.py PART ARGUMENT...

Each part prints a line when it is ready or done. Servers end when stdin ends.
"""
import socket
import struct
import sys
import threading
import time

part, *arguments = sys.argv[1:]


def until_stdin_ends():
    print("ready", flush=True)
    sys.stdin.read()


def ask(address, port, source=None, wait=2.0):
    """One short conversation; True when it was answered."""
    try:
        with socket.create_connection((address, port), wait, (source, 0) if source else None) as peer:
            peer.sendall(b"hello\n")
            return bool(peer.recv(64))
    except OSError:
        return False


def connects(address, ports, count):
    """`count` connections, to each of `ports` in turn, eight at a time."""
    ports = [int(port) for port in ports.split(",")]
    results, lock, left = [], threading.Lock(), list(range(int(count)))

    def work():
        while True:
            with lock:
                if not left:
                    return
                i = left.pop(0)
            results.append(ask(address, ports[i % len(ports)]))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sum(results))


def hosts(address, ports, prefix, count):
    """Each of `count` hosts, whose addresses are `prefix` and a number, uses each of the services once."""
    ports = [int(port) for port in ports.split(",")]
    print(sum(ask(address, port, f"{prefix}{host + 1}", 1.0) for host in range(int(count)) for port in ports))


def ftp_server():
    """A control connection; each line that comes in opens a port of the system's choice, which is told, and serves one transfer there."""

    def transfer(listener):
        with listener:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"x" * 20_000)

    def control(connection):
        with connection:
            for _ in connection.makefile("rb"):
                listener = socket.create_server(("0.0.0.0", 0))
                threading.Thread(target=transfer, args=[listener], daemon=True).start()
                connection.sendall(b"%d\n" % listener.getsockname()[1])

    def serve(server):
        while True:
            threading.Thread(target=control, args=[server.accept()[0]], daemon=True).start()

    threading.Thread(target=serve, args=[socket.create_server(("0.0.0.0", 21))], daemon=True).start()
    until_stdin_ends()


def ftp_client(address, transfers):
    done = 0
    with socket.create_connection((address, 21), 5) as control:
        lines = control.makefile("rb")
        for _ in range(int(transfers)):
            control.sendall(b"PASV\n")
            with socket.create_connection((address, int(lines.readline())), 5) as data:
                done += sum(len(piece) for piece in iter(lambda: data.recv(65_536), b"")) == 20_000
    print(done)


def late_answers(port):
    """A UDP server that answers each question twice, half a second late."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("0.0.0.0", int(port)))

    def serve():
        while True:
            question, peer = server.recvfrom(2_048)
            for delay in (0.5, 0.7):
                threading.Timer(delay, server.sendto, [question, peer]).start()

    threading.Thread(target=serve, daemon=True).start()
    until_stdin_ends()


def impatient_questions(address, port, count):
    """Asks from as many ports, and waits for no answer."""
    for _ in range(int(count)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as question:
            question.sendto(b"\0" * 32, (address, int(port)))
    time.sleep(1.5)
    print(count)


def aborted(address, port, count):
    """Opens connections and resets them; prints the ports that they came from."""
    ports = []
    for _ in range(int(count)):
        with socket.create_connection((address, int(port)), 2) as peer:
            ports.append(peer.getsockname()[1])
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    print(",".join(map(str, ports)))


def echo(port):
    """Says what it is told, as long as anybody talks."""

    def converse(connection):
        with connection:
            for line in connection.makefile("rb"):
                connection.sendall(line)

    def serve(server):
        while True:
            threading.Thread(target=converse, args=[server.accept()[0]], daemon=True).start()

    threading.Thread(target=serve, args=[socket.create_server(("0.0.0.0", int(port)))], daemon=True).start()
    until_stdin_ends()


def session(address, port):
    """One connection; each line of stdin is said, and what comes back is printed, or "lost" after two seconds."""
    with socket.create_connection((address, int(port)), 2) as peer:
        answers = peer.makefile("rb")
        print("ready", flush=True)
        for line in sys.stdin:
            try:
                peer.sendall(line.encode())
                print(answers.readline().decode().strip(), flush=True)
            except OSError:
                print("lost", flush=True)


def multicast(address, group, port, count):
    """A neighbour's announcements."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as neighbour:
        neighbour.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        for _ in range(int(count)):
            neighbour.sendto(b"\0" * 64, (group, int(port)))
    print(count)


{
    "connects": connects,
    "hosts": hosts,
    "ftp-server": ftp_server,
    "ftp-client": ftp_client,
    "late-answers": late_answers,
    "impatient-questions": impatient_questions,
    "aborted": aborted,
    "echo": echo,
    "session": session,
    "multicast": multicast,
}[part](*arguments)
