/** A TCP connection that stays: what one end says comes back from the other. */
import { Lines, patience, type Host } from '@scanward/testkit';

const ECHO = `
import socket, sys
listener = socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
connection, _ = listener.accept()
while data := connection.recv(4096):
    connection.sendall(data)
`;
const SPEAKER = `
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
connection.settimeout(None)
print("connected", flush=True)
for line in sys.stdin:
    connection.sendall(line.encode())
    print(connection.recv(4096).decode(), end="", flush=True)
`;

export interface Session {
  /** Whether what is said comes back. */
  says(word: string): Promise<boolean>;
}

/** Connects one host to a port that is opened on another. Both ends die with their namespaces. */
export async function createSession(from: Host, to: Host, port: number): Promise<Session> {
  const echo = to.ns.spawn('python3', ['-c', ECHO, String(port)], { timeoutMs: 60_000 });
  echo.catch(() => undefined);
  await new Lines(echo.stdout).wait(/^ready$/);
  const speaker = from.ns.spawn('python3', ['-c', SPEAKER, to.ipv4, String(port)], { timeoutMs: 60_000 });
  speaker.catch(() => undefined);
  const heard = new Lines(speaker.stdout);
  await heard.wait(/^connected$/);
  return {
    says: async (word) => {
      speaker.stdin.write(`${word}\n`);
      return heard.wait(new RegExp(`^${word}$`), patience(1_500)).then(
        () => true,
        () => false,
      );
    },
  };
}
