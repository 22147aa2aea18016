// Prints by how many bytes the heap grows for each connection record that is read: by cursor, and by decode.
// Run with --min-semi-space-size=64, so that little is collected between.
import { codecs, cursor } from '@scanward/map-codec';

const { connection } = codecs('little');
const ring = new Uint8Array(connection.size * 100);
for (let record = 0; record < 100; record++) {
  const timeNs = 2n ** 62n + BigInt(record); // beyond what a number holds
  const source = new Uint8Array(16).fill(record);
  const ports = { sourcePort: 60000 + record, destinationPort: record, ifindex: 2 };
  connection.encode(
    { timeNs, source, destination: source, ...ports, kind: 1, portState: 0 },
    ring,
    record * connection.size,
  );
}
const records = cursor(connection);

function byCursor(events) {
  let sum = 0;
  for (let event = 0; event < events; event++) {
    records.over(ring, (event % 100) * connection.size, 1);
    const ports = records.sourcePort(0) + records.destinationPort(0) + records.ifindex(0);
    const octets = ring[records.sourceOffset(0)] + ring[records.destinationOffset(0)];
    sum = (sum + records.timeNsTicks(0) + octets + ports) | 0;
  }
  return sum;
}

function byDecode(events) {
  let sum = 0;
  for (let event = 0; event < events; event++) {
    sum = (sum + connection.decode(ring, (event % 100) * connection.size).source[0]) | 0;
  }
  return sum;
}

function growth(read, events) {
  const before = process.memoryUsage().heapUsed;
  read(events);
  return (process.memoryUsage().heapUsed - before) / events;
}

// Until the getters are compiled, which happens beside this thread, they box what they return; and a collection
// may come at any time. So the middle one of many rounds is what counts.
function middle(read, events) {
  const rounds = Array.from({ length: 21 }, () => growth(read, events)).sort((one, other) => one - other);
  return rounds[10];
}

console.log(JSON.stringify({ cursor: middle(byCursor, 200_000), decode: middle(byDecode, 5_000) }));
