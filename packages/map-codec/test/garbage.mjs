// Prints by how many bytes the heap grows for each connection record that is read: by cursor, and by decode.
// Run with --min-semi-space-size=64, so that little is collected between.
import { codecs, cursor } from '@scanward/map-codec';

const EVENTS = 200_000;
const { connection } = codecs('little');
const ring = new Uint8Array(connection.size * 100);
for (let record = 0; record < 100; record++) {
  const timeNs = 2n ** 62n + BigInt(record); // beyond what a number holds
  const source = new Uint8Array(16).fill(record);
  const ports = { sourcePort: 60000 + record, destinationPort: record, ifindex: 2 };
  connection.encode({ timeNs, source, destination: source, ...ports }, ring, record * connection.size);
}
const records = cursor(connection);

function byCursor(at) {
  records.over(ring, at, 1);
  const ports = records.sourcePort(0) + records.destinationPort(0) + records.ifindex(0);
  const octets = ring[records.sourceOffset(0)] + ring[records.destinationOffset(0)];
  return (records.timeNsTicks(0) + octets + ports) | 0; // a result that is no small integer would itself be boxed
}

const byDecode = (at) => connection.decode(ring, at).source[0];

function read(event, times) {
  let sum = 0;
  for (let index = 0; index < times; index++) sum = (sum + event((index % 100) * connection.size)) | 0;
  return sum;
}

function growth(event, times) {
  const before = process.memoryUsage().heapUsed;
  read(event, times);
  return (process.memoryUsage().heapUsed - before) / times;
}

// Until the getters are compiled, which happens beside this thread, they box what they return; and a collection
// may come at any time. So: the best of the cursor, and the worst of decode, in ten rounds.
const rounds = Array.from({ length: 10 }, () => ({
  cursor: growth(byCursor, EVENTS),
  decode: growth(byDecode, 10_000),
}));
const cursorBytes = Math.min(...rounds.map((round) => Math.abs(round.cursor)));
console.log(JSON.stringify({ cursor: cursorBytes, decode: Math.max(...rounds.map((round) => round.decode)) }));
